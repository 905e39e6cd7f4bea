//! Deletion locks of a type: what AWS would refuse its deletion for.

use super::{ApiCall, OneOrMany};
use crate::path::MemberPath;
use crate::template::{Template, TemplateFunction, TemplateTree};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A deletion lock: a property that has a value, or a call that finds something.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockRule {
    /// The place of the lock in the observed properties.
    pub property: Option<MemberPath>,
    /// The value that means locked; `true` by default.
    #[serde(default = "on")]
    pub is: Json,
    /// The calls that turn the lock off. Without them, a person has to act.
    #[serde(default)]
    pub clear: OneOrMany<ApiCall>,
    /// The operation that shows what prevents the deletion: `Operation`, or `service:Operation`.
    pub call: Option<String>,
    /// Members to send, in addition to the parts of the identifier.
    #[serde(default)]
    pub input: TemplateTree,
    /// The path to what prevents the deletion; every alternative counts.
    pub at: Option<MemberPath>,
    /// The largest number of pages that are read; all by default.
    pub pages: Option<usize>,
    /// The elements that do not prevent it, by the values at their paths.
    #[serde(default)]
    pub except: Vec<BTreeMap<String, TemplateTree>>,
    /// The type whose resources the elements are: those that the plan deletes do not prevent it.
    pub members: Option<LockMembers>,
    /// The name of an element, which is `${item}`.
    pub show: Option<Template>,
    /// The reason as a clause about the resource; `its deletion protection is on` by default.
    pub why: Option<String>,
    /// The work of a person that removes the lock, as an imperative.
    pub help: Option<Template>,
}

/// The resources that the elements of a lock are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockMembers {
    /// gpb's name of their type.
    #[serde(rename = "type")]
    pub ty: String,
    /// The identifier of an element, which is `${item}`.
    pub id: Template,
    /// A function that makes the parts of two identifiers comparable.
    pub normalize: Option<TemplateFunction>,
}

fn on() -> Json {
    Json::Bool(true)
}
