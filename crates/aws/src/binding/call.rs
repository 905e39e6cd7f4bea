//! Calls, reads and subresources.

use super::OneOrMany;
use crate::path::MemberPath;
use crate::template::{Template, TemplateTree};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// When a call is made. Serde cannot flatten and refuse unknown keys at once, so the callers repeat these fields.
#[derive(Debug, Clone, Copy)]
pub struct CallConditions<'a> {
    pub when: &'a BTreeMap<String, Json>,
    pub unless: &'a BTreeMap<String, Json>,
    pub if_set: &'a [String],
    pub if_unset: &'a [String],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendMode {
    All,
    Changed,
    None,
}

/// A call that changes something.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiCall {
    pub call: String,
    #[serde(default)]
    pub input: TemplateTree,
    pub at: Option<MemberPath>,
    pub properties: Option<Vec<String>>,
    pub send: Option<SendMode>,
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
pub struct ReadCall {
    pub call: String,
    #[serde(default)]
    pub input: TemplateTree,
    pub at: Option<MemberPath>,
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, TemplateTree>,
    #[serde(default)]
    pub set: BTreeMap<String, TemplateTree>,
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
    pub properties: Option<BTreeMap<String, MemberPath>>,
    /// Only in subresources: the elements of a list property.
    pub list: Option<MemberPath>,
    pub detail: Option<DetailCall>,
    /// Only in subresources: an element's member → its place in the element.
    #[serde(default)]
    pub item: BTreeMap<String, MemberPath>,
}

/// Reads one element of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetailCall {
    pub call: String,
    #[serde(default)]
    pub input: TemplateTree,
    pub at: Option<MemberPath>,
}

/// Reads many resources at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    pub input: TemplateTree,
    pub at: MemberPath,
    pub size: usize,
}

/// Finds resources.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListCall {
    pub call: String,
    #[serde(default)]
    pub input: TemplateTree,
    pub at: MemberPath,
    #[serde(default)]
    pub complete: bool,
    #[serde(default)]
    pub set: BTreeMap<String, TemplateTree>,
}

/// Properties with operations of their own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subresource {
    pub properties: Vec<String>,
    #[serde(default)]
    pub put: OneOrMany<ApiCall>,
    #[serde(default)]
    pub clear: OneOrMany<ApiCall>,
    pub read: Option<ReadCall>,
    pub each: Option<ElementCalls>,
    #[serde(default)]
    pub add: OneOrMany<ApiCall>,
    #[serde(default)]
    pub remove: OneOrMany<ApiCall>,
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
pub struct ElementCalls {
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
            pub fn conditions(&self) -> CallConditions<'_> {
                CallConditions { when: &self.when, unless: &self.unless, if_set: &self.if_set, if_unset: &self.if_unset }
            }
        }
    )*};
}

conditions!(ApiCall, ReadCall);
