//! Where a property is in the API, and spans of time.

use super::super::path::Path;
use super::super::template::Function;
use gpb_model::PropPath;
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;
use std::time::Duration;

/// One side of a property's place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// The member of the same name.
    #[default]
    SameName,
    At(Path),
    /// Not there at all.
    Nowhere,
}

/// Where a property is written and read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Form")]
pub struct Mapped {
    pub write: Place,
    pub read: Place,
    /// What is done to a value that was read.
    pub normalize: Option<Function>,
}

/// By property path, which may hold `*`.
pub type Places = BTreeMap<PropPath, Mapped>;

#[derive(Deserialize)]
#[serde(untagged, expecting = "a path, or a table { write, read, normalize }")]
enum Form {
    Both(Path),
    Each(Sides),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sides {
    #[serde(default)]
    write: Place,
    #[serde(default)]
    read: Place,
    normalize: Option<Function>,
}

impl From<Form> for Mapped {
    fn from(form: Form) -> Mapped {
        match form {
            Form::Both(path) => Mapped { write: Place::At(path.clone()), read: Place::At(path), normalize: None },
            Form::Each(Sides { write, read, normalize }) => Mapped { write, read, normalize },
        }
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Place, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a path or `false`")]
        enum Raw {
            Path(Path),
            Bool(bool),
        }
        match Raw::deserialize(deserializer)? {
            Raw::Path(path) => Ok(Place::At(path)),
            Raw::Bool(false) => Ok(Place::Nowhere),
            Raw::Bool(true) => Err(de::Error::custom("`true` says nothing; leave it out")),
        }
    }
}

/// A span of time: `30s`, `10min`, `1h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Span, String> {
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let bad = || format!("`{text}` is not a span of time such as `30s`, `10min` or `1h`");
        let number: u64 = number.parse().map_err(|_| bad())?;
        let seconds = match unit {
            "s" => Some(number),
            "min" => number.checked_mul(60),
            "h" => number.checked_mul(3600),
            _ => None,
        };
        seconds.map(|seconds| Span(Duration::from_secs(seconds))).ok_or_else(bad)
    }
}
