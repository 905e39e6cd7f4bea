//! The interpreter of expressions.

use super::resource_view::ResourceView;
use super::scope::Scope;
use super::state::EvalState;
use crate::compile_context::{AlreadyReported, CompileContext, EvalResult};
use crate::modules::ModuleId;
use crate::resolve::ResolveOutput;
use gpb_base::diag::Diagnostic;
use gpb_model::value::Value;

/// Evaluates expressions. It borrows all it needs, so whoever has a state and a view makes one where one is needed.
pub struct Interpreter<'a, 'p> {
    /// The program, its names and types, and where diagnostics go.
    pub cx: &'a CompileContext<'p>,
    /// The findings of resolution.
    pub resolved: &'a ResolveOutput,
    /// The values computed so far.
    pub state: &'a EvalState<'p>,
    /// The view that expressions have of resources and of the bodies around them.
    pub view: &'a dyn ResourceView<'p>,
}

impl<'p> Interpreter<'_, 'p> {
    /// Reports a diagnostic.
    pub fn report(&self, diagnostic: Diagnostic) -> AlreadyReported {
        self.cx.reports.add(diagnostic)
    }

    /// Reports what is wrong with a result.
    pub fn ok<T>(&self, result: Result<T, Diagnostic>) -> EvalResult<T> {
        result.map_err(|diagnostic| self.report(diagnostic))
    }

    /// Returns the scope of a module's own items: no names but the module's.
    pub fn root(&self, module: ModuleId) -> Scope<'p> {
        Scope::new(self.state.frames.root(module))
    }

    /// Checks that a value is known now, such as a condition that decides what exists.
    pub fn known(&self, value: Value, why: &str) -> EvalResult<Value> {
        if value.is_known() {
            return Ok(value);
        }
        if self.is_symbolic(&value) {
            return Err(AlreadyReported);
        }
        Err(self.report(
            Diagnostic::error("GPB1405", format!("{why} is unknown until apply"))
                .with_label(value.span, value.describe())
                .help(
                    "a plan shows every resource it will make, so what exists may depend only on what is known before",
                ),
        ))
    }
}
