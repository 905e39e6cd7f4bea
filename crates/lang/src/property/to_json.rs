//! Converts values of the language to JSON, and JSON to text.

use super::untyped::strict;
use gpb_base::diag::Diagnostic;
use gpb_model::value::{Value, ValueKind};
use serde_json::Value as Json;
use std::fmt::Write as _;

/// Converts a known value to JSON.
///
/// An absent value becomes `null`, or is left out of an object: a list keeps the places of its elements.
///
/// Unlike a model's value, a document has no unknown parts to be told apart from.
///
/// # Errors
/// When it has no JSON form.
pub fn to_json(value: &Value) -> Result<Json, Diagnostic> {
    Ok(match &value.kind {
        ValueKind::List(items) => Json::Array(items.iter().map(to_json).collect::<Result<_, _>>()?),
        ValueKind::Map(entries) => {
            let given = entries.iter().filter(|(_, entry)| !entry.value.is_absent());
            let pairs = given.map(|(key, entry)| Ok((key.to_string(), to_json(&entry.value)?)));
            Json::Object(pairs.collect::<Result<_, Diagnostic>>()?)
        }
        ValueKind::Absent => Json::Null,
        _ => strict(value)?.into(),
    })
}

/// Returns the shortest text of a JSON value, keys sorted.
pub fn json_text(json: &Json) -> String {
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
