//! Calls, reads, lists and subresources of a binding.

use super::{OneOrMany, TimeSpan, property_path};
use crate::name_matching::same;
use crate::path::MemberPath;
use crate::template::{Template, TemplateTerm, TemplateTree};
use gpb_model::PropPath;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The conditions of a call.
///
/// Serde cannot flatten and refuse unknown keys at once, so the calls repeat these fields.
#[derive(Debug, Clone, Copy)]
pub struct CallConditions<'a> {
    /// Properties that must have a value; of a list, one of its values.
    pub when: &'a BTreeMap<String, Json>,
    /// Properties that must not have a value; of a list, none of its values.
    pub unless: &'a BTreeMap<String, Json>,
    /// Properties that must be present.
    pub if_set: &'a [String],
    /// Properties that must be absent.
    pub if_unset: &'a [String],
}

impl<'a> CallConditions<'a> {
    /// Lists what the conditions test, as the binding writes it.
    pub fn tested(self) -> impl Iterator<Item = &'a String> {
        self.when.keys().chain(self.unless.keys()).chain(self.if_set).chain(self.if_unset)
    }

    /// Lists the properties that the conditions test: of `changed.X.Y`, `X`.
    pub fn properties(self) -> impl Iterator<Item = String> {
        self.tested().filter_map(|name| TemplateTerm::parse(name).ok()).filter_map(|term| term.property())
    }
}

/// The properties that a call sends, of those it may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendMode {
    /// All desired properties.
    All,
    /// The changed properties only.
    Changed,
    /// No properties.
    None,
}

/// A call that changes something.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiCall {
    /// The operation: `Operation`, or `service:Operation`.
    pub call: String,
    /// Members to send; they win over the properties.
    #[serde(default)]
    pub input: TemplateTree,
    /// The path to the resource in the output, where its identifier is looked for.
    pub at: Option<MemberPath>,
    /// The properties that this call may send.
    ///
    /// By default all that have a place in its input and no subresource of their own.
    pub properties: Option<Vec<String>>,
    /// The part of them that it sends; by default all, in `update` the changed ones.
    pub send: Option<SendMode>,
    /// Properties that must have a value for the call to be made.
    #[serde(default, deserialize_with = "property_path::conditions")]
    pub when: BTreeMap<String, Json>,
    /// Properties that must not have a value for the call to be made.
    #[serde(default, deserialize_with = "property_path::conditions")]
    pub unless: BTreeMap<String, Json>,
    /// Properties that must be present for the call to be made.
    #[serde(default, deserialize_with = "property_path::tested")]
    pub if_set: Vec<String>,
    /// Properties that must be absent for the call to be made.
    #[serde(default, deserialize_with = "property_path::tested")]
    pub if_unset: Vec<String>,
    /// In `update`: the number, or the list, that must have grown.
    pub if_increased: Option<String>,
    /// In `update`: the number, or the list, that must have shrunk.
    pub if_decreased: Option<String>,
    /// In `update`: places one of which must have changed.
    #[serde(default, deserialize_with = "property_path::list")]
    pub if_changed: Vec<String>,
    /// In `update`: places none of which may have changed.
    #[serde(default, deserialize_with = "property_path::list")]
    pub unless_changed: Vec<String>,
    /// A list: the call is made once an element, which is `${item}`.
    #[serde(default, rename = "for")]
    pub each: Option<Template>,
    /// The call is made once a property, which is `${property}` and `${value}`.
    pub once_per: Option<OncePer>,
    /// The path to the failure in an answer that the API gives as a success.
    pub failed_at: Option<MemberPath>,
    /// The operation that the call begins, which is waited for before the next call.
    pub operation: Option<OperationWait>,
    /// Error codes that count as success, as `Code` or `Code: words`.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// The resource must be ready after this call, before the next one.
    #[serde(default)]
    pub wait: bool,
}

impl ApiCall {
    /// Checks that the binding's own value of a member stands in place of a property's.
    ///
    /// An object is laid over one that the property writes, member by member.
    pub fn replaces(&self, member: &str, is_object: bool) -> bool {
        let own = self.input.members().find(|(key, _)| same(key, member));
        own.is_some_and(|(_, tree)| !is_object || !matches!(tree, TemplateTree::Object(_)))
    }
}

