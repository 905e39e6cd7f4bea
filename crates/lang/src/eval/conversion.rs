//! Values read as their types.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::Scope;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::ty::{TypeContext, conform};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::{DefaultId, Type};
use gpb_model::value::Value;

impl<'p> Interpreter<'_, 'p> {
    /// Returns the value as one of `ty`.
    pub fn conform(&self, value: Value, ty: &Type, scope: &Scope<'p>, declared: Option<Span>) -> EvalResult<Value> {
        let read = self.with_context(scope, |cx| conform(value, ty, &cx.expected_at(declared)));
        read.map_err(|diagnostics| self.cx.reports.all(diagnostics))
    }

    /// Calls `f` with what values need to know of a scope.
    pub fn with_context<R>(&self, scope: &Scope<'p>, f: impl FnOnce(&TypeContext<'_>) -> R) -> R {
        let names = || scope.names();
        let defaults = |id| self.default(id, scope);
        let requirements = |id, value: &Value| self.type_requirement(id, value);
        f(&TypeContext {
            facts: self.cx.facts,
            place: scope.place(),
            names: &names,
            defaults: &defaults,
            requirements: &requirements,
            judging: self.view.is_finished(),
            symbolic: self.view.world().is_some(),
            expected_at: None,
        })
    }

    fn default(&self, id: DefaultId, scope: &Scope<'p>) -> Result<Value, Vec<Diagnostic>> {
        let Some((module, written)) = self.cx.types.default_of(id) else { return Err(Vec::new()) };
        let inner = Scope { place: scope.place.clone(), ..self.root(module) };
        self.eval(written, &inner, Expectation::Any).map_err(|AlreadyReported| Vec::new())
    }
}
