//! Joins policy documents.

use super::wait::wait;
use crate::policy;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueEntry, ValueKind};

/// Checks for a policy document: an object with statements.
pub(crate) fn is_document(value: &Value) -> bool {
    value.as_map().is_some_and(|entries| entries.contains_key("Statement"))
}

/// Checks whether one of two values is a policy document and the other may be one.
pub(super) fn may_join(left: &Value, right: &Value) -> bool {
    let of = |value: &Value, accept: fn(&Type) -> bool| match &value.kind {
        ValueKind::Unknown(unknown) => accept(unknown.ty.required()),
        _ => is_document(value),
    };
    let is = |value: &Value| of(value, |ty| *ty == Type::Policy);
    let may_be = |value: &Value| of(value, |ty| ty.may_be(&Type::Policy));
    is(left) && may_be(right) || may_be(left) && is(right)
}

/// Joins two policy documents: the statements of the left one, then those of the right one.
///
/// `None` where they are none.
pub(super) fn joined(left: &Value, right: &Value, span: Span) -> Option<Result<Value, Diagnostic>> {
    let waits = |value: &Value| matches!(&value.kind, ValueKind::Unknown(unknown) if unknown.ty.may_be(&Type::Policy));
    match (is_document(left), is_document(right)) {
        (true, true) => Some(join(left, right, span)),
        (true, false) if waits(right) => Some(wait("+", &[left, right], Type::Policy, span)),
        (false, true) if waits(left) => Some(wait("+", &[left, right], Type::Policy, span)),
        _ => None,
    }
}

fn join(left: &Value, right: &Value, span: Span) -> Result<Value, Diagnostic> {
    let (Some(first), Some(second)) = (left.as_map(), right.as_map()) else { return Ok(left.clone()) };
    let mut document = first.clone();
    for (key, entry) in second.iter().filter(|(key, _)| &***key != "Statement") {
        match document.get(key) {
            Some(own) if own.value.kind != entry.value.kind => return Err(differs(key, left, right)),
            Some(_) => {}
            None => _ = document.insert(key.clone(), entry.clone()),
        }
    }
    let statements = |document: &Value| match document.as_map().and_then(|entries| entries.get("Statement")) {
        Some(ValueEntry { value, .. }) => value.as_list().map_or_else(|| vec![value.clone()], <[Value]>::to_vec),
        None => Vec::new(),
    };
    let mut all = statements(left);
    all.extend(statements(right));
    if let Some(twice) = policy::twice(&all).into_iter().next() {
        return Err(twice);
    }
    document.insert("Statement".into(), ValueEntry { key: span, value: Value::list(all, span) });
    Value::map(document, span).bounded()
}

fn differs(key: &str, left: &Value, right: &Value) -> Diagnostic {
    Diagnostic::error("GPB1162", format!("these policies have different values of `{key}`"))
        .with_label(right.span, format!("its `{key}` is another"))
        .with_label(left.span, "than the one of this")
        .help(format!("give both the same `{key}`, or leave it out of one"))
}
