//! Calls that wait for apply: a function of an unknown value (known only after apply) is unknown itself.

use crate::property::strict;
use crate::ty;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model as model;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};

/// The functions that pass their arguments on as they are.
///
/// Only these may wait for a secret.
const HAND_ON: &[&str] = &["concat", "flatten", "if", "index", "member", "merge", "slice", "values", "zip"];

/// Returns a call that waits for its arguments.
pub(crate) fn wait(function: &str, args: &[&Value], ty: Type, span: Span) -> Result<Value, Diagnostic> {
    if !HAND_ON.contains(&function)
        && let Some(secret) = args.iter().find_map(|arg| arg.find_secret())
    {
        return Err(ty::secret_as_text(secret));
    }
    let args = args.iter().map(|arg| waiting(arg)).collect::<Result<Vec<_>, _>>()?;
    Value::new_unknown(model::PropertyValue::Call { function: function.to_owned(), args }, ty, span).bounded()
}

/// Returns an argument as it waits: what is absent is a call that gives nothing.
fn waiting(arg: &Value) -> Result<model::PropertyValue, Diagnostic> {
    if arg.is_absent() {
        return Ok(model::PropertyValue::Call { function: "none".to_owned(), args: Vec::new() });
    }
    match absent_element(arg) {
        Some(element) => Err(Diagnostic::error("GPB1151", "a list with an absent element cannot wait until apply")
            .with_label(element.span, "this is absent")
            .with_label(arg.span, "what is made of this list is unknown until apply")
            .help("leave out what is absent: `[for x in list if is_set(x): x]`")),
        None => strict(arg),
    }
}

/// Returns the first absent element of a list, at any depth.
fn absent_element(value: &Value) -> Option<&Value> {
    match &value.kind {
        ValueKind::List(items) => {
            items.iter().find_map(|item| if item.is_absent() { Some(item) } else { absent_element(item) })
        }
        ValueKind::Map(entries) => entries.values().find_map(|entry| absent_element(&entry.value)),
        _ => None,
    }
}
