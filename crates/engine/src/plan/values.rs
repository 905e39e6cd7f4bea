//! The JSON of clouds and states, read as values, and the places in both.

use crate::state::is_redacted_object;
use gpb_model::{PropertyValue, SecretSource};
use serde_json::{Map, Value as Json};

/// Returns the JSON of a cloud or a state as a value.
///
/// Nulls are absent, and a hashed secret is a secret of unknown source.
pub fn lift(json: &Json) -> Option<PropertyValue> {
    let secret = |entries: &Map<String, Json>| {
        is_redacted_object(entries).then_some(PropertyValue::Secret(SecretSource::Generated { length: 0 }))
    };
    PropertyValue::from_json_with(json, &secret)
}

/// Returns the JSON at a place without `*`; `None` where there is none or a null.
pub fn json_at<'a>(json: &'a Json, segments: &mut dyn Iterator<Item = &str>) -> Option<&'a Json> {
    let mut json = json;
    for segment in segments {
        json = match json {
            Json::Object(entries) => entries.get(gpb_model::PropPath::unescape(segment).as_str())?,
            Json::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(json).filter(|json| !json.is_null())
}

/// Returns the value at a place without `*`.
pub fn value_at<'a>(value: &'a PropertyValue, segments: &mut dyn Iterator<Item = &str>) -> Option<&'a PropertyValue> {
    let mut value = value;
    for segment in segments {
        value = match value {
            PropertyValue::Map(entries) => entries.get(gpb_model::PropPath::unescape(segment).as_str())?,
            PropertyValue::List(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}
