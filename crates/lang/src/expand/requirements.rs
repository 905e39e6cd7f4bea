//! Requirements of stacks, layers and components, held against each expansion of them.

use super::expander::Expander;
use crate::compile_context::EvalResult;
use crate::eval::{Assignment, Frame, RequiredOf, Scope};
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

    /// Returns the place of what the use of a frame's body gives a parameter, if the program's author wrote it.
    fn given_under(&self, frame: &Rc<Frame<'p>>, name: &str) -> Option<Span> {
        let instance = frame.module_cx.instance.and_then(|id| self.expansion.instance(id))?;
        let given = self.arguments_of(&instance, instance.head).ok()?;
        let at = match given.assignments.get(name)?.first()? {
            Assignment::Field(field, _) => field.value.span,
            other => other.head(),
        };
        Some(at).filter(|at| !self.cx.library.contains(&at.file))
    }
}
