//! The traits between JSON and the SDK's types.

use super::input_path::{InputError, InputPath};

pub use serde_json::Value as Json;

/// A JSON object.
pub type Object = serde_json::Map<String, Json>;

/// A type of the SDK that is part of an input.
pub trait FromJson: Sized {
    /// Reads the value at a place of an input.
    ///
    /// # Errors
    /// The place and the reason, where the JSON does not fit.
    fn from_json(json: Json, path: &InputPath<'_>) -> Result<Self, InputError>;
}

/// A type of the SDK that is part of an output.
pub trait ToJson {
    /// Returns the value; `Null` means that it is absent, and is left out of the object around it.
    fn to_json(&self) -> Json;
}

/// A type of the SDK that names the entries of a map: a string, or an enumeration.
pub trait MapKey: Sized {
    /// Reads the key from its name in JSON.
    fn from_key(key: &str) -> Self;
    /// Returns the name in JSON.
    fn key(&self) -> &str;
}
