//! The variables of the process's environment.

use super::expect::Expectation;
use super::interpreter::Interpreter;
use super::scope::Scope;
use super::symbols::symbol_of;
use super::world::symbol;
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::inputs::{InputText, VARIABLE, holds_secret, read_as};
use crate::node_id::NodeId;
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileId, Span};
use gpb_model::PropertyValue;
use gpb_model::ty::Type;
use gpb_model::value::Value;
use gpb_syntax::ast::{Arg, Ident};

impl<'p> Interpreter<'_, 'p> {
    /// Checks whether a call reads a variable of the process's environment.
    pub(super) fn reads_variable(&self, callee: &Ident, scope: &Scope<'p>) -> bool {
        callee.text == VARIABLE && self.cx.names.function(scope.frame.module_cx.module, VARIABLE).is_none()
    }

    /// Returns what a variable holds, read as the expected type; absent where it is not set.
    pub(super) fn variable(
        &self,
        callee: &Ident,
        args: &'p [Arg],
        scope: &Scope<'p>,
        expect: Expectation<'_>,
        span: Span,
    ) -> EvalResult<Value> {
        if self.resolved.unknown.contains(&NodeId::new(callee.span)) {
            return Err(AlreadyReported);
        }
        let [Arg { value: written, .. }] = args else {
            return Err(self.report(
                Diagnostic::error("GPB1408", "`env` is called as `env(\"NAME\")`")
                    .with_label(span, "expected the name of one environment variable")
                    .help("what it is without the variable stands behind `??`: `env(\"NAME\") ?? \"none\"`"),
            ));
        };
        let name = self.eval(written, scope, Expectation::Type(&Type::String))?;
        let name = self.conform(name, &Type::String, scope, None)?;
        let ty = match expect {
            Expectation::Type(ty) => ty.clone(),
            _ => Type::String,
        };
        if holds_secret(&ty) {
            return Err(self.report(
                Diagnostic::error("GPB1505", "a secret is not read as plain text")
                    .with_label(callee.span, "what `env` reads is shown in every plan")
                    .help("`env_secret(\"NAME\")` reads a secret of the environment, and nobody sees it")
                    .fix("write `env_secret`", callee.span, "env_secret"),
            ));
        }
        if let Some(world) = self.view.world() {
            let name = name.as_text().map(ToString::to_string).unwrap_or_default();
            let of = symbol(VARIABLE, vec![PropertyValue::Text(name.as_str().into())]);
            return Ok(symbol_of(world, ty.required(), of, span));
        }
        let Some(name) = name.as_text() else {
            return self.known(name, "the name of an environment variable").and(Err(AlreadyReported));
        };
        let found = self.cx.inputs.variables.get(&**name);
        self.state.variables.borrow_mut().insert(name.to_string(), found.cloned());
        let Some(text) = found else { return Ok(Value::absent(span)) };
        let read = read_as(&ty, &InputText { text, file: FileId::default(), whole: text, from: 0 });
        let read = read.and_then(|value| self.with_context(scope, |cx| crate::ty::conform(value, &ty, cx)));
        read.map(|value| value.with_span(span)).map_err(|why| {
            let message = format!("the environment variable `{name}` is {text:?}, which is no `{ty}`");
            let diagnostic = Diagnostic::error("GPB1415", message).with_label(span, "read here");
            self.report(match why.first() {
                Some(why) => diagnostic.help(why.message.clone()),
                None => diagnostic,
            })
        })
    }
}
