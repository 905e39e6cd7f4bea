//! Ceilings: every program ends, and a hostile one ends with an error.

use crate::compile_context::{AlreadyReported, CompileContext, EvalResult};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use std::cell::Cell;

/// The number of expressions evaluated for one environment: a hundred thousand resources take a million, a hostile program a second.
/// Tests reach the ceilings too, and have no time for the real ones.
const MAX_STEPS: u64 = if cfg!(test) { 1_000_000 } else { 8_000_000 };
/// The number of resources and component instances.
const MAX_ITEMS: u32 = if cfg!(test) { 20_000 } else { 150_000 };
/// The text made by evaluation, addresses included, in bytes.
const MAX_BYTES: u64 = if cfg!(test) { 16 } else { 128 } * 1024 * 1024;
/// The number of values waiting for each other. Evaluation runs on a stack made for it.
const MAX_DEPTH: u32 = 20_000;

/// Counts what has been used up so far.
#[derive(Debug, Default)]
pub struct EvalMeter {
    steps: Cell<u64>,
    items: Cell<u32>,
    bytes: Cell<u64>,
    depth: Cell<u32>,
    /// Once a ceiling is reached everything else fails in silence.
    spent: Cell<bool>,
}

impl EvalMeter {
    /// Checks whether a ceiling was reached.
    pub fn is_spent(&self) -> bool {
        self.spent.get()
    }

    /// Returns the number of expressions evaluated so far.
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// Begins the count again: what comes now has ceilings of its own.
    pub fn renew(&self) {
        self.steps.set(0);
        self.bytes.set(0);
    }

    /// Runs one more level of evaluation.
    pub fn deeper<T>(&self, cx: &CompileContext<'_>, at: Span, f: impl FnOnce() -> EvalResult<T>) -> EvalResult<T> {
        if self.spent.get() {
            return Err(AlreadyReported);
        }
        let depth = self.depth.get() + 1;
        if depth > MAX_DEPTH {
            return Err(self.stop(cx, "GPB1404", at, format!("values wait for each other more than {MAX_DEPTH} deep")));
        }
        self.depth.set(depth);
        let result = f();
        self.depth.set(depth - 1);
        result
    }

    /// Counts steps of evaluation.
    pub fn step(&self, cx: &CompileContext<'_>, at: Span, cost: u64) -> EvalResult<()> {
        if self.spent.get() {
            return Err(AlreadyReported);
        }
        let steps = self.steps.get().saturating_add(cost);
        self.steps.set(steps);
        if steps > MAX_STEPS {
            return Err(self.stop(cx, "GPB1401", at, format!("the program takes more than {MAX_STEPS} steps")));
        }
        Ok(())
    }

    /// Counts a resource or a component instance.
    pub fn item(&self, cx: &CompileContext<'_>, at: Span) -> EvalResult<()> {
        if self.spent.get() {
            return Err(AlreadyReported);
        }
        let items = self.items.get() + 1;
        self.items.set(items);
        if items > MAX_ITEMS {
            return Err(self.stop(cx, "GPB1402", at, format!("the stack has more than {MAX_ITEMS} items")));
        }
        Ok(())
    }

    /// Counts bytes of text that evaluation made.
    pub fn text(&self, cx: &CompileContext<'_>, at: Span, length: usize) -> EvalResult<()> {
        let bytes = self.bytes.get().saturating_add(length as u64);
        self.bytes.set(bytes);
        if bytes > MAX_BYTES {
            return Err(self.stop(cx, "GPB1403", at, format!("the program makes more than {MAX_BYTES} bytes of text")));
        }
        Ok(())
    }

    /// Reports a ceiling that was reached: everything else fails in silence.
    pub fn stop(&self, cx: &CompileContext<'_>, code: &'static str, at: Span, message: String) -> AlreadyReported {
        self.spent.set(true);
        cx.spent.set(true);
        cx.reports.add(
            Diagnostic::error(code, message)
                .with_label(at, "the limit was reached here")
                .help("every program must end soon: look for a collection that grows with each use"),
        )
    }
}
