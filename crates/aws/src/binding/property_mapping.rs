//! Where a property is in the API, and spans of time.

use crate::path::MemberPath;
use crate::template::TemplateFunction;
use gpb_model::PropPath;
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;
use std::time::Duration;

/// One side of a property's place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PropertySide {
    /// The member of the same name.
    #[default]
    SameName,
    At(MemberPath),
    /// Not there at all.
    Nowhere,
}

/// Where a property is written and read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "MappingForm")]
pub struct PropertyMapping {
    pub write: PropertySide,
    pub read: PropertySide,
    /// What is done to a value that was read.
    pub normalize: Option<TemplateFunction>,
}

/// By property path, which may hold `*`.
pub type PropertyMappings = BTreeMap<PropPath, PropertyMapping>;

#[derive(Deserialize)]
#[serde(untagged, expecting = "a path, or a table { write, read, normalize }")]
enum MappingForm {
    Both(MemberPath),
    Each(MappingSides),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingSides {
    #[serde(default)]
    write: PropertySide,
    #[serde(default)]
    read: PropertySide,
    normalize: Option<TemplateFunction>,
}

impl From<MappingForm> for PropertyMapping {
    fn from(form: MappingForm) -> PropertyMapping {
        match form {
            MappingForm::Both(path) => {
                PropertyMapping { write: PropertySide::At(path.clone()), read: PropertySide::At(path), normalize: None }
            }
            MappingForm::Each(MappingSides { write, read, normalize }) => PropertyMapping { write, read, normalize },
        }
    }
}

impl<'de> Deserialize<'de> for PropertySide {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PropertySide, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a path or `false`")]
        enum RawSide {
            Path(MemberPath),
            Bool(bool),
        }
        match RawSide::deserialize(deserializer)? {
            RawSide::Path(path) => Ok(PropertySide::At(path)),
            RawSide::Bool(false) => Ok(PropertySide::Nowhere),
            RawSide::Bool(true) => Err(de::Error::custom("`true` says nothing; leave it out")),
        }
    }
}

/// A span of time: `30s`, `10min`, `1h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeSpan(pub Duration);

impl TryFrom<String> for TimeSpan {
    type Error = String;

    fn try_from(text: String) -> Result<TimeSpan, String> {
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
        seconds.map(|seconds| TimeSpan(Duration::from_secs(seconds))).ok_or_else(bad)
    }
}
