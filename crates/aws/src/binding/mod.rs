//! Bindings: the form of `stdlib/aws/*.toml`, as `docs/bindings.md` describes it.

mod call;
mod lock_rule;
mod one_or_many;
mod property_mapping;
pub mod property_path;

pub use call::{
    ApiCall, Batch, BlockingChildren, CallConditions, ConfirmCall, DetailCall, ElementCalls, ListCall, OncePer,
    OperationWait, ReadCall, RequestList, Revival, SendMode, Subresource,
};
pub use lock_rule::{LockMembers, LockRule};
pub use one_or_many::OneOrMany;
pub use property_mapping::{PropertyMapping, PropertyMappings, PropertySide, TimeSpan};

use super::path::MemberPath;
use super::shapes::Waiter;
use super::template::{Template, TemplateTree};
use gpb_model::PropPath;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// One file: the bindings of a CloudFormation namespace.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BindingFile {
    /// The SDK's name of the service, such as `elasticloadbalancingv2`.
    pub service: String,
    /// The meaning of the service's error codes.
    #[serde(default)]
    pub errors: ErrorCodes,
    /// The calls that read and write tags of its types.
    pub tags: Option<TagCalls>,
    /// The bindings by the type's last name, `queue` of `aws.sqs.queue`.
    #[serde(default)]
    pub types: BTreeMap<String, TypeBinding>,
    /// The binding of every type that has none of its own; in `cloudcontrol.toml` only.
    pub any_type: Option<TypeBinding>,
    /// The call that names the account; in `sts.toml` only.
    pub identity: Option<IdentityCall>,
    /// The call that reads a secret's value; in `secretsmanager.toml` only.
    pub secret_store: Option<SecretStore>,
}

/// The calls of one type.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypeBinding {
    /// The file, by its namespace, whose `any_type` has the calls.
    ///
    /// Calls beside it replace those of the same key there.
    pub via: Option<String>,
    /// The calls of a creation, in order.
    pub create: OneOrMany<ApiCall>,
    /// The calls that read a resource; the first whose conditions hold is made.
    pub read: OneOrMany<ReadCall>,
    /// The calls of an update; each is made when a property it may send has changed.
    pub update: OneOrMany<ApiCall>,
    /// The calls of a deletion, in order.
    pub delete: OneOrMany<ApiCall>,
    /// Things that no property declares, removed before a deletion that they would prevent.
    pub children: Vec<BlockingChildren>,
    /// The way back for what a deletion still holds the name of.
    pub revive: Option<Revival>,
    /// The calls that find resources.
    ///
    /// The first whose required members can be filled is made.
    pub list: OneOrMany<ListCall>,
    /// The parts of the identifier that are computed.
    pub id: BTreeMap<String, Template>,
    /// The whole identifier, where an API answers with it.
    pub identifier: Option<Template>,
    /// The creations that the API is still carrying out, or has carried out lately.
    pub requests: Option<RequestList>,
    /// The property that gpb makes a name for.
    pub name: Option<NameProperty>,
    /// The places of properties that names alone do not find.
    #[serde(deserialize_with = "property_path::table")]
    pub properties: PropertyMappings,
    /// The map in the input that takes properties without a member of their own.
    pub attributes: Option<MemberPath>,
    /// The properties with operations of their own.
    pub subresources: Vec<Subresource>,
    /// The conditions under which a resource is ready.
    pub ready: OneOrMany<ReadyCheck>,
    /// The states in which a resource counts as deleted.
    pub deleted_states: Vec<String>,
    /// The path that is present once a resource counts as deleted.
    pub deleted_if_present: Option<MemberPath>,
    /// The calls for tags, before the file's.
    pub tags: Option<TypeTags>,
    /// The meaning of error codes, before the file's.
    pub errors: ErrorCodes,
    /// The values that a property is reset to when it is unset.
    pub defaults: BTreeMap<String, Json>,
    /// The properties that the binding cannot set.
    #[serde(deserialize_with = "property_path::list")]
    pub unsupported: Vec<String>,
    /// The properties under which creation overwrites, or returns, what is there.
    ///
    /// Together they are a name; gpb looks for it first.
    pub upsert_key: Vec<String>,
    /// The values that AWS itself puts there, by paths into the properties.
    ///
    /// A resource that shows all of them counts as absent.
    pub vacant: BTreeMap<String, Json>,
    /// Properties that reads may leave out for up to 90 seconds after a change.
    pub shown_late: Vec<String>,
    /// Error codes of the look before creation that mean another account has the name.
    pub name_taken_on: Vec<String>,
    /// Properties that only an update takes: creation leaves them out.
    pub update_only: Vec<String>,
    /// The reasons for which AWS would refuse a deletion.
    pub locks: OneOrMany<LockRule>,
    /// The longest wait until a read finds nothing; 5 minutes by default.
    pub delete_timeout: Option<TimeSpan>,
}

