//! Values as they stand in a sentence for people.

use gpb_model::PropertyValue;
use gpb_model::value::{Value, ValueKind};

/// Returns the words for a value in a sentence.
///
/// `None` for what has none, such as a list.
///
/// A part that is unknown until apply stands in angle brackets: `<data.main.Endpoint>`.
pub fn prose(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Unknown(unknown) => Some(unknown_prose(&unknown.value)),
        ValueKind::Number(number) => Some(number.normalize().to_string()),
        ValueKind::Quantity(quantity) => Some(quantity.to_string()),
        ValueKind::Bool(bool) => Some(bool.to_string()),
        ValueKind::Resource(handle) => Some(handle.address.to_string()),
        _ => value.as_text().map(ToString::to_string),
    }
}

fn unknown_prose(value: &PropertyValue) -> String {
    match value {
        PropertyValue::Text(text) => text.to_string(),
        PropertyValue::Bool(bool) => bool.to_string(),
        PropertyValue::Int(int) => int.to_string(),
        PropertyValue::Number(number) => number.to_string(),
        PropertyValue::Concat(parts) => parts.iter().map(unknown_prose).collect(),
        PropertyValue::Ref(reference) if reference.path.0.is_empty() => format!("<{}>", reference.to),
        PropertyValue::Ref(reference) => format!("<{}.{}>", reference.to, reference.path),
        _ => "<known after apply>".to_owned(),
    }
}
