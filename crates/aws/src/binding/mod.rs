//! Bindings: the form of `stdlib/aws/*.toml`, as `docs/bindings.md` describes it.

mod call;
mod one_or_many;
mod property_mapping;

pub use call::{
    ApiCall, Batch, CallConditions, DetailCall, ElementCalls, ListCall, OncePer, ReadCall, SendMode, Subresource,
};
pub use one_or_many::OneOrMany;
pub use property_mapping::{PropertyMapping, PropertyMappings, PropertySide, TimeSpan};

use super::path::MemberPath;
use super::template::{Template, TemplateTree};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// One file: the bindings of a CloudFormation namespace.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BindingFile {
    pub service: String,
    #[serde(default)]
    pub errors: ErrorCodes,
    pub tags: Option<TagCalls>,
    #[serde(default)]
    pub types: BTreeMap<String, TypeBinding>,
    pub identity: Option<IdentityCall>,
    pub secret_store: Option<SecretStore>,
}

/// How one type becomes calls.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypeBinding {
    pub create: OneOrMany<ApiCall>,
    pub read: OneOrMany<ReadCall>,
    pub update: OneOrMany<ApiCall>,
    pub delete: OneOrMany<ApiCall>,
    pub list: OneOrMany<ListCall>,
    pub id: BTreeMap<String, Template>,
    pub name: Option<NameProperty>,
    pub properties: PropertyMappings,
    pub attributes: Option<MemberPath>,
    pub subresources: Vec<Subresource>,
    pub ready: OneOrMany<ReadyCheck>,
    pub deleted_states: Vec<String>,
    pub deleted_if_present: Option<MemberPath>,
    pub tags: Option<TypeTags>,
    pub errors: ErrorCodes,
    pub defaults: BTreeMap<String, Json>,
    pub unsupported: Vec<String>,
    /// The properties that together are the name under which creation overwrites, or quietly gives back, what is there.
    pub upsert_key: Vec<String>,
    /// Properties that only an update takes: creation leaves them out.
    pub update_only: Vec<String>,
    pub delete_timeout: Option<TimeSpan>,
}

/// The property that gpb makes a name for.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "NameForm")]
pub struct NameProperty {
    pub property: String,
    pub max: Option<usize>,
    pub lower: bool,
    pub separator: String,
    pub suffix: Option<Template>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a property's name, or a table { property, max, lower, separator, suffix }")]
enum NameForm {
    Property(String),
    Rule(NameRule),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameRule {
    property: String,
    max: Option<usize>,
    #[serde(default)]
    lower: bool,
    separator: Option<String>,
    suffix: Option<Template>,
}

impl From<NameForm> for NameProperty {
    fn from(form: NameForm) -> NameProperty {
        let rule = match form {
            NameForm::Property(property) => {
                NameRule { property, max: None, lower: false, separator: None, suffix: None }
            }
            NameForm::Rule(rule) => rule,
        };
        let separator = rule.separator.unwrap_or_else(|| "-".to_owned());
        NameProperty { property: rule.property, max: rule.max, lower: rule.lower, separator, suffix: rule.suffix }
    }
}

/// When a resource is ready.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadyCheck {
    pub path: MemberPath,
    #[serde(default)]
    pub ready: Vec<Json>,
    #[serde(default)]
    pub failed: Vec<Json>,
    /// The other path that must have the same value.
    pub equals: Option<MemberPath>,
    pub reason: Option<MemberPath>,
    #[serde(default)]
    pub missing_ok: bool,
    pub timeout: Option<TimeSpan>,
    pub poll_interval: Option<TimeSpan>,
}

/// `tags = false`, or the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "`false`, or a table { create, tag, untag, read }")]
pub enum TypeTags {
    None(bool),
    Some(Box<TagCalls>),
}

/// How tags are written and read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagCalls {
    /// Where creation takes them. Absent: the member of the same name; `false`: nowhere.
    #[serde(default)]
    pub create: PropertySide,
    pub tag: Option<TagCall>,
    pub untag: Option<TagCall>,
    pub read: Option<TagRead>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagCall {
    pub call: String,
    #[serde(default)]
    pub input: TemplateTree,
    #[serde(alias = "keys")]
    pub member: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagRead {
    pub call: String,
    #[serde(default)]
    pub input: TemplateTree,
    pub at: Option<MemberPath>,
    #[serde(default)]
    pub not_found_on: Vec<String>,
}

/// What error codes mean. An entry is a code, or `Code: words of the message`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ErrorCodes {
    pub not_found: Vec<String>,
    pub already_exists: Vec<String>,
    pub throttled: Vec<String>,
    pub conflict: Vec<String>,
    pub not_ready: Vec<String>,
    pub denied: Vec<String>,
    pub invalid: Vec<String>,
    pub quota: Vec<String>,
    pub unavailable: Vec<String>,
}

/// Who the credentials belong to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityCall {
    pub call: String,
    pub account: MemberPath,
    pub arn: MemberPath,
}

/// Where a secret's value is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretStore {
    pub call: String,
    pub input: TemplateTree,
    pub value: MemberPath,
}