impl TypeBinding {
    /// Lists the properties along with which a property changes.
    pub fn carriers(&self, property: &str) -> &[String] {
        let place = self.properties.get(&PropPath(property.into()));
        place.map_or(&[], |place| place.carried_by.as_slice())
    }

    /// Returns the binding with the calls of another in the place of those that it does not name itself.
    #[must_use]
    pub fn completed_by(self, other: &TypeBinding) -> TypeBinding {
        fn or<T: Clone>(own: OneOrMany<T>, other: &OneOrMany<T>) -> OneOrMany<T> {
            if own.is_empty() { other.clone() } else { own }
        }
        TypeBinding {
            create: or(self.create, &other.create),
            read: or(self.read, &other.read),
            update: or(self.update, &other.update),
            delete: or(self.delete, &other.delete),
            list: or(self.list, &other.list),
            identifier: self.identifier.or_else(|| other.identifier.clone()),
            requests: self.requests.or_else(|| other.requests.clone()),
            delete_timeout: self.delete_timeout.or(other.delete_timeout),
            ..self
        }
    }

    /// Checks that a property changes only along with others.
    pub fn is_carried(&self, property: &str) -> bool {
        !self.carriers(property).is_empty()
    }
}

/// The property that gpb makes a name for.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "NameForm")]
pub struct NameProperty {
    /// The property, in AWS's spelling.
    pub property: String,
    /// The largest number of characters; by default the catalog's.
    pub max: Option<usize>,
    /// The name has lower case only.
    pub lower: bool,
    /// The string between the parts of the name.
    pub separator: String,
    /// The end of the name, such as `.fifo`.
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

/// A condition under which a resource is ready.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadyCheck {
    /// The path to the state, from the object at the main read's `at`.
    ///
    /// Of a list, every element must be in a state that means ready.
    #[serde(default = "MemberPath::here")]
    pub path: MemberPath,
    /// AWS's own waiter of the read's operation, in place of `path`, `ready` and `failed`.
    pub waiter: Option<String>,
    /// The values that mean ready.
    #[serde(default)]
    pub ready: Vec<Json>,
    /// The values that mean not yet, where any other means ready.
    #[serde(default)]
    pub none: Vec<Json>,
    /// The values that mean that it never will be.
    #[serde(default)]
    pub failed: Vec<Json>,
    /// The other path that must have the same value.
    pub equals: Option<MemberPath>,
    /// The path to the reason of a failure.
    pub reason: Option<MemberPath>,
    /// An absent state means ready.
    #[serde(default)]
    pub missing_ok: bool,
    /// The paths that must hold nothing, such as values that are still to be applied.
    #[serde(default)]
    pub empty: Vec<MemberPath>,
    /// The number of reads in a row that must find it ready; 1 by default.
    pub stable: Option<u32>,
    /// The time after a change until a state is believed that has not been seen to move.
    ///
    /// A resource that shows what was sent is believed at once.
    pub settle: Option<TimeSpan>,
    /// The longest wait; 10 minutes by default.
    pub timeout: Option<TimeSpan>,
    /// The time before the second read; 2 seconds by default, and growing to 15.
    pub poll_interval: Option<TimeSpan>,
}

