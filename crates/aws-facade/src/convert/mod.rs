//! Between JSON and the SDK's types.

mod at;
mod members;
mod values;
mod words;

pub use at::{At, Refused, built};
pub use members::{Members, put, single};
pub use serde_json::Value as Json;
pub(crate) use words::words;

/// A JSON object.
pub type Object = serde_json::Map<String, Json>;

/// A type of the SDK that is part of an input.
pub trait FromJson: Sized {
    fn from_json(json: Json, at: &At<'_>) -> Result<Self, Refused>;
}

/// A type of the SDK that is part of an output.
pub trait ToJson {
    /// `Null` stands for nothing and is left out of the object around it.
    fn to_json(&self) -> Json;
}

/// A type of the SDK that names the entries of a map: text, or an enumeration.
pub trait Word: Sized {
    fn from_word(word: &str) -> Self;
    fn word(&self) -> &str;
}
