//! The life of a type's resources, beyond what its schema says: `stdlib/lifecycle/<service>.toml`, packed with the catalog.

use crate::value_form::ValueForm;
use gpb_model::{PropPath, TypeName};
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;
use std::time::Duration;

/// The behaviour of a type's resources from creation to deletion, in AWS's spelling.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TypeLifecycle {
    /// Groups of properties whose values only one resource may hold at a time.
    ///
    /// A replacement that keeps the values of a group deletes first.
    pub exclusive: Vec<Vec<PropPath>>,
    /// Groups of properties whose values the old resource gives up before the new one takes them, though others may share them.
    pub passes: Vec<Vec<PropPath>>,
    /// The reach of its names: no two resources bear one within it.
    pub unique_in: NameScope,
    /// Names that differ in their capitals alone are the same name.
    ///
    /// AWS keeps them as they were given, unlike those of the form `any_case`.
    pub caseless_names: bool,
    /// Properties within whose values the identifier is unique; with others it may be there again.
    pub unique_within: Vec<PropPath>,
    /// Properties of which AWS, or the binding, makes the identifier: with others it is another resource.
    ///
    /// The old one is deleted first, since both may be about the same things.
    pub identified_by: Vec<PropPath>,
    /// Types whose resources hold one of this type: AWS refuses its deletion while they use it.
    pub held_by: Vec<TypeName>,
    /// Properties for which AWS chooses a value where none is given, and gives it back.
    pub chosen: Vec<PropPath>,
    /// The time after a creation or a change in which other services may not know of it.
    #[serde(deserialize_with = "time_span")]
    pub settles: Option<Duration>,
    /// Outputs that a change in place moves, each with the properties whose change moves it.
    pub volatile: BTreeMap<PropPath, Vec<PropPath>>,
    /// Places that AWS gives back in another form than they were given in.
    pub forms: BTreeMap<PropPath, ValueForm>,
    /// Texts that are sent with each `${name}` in them replaced, each with the property that has the values by name.
    ///
    /// AWS gives them back as they were sent.
    pub filled: BTreeMap<PropPath, PropPath>,
    /// Versions that AWS raises by itself.
    pub raised: Vec<RaisedVersion>,
    /// Types whose resources take those of this type with them when they are deleted.
    pub deleted_with: Vec<TypeName>,
    /// Properties that refer to others, each with the property of those that must stay the same while this one does.
    ///
    /// Subnets of another VPC are refused by what lies in one.
    pub bound_by: BTreeMap<PropPath, PropPath>,
    /// Numbers that a resource of another type moves.
    pub scaled: Vec<ScaledProperty>,
}

impl TypeLifecycle {
    /// Returns the groups of properties whose values pass from one resource to the next.
    pub fn passed(&self) -> impl Iterator<Item = &Vec<PropPath>> {
        self.exclusive.iter().chain(&self.passes)
    }
}

/// The reach of a type's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameScope {
    /// One account, in one region.
    #[default]
    Region,
    /// One account, in all its regions.
    Account,
    /// All accounts of a partition, in all regions.
    Partition,
}

/// A version that AWS raises by itself, within a major version.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RaisedVersion {
    /// The property that holds the version.
    pub property: PropPath,
    /// The property that, when it is `false`, keeps AWS from raising the version.
    #[serde(rename = "while")]
    pub switch: Option<PropPath>,
    /// The property that names the engine, whose value decides what of a version is its major version.
    pub engine: Option<PropPath>,
    /// The number of parts of a major version, by engine; `*` for every other.
    #[serde(default)]
    pub major: BTreeMap<String, usize>,
}

impl RaisedVersion {
    /// Returns the number of parts that name a major version of an engine; 1 where nothing is known.
    pub fn major_parts(&self, engine: Option<&str>) -> usize {
        let known = engine.and_then(|engine| self.major.get(engine));
        known.or_else(|| self.major.get("*")).copied().unwrap_or(1)
    }
}

/// A number that a resource of another type moves while it runs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaledProperty {
    /// The property that holds the number.
    pub property: PropPath,
    /// The type that moves it, in gpb's name: `aws.applicationautoscaling.scalable_target`.
    pub by: TypeName,
    /// The property of that type that names what it moves.
    pub names: PropPath,
    /// The values that properties of that type have when it moves this number.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<PropPath, String>,
}

/// Reads a time span: `30s`, `2min`, `1h`.
fn time_span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let size: Option<u64> = match unit {
        "s" => Some(1),
        "min" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let seconds = number.parse::<u64>().ok().zip(size).and_then(|(number, size)| number.checked_mul(size));
    let bad = || de::Error::custom(format!("`{text}` is not a time span such as `30s`, `2min` or `1h`"));
    seconds.map(|seconds| Some(Duration::from_secs(seconds))).ok_or_else(bad)
}
