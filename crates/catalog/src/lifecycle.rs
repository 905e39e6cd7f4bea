//! The life of a type's resources, beyond what its schema says: `stdlib/lifecycle/<service>.toml`, packed with the catalog.

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
    /// Set where AWS refuses the deletion while another resource uses this one.
    pub held_by_users: bool,
    /// The time after a creation or a change in which other services may not know of it.
    #[serde(deserialize_with = "time_span")]
    pub settles: Option<Duration>,
    /// Outputs that a change in place moves, each with the properties whose change moves it.
    pub volatile: BTreeMap<PropPath, Vec<PropPath>>,
    /// Places that AWS gives back in another form than they were given in.
    pub forms: BTreeMap<PropPath, ValueForm>,
    /// Versions that AWS raises by itself.
    pub raised: Vec<RaisedVersion>,
    /// Types whose resources take those of this type with them when they are deleted.
    pub deleted_with: Vec<TypeName>,
    /// Numbers that a resource of another type moves.
    pub scaled: Vec<ScaledProperty>,
}

/// A form that AWS gives a value back in: two values of one form mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueForm {
    /// Upper and lower case mean the same.
    AnyCase,
    /// A version of which the last parts may be left out: `16` is `16.8`.
    VersionPrefix,
    /// An IPv4 or IPv6 range; bits behind the mask mean nothing.
    Cidr,
    /// A name or the ARN that ends in it; in an ARN, what is behind the last `/` or `:`.
    LastPart,
    /// A domain name: any case, with or without the dot at its end, `*` also as `\052`.
    DomainName,
    /// The name or the number of an IP protocol: `tcp` is `6`.
    IpProtocol,
    /// `{Key, Value}` pairs, of which AWS lists more than were given.
    Pairs,
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
