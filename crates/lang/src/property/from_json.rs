//! Converts JSON to values of the language.

use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::{PropertyMap, PropertyValue, ValueEntry};
use rust_decimal::Decimal;
use serde_json::Value as Json;

/// Converts JSON to a value; `null` becomes absent.
///
/// # Errors
/// When a number has more digits than a number can hold.
pub fn from_json(json: &Json, span: Span) -> Result<PropertyValue, Diagnostic> {
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
            PropertyValue::list(items.iter().map(|item| from_json(item, span)).collect::<Result<_, _>>()?, span)
        }
        Json::Object(entries) => {
            let mut map = PropertyMap::with_capacity_and_hasher(entries.len(), foldhash::fast::RandomState::default());
            for (key, json) in entries {
                map.insert(key.as_str().into(), ValueEntry { key: span, value: from_json(json, span)? });
            }
            // The same object is the same value, whatever order the text had.
            map.sort_unstable_keys();
            PropertyValue::map(map, span)
        }
    })
}
