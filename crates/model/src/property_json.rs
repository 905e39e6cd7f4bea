//! Values as JSON, in two forms.
//!
//! The plain form is what a cloud takes and gives: no unknowns, no secrets. The form of files has them all: an unknown is
//! an object with one key that starts with `$`, and an object that looks like one is wrapped in `$map`.

use crate::property::{PropertyMap, PropertyValue, Reference};
use serde::{Serialize, Serializer};
use serde_json::{Map, Number as JsonNumber, Value as Json};

/// A JSON document that is not a [`PropertyValue`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// A null: what is absent is not written.
    #[error("null has no meaning here")]
    Null,
    /// A number beyond the range of a double.
    #[error("the number {0} is out of range")]
    Number(String),
    /// An object with one key that starts with `$` and is not an unknown.
    #[error("`{0}` is not a well-formed unknown")]
    Unknown(String),
}

impl PropertyValue {
    /// Returns the plain JSON of a value; none where a part is unknown or a secret.
    pub fn to_json(&self) -> Option<Json> {
        self.to_json_with(&mut |_| Err(())).ok()
    }

    /// Returns the plain JSON of a value, with unknowns and secrets filled in.
    ///
    /// `fill` supplies references, concatenations, calls and secrets.
    ///
    /// # Errors
    /// The first that `fill` returns.
    pub fn to_json_with<E>(&self, fill: &mut dyn FnMut(&PropertyValue) -> Result<Json, E>) -> Result<Json, E> {
        Ok(match self {
            PropertyValue::Bool(bool) => (*bool).into(),
            PropertyValue::Int(int) => (*int).into(),
            PropertyValue::Number(number) => (*number).into(),
            PropertyValue::Text(text) => text.as_str().into(),
            PropertyValue::List(items) => {
                Json::Array(items.iter().map(|item| item.to_json_with(fill)).collect::<Result<_, E>>()?)
            }
            PropertyValue::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| Ok((key.to_string(), value.to_json_with(fill)?)));
                Json::Object(entries.collect::<Result<Map<_, _>, E>>()?)
            }
            PropertyValue::Ref(_)
            | PropertyValue::Concat(_)
            | PropertyValue::Call { .. }
            | PropertyValue::Secret(_) => fill(self)?,
        })
    }

    /// Returns the value of plain JSON; none for null, and nulls inside are left out.
    pub fn from_json(json: &Json) -> Option<PropertyValue> {
        Self::from_json_with(json, &|_| None)
    }

    /// Returns the value of plain JSON that holds special objects.
    ///
    /// `special` reads the objects that are not what they look like, such as a hashed secret.
    pub fn from_json_with(
        json: &Json,
        special: &dyn Fn(&Map<String, Json>) -> Option<PropertyValue>,
    ) -> Option<PropertyValue> {
        Some(match json {
            Json::Null => return None,
            Json::Bool(bool) => PropertyValue::Bool(*bool),
            Json::Number(number) => Self::from_number(number)?,
            Json::String(text) => PropertyValue::Text(text.as_str().into()),
            Json::Array(items) => {
                PropertyValue::List(items.iter().filter_map(|item| Self::from_json_with(item, special)).collect())
            }
            Json::Object(entries) => special(entries).unwrap_or_else(|| {
                let entry =
                    |(key, json): (&String, &Json)| Some((key.as_str().into(), Self::from_json_with(json, special)?));
                PropertyValue::Map(entries.iter().filter_map(entry).collect())
            }),
        })
    }

    fn from_number(number: &JsonNumber) -> Option<PropertyValue> {
        match number.as_i64() {
            Some(int) => Some(PropertyValue::Int(int)),
            None => number.as_f64().map(|double| PropertyValue::Number(double.into())),
        }
    }
}