/// Waits for the operation that a call begins.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationWait {
    /// The call that describes it: `Operation`, or `service:Operation`.
    pub call: String,
    /// Members to send; the answer of the call that began it is in `${out…}`.
    #[serde(default)]
    pub input: TemplateTree,
    /// The path to the state in the output.
    pub path: MemberPath,
    /// The states that mean that it was carried out.
    pub ready: Vec<Json>,
    /// The states that mean that it failed.
    #[serde(default)]
    pub failed: Vec<Json>,
    /// The path to the reason of a failure.
    pub reason: Option<MemberPath>,
    /// The path to the code of a failure, which `errors` gives its meaning.
    pub code: Option<MemberPath>,
    /// The answer that ends the wait joins `${out…}`: the identifier is in it.
    #[serde(default)]
    pub output: bool,
    /// The longest wait; 10 minutes by default.
    pub timeout: Option<TimeSpan>,
}

/// Lists creations that an API carries out by itself, after the call has returned.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestList {
    /// The operation: `Operation`, or `service:Operation`.
    pub call: String,
    /// Members to send.
    #[serde(default)]
    pub input: TemplateTree,
    /// The path to the list in the output.
    pub at: MemberPath,
    /// Selects the elements whose paths have these values.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, TemplateTree>,
    /// The path, in an element, to its state.
    pub state: MemberPath,
    /// The states that mean that it was carried out; any other is waited for.
    pub done: Vec<Json>,
    /// The path, in an element, to the identifier of what was made.
    pub id: MemberPath,
    /// The longest wait for those under way; 10 minutes by default.
    pub timeout: Option<TimeSpan>,
}

/// The units that a call can be made once for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OncePer {
    /// Each property that the call may send.
    Property,
}

/// A call that reads a resource or a subresource of one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadCall {
    /// The operation: `Operation`, or `service:Operation`.
    pub call: String,
    /// Members to send, in addition to the parts of the identifier.
    #[serde(default)]
    pub input: TemplateTree,
    /// The path to the resource in the output.
    ///
    /// Nothing there means that it does not exist.
    pub at: Option<MemberPath>,
    /// The value at `at` is a JSON string.
    #[serde(default)]
    pub parse_json: bool,
    /// Selects the element whose paths have these values, when `at` is a list.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, TemplateTree>,
    /// Properties that are computed; they win over those that were read.
    #[serde(default)]
    pub set: BTreeMap<String, TemplateTree>,
    /// Properties that must have a value for the call to be made.
    #[serde(default, deserialize_with = "property_path::conditions")]
    pub when: BTreeMap<String, Json>,
    /// Properties that must not have a value for the call to be made.
    #[serde(default, deserialize_with = "property_path::conditions")]
    pub unless: BTreeMap<String, Json>,
    /// Properties that must be present for the call to be made.
    #[serde(default, deserialize_with = "property_path::tested")]
    pub if_set: Vec<String>,
    /// Properties that must be absent for the call to be made.
    #[serde(default, deserialize_with = "property_path::tested")]
    pub if_unset: Vec<String>,
    /// Error codes that mean the resource does not exist, in addition to those of kind `not_found`.
    #[serde(default)]
    pub not_found_on: Vec<String>,
    /// The call that must say as well that the resource does not exist.
    ///
    /// For an operation whose absence has no body, so that a proxy's answer looks the same.
    pub confirm: Option<ConfirmCall>,
    /// An answer without any member is one: nothing is set.
    #[serde(default)]
    pub may_be_empty: bool,
    /// The largest number of pages that are read; all by default.
    pub pages: Option<usize>,
    /// The way to read many at once.
    pub batch: Option<Batch>,
    /// A list: the call is made once an element, which is `${item}`.
    ///
    /// The resource is what all of them show alike; it is gone when none shows it.
    #[serde(default, rename = "for")]
    pub each: Option<Template>,
    /// Only in subresources: the place of each property, and of their parts at any depth.
    #[serde(default, deserialize_with = "property_path::some_table")]
    pub properties: Option<BTreeMap<PropPath, MemberPath>>,
    /// Only in subresources: the elements of a list property.
    pub list: Option<MemberPath>,
    /// Only in subresources: the call that reads one element.
    pub detail: Option<DetailCall>,
    /// Only in subresources: an element's member, and its place in the element.
    #[serde(default)]
    pub item: BTreeMap<String, MemberPath>,
}

/// Reads one element of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetailCall {
    /// The operation: `Operation`, or `service:Operation`.
    pub call: String,
    /// Members to send; the element is `${item}`.
    #[serde(default)]
    pub input: TemplateTree,
    /// The path to the element in the output.
    pub at: Option<MemberPath>,
}

/// Proves that a resource does not exist.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmCall {
    /// The operation: `Operation`, or `service:Operation`.
    pub call: String,
    /// Members to send.
    #[serde(default)]
    pub input: TemplateTree,
}

