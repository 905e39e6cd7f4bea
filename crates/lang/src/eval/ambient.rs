//! The values that are there without being declared: those of the place and of the environment.

use super::interpreter::Interpreter;
use super::scope::Scope;
use super::symbols::of_any_place;
use crate::compile_context::EvalResult;
use crate::resolve::MODES;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::regions;
use gpb_model::value::{Value, ValueEntry, ValueMap};
use gpb_model::{Environment, Mode};
use std::collections::BTreeMap;

impl<'p> Interpreter<'_, 'p> {
    /// Returns `account`, `region` or `partition` of the current place.
    pub(super) fn of_place(&self, name: &str, scope: &Scope<'p>, span: Span) -> EvalResult<Option<Value>> {
        if !matches!(name, "account" | "region" | "partition") {
            return Ok(None);
        }
        if self.view.world().is_some() {
            return Ok(Some(of_any_place(name, span)));
        }
        let Some(place) = scope.place() else {
            // A fact stands nowhere, so there `region` is the word: a failure domain.
            if name == "region" && self.view.is_finished() {
                return Ok(None);
            }
            return Err(self.report(
                Diagnostic::error("GPB1410", format!("`{name}` has no value here"))
                    .with_label(span, "only what stands inside a stack has a place")
                    .help("pass it in as a parameter"),
            ));
        };
        match (name, &place.account) {
            ("region", _) => Ok(Some(Value::text(place.region.as_str(), span))),
            ("partition", _) => Ok(Some(Value::text(regions::partition(&place.region).unwrap_or("aws"), span))),
            (_, Some(account)) => Ok(Some(Value::text(account.as_str(), span))),
            (_, None) => Err(self.report(
                Diagnostic::error("GPB1802", "the account of this place is not written anywhere")
                    .with_label(span, "needed here")
                    .help("set `account = \"…\"`, twelve digits, in the environment"),
            )),
        }
    }

    /// Returns the value of `environment`.
    pub(super) fn environment(&self, span: Span) -> EvalResult<Value> {
        if let Some(value) = self.view.environment(span) {
            return Ok(value);
        }
        Err(self.report(
            Diagnostic::error("GPB1410", "`environment` has no value here")
                .with_label(span, "only what stands inside a stack has an environment")
                .help("pass what you need as a parameter"),
        ))
    }
}

/// Returns an environment and its usage as a value.
pub fn environment_value(environment: &Environment, usage: &BTreeMap<String, Value>, span: Span) -> Value {
    let mut map = ValueMap::default();
    let mut put = |name: &str, value: Value| {
        map.insert(name.into(), ValueEntry { key: span, value });
    };
    put("name", Value::text(environment.name.as_str(), span));
    let mode = match environment.mode {
        Mode::Sandbox => "sandbox",
        Mode::Live => "live",
    };
    put("mode", Value::word_among(mode, MODES, span));
    put("region", Value::text(environment.place.region.as_str(), span));
    let usage =
        usage.iter().map(|(name, value)| (name.as_str().into(), ValueEntry { key: span, value: value.clone() }));
    put("usage", Value::map(usage.collect(), span));
    if let Some(account) = &environment.place.account {
        put("account", Value::text(account.as_str(), span));
    }
    Value::map(map, span)
}
