//! The usage of a resource, as its facts see it.

use super::dependencies::SELF;
use super::fact_plan::is_usage;
use super::worker::{FactSubject, FactWorker};
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::Expectation;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::Resource;
use gpb_model::value::{Value, ValueEntry, ValueMap};

impl<'p> FactWorker<'_, 'p> {
    /// Returns what a resource is used for: what it says itself, and otherwise what its type's facts say.
    pub(super) fn usage_of(&self, subject: &FactSubject<'_, 'p>) -> Value {
        let (plan, resource) = (subject.plan, subject.resource);
        // A failure has been reported where it happened.
        let all =
            || self.all_usage(subject).unwrap_or_else(|AlreadyReported| Value::map(ValueMap::default(), resource.span));
        let kept = if plan.usage_is_fixed && !subject.says_usage { &plan.usage } else { &subject.usage };
        kept.get_or_init(all).clone()
    }

    fn all_usage(&self, subject: &FactSubject<'_, 'p>) -> EvalResult<Value> {
        let mut map = ValueMap::default();
        for item in &subject.plan.items {
            for block in item.global.item.stmts.iter().filter_map(is_usage) {
                let scope = self.interpreter().root(item.global.module).bind(SELF, subject.itself.clone());
                let value = self.interpreter().object(&block.stmts, &scope, Expectation::Any, block.span)?;
                for (name, entry) in value.as_map().into_iter().flatten() {
                    map.entry(name.clone()).or_insert_with(|| entry.clone());
                }
            }
        }
        let resource = subject.resource;
        for (name, value) in self.goals.resource_usage.get(&resource.address).into_iter().flatten() {
            match map.get_mut(name.as_str()) {
                Some(entry) => *entry = ValueEntry { key: value.span, value: value.clone() },
                None => self.unknown_usage(resource, name, value.span, &map),
            }
        }
        Ok(Value::map(map, resource.span))
    }

    fn unknown_usage(&self, resource: &Resource, name: &str, span: Span, known: &ValueMap) {
        let message = format!("`{}` has no usage `{name}`", resource.ty);
        let diagnostic = Diagnostic::error("GPB1915", message).with_label(span, "nothing is known to depend on it");
        let names: Vec<&str> = known.keys().map(AsRef::as_ref).collect();
        self.cx.reports.add(match nearest(name, names.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None if names.is_empty() => diagnostic.help("its facts know of no usage"),
            None => diagnostic.help(format!("it has {}", names.join(", "))),
        });
    }
}
