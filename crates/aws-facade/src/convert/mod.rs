//! Conversions between JSON and the SDK's types.

mod input_path;
mod json;
mod members;
mod string_enums;
mod values;

pub use input_path::{InputError, InputPath, built};
pub use json::{FromJson, Json, MapKey, Object, ToJson};
pub use members::{Members, put, single};
pub(crate) use string_enums::string_enums;
