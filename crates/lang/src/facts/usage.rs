//! The usage of a resource, as its facts see it.

use super::dependencies::SELF;
use super::fact_plan::is_usage;
use super::worker::{FactSubject, FactWorker};
use crate::compile_context::{AlreadyReported, EvalResult};
use crate::eval::Expectation;
use crate::ty::{TypeContext, conform};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::Resource;
use gpb_model::ty::{Type, type_of};
use gpb_model::value::{Value, ValueEntry, ValueKind, ValueMap};

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
                Some(entry) => match self.like_default(value, &entry.value, subject) {
                    Ok(value) => *entry = ValueEntry { key: value.span, value },
                    // What depends on it is told with what the facts say.
                    Err(diagnostics) => _ = self.cx.reports.all(diagnostics),
                },
                None => self.unknown_usage(resource, name, value.span, &map),
            }
        }
        Ok(Value::map(map, resource.span))
    }

    /// Returns what is said of a use, which is of the kind of what the facts say of it without that.
    ///
    /// So it is shown where it is written, and not in the facts that would stumble over it.
    fn like_default(
        &self,
        value: &Value,
        default: &Value,
        subject: &FactSubject<'_, 'p>,
    ) -> Result<Value, Vec<Diagnostic>> {
        let ty = match type_of(default) {
            Type::Int | Type::Count | Type::Number => Type::Number,
            ty @ (Type::Dimension(_) | Type::Bool | Type::String) => ty,
            _ => return Ok(value.clone()),
        };
        // Of a component of the library, its use is what the program's author wrote.
        let at = if self.cx.library.contains(&value.span.file) { subject.declared } else { value.span };
        let value = conform(value.clone().with_span(at), &ty, &TypeContext::new(self.cx.facts))?;
        let is_negative = match &value.kind {
            ValueKind::Number(amount) => amount.is_sign_negative() && !amount.is_zero(),
            ValueKind::Quantity(quantity) => quantity.amount.is_sign_negative() && !quantity.amount.is_zero(),
            _ => false,
        };
        if is_negative {
            return Err(vec![
                Diagnostic::error("GPB1137", format!("a use cannot be negative, and this is {value}"))
                    .with_label(at, "below zero")
                    .help("write how much is expected, or leave it out for what the facts expect"),
            ]);
        }
        Ok(value)
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
