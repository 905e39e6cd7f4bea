//! Rules about drift, by type: which changes outside gpb are warnings, and which values AWS changes by itself.
//!
//! They are data, `stdlib/drift/<service>.toml`; nothing here knows a service.

use gpb_base::stdlib::Library;
use gpb_model::PropPath;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The rules of one file, or of all files together.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DriftRules {
    /// The changes that are warnings.
    ///
    /// Of several for one property the first that holds counts.
    pub warnings: Vec<WarningRule>,
    /// The values that AWS changes by itself.
    pub volatile: Vec<VolatileRule>,
    /// The elements that other declared resources put into a list.
    pub made_by: Vec<MakerRule>,
    /// The types in which nothing is a warning, each with the reason.
    pub quiet: Vec<QuietRule>,
}

/// A change outside gpb that is a warning.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WarningRule {
    /// The type, in gpb's name.
    #[serde(rename = "type")]
    pub ty: String,
    /// The place, in AWS's names; `Key=name` is the element of that key.
    ///
    /// Empty for the resource itself.
    #[serde(default)]
    pub property: PropPath,
    /// The condition.
    pub when: DriftCondition,
    /// The values of the condition `becomes`.
    #[serde(default)]
    pub to: Vec<Json>,
    /// The entries of an element that comes or goes, each with its possible values.
    ///
    /// Empty for any element; `""` stands for one that is no object.
    #[serde(default)]
    pub element: BTreeMap<String, Vec<Json>>,
    /// The harm, as people read it.
    pub why: String,
    /// The public source of the rule.
    pub source: String,
}

/// A condition on a value as it was and as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftCondition {
    /// It is another one.
    Changes,
    /// It becomes one of certain values.
    Becomes,
    /// It becomes `true`.
    On,
    /// It is `true` no longer.
    Off,
    /// It, or an element of it, comes.
    Gains,
    /// It, or an element of it, goes.
    Loses,
    /// The number becomes less, or goes.
    Falls,
    /// The number becomes greater.
    Rises,
    /// The policies in it allow what they did not.
    Wider,
    /// The resource itself is gone.
    Gone,
}

/// Values that AWS changes by itself: dates, counters, states.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VolatileRule {
    /// The type, in gpb's name.
    #[serde(rename = "type")]
    pub ty: String,
    /// The places, in AWS's names.
    pub properties: Vec<PropPath>,
    /// The properties a resource has while the rule holds, each with its values.
    ///
    /// Empty for always; without values, any.
    #[serde(default, rename = "while")]
    pub while_: BTreeMap<String, Vec<Json>>,
    /// The types of which one that names the resource moves these values.
    ///
    /// Empty for AWS itself.
    #[serde(default)]
    pub moved_by: Vec<String>,
    /// The public source of the rule.
    pub source: String,
}

/// Elements of a list that another declared resource puts there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakerRule {
    /// The type that has the list, in gpb's name.
    #[serde(rename = "type")]
    pub ty: String,
    /// The list, in AWS's names.
    pub property: PropPath,
    /// The type that puts elements there, in gpb's name.
    pub by: String,
    /// The property of the other resource that names this one.
    pub at: String,
    /// The public source of the rule.
    pub source: String,
}

/// A type in which no change outside gpb is a warning.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietRule {
    /// The type, in gpb's name.
    #[serde(rename = "type")]
    pub ty: String,
    /// The reason.
    pub why: String,
}

impl DriftRules {
    /// Returns the rules of the library in the binary.
    pub fn embedded() -> &'static DriftRules {
        static RULES: OnceLock<DriftRules> = OnceLock::new();
        RULES.get_or_init(|| {
            let library = Library::embedded();
            // The files are in the binary and a test reads each; without one, its types have no rules.
            let files = library.below("drift/", ".toml").map(|(_, text)| toml::from_str(text).unwrap_or_default());
            files.fold(DriftRules::default(), |mut all, file: DriftRules| {
                all.warnings.extend(file.warnings);
                all.volatile.extend(file.volatile);
                all.made_by.extend(file.made_by);
                all.quiet.extend(file.quiet);
                all
            })
        })
    }

    /// Returns the warnings of a type.
    pub fn warnings_of<'a>(&'a self, ty: &'a str) -> impl Iterator<Item = &'a WarningRule> {
        self.warnings.iter().filter(move |rule| rule.ty == ty)
    }

    /// Returns the volatile values of a type.
    pub fn volatile_of<'a>(&'a self, ty: &'a str) -> impl Iterator<Item = &'a VolatileRule> {
        self.volatile.iter().filter(move |rule| rule.ty == ty)
    }

    /// Returns the makers of a type's elements.
    pub fn makers_of<'a>(&'a self, ty: &'a str) -> impl Iterator<Item = &'a MakerRule> {
        self.made_by.iter().filter(move |rule| rule.ty == ty)
    }
}

/// Checks that an object has certain entries, each with one of its values.
///
/// No possible values mean any value.
pub fn has_entries(object: &Map<String, Json>, entries: &BTreeMap<String, Vec<Json>>) -> bool {
    entries.iter().all(|(name, values)| {
        object.get(name).is_some_and(|json| !json.is_null() && (values.is_empty() || values.contains(json)))
    })
}
