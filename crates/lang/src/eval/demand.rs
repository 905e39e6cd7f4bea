//! Values on demand: each is computed once, and one that needs itself is refused.

use super::interpreter::Interpreter;
use super::memo::{CycleLabel, MemoKey, MemoState};
use crate::compile_context::EvalResult;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::Value;

impl<'p> Interpreter<'_, 'p> {
    /// Returns the value under a key, computed at the first demand. `used` is the place that needs it: what a cycle shows.
    pub fn demand(
        &self,
        key: MemoKey<'p>,
        label: CycleLabel<'p>,
        used: Span,
        compute: impl FnOnce() -> EvalResult<Value>,
    ) -> EvalResult<Value> {
        match self.state.memo.state(&key) {
            Some(MemoState::Done(value)) => {
                self.state.order.use_value(&key);
                return value;
            }
            Some(MemoState::Open) => return Err(self.report(self.cycle(key, used))),
            None => self.state.memo.set(key, MemoState::Open),
        }
        let order = self.state.order.mark();
        self.state.memo.trail.borrow_mut().push((key, label, used));
        let value = self.state.meter.deeper(self.cx, used, compute);
        self.state.memo.trail.borrow_mut().pop();
        self.state.order.keep(key, order);
        self.state.memo.set(key, MemoState::Done(value.clone()));
        value
    }

    fn cycle(&self, key: MemoKey<'p>, used: Span) -> Diagnostic {
        let trail = self.state.memo.trail.borrow();
        let start = trail.iter().position(|(other, ..)| *other == key).unwrap_or(0);
        let steps: Vec<_> = trail.iter().skip(start).collect();
        let name = steps.first().map_or_else(String::new, |(_, label, _)| label.text());
        let mut diagnostic = Diagnostic::error("GPB1011", format!("{name} needs its own value"));
        let needed = steps.iter().skip(1).map(|(_, label, span)| (label.text(), *span));
        let mut needing = name.clone();
        for (what, span) in needed.chain([(name, used)]) {
            diagnostic = diagnostic.with_label(span, format!("{needing} needs {what}"));
            needing = what;
        }
        diagnostic.help("break the cycle: one of these has to be written without the others")
    }
}
