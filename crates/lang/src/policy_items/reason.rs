//! The reasons of rules and expectations, as they are told.

use crate::eval::{Expectation, Scope};
use crate::facts::FactWorker;
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::{Expr, ExprKind, TextPart};

/// Returns a reason with its parts as they are; one that is not there, or not known yet, is said to be so.
pub fn spoken<'p>(worker: &FactWorker<'_, 'p>, reason: &'p Expr, scope: &Scope<'p>) -> String {
    let evaluate = |part: &'p Expr| {
        let value = worker.cx.reports.muted(|| worker.interpreter().eval(part, scope, Expectation::Any));
        value.map_or_else(|_| "(not known)".to_owned(), |value| told(&value))
    };
    match &*reason.kind {
        ExprKind::Text(parts) => parts
            .iter()
            .map(|part| match part {
                TextPart::Text(text) => text.clone(),
                TextPart::Interpolation(inner) => evaluate(inner),
            })
            .collect(),
        _ => evaluate(reason),
    }
}

fn told(value: &Value) -> String {
    match &value.kind {
        ValueKind::Absent => "(not set)".to_owned(),
        ValueKind::Unknown(_) => "(known after apply)".to_owned(),
        ValueKind::Secret(_) => "(a secret)".to_owned(),
        _ => value.as_text().map_or_else(|| value.to_string(), std::string::ToString::to_string),
    }
}