impl ReadyCheck {
    /// Returns the check of AWS's own waiter at a path.
    pub fn of_waiter(waiter: &Waiter, path: MemberPath) -> ReadyCheck {
        ReadyCheck {
            path,
            ready: waiter.ready.clone(),
            failed: waiter.failed.clone(),
            timeout: Some(TimeSpan(waiter.timeout())),
            ..ReadyCheck::default()
        }
    }
}

/// `tags = false`, or the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "`false`, or a table { create, tag, untag, read }")]
pub enum TypeTags {
    /// The type has no tags.
    None(bool),
    /// The type's own calls for tags.
    Some(Box<TagCalls>),
}

/// The calls that write and read tags.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagCalls {
    /// The place of tags in creation's input.
    ///
    /// By default the member of the same name; `false`: none.
    #[serde(default)]
    pub create: PropertySide,
    /// The call that adds and changes tags.
    pub tag: Option<TagCall>,
    /// True if `tag` replaces all tags: it then sends those that stay as well, and follows every creation.
    #[serde(default)]
    pub replace: bool,
    /// The call that removes tags.
    pub untag: Option<TagCall>,
    /// The call that reads tags; by default the main read has them.
    pub read: Option<TagRead>,
}

/// A call that writes or removes tags.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagCall {
    /// The operation: `Operation`, or `service:Operation`.
    pub call: String,
    /// Members to send, in addition to the tags.
    #[serde(default)]
    pub input: TemplateTree,
    /// The member that takes the tags, or their keys; by default found by its shape.
    #[serde(alias = "keys")]
    pub member: Option<String>,
}

/// A call that reads tags.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagRead {
    /// The operation: `Operation`, or `service:Operation`.
    pub call: String,
    /// Members to send.
    #[serde(default)]
    pub input: TemplateTree,
    /// The path to the tags in the output.
    pub at: Option<MemberPath>,
    /// Error codes that mean the resource has no tags.
    #[serde(default)]
    pub not_found_on: Vec<String>,
    /// An answer without any member is one: there are no tags.
    #[serde(default)]
    pub may_be_empty: bool,
}

/// The meaning of error codes.
///
/// An entry is a code, or `Code: words of the message`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ErrorCodes {
    /// The resource does not exist.
    pub not_found: Vec<String>,
    /// The name is taken.
    pub already_exists: Vec<String>,
    /// The calls come too fast.
    pub throttled: Vec<String>,
    /// The name is held by something deleted, for days.
    pub held: Vec<String>,
    /// The resource is in use, or in a state that allows no change now.
    pub conflict: Vec<String>,
    /// Something else uses the resource, which passes within minutes or not by itself.
    pub in_use: Vec<String>,
    /// A dependency is not visible yet.
    pub not_ready: Vec<String>,
    /// The credentials do not allow the call.
    pub denied: Vec<String>,
    /// The request is wrong and stays so.
    pub invalid: Vec<String>,
    /// A quota is used up.
    pub quota: Vec<String>,
    /// The service failed, and nothing was changed.
    pub unavailable: Vec<String>,
}

/// The call that names the account and the identity of the credentials.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityCall {
    /// The operation.
    pub call: String,
    /// The path to the account's number in the output.
    pub account: MemberPath,
    /// The path to the identity's ARN in the output.
    pub arn: MemberPath,
}

/// The call that reads a secret's value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretStore {
    /// The operation.
    pub call: String,
    /// Members to send; the secret's name is `${name}`.
    pub input: TemplateTree,
    /// The path to the value in the output.
    pub value: MemberPath,
}
