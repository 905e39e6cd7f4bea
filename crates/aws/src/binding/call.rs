//! Calls, reads and subresources.

use super::super::path::Path;
use super::super::template::{Template, Tree};
use super::Several;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// When a call is made. Serde cannot flatten and refuse unknown keys at once, so the callers repeat these fields.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    pub when: &'a BTreeMap<String, Json>,
    pub unless: &'a BTreeMap<String, Json>,
    pub if_set: &'a [String],
    pub if_unset: &'a [String],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Send {
    All,
    Changed,
    None,
}

/// A call that changes something.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    pub call: String,
    #[serde(default)]
    pub input: Tree,
    pub at: Option<Path>,
    pub properties: Option<Vec<String>>,
    pub send: Option<Send>,
    #[serde(default)]
    pub when: BTreeMap<String, Json>,
    #[serde(default)]
    pub unless: BTreeMap<String, Json>,
    #[serde(default)]
    pub if_set: Vec<String>,
    #[serde(default)]
    pub if_unset: Vec<String>,
    /// Only when that number, or the length of that list, is larger (smaller) than before.
    pub if_increased: Option<String>,
    pub if_decreased: Option<String>,
    #[serde(default, rename = "for")]
    pub each: Option<Template>,
    pub once_per: Option<OncePer>,
    #[serde(default)]
    pub ignore: Vec<String>,
    #[serde(default)]
    pub wait: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OncePer {
    Property,
}

/// A call that reads a resource or a subresource of one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    pub call: String,
    #[serde(default)]
    pub input: Tree,
    pub at: Option<Path>,
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, Tree>,
    #[serde(default)]
    pub set: BTreeMap<String, Tree>,
    #[serde(default)]
    pub when: BTreeMap<String, Json>,
    #[serde(default)]
    pub unless: BTreeMap<String, Json>,
    #[serde(default)]
    pub if_set: Vec<String>,
    #[serde(default)]
    pub if_unset: Vec<String>,
    #[serde(default)]
    pub not_found_on: Vec<String>,
    pub batch: Option<Batch>,
    /// Only in subresources: where each property is.
    pub properties: Option<BTreeMap<String, Path>>,
    /// Only in subresources: the elements of a list property.
    pub list: Option<Path>,
    pub detail: Option<Detail>,
    /// Only in subresources: an element's member → its place in the element.
    #[serde(default)]
    pub item: BTreeMap<String, Path>,
}

/// Reads one element of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    pub call: String,
    #[serde(default)]
    pub input: Tree,
    pub at: Option<Path>,
}

/// Reads many resources at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    pub input: Tree,
    pub at: Path,
    pub size: usize,
}

/// Finds resources.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    pub call: String,
    #[serde(default)]
    pub input: Tree,
    pub at: Path,
    #[serde(default)]
    pub complete: bool,
    #[serde(default)]
    pub set: BTreeMap<String, Tree>,
}

/// Properties with operations of their own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subresource {
    pub properties: Vec<String>,
    #[serde(default)]
    pub put: Several<Call>,
    #[serde(default)]
    pub clear: Several<Call>,
    pub read: Option<Read>,
    pub each: Option<Each>,
    #[serde(default)]
    pub add: Several<Call>,
    #[serde(default)]
    pub remove: Several<Call>,
    #[serde(default)]
    pub after_ready: bool,
    #[serde(default = "yes")]
    pub create: bool,
    #[serde(default = "yes")]
    pub update: bool,
    #[serde(default)]
    pub delete: bool,
}

/// The subresource's property is a list whose elements come and go one by one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Each {
    pub key: Option<String>,
    #[serde(default)]
    pub keep: bool,
}

fn yes() -> bool {
    true
}

macro_rules! conditions {
    ($($name:ident),*) => {$(
        impl $name {
            pub fn conditions(&self) -> Conditions<'_> {
                Conditions { when: &self.when, unless: &self.unless, if_set: &self.if_set, if_unset: &self.if_unset }
            }
        }
    )*};
}

conditions!(Call, Read);
