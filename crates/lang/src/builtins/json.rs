//! Functions of JSON.

use super::builtin::BuiltinCall;
use crate::property::{from_json, json_text, to_json};
use crate::ty::secret_as_text;
use gpb_base::diag::Diagnostic;
use gpb_model::value::Value;
use serde_json::Value as Json;

/// Computes `json(value)`.
pub(super) fn encode(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let Some(value) = call.arg(0) else { return Err(call.cannot(0, "a value")) };
    if let Some(secret) = value.find_secret() {
        return Err(secret_as_text(secret));
    }
    if !value.is_known() {
        return call.wait();
    }
    Ok(call.as_text(json_text(&to_json(value)?)))
}

/// Computes `from_json(text)`.
pub(super) fn decode(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let parsed: Json = serde_json::from_str(call.text(0)).map_err(|error| {
        Diagnostic::error("GPB1213", format!("this string is not JSON: {error}"))
            .with_label(call.arg_span(0), "read as JSON")
    })?;
    from_json(&parsed, call.span)
}
