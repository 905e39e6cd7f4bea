//! Values with holes and plain JSON, turned into each other.

use gpb_model::{SecretSource, Value};
use serde_json::{Map, Value as Json};

/// The JSON of a value that has neither a hole nor a secret.
pub fn to_json(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Bool(bool) => (*bool).into(),
        Value::Int(int) => (*int).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect::<Option<_>>()?),
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| Some((key.to_string(), to_json(value)?)));
            Json::Object(entries.collect::<Option<Map<_, _>>>()?)
        }
        Value::Ref(_) | Value::Concat(_) | Value::Call { .. } | Value::Secret(_) => return None,
    })
}

/// What a cloud or a state says, as a value: nulls are absent, and a hashed secret is a secret of unknown source.
pub fn lift(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(bool) => Value::Bool(*bool),
        Json::Number(number) => match number.as_i64() {
            Some(int) => Value::Int(int),
            None => Value::Number(number.as_f64().unwrap_or_default().into()),
        },
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Array(items) => Value::List(items.iter().filter_map(lift).collect()),
        Json::Object(_) if is_hashed(json) => Value::Secret(SecretSource::Generated { length: 0 }),
        Json::Object(entries) => {
            Value::Map(entries.iter().filter_map(|(key, value)| Some((key.as_str().into(), lift(value)?))).collect())
        }
    })
}

/// Whether the state holds a secret's keyed hash here: `{"$secret": "…"}`.
pub fn is_hashed(json: &Json) -> bool {
    hash_of(json).is_some()
}

/// The keyed hash of a secret, as the state holds it.
pub fn hash_of(json: &Json) -> Option<&str> {
    let object = json.as_object().filter(|object| object.len() == 1)?;
    object.get("$secret")?.as_str()
}

/// How a secret stands where its hash is not known.
pub fn hashed(hash: &str) -> Json {
    Json::Object(Map::from_iter([("$secret".to_owned(), hash.into())]))
}

pub fn has_secret(value: &Value) -> bool {
    any(value, &|value| matches!(value, Value::Secret(_)))
}

pub fn has_unknown(value: &Value) -> bool {
    any(value, &|value| matches!(value, Value::Ref(_) | Value::Call { .. }))
}

/// Whether JSON of the state holds a hashed secret anywhere.
pub fn has_hashed(json: &Json) -> bool {
    match json {
        Json::Array(items) => items.iter().any(has_hashed),
        Json::Object(entries) => is_hashed(json) || entries.values().any(has_hashed),
        _ => false,
    }
}

/// What was observed, with every place that is a secret in what is wanted or in what was applied told by its hash.
pub fn mask(observed: &Json, desired: Option<&Value>, applied: Option<&Json>) -> Json {
    let desired = desired.filter(|value| has_secret(value));
    let applied = applied.filter(|json| has_hashed(json));
    if desired.is_none() && applied.is_none() {
        return observed.clone();
    }
    let wanted_entries = match desired {
        Some(Value::Map(entries)) => Some(entries),
        _ => None,
    };
    let applied_entries = applied.filter(|json| !is_hashed(json)).and_then(Json::as_object);
    match observed {
        Json::Object(entries) if wanted_entries.is_some() || applied_entries.is_some() => {
            let masked = entries.iter().map(|(key, json)| {
                let desired = wanted_entries.and_then(|entries| entries.get(key.as_str()));
                let applied = applied_entries.and_then(|entries| entries.get(key));
                (key.clone(), mask(json, desired, applied))
            });
            Json::Object(masked.collect())
        }
        Json::Array(items) => Json::Array(items.iter().map(|item| mask_element(item, desired, applied)).collect()),
        _ => hashed(applied.and_then(hash_of).unwrap_or("")),
    }
}

/// What was observed, masked where secrets were applied.
pub fn masked(observed: &Map<String, Json>, applied: &Map<String, Json>) -> Map<String, Json> {
    observed.iter().map(|(name, json)| (name.clone(), mask(json, None, applied.get(name)))).collect()
}

/// An element is masked like its namesakes; one without a namesake like any of the others that has a secret.
fn mask_element(item: &Json, desired: Option<&Value>, applied: Option<&Json>) -> Json {
    use super::compare::{identity, identity_of};
    let (Some(Value::List(_)) | None, Some(Json::Array(_)) | None) = (desired, applied) else { return hashed("") };
    let wanted: Vec<&Value> = match desired {
        Some(Value::List(items)) => items.iter().collect(),
        _ => Vec::new(),
    };
    let applied: Vec<&Json> = applied.and_then(Json::as_array).into_iter().flatten().collect();
    let name = identity_of(item);
    let is_namesake = |other: Option<String>| name.is_some() && other == name;
    let known = wanted.iter().any(|value| is_namesake(identity(value)))
        || applied.iter().any(|json| is_namesake(identity_of(json)));
    let mut masked = item.clone();
    for value in wanted.into_iter().filter(|value| !known || is_namesake(identity(value))) {
        masked = mask(&masked, Some(value), None);
    }
    for json in applied.into_iter().filter(|json| !known || is_namesake(identity_of(json))) {
        masked = mask(&masked, None, Some(json));
    }
    masked
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

/// What stands at a place; `None` where nothing does.
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

/// What stands at a place of a value with holes.
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