/// Reads many resources at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Members to send; the identifiers are `${ids}`.
    pub input: TemplateTree,
    /// The path to the list of resources in the output.
    pub at: MemberPath,
    /// The largest number of identifiers that a call may carry.
    pub size: usize,
}

/// Things that AWS or others put below a resource, and that prevent its deletion.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockingChildren {
    /// The operation that lists them: `Operation`, or `service:Operation`.
    pub call: String,
    /// Members to send.
    #[serde(default)]
    pub input: TemplateTree,
    /// The path to the list in the output; an element is `${item}`.
    pub at: MemberPath,
    /// Selects the elements whose paths have these values.
    #[serde(default, rename = "where")]
    pub filter: BTreeMap<String, TemplateTree>,
    /// The call that removes one.
    pub delete: ApiCall,
    /// The reason why they may go with the resource.
    pub why: String,
}

/// Restores a resource that a deletion of gpb's still holds the name of.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revival {
    /// The operation that reads it by its name: `Operation`, or `service:Operation`.
    pub call: String,
    /// Members to send.
    #[serde(default)]
    pub input: TemplateTree,
    /// Properties that are computed, the parts of the identifier among them.
    #[serde(default)]
    pub set: BTreeMap<String, TemplateTree>,
    /// The path to the time until which the name is held.
    pub until: MemberPath,
    /// The calls that bring it back and to what is desired.
    pub restore: OneOrMany<ApiCall>,
}

/// Finds resources.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListCall {
    /// The operation: `Operation`, or `service:Operation`.
    pub call: String,
    /// Members to send.
    #[serde(default)]
    pub input: TemplateTree,
    /// The path to the resources, or their identifiers, in the output.
    pub at: MemberPath,
    /// The path, in an element, to the token of the creation that made it.
    pub marker: Option<MemberPath>,
    /// An answer without any member is one: there is none.
    #[serde(default)]
    pub may_be_empty: bool,
    /// An element carries every property that a read gives.
    #[serde(default)]
    pub complete: bool,
    /// Properties that are computed.
    #[serde(default)]
    pub set: BTreeMap<String, TemplateTree>,
}

/// Properties with operations of their own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subresource {
    /// The properties that it owns; create and update leave them out.
    pub properties: Vec<String>,
    /// Calls after create when one of them is desired, on update when one has changed.
    #[serde(default)]
    pub put: OneOrMany<ApiCall>,
    /// Calls on update when all of them were there and now none is.
    #[serde(default)]
    pub clear: OneOrMany<ApiCall>,
    /// The call whose output is merged into the resource's.
    pub read: Option<ReadCall>,
    /// The one owned property is a list, whose elements come and go one by one.
    pub each: Option<ElementCalls>,
    /// Calls that add an element, which is `${item}`.
    #[serde(default)]
    pub add: OneOrMany<ApiCall>,
    /// Calls that change an element, which is `${item}` as it shall be; by default those that add one.
    #[serde(default)]
    pub change: OneOrMany<ApiCall>,
    /// Calls that remove an element, which is `${item}`; its raw form is `${raw}`.
    #[serde(default)]
    pub remove: OneOrMany<ApiCall>,
    /// On creation, it is put only once the resource is ready.
    #[serde(default)]
    pub after_ready: bool,
    /// It is put after creation; false where creation sends it itself.
    #[serde(default = "yes")]
    pub create: bool,
    /// It is put on update.
    #[serde(default = "yes")]
    pub update: bool,
    /// It is cleared, or its elements are removed, before the resource is deleted.
    #[serde(default)]
    pub delete: bool,
}

/// The elements of a subresource's list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElementCalls {
    /// The member by which two elements are the same one; without it, all members.
    pub key: Option<String>,
    /// The elements that AWS put there at creation stay.
    #[serde(default)]
    pub keep: bool,
}

impl Subresource {
    /// Lists its calls, each with the key that it stands under.
    pub fn calls(&self) -> impl Iterator<Item = (&'static str, &ApiCall)> {
        let lists = [
            ("put", &self.put),
            ("clear", &self.clear),
            ("add", &self.add),
            ("change", &self.change),
            ("remove", &self.remove),
        ];
        lists.into_iter().flat_map(|(key, calls)| calls.iter().map(move |call| (key, call)))
    }
}

fn yes() -> bool {
    true
}

macro_rules! conditions {
    ($($name:ident),*) => {$(
        impl $name {
            /// Returns the conditions under which the call is made.
            pub fn conditions(&self) -> CallConditions<'_> {
                CallConditions { when: &self.when, unless: &self.unless, if_set: &self.if_set, if_unset: &self.if_unset }
            }
        }
    )*};
}

conditions!(ApiCall, ReadCall);
