//! Requirements of stacks, layers and components, held against each expansion of them.

use super::expander::Expander;
use crate::body_index::DeclKind;
use crate::compile_context::EvalResult;
use crate::eval::{Assignment, Frame, RequiredOf, Scope};
use crate::inputs::PlacedInput;
use gpb_base::source::Span;
use gpb_syntax::ast::RequireStmt;
use std::rc::Rc;

impl<'p> Expander<'_, 'p> {
    /// Holds the body of a frame against a requirement in it.
    ///
    /// # Errors
    /// It does not hold or cannot be decided, which has been reported.
    pub fn require(&self, frame: &Rc<Frame<'p>>, stmt: &'p RequireStmt) -> EvalResult<()> {
        let head = self.enclosing_use(frame, stmt.condition.span).unwrap_or(stmt.span);
        let given = |name: &str| self.given_under(frame, name);
        self.interpreter().require(stmt, &Scope::new(frame.clone()), &RequiredOf { head, given: &given })
    }

    /// Returns the place that the value of a name comes from, if the program's author wrote it: what the use of the frame's
    /// body gives a parameter, the command line, the default, or the value of a `let`.
    fn given_under(&self, frame: &Rc<Frame<'p>>, name: &str) -> Option<Span> {
        let instance = frame.module_cx.instance.and_then(|id| self.expansion.instance(id))?;
        let given = self.arguments_of(&instance, instance.head).ok()?;
        let set = || self.cx.inputs.of_param(name).filter(|_| instance.is_stack()).map(PlacedInput::value_span);
        let written = || match given.assignments.get(name)?.first()? {
            Assignment::Field(field, _) => Some(field.value.span),
            other => Some(other.head()),
        };
        let (outside, binding) = match frame.nearest_declaration(name)? {
            DeclKind::Param(binding) => (set().or_else(written), binding),
            DeclKind::Let(binding) => (None, binding),
            _ => return None,
        };
        if !instance.is_stack() {
            // Whoever uses a component looks at the use, or at what it gives.
            return outside.filter(|at| !self.cx.library.contains(&at.file));
        }
        outside.or_else(|| Some(binding.value.as_ref()?.span)).filter(|at| !self.cx.library.contains(&at.file))
    }
}
