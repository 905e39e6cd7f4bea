//! Values that all services share: scalars, lists, maps, blobs, times, documents, streams.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};

use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::{Blob, DateTime, Document, Number, base64};

use super::input_path::{InputError, InputPath};
use super::json::{FromJson, Json, MapKey, Object, ToJson};

impl FromJson for bool {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        json.as_bool().ok_or_else(|| path.mismatch("a boolean", &json))
    }
}

impl ToJson for bool {
    fn to_json(&self) -> Json {
        Json::Bool(*self)
    }
}

impl FromJson for String {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        match json {
            Json::String(text) => Ok(text),
            other => Err(path.mismatch("a string", &other)),
        }
    }
}

impl ToJson for String {
    fn to_json(&self) -> Json {
        Json::String(self.clone())
    }
}

impl MapKey for String {
    fn from_key(key: &str) -> Self {
        key.to_owned()
    }
    fn key(&self) -> &str {
        self
    }
}

impl FromJson for i64 {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        whole(&json).ok_or_else(|| path.mismatch("a whole number", &json))
    }
}

impl ToJson for i64 {
    fn to_json(&self) -> Json {
        Json::from(*self)
    }
}

impl FromJson for i32 {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        let wide = i64::from_json(json, path)?;
        Self::try_from(wide).map_err(|_| path.error(format!("{wide} does not fit into 32 bits")))
    }
}

impl ToJson for i32 {
    fn to_json(&self) -> Json {
        Json::from(*self)
    }
}

impl FromJson for f64 {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        match &json {
            Json::String(text) => match text.as_str() {
                "NaN" => Ok(Self::NAN),
                "Infinity" => Ok(Self::INFINITY),
                "-Infinity" => Ok(Self::NEG_INFINITY),
                _ => Err(path.mismatch("a number", &json)),
            },
            _ => json.as_f64().ok_or_else(|| path.mismatch("a number", &json)),
        }
    }
}

impl ToJson for f64 {
    fn to_json(&self) -> Json {
        match serde_json::Number::from_f64(*self) {
            Some(number) => Json::Number(number),
            None if self.is_nan() => Json::from("NaN"),
            None => Json::from(if *self > 0.0 { "Infinity" } else { "-Infinity" }),
        }
    }
}

impl FromJson for f32 {
    #[expect(clippy::cast_possible_truncation, reason = "the member has no more precision")]
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        f64::from_json(json, path).map(|wide| wide as Self)
    }
}

impl ToJson for f32 {
    fn to_json(&self) -> Json {
        // By way of its digits: 0.1 stays 0.1 instead of 0.10000000149011612.
        self.to_string().parse().map_or(Json::Null, |wide: f64| wide.to_json())
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        match json {
            Json::Array(items) => {
                items.into_iter().enumerate().map(|(index, item)| T::from_json(item, &path.item(index))).collect()
            }
            other => Err(path.mismatch("a list", &other)),
        }
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self) -> Json {
        Json::Array(self.iter().map(ToJson::to_json).collect())
    }
}

impl<K: MapKey + Eq + Hash, V: FromJson, S: BuildHasher + Default> FromJson for HashMap<K, V, S> {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        match json {
            Json::Object(entries) => entries
                .into_iter()
                .map(|(key, value)| Ok((K::from_key(&key), V::from_json(value, &path.member(&key))?)))
                .collect(),
            other => Err(path.mismatch("an object", &other)),
        }
    }
}

impl<K: MapKey, V: ToJson, S: BuildHasher> ToJson for HashMap<K, V, S> {
    fn to_json(&self) -> Json {
        let mut entries: Vec<(&str, &V)> = self.iter().map(|(key, value)| (key.key(), value)).collect();
        entries.sort_by_key(|(key, _)| *key);
        Json::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value.to_json())).collect())
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        if json.is_null() { Ok(None) } else { T::from_json(json, path).map(Some) }
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self) -> Json {
        self.as_ref().map_or(Json::Null, ToJson::to_json)
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        T::from_json(json, path).map(Self::new)
    }
}

impl<T: ToJson> ToJson for Box<T> {
    fn to_json(&self) -> Json {
        T::to_json(self)
    }
}

impl FromJson for Blob {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        bytes(json, path).map(Self::new)
    }
}

impl ToJson for Blob {
    fn to_json(&self) -> Json {
        Json::String(base64::encode(self.as_ref()))
    }
}

impl FromJson for ByteStream {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        bytes(json, path).map(Self::from)
    }
}

impl FromJson for DateTime {
    /// Reads RFC 3339, or seconds since 1970.
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        match &json {
            Json::String(text) => Self::from_str(text, Format::DateTimeWithOffset).map_err(|_| {
                path.error(format!("`{text}` is not a valid time; expected one such as 2026-01-31T12:00:00Z"))
            }),
            Json::Number(number) => match (whole(&json), number.as_f64()) {
                (Some(seconds), _) => Ok(Self::from_secs(seconds)),
                (None, Some(seconds)) => Ok(Self::from_secs_f64(seconds)),
                (None, None) => Err(path.mismatch("a time", &json)),
            },
            _ => Err(path.mismatch("a time", &json)),
        }
    }
}

impl ToJson for DateTime {
    fn to_json(&self) -> Json {
        // A time outside the calendar has no string; its seconds are still true.
        self.fmt(Format::DateTimeWithOffset).map_or_else(|_| self.as_secs_f64().to_json(), Json::String)
    }
}

impl FromJson for Document {
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError> {
        path.check_depth()?;
        Ok(match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            Json::String(text) => Self::String(text),
            Json::Number(number) => Self::Number(match (number.as_u64(), number.as_i64()) {
                (Some(positive), _) => Number::PosInt(positive),
                (None, Some(negative)) => Number::NegInt(negative),
                (None, None) => Number::Float(f64::from_json(Json::Number(number), path)?),
            }),
            Json::Array(_) => Self::Array(Vec::from_json(json, path)?),
            Json::Object(_) => Self::Object(HashMap::from_json(json, path)?),
        })
    }
}

impl ToJson for Document {
    fn to_json(&self) -> Json {
        match self {
            Self::Bool(value) => Json::Bool(*value),
            Self::String(text) => Json::String(text.clone()),
            Self::Number(Number::PosInt(number)) => Json::from(*number),
            Self::Number(Number::NegInt(number)) => Json::from(*number),
            Self::Number(Number::Float(number)) => number.to_json(),
            Self::Array(items) => items.to_json(),
            Self::Object(entries) => {
                let mut sorted: Vec<_> = entries.iter().collect();
                sorted.sort_by_key(|(key, _)| *key);
                Json::Object(sorted.into_iter().map(|(k, v)| (k.clone(), v.to_json())).collect::<Object>())
            }
            _ => Json::Null,
        }
    }
}

fn bytes(json: Json, path: &InputPath<'_>) -> Result<Vec<u8>, InputError> {
    let text = String::from_json(json, path)?;
    base64::decode(&text).map_err(|_| path.error("expected bytes as a base64 string"))
}

/// Returns a number without a fraction, however it is written.
#[expect(clippy::cast_possible_truncation, clippy::float_cmp, reason = "bounded and whole, as the filter checks")]
fn whole(json: &Json) -> Option<i64> {
    json.as_i64().or_else(|| json.as_f64().filter(|n| n.trunc() == *n && n.abs() < 9e15).map(|n| n as i64))
}
