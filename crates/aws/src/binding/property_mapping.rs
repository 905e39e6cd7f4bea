//! Places of properties in the API, and time spans.

use crate::name_matching::text_of;
use crate::path::MemberPath;
use crate::template::TemplateFunction;
use gpb_model::PropPath;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::time::Duration;

/// The place of a property in an input or an output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PropertySide {
    /// The member of the same name.
    #[default]
    SameName,
    /// A path.
    At(MemberPath),
    /// No place at all.
    Nowhere,
}

/// The places of a property for writing and reading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "MappingForm")]
pub struct PropertyMapping {
    /// The place in inputs.
    pub write: PropertySide,
    /// The place in outputs.
    pub read: PropertySide,
    /// A function that is applied to a value that was read.
    pub normalize: Option<TemplateFunction>,
    /// The reason why no read shows it.
    pub why: Option<String>,
    /// The values of the API, where it is a text there, and what each means.
    pub values: BTreeMap<String, Json>,
    /// An empty value is left out: the API refuses it.
    pub omit_empty: bool,
    /// Of a list: the member by which two elements are the same one.
    pub key: Option<String>,
    /// The properties along with which it changes; no call changes it by itself.
    pub carried_by: Vec<String>,
    /// Of an object, or the objects of a list: the members that are sent where no property writes them, with their values.
    pub otherwise: BTreeMap<String, Json>,
    /// The same: the members that may hold one entry alone, each with its own member that takes several.
    pub several: BTreeMap<String, String>,
}

impl PropertyMapping {
    /// Returns the property's value of a value that was read; one that no word stands for stays as it is.
    pub fn from_api(&self, found: Json) -> Json {
        match &found {
            Json::String(text) => self.values.get(text).cloned().unwrap_or(found),
            _ => found,
        }
    }

    /// Returns the API's text of a property's value.
    pub fn to_api(&self, value: &Json) -> Option<Json> {
        let text = text_of(value);
        self.values.iter().find(|(_, meant)| text_of(meant) == text).map(|(word, _)| word.as_str().into())
    }
}

/// Mappings by property path, which may hold `*`.
pub type PropertyMappings = BTreeMap<PropPath, PropertyMapping>;

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a path, or a table { write, read, normalize, why, values, omit_empty, key, carried_by, otherwise, several }"
)]
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
    why: Option<String>,
    #[serde(default)]
    values: BTreeMap<String, Json>,
    #[serde(default)]
    omit_empty: bool,
    key: Option<String>,
    #[serde(default)]
    carried_by: Vec<String>,
    #[serde(default)]
    otherwise: BTreeMap<String, Json>,
    #[serde(default)]
    several: BTreeMap<String, String>,
}

impl From<MappingForm> for PropertyMapping {
    fn from(form: MappingForm) -> PropertyMapping {
        match form {
            MappingForm::Both(path) => {
                let (write, read) = (PropertySide::At(path.clone()), PropertySide::At(path));
                PropertyMapping { write, read, ..PropertyMapping::default() }
            }
            MappingForm::Each(sides) => {
                let MappingSides {
                    write,
                    read,
                    normalize,
                    why,
                    values,
                    omit_empty,
                    key,
                    carried_by,
                    otherwise,
                    several,
                } = sides;
                PropertyMapping { write, read, normalize, why, values, omit_empty, key, carried_by, otherwise, several }
            }
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
            RawSide::Bool(true) => Err(de::Error::custom("`true` is not a valid place; leave it out")),
        }
    }
}

/// A time span: `30s`, `10min`, `1h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeSpan(pub Duration);

impl TryFrom<String> for TimeSpan {
    type Error = String;

    fn try_from(text: String) -> Result<TimeSpan, String> {
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let bad = || format!("`{text}` is not a valid time span such as `30s`, `10min` or `1h`");
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
