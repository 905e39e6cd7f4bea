//! Converts JSON to values of the language.

use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::{Value, ValueEntry, ValueMap};
use rust_decimal::Decimal;
use serde_json::Value as Json;

/// Converts JSON to a value; `null` becomes absent.
///
/// # Errors
/// When a number has more digits than a number can hold.
pub fn from_json(json: &Json, span: Span) -> Result<Value, Diagnostic> {
    Ok(match json {
        Json::Null => Value::absent(span),
        Json::Bool(bool) => Value::bool(*bool, span),
        Json::Number(number) => {
            let text = number.to_string();
            let read = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(&text));
            Value::number(read.map_err(|_| gpb_base::unit::too_large(span))?, span)
        }
        Json::String(text) => Value::text(text.as_str(), span),
        Json::Array(items) => {
            Value::list(items.iter().map(|item| from_json(item, span)).collect::<Result<_, _>>()?, span)
        }
        Json::Object(entries) => {
            let mut map = ValueMap::with_capacity_and_hasher(entries.len(), foldhash::fast::RandomState::default());
            for (key, json) in entries {
                map.insert(key.as_str().into(), ValueEntry { key: span, value: from_json(json, span)? });
            }
            // The same object is the same value, whatever order the text had.
            map.sort_unstable_keys();
            Value::map(map, span)
        }
    })
}