impl From<PropertyValue> for Json {
    /// Returns the form of files.
    fn from(value: PropertyValue) -> Json {
        let one = |key: &str, inner: Json| Json::Object(Map::from_iter([(key.to_owned(), inner)]));
        let list = |items: Vec<PropertyValue>| Json::Array(items.into_iter().map(Json::from).collect());
        match value {
            PropertyValue::Bool(bool) => bool.into(),
            PropertyValue::Int(int) => int.into(),
            PropertyValue::Number(number) => number.into(),
            PropertyValue::Text(text) => Json::String(text.into()),
            PropertyValue::List(items) => list(items),
            PropertyValue::Map(entries) => {
                let wrap = looks_special(&entries);
                let object = Json::Object(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect());
                if wrap { one("$map", object) } else { object }
            }
            PropertyValue::Ref(Reference { to, path }) => {
                one("$ref", serde_json::json!({ "to": to.as_str(), "path": path.0 }))
            }
            PropertyValue::Concat(parts) => one("$concat", list(parts)),
            PropertyValue::Call { function, args } => one(
                "$call",
                Json::Array(std::iter::once(function.into()).chain(args.into_iter().map(Json::from)).collect()),
            ),
            PropertyValue::Secret(secret) => one("$secret", serde_json::to_value(secret).unwrap_or_default()),
        }
    }
}

/// Checks for an object that looks like an unknown.
fn looks_special(entries: &PropertyMap) -> bool {
    entries.len() == 1 && entries.keys().any(|key| key.starts_with('$'))
}

impl Serialize for PropertyValue {
    /// Writes the form of files, without making the JSON first: of that, a large plan would be made a second time.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            PropertyValue::Bool(bool) => serializer.serialize_bool(*bool),
            PropertyValue::Int(int) => serializer.serialize_i64(*int),
            PropertyValue::Text(text) => serializer.serialize_str(text),
            PropertyValue::List(items) => serializer.collect_seq(items),
            PropertyValue::Map(entries) if !looks_special(entries) => serializer.collect_map(entries),
            other => Json::from(other.clone()).serialize(serializer),
        }
    }
}

impl TryFrom<Json> for PropertyValue {
    type Error = ValueError;

    /// Reads the form of files.
    fn try_from(json: Json) -> Result<PropertyValue, ValueError> {
        Ok(match json {
            Json::Null => return Err(ValueError::Null),
            Json::Bool(bool) => PropertyValue::Bool(bool),
            Json::Number(number) => {
                PropertyValue::from_number(&number).ok_or_else(|| ValueError::Number(number.to_string()))?
            }
            Json::String(text) => PropertyValue::Text(text.into()),
            Json::Array(items) => {
                PropertyValue::List(items.into_iter().map(PropertyValue::try_from).collect::<Result<_, _>>()?)
            }
            Json::Object(entries) => {
                let unknown = entries.keys().next().filter(|key| entries.len() == 1 && key.starts_with('$')).cloned();
                match (unknown, entries) {
                    (Some(key), mut entries) => unknown_from(&key, entries.remove(&key).unwrap_or_default())?,
                    (None, entries) => PropertyValue::Map(map_from(entries)?),
                }
            }
        })
    }
}

fn map_from(entries: Map<String, Json>) -> Result<PropertyMap, ValueError> {
    entries.into_iter().map(|(key, value)| Ok((key.into(), PropertyValue::try_from(value)?))).collect()
}

fn unknown_from(key: &str, inner: Json) -> Result<PropertyValue, ValueError> {
    let bad = || ValueError::Unknown(key.to_owned());
    match (key, inner) {
        ("$map", Json::Object(entries)) => Ok(PropertyValue::Map(map_from(entries)?)),
        ("$ref", inner) => serde_json::from_value(inner).map(PropertyValue::Ref).map_err(|_| bad()),
        ("$secret", inner) => serde_json::from_value(inner).map(PropertyValue::Secret).map_err(|_| bad()),
        ("$concat", Json::Array(parts)) => {
            parts.into_iter().map(PropertyValue::try_from).collect::<Result<_, _>>().map(PropertyValue::Concat)
        }
        ("$call", Json::Array(parts)) => {
            let mut parts = parts.into_iter();
            let Some(Json::String(function)) = parts.next() else { return Err(bad()) };
            let args = parts.map(PropertyValue::try_from).collect::<Result<_, _>>()?;
            Ok(PropertyValue::Call { function, args })
        }
        _ => Err(bad()),
    }
}
