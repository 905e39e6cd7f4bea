//! Compares values for equality; a comparison that never holds is a mistake.

use super::wait::wait;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_base::unit;
use gpb_base::unit::Operands;
use gpb_model::ty::Type;
use gpb_model::value::{BareWord, Value, ValueKind, ValueMap};
use gpb_syntax::ast::BinaryOp;

/// Compares two values for equality.
///
/// `None` when the answer depends on what is unknown until apply.
///
/// # Errors
/// When values of these kinds are never the same.
pub fn equal(left: &Value, right: &Value) -> Result<Option<bool>, Diagnostic> {
    if let (Some(a), Some(b)) = (left.as_amount(), right.as_amount()) {
        let sides = Operands { left: a, left_span: left.span, right: b, right_span: right.span };
        return unit::compare(&sides).map(|order| Some(order.is_eq()));
    }
    match (&left.kind, &right.kind) {
        (ValueKind::Absent, ValueKind::Unknown(unknown)) | (ValueKind::Unknown(unknown), ValueKind::Absent)
            if unknown.ty.is_optional() =>
        {
            Ok(None)
        }
        (ValueKind::Absent, _) | (_, ValueKind::Absent) => Ok(Some(left.kind == right.kind)),
        (ValueKind::Word(one), ValueKind::Text(_) | ValueKind::Word(_))
        | (ValueKind::Text(_), ValueKind::Word(one)) => words(one, left, right).map(Some),
        (ValueKind::Secret(_), _) | (_, ValueKind::Secret(_)) => Err(secret(left, right)),
        _ if !left.is_known() || !right.is_known() => {
            // The same unknown is the same value, whatever it turns out to be.
            Ok((left == right).then_some(true))
        }
        _ if std::mem::discriminant(&left.kind) == std::mem::discriminant(&right.kind) => Ok(Some(same(left, right))),
        _ => Err(never_equal(left, right)),
    }
}

/// Checks whether two known values are the same; an entry that is absent is none.
fn same(left: &Value, right: &Value) -> bool {
    match (&left.kind, &right.kind) {
        (ValueKind::List(left), ValueKind::List(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same(left, right))
        }
        (ValueKind::Map(left), ValueKind::Map(right)) => {
            let given = |map: &ValueMap| map.values().filter(|entry| !entry.value.is_absent()).count();
            let mut entries = left.iter().filter(|(_, entry)| !entry.value.is_absent());
            let found = |key: &str, value: &Value| right.get(key).is_some_and(|entry| same(value, &entry.value));
            given(left) == given(right) && entries.all(|(key, entry)| found(key, &entry.value))
        }
        _ => left == right,
    }
}

pub(super) fn compare(op: BinaryOp, left: Value, right: Value, span: Span) -> Result<Value, Diagnostic> {
    match equal(&left, &right)? {
        Some(same) => Ok(Value::bool(same == (op == BinaryOp::Equal), span)),
        None => wait(op.symbol(), &[&left, &right], Type::Bool, span),
    }
}

/// Compares words.
///
/// Where one of them comes from a known set, the other must be of that set too.
fn words(one: &BareWord, left: &Value, right: &Value) -> Result<bool, Diagnostic> {
    let among = match (&left.kind, &right.kind) {
        (_, ValueKind::Word(BareWord { among: Some(among), .. })) if one.among.is_none() => Some((among, left)),
        (ValueKind::Word(BareWord { among: Some(among), .. }), _) => Some((among, right)),
        (_, ValueKind::Word(BareWord { among: Some(among), .. })) => Some((among, left)),
        _ => None,
    };
    let (Some(a), Some(b)) = (left.as_text(), right.as_text()) else { return Ok(false) };
    let Some((among, other)) = among else { return Ok(a == b) };
    let Some(text) = other.as_text().filter(|text| !among.contains(text)) else { return Ok(a == b) };
    let known = among.join(" | ");
    let diagnostic = Diagnostic::error("GPB1106", format!("`{text}` is none of `{known}`"))
        .with_label(other.span, "this comparison never holds");
    Err(match nearest(text, among.iter().map(AsRef::as_ref)) {
        Some(meant) => {
            diagnostic.help(format!("did you mean `{meant}`?")).fix(format!("change to `{meant}`"), other.span, meant)
        }
        None => diagnostic,
    })
}

fn secret(left: &Value, right: &Value) -> Diagnostic {
    let secret = if matches!(left.kind, ValueKind::Secret(_)) { left } else { right };
    Diagnostic::error("GPB1115", "a secret cannot be compared")
        .with_label(secret.span, "this is a secret")
        .help("a secret may only be given, whole, to a property that keeps secrets, or to a parameter of type `secret`")
}

pub(super) fn never_equal(left: &Value, right: &Value) -> Diagnostic {
    let message = format!("{} is never equal to {}", left.describe(), right.describe());
    Diagnostic::error("GPB1121", message)
        .with_label(left.span.to(right.span), "this comparison never holds")
        .help("compare values of one type")
}
