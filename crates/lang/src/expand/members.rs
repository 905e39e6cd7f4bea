//! The members of layers and components: outputs, items and parameters.

use super::expander::Expander;
use super::expansion::GroupExpansion;
use crate::body_index::DeclKind;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{CycleLabel, Frame, MemoKey, Scope};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::PropertyValue;
use gpb_model::ty::Type;
use gpb_model::value::{InstanceHandle, Value};
use gpb_syntax::ast::{Binding, Ident, Stmt};
use std::rc::Rc;

impl<'p> Expander<'_, 'p> {
    /// Returns `data.main`, `main.endpoint`: an output, an item or a parameter of a layer or a component.
    pub(super) fn member_of_instance(&self, of: &InstanceHandle, name: &Ident, span: Span) -> EvalResult<Value> {
        let frame =
            self.expansion.instance(of.id).and_then(|instance| instance.frame.get().cloned()).ok_or(AlreadyReported)?;
        if let Some((binding, at)) = frame.index.outputs.get(name.text.as_str()) {
            self.cx.check_deprecated(name.span, binding.name.span);
            if self.world.is_some() && self.is_of_component(of) {
                return Ok(self.any_output(&frame, binding, *at, span));
            }
            return Ok(self.attributed(&frame, || self.output(&frame, binding, *at, span))?.with_span(span));
        }
        match frame.index.names.get(name.text.as_str()) {
            Some(declared) if !matches!(declared.what, DeclKind::Let(_)) => {
                Ok(self.interpreter().declared(&frame, declared, span)?.with_span(span))
            }
            _ => Err(self.no_member(of, &frame, name)),
        }
    }

    /// Returns an output of a component as far as its arguments decide it. What the component does with them is checked where
    /// it is declared.
    fn any_output(&self, frame: &Rc<Frame<'p>>, binding: &'p Binding, at: usize, used: Span) -> Value {
        match self.output(frame, binding, at, used) {
            Ok(value) if !value.is_absent() => value.with_span(used),
            _ => {
                let name = PropertyValue::Text(binding.name.text.as_str().into());
                let symbol = PropertyValue::Call { function: "output".to_owned(), args: vec![name] };
                Value::new_unknown(symbol, Type::Any, used)
            }
        }
    }

    fn is_of_component(&self, of: &InstanceHandle) -> bool {
        self.expansion.instance(of.id).is_some_and(|instance| instance.given.is_some())
    }

    /// Returns an output, which may stand in the chosen branch of an `if`.
    pub fn output(&self, frame: &Rc<Frame<'p>>, binding: &'p Binding, at: usize, used: Span) -> EvalResult<Value> {
        match frame.stmts.get(at) {
            Some(Stmt::Output(_)) => {
                if !binding.after.is_empty() {
                    self.state.order.use_output(frame, at, &binding.after);
                }
                let (key, label) = (MemoKey::Slot(frame.id, at), CycleLabel::Name(&binding.name.text));
                self.interpreter()
                    .demand(key, label, used, || self.interpreter().bound(binding, &Scope::new(frame.clone())))
            }
            Some(_) => match self.group(frame, at, used)? {
                GroupExpansion::One(inner) => match inner.index.outputs.get(binding.name.text.as_str()) {
                    Some((found, at)) => self.output(&inner, found, *at, used),
                    None => Ok(Value::absent(used)),
                },
                GroupExpansion::Many(_) => Err(AlreadyReported),
            },
            None => Err(AlreadyReported),
        }
    }

    fn no_member(&self, of: &InstanceHandle, frame: &Frame<'p>, name: &Ident) -> AlreadyReported {
        let mut names: Vec<&str> = frame.index.outputs.keys().copied().collect();
        let items = frame.index.in_order();
        names
            .extend(items.iter().filter(|one| !matches!(one.what, DeclKind::Let(_))).map(|one| one.name.text.as_str()));
        names.sort_unstable();
        names.dedup();
        let what = match of.what.strip_prefix("layer ") {
            Some(layer) => format!("the layer `{layer}`"),
            None => format!("the component `{}`", of.what),
        };
        // Resolution says the same where it can see the head of the path; it is then said once.
        let diagnostic = Diagnostic::error("GPB1701", format!("{what} has no `{}`", name.text))
            .with_label(name.span, "not one of its items or outputs");
        self.report(match nearest(&name.text, names.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                format!("change it to `{near}`"),
                name.span,
                near,
            ),
            None => diagnostic.help(format!("it has {}", names.join(", "))),
        })
    }
}
