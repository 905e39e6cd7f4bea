//! JSON in and out: one text for one value.

use super::BuiltinCall;
use crate::property::strict;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::{PropertyMap, PropertyValue, ValueEntry, ValueKind};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use std::fmt::Write as _;

/// JSON as a value; `null` comes out as absent.
///
/// # Errors
/// When a number has more digits than a number can hold.
pub fn to_value(json: &Json, span: Span) -> Result<PropertyValue, Diagnostic> {
    Ok(match json {
        Json::Null => PropertyValue::absent(span),
        Json::Bool(bool) => PropertyValue::bool(*bool, span),
        Json::Number(number) => {
            let text = number.to_string();
            let read = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(&text));
            PropertyValue::number(read.map_err(|_| gpb_base::unit::too_large(span))?, span)
        }
        Json::String(text) => PropertyValue::text(text.as_str(), span),
        Json::Array(items) => {
            PropertyValue::list(items.iter().map(|item| to_value(item, span)).collect::<Result<_, _>>()?, span)
        }
        Json::Object(entries) => {
            let mut map = PropertyMap::with_capacity_and_hasher(entries.len(), foldhash::fast::RandomState::default());
            for (key, json) in entries {
                map.insert(key.as_str().into(), ValueEntry { key: span, value: to_value(json, span)? });
            }
            // Whatever order the text had, the same object is the same value.
            map.sort_unstable_keys();
            PropertyValue::map(map, span)
        }
    })
}

/// A known value as JSON.
///
/// # Errors
/// When it has no JSON form.
pub fn from_value(value: &PropertyValue) -> Result<Json, Diagnostic> {
    if value.is_absent() {
        return Ok(Json::Null);
    }
    Ok(strict(value)?.into())
}

/// The shortest text of a JSON value, keys sorted.
pub fn write(json: &Json) -> String {
    let mut out = String::new();
    write_to(json, &mut out);
    out
}

fn write_to(json: &Json, out: &mut String) {
    match json {
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_to(item, out);
            }
            out.push(']');
        }
        Json::Object(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, value)) in sorted.into_iter().enumerate() {
                let _ = write!(out, "{}{}:", if index > 0 { "," } else { "" }, Json::from(key.as_str()));
                write_to(value, out);
            }
            out.push('}');
        }
        scalar => {
            let _ = write!(out, "{scalar}");
        }
    }
}

/// `json(value)`
pub(super) fn encode(call: &BuiltinCall) -> Result<PropertyValue, Diagnostic> {
    let Some(value) = call.arg(0) else { return Err(call.cannot(0, "a value")) };
    if let Some(secret) = value.find_secret() {
        return Err(crate::ty::secret_as_text(secret));
    }
    if !value.is_known() {
        return call.wait();
    }
    Ok(call.as_text(write(&document(value)?)))
}

/// A known value as the JSON document it is: unlike a model's value, it has no holes to be told apart from.
pub(crate) fn document(value: &PropertyValue) -> Result<Json, Diagnostic> {
    Ok(match &value.kind {
        ValueKind::List(items) => {
            Json::Array(items.iter().filter(|item| !item.is_absent()).map(document).collect::<Result<_, _>>()?)
        }
        ValueKind::Map(entries) => {
            let given = entries.iter().filter(|(_, entry)| !entry.value.is_absent());
            let pairs = given.map(|(key, entry)| Ok((key.to_string(), document(&entry.value)?)));
            Json::Object(pairs.collect::<Result<_, Diagnostic>>()?)
        }
        _ => from_value(value)?,
    })
}

/// A value computed at apply, back to JSON.
pub(super) fn computed(value: &PropertyValue) -> Result<Json, Diagnostic> {
    if value.is_absent() { Ok(Json::Null) } else { document(value) }
}

/// `from_json(text)`
pub(super) fn decode(call: &BuiltinCall) -> Result<PropertyValue, Diagnostic> {
    let parsed: Json = serde_json::from_str(call.text(0)).map_err(|error| {
        Diagnostic::error("GPB1213", format!("this text is not JSON: {error}"))
            .with_label(call.arg_span(0), "read as JSON")
    })?;
    to_value(&parsed, call.span)
}
