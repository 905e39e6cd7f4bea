//! Values as the model holds them: JSON with holes, and their form in files.

use super::Address;
use crate::PropPath;
use compact_str::CompactString;
use litemap::LiteMap;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Values by name, in the order of the names. Most hold a handful, and a model has very many of them, so they lie side by
/// side; whoever builds one of unbounded size collects it at once.
pub type ValueMap = LiteMap<CompactString, Value>;

/// A property's value: JSON with holes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Json", into = "Json")]
pub enum Value {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(CompactString),
    List(Vec<Value>),
    Map(ValueMap),
    /// A property of another resource that is known only when that resource is.
    Ref(Reference),
    /// A text with holes: the parts joined.
    Concat(Vec<Value>),
    /// A pure function waiting for its arguments; `lang::builtins::call` computes it.
    Call {
        function: String,
        args: Vec<Value>,
    },
    /// A secret: it has no text form here.
    Secret(SecretSource),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference {
    pub to: Address,
    /// In AWS's spelling. The empty path is the resource's identifier.
    pub path: PropPath,
}

/// Where a secret's value comes from. The value itself exists only in memory, between being read and being sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum SecretSource {
    /// `secret("stripe/key")`: the cloud's own secret store.
    Store { name: String },
    /// `env_secret("NAME")`: the environment of the process.
    Env { name: String },
    /// `generated(length: 32)`: made once, when the resource is created, and never known afterwards.
    Generated { length: u32 },
}

impl Value {
    /// Whether every part is known now (a secret counts as known: it is read when it is needed).
    pub fn is_known(&self) -> bool {
        match self {
            Value::Ref(_) | Value::Call { .. } => false,
            Value::List(items) | Value::Concat(items) => items.iter().all(Value::is_known),
            Value::Map(entries) => entries.values().all(Value::is_known),
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) | Value::Secret(_) => true,
        }
    }

    /// The text it is, where it is one and whole.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Every reference inside, in order.
    pub fn references<'a>(&'a self, found: &mut Vec<&'a Reference>) {
        match self {
            Value::Ref(reference) => found.push(reference),
            Value::List(items) | Value::Concat(items) | Value::Call { args: items, .. } => {
                for item in items {
                    item.references(found);
                }
            }
            Value::Map(entries) => {
                for value in entries.values() {
                    value.references(found);
                }
            }
            _ => {}
        }
    }
}

/// In files a hole is an object with one key that starts with `$`; an object that looks like one is wrapped in `$map`.
impl From<Value> for Json {
    fn from(value: Value) -> Json {
        let one = |key: &str, inner: Json| Json::Object(serde_json::Map::from_iter([(key.to_owned(), inner)]));
        let list = |items: Vec<Value>| Json::Array(items.into_iter().map(Json::from).collect());
        match value {
            Value::Bool(bool) => bool.into(),
            Value::Int(int) => int.into(),
            Value::Float(float) => float.into(),
            Value::Text(text) => Json::String(text.into()),
            Value::List(items) => list(items),
            Value::Map(entries) => {
                let wrap = entries.len() == 1 && entries.keys().any(|key| key.starts_with('$'));
                let object = Json::Object(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect());
                if wrap { one("$map", object) } else { object }
            }
            Value::Ref(Reference { to, path }) => one("$ref", serde_json::json!({ "to": to.as_str(), "path": path.0 })),
            Value::Concat(parts) => one("$concat", list(parts)),
            Value::Call { function, args } => one(
                "$call",
                Json::Array(std::iter::once(function.into()).chain(args.into_iter().map(Json::from)).collect()),
            ),
            Value::Secret(secret) => one("$secret", serde_json::to_value(secret).unwrap_or_default()),
        }
    }
}

/// A JSON document that is no [`Value`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    #[error("null has no meaning here")]
    Null,
    #[error("the number {0} is out of range")]
    Number(String),
    #[error("`{0}` is not a well-formed hole")]
    Unknown(String),
}

impl TryFrom<Json> for Value {
    type Error = ValueError;

    fn try_from(json: Json) -> Result<Value, ValueError> {
        Ok(match json {
            Json::Null => return Err(ValueError::Null),
            Json::Bool(bool) => Value::Bool(bool),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(int), _) => Value::Int(int),
                (None, Some(float)) => Value::Float(float),
                (None, None) => return Err(ValueError::Number(number.to_string())),
            },
            Json::String(text) => Value::Text(text.into()),
            Json::Array(items) => Value::List(items.into_iter().map(Value::try_from).collect::<Result<_, _>>()?),
            Json::Object(entries) => {
                let unknown = entries.keys().next().filter(|key| entries.len() == 1 && key.starts_with('$')).cloned();
                match (unknown, entries) {
                    (Some(key), mut entries) => unknown_from(&key, entries.remove(&key).unwrap_or_default())?,
                    (None, entries) => Value::Map(map_from(entries)?),
                }
            }
        })
    }
}

fn map_from(entries: serde_json::Map<String, Json>) -> Result<ValueMap, ValueError> {
    entries.into_iter().map(|(key, value)| Ok((key.into(), Value::try_from(value)?))).collect()
}

fn unknown_from(key: &str, inner: Json) -> Result<Value, ValueError> {
    let bad = || ValueError::Unknown(key.to_owned());
    match (key, inner) {
        ("$map", Json::Object(entries)) => Ok(Value::Map(map_from(entries)?)),
        ("$ref", inner) => serde_json::from_value(inner).map(Value::Ref).map_err(|_| bad()),
        ("$secret", inner) => serde_json::from_value(inner).map(Value::Secret).map_err(|_| bad()),
        ("$concat", Json::Array(parts)) => {
            parts.into_iter().map(Value::try_from).collect::<Result<_, _>>().map(Value::Concat)
        }
        ("$call", Json::Array(parts)) => {
            let mut parts = parts.into_iter();
            let Some(Json::String(function)) = parts.next() else { return Err(bad()) };
            let args = parts.map(Value::try_from).collect::<Result<_, _>>()?;
            Ok(Value::Call { function, args })
        }
        _ => Err(bad()),
    }
}
