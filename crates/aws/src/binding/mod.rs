//! Bindings: the form of `stdlib/aws/*.toml`, as `docs/bindings.md` describes it.

mod call;
mod many;
mod place;

pub use call::{Batch, Call, Conditions, Detail, Each, Listing, OncePer, Read, Send, Subresource};
pub use many::Several;
pub use place::{Mapped, Place, Places, Span};

use super::path::Path;
use super::template::{Template, Tree};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// One file: the bindings of a CloudFormation namespace.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub service: String,
    #[serde(default)]
    pub errors: Errors,
    pub tags: Option<Tags>,
    #[serde(default)]
    pub types: BTreeMap<String, Binding>,
    pub identity: Option<IdentityCall>,
    pub secret_store: Option<SecretStore>,
}

/// How one type becomes calls.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Binding {
    pub create: Several<Call>,
    pub read: Several<Read>,
    pub update: Several<Call>,
    pub delete: Several<Call>,
    pub list: Several<Listing>,
    pub id: BTreeMap<String, Template>,
    pub name: Option<Name>,
    pub properties: Places,
    pub attributes: Option<Path>,
    pub subresources: Vec<Subresource>,
    pub ready: Several<Ready>,
    pub deleted_states: Vec<String>,
    pub deleted_if_present: Option<Path>,
    pub tags: Option<TypeTags>,
    pub errors: Errors,
    pub defaults: BTreeMap<String, Json>,
    pub unsupported: Vec<String>,
    /// The properties that together are the name under which creation overwrites, or quietly gives back, what is there.
    pub upsert_key: Vec<String>,
    /// Properties that only an update takes: creation leaves them out.
    pub update_only: Vec<String>,
    pub delete_timeout: Option<Span>,
}

/// The property that gpb makes a name for.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "NameForm")]
pub struct Name {
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

impl From<NameForm> for Name {
    fn from(form: NameForm) -> Name {
        let rule = match form {
            NameForm::Property(property) => {
                NameRule { property, max: None, lower: false, separator: None, suffix: None }
            }
            NameForm::Rule(rule) => rule,
        };
        let separator = rule.separator.unwrap_or_else(|| "-".to_owned());
        Name { property: rule.property, max: rule.max, lower: rule.lower, separator, suffix: rule.suffix }
    }
}

/// When a resource is ready.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ready {
    pub path: Path,
    #[serde(default)]
    pub ready: Vec<Json>,
    #[serde(default)]
    pub failed: Vec<Json>,
    /// The other path that must have the same value.
    pub equals: Option<Path>,
    pub reason: Option<Path>,
    #[serde(default)]
    pub missing_ok: bool,
    pub timeout: Option<Span>,
    pub poll_interval: Option<Span>,
}

/// `tags = false`, or the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "`false`, or a table { create, tag, untag, read }")]
pub enum TypeTags {
    None(bool),
    Some(Box<Tags>),
}

/// How tags are written and read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tags {
    /// Where creation takes them. Absent: the member of the same name; `false`: nowhere.
    #[serde(default)]
    pub create: Place,
    pub tag: Option<TagCall>,
    pub untag: Option<TagCall>,
    pub read: Option<TagRead>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagCall {
    pub call: String,
    #[serde(default)]
    pub input: Tree,
    #[serde(alias = "keys")]
    pub member: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagRead {
    pub call: String,
    #[serde(default)]
    pub input: Tree,
    pub at: Option<Path>,
    #[serde(default)]
    pub not_found_on: Vec<String>,
}

/// What error codes mean. An entry is a code, or `Code: words of the message`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Errors {
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
    pub account: Path,
    pub arn: Path,
}

/// Where a secret's value is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretStore {
    pub call: String,
    pub input: Tree,
    pub value: Path,
}
