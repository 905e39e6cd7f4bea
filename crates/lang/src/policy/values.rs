//! The values that documents are made of.

use crate::property::resource_as_text;
use crate::ty;
use crate::ty::TypeContext;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueEntry, ValueKind, ValueMap};

/// Adds an entry to a document's map.
pub(super) fn put(map: &mut ValueMap, key: &str, value: Value) {
    map.insert(key.into(), ValueEntry { key: value.span, value });
}

/// Returns one value as itself, and several as a list, as AWS writes them.
pub(super) fn one_or_many(mut values: Vec<Value>, span: Span) -> Value {
    match values.len() {
        1 => values.remove(0),
        _ => Value::list(values, span),
    }
}

/// Returns the diagnostic for a value that may be absent: left out, it would change whom the statement is about.
pub(crate) fn absent(value: &Value) -> Diagnostic {
    Diagnostic::error("GPB1110", "no value was given where a policy needs one")
        .with_label(value.span, "this may be absent")
        .help("choose a value for that case with `??`, or choose between two policies with `if`")
}

/// Returns the diagnostic for a clause that says nothing, and so would not limit the statement.
pub(super) fn empty(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error("GPB9007", what).with_label(span, "empty").help("say what is meant, or leave the clause out")
}

/// Collects the strings of one clause, which must say something.
pub(super) fn clause(name: &str, values: &[Value], cx: &TypeContext, diagnostics: &mut Vec<Diagnostic>) -> Vec<Value> {
    let known = diagnostics.len();
    let found = texts(values, cx, diagnostics);
    if let (true, true, [first, ..]) = (found.is_empty(), diagnostics.len() == known, values) {
        diagnostics.push(empty(&format!("this `{name}` names nothing"), first.span));
    }
    found
}

/// Collects the strings among the values and the lists in them.
///
/// Anything else is reported and left out.
fn texts(values: &[Value], cx: &TypeContext, diagnostics: &mut Vec<Diagnostic>) -> Vec<Value> {
    let mut found = Vec::new();
    for value in values {
        match &value.kind {
            ValueKind::Text(_) => found.push(value.clone()),
            ValueKind::Word(word) if word.among.is_some() => found.push(Value::text(word.text.clone(), value.span)),
            ValueKind::Unknown(unknown) if unknown.ty.may_be(&Type::String) => found.push(value.clone()),
            ValueKind::Unknown(unknown) if cx.symbolic && unknown.ty.may_be(&Type::list(Type::String)) => {
                found.push(value.clone());
            }
            ValueKind::List(items) => found.extend(texts(items, cx, diagnostics)),
            ValueKind::Absent => diagnostics.push(absent(value)),
            ValueKind::Resource(handle) => {
                let arn = cx.facts.arn(&handle.ty);
                diagnostics.push(resource_as_text(&handle.ty, value.span, arn.as_deref()));
            }
            ValueKind::Secret(_) => diagnostics.push(ty::secret_as_text(value)),
            ValueKind::Word(word) => diagnostics.push(word.unknown(value.span)),
            _ => diagnostics.push(
                Diagnostic::error("GPB1101", format!("expected a `string`, found {}", value.describe()))
                    .with_label(value.span, "a string is expected here"),
            ),
        }
    }
    found
}
