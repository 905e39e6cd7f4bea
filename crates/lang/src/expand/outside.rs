//! Parameters that are given from outside: by the command line, or by the process's environment.

use super::expander::Expander;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::{Expectation, Frame, Scope};
use crate::inputs::{PlacedInput, VARIABLE, holds_secret};
use gpb_base::diag::Diagnostic;
use gpb_model::ty::Type;
use gpb_model::value::Value;
use gpb_model::{Input, InputSource};
use gpb_syntax::ast::{Binding, Expr};
use std::rc::Rc;

impl<'p> Expander<'_, 'p> {
    /// Returns what the command line gives a parameter, not yet held against its type.
    pub(super) fn given_outside(
        &self,
        set: &PlacedInput,
        binding: &'p Binding,
        ty: Option<&Type>,
    ) -> EvalResult<Value> {
        let ty = ty.unwrap_or(&Type::Any);
        if holds_secret(ty) {
            let name = &binding.name.text;
            return Err(self.report(
                Diagnostic::error("GPB1505", format!("`{name}` is a secret, and a command line is no place for one"))
                    .with_label(set.name_span(), "others can read a command line, and shells keep it")
                    .with_label(binding.name.span, "declared here")
                    .help(format!(
                        "in the environment, write `{name} = env_secret(\"NAME\")` or `{name} = secret(\"name\")`"
                    )),
            ));
        }
        set.read(ty).map_err(|diagnostics| self.cx.reports.all(diagnostics))
    }

    /// Returns the default of a parameter, which alone may read environment variables.
    pub(super) fn default_of(
        &self,
        binding: &'p Binding,
        default: &'p Expr,
        home: &Scope<'p>,
        expect: Expectation<'_>,
    ) -> EvalResult<Value> {
        let written = self.cx.program.sources.slice(default.span);
        let read = || self.interpreter().eval(default, home, expect);
        if !written.contains(VARIABLE) {
            return read();
        }
        let is_open = self.cx.inputs.is_open;
        let value = if is_open { self.cx.reports.muted(read) } else { read() };
        let missing = || {
            let variables = self.state.variables.borrow();
            let mut unset = variables.iter().filter(|(_, text)| text.is_none()).map(|(name, _)| name);
            unset.find(|name| written.contains(&format!("\"{name}\""))).cloned()
        };
        match value {
            Ok(value) if !value.is_absent() || !expect.is_required() => Ok(value),
            value => {
                let Some(variable) = missing() else { return value };
                if is_open {
                    self.unanswered.set(true);
                    return Err(AlreadyReported);
                }
                value?;
                let name = &binding.name.text;
                Err(self.report(
                    Diagnostic::error("GPB1413", format!("`{variable}` is not set, so `{name}` has no value"))
                        .with_label(default.span, "read from the environment gpb runs in")
                        .help(format!(
                            "set it, give `--set {name}=…`, or write what holds without it: `{written} ?? …`"
                        )),
                ))
            }
        }
    }

    /// Returns what the environment was given from outside, for its plan.
    pub fn inputs_used(&self, frame: &Rc<Frame<'p>>) -> Vec<Input> {
        let params = frame.params();
        let is_param = |name: &str| params.iter().any(|param| param.name.text == name);
        let mut inputs: Vec<Input> = self.cx.inputs.recorded(is_param).collect();
        let variables = self.state.variables.borrow();
        inputs.extend(variables.iter().map(|(name, value)| Input {
            name: name.clone(),
            source: InputSource::Environment,
            path: None,
            value: value.clone(),
        }));
        inputs
    }
}
