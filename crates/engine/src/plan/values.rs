//! Values with unknowns and plain JSON, converted into each other.

use crate::state::is_redacted;
use gpb_model::{SecretSource, Value};
use serde_json::{Map, Value as Json};

/// Returns the JSON of a value that has neither an unknown nor a secret, `None` of any other.
pub fn to_json(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Bool(bool) => (*bool).into(),
        Value::Int(int) => (*int).into(),
        Value::Float(float) => (*float).into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect::<Option<_>>()?),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| Some((key.to_string(), to_json(value)?)));
            Json::Object(entries.collect::<Option<Map<_, _>>>()?)
        }
        Value::Ref(_) | Value::Concat(_) | Value::Call { .. } | Value::Secret(_) => return None,
    })
}

/// Returns the JSON of a cloud or a state as a value.
///
/// Nulls are absent, and a hashed secret is a secret of unknown source.
pub fn lift(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(bool) => Value::Bool(*bool),
        Json::Number(number) => match number.as_i64() {
            Some(int) => Value::Int(int),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Array(items) => Value::List(items.iter().filter_map(lift).collect()),
        Json::Object(_) if is_redacted(json) => Value::Secret(SecretSource::Generated { length: 0 }),
        Json::Object(entries) => {
            Value::Map(entries.iter().filter_map(|(key, value)| Some((key.as_str().into(), lift(value)?))).collect())
        }
    })
}

/// Returns true when a secret is anywhere in the value.
pub fn has_secret(value: &Value) -> bool {
    any(value, &|value| matches!(value, Value::Secret(_)))
}

fn any(value: &Value, test: &dyn Fn(&Value) -> bool) -> bool {
    test(value)
        || match value {
            Value::List(items) | Value::Concat(items) | Value::Call { args: items, .. } => {
                items.iter().any(|item| any(item, test))
            }
            Value::Map(entries) => entries.values().any(|value| any(value, test)),
            _ => false,
        }
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
pub fn value_at<'a>(value: &'a Value, segments: &mut dyn Iterator<Item = &str>) -> Option<&'a Value> {
    let mut value = value;
    for segment in segments {
        value = match value {
            Value::Map(entries) => entries.get(gpb_model::PropPath::unescape(segment).as_str())?,
            Value::List(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}
