//! The rules that refuse calls, as the behaviour files write them.

use super::condition::RuleCondition;
use super::normal_form::NormalForm;
use super::rule_time::RuleTime;
use super::rules::RuleCall;
use gpb_engine::cloud::CloudErrorKind;
use gpb_model::PropPath;
use serde::Deserialize;

/// `{id}` in the message is the resource's identifier, `{other}` what stands in the way.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallRefusal {
    /// The service's own code.
    pub code: String,
    /// The meaning that the service's binding gives to the code.
    #[serde(default = "invalid")]
    pub kind: CloudErrorKind,
    /// The service's own message.
    #[serde(default)]
    pub message: String,
}

fn invalid() -> CloudErrorKind {
    CloudErrorKind::Invalid
}

/// The refusal of changes while a resource is not ready.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BusyRule {
    /// The calls that are refused; updates and deletions unless said.
    #[serde(default = "changes")]
    pub on: Vec<RuleCall>,
    /// The error of a refused call.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}

fn changes() -> Vec<RuleCall> {
    vec![RuleCall::Update, RuleCall::Delete]
}

/// The refusal of a request that names what the service does not know yet.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnknownRule {
    /// The error of a refused call.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}

/// The refusal of an update whose values are already so.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoChangeRule {
    /// The properties of the call; all of them where none is named.
    #[serde(default)]
    pub properties: Vec<String>,
    /// The error of a refused call.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}

/// A refusal by the values of the request, or, for a deletion, of the resource.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefuseRule {
    /// The calls that the rule is about.
    pub on: Vec<RuleCall>,
    /// The conditions under which the rule holds.
    pub when: Vec<RuleCondition>,
    /// The lock that a deletion finds, where it is one that a call turns off.
    pub lock: Option<ValueLockRule>,
    /// The error of a refused call.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}

/// A lock that is a value of the resource.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueLockRule {
    /// A clause about the resource: `its deletion protection is on`.
    pub reason: String,
    /// The place in the properties.
    pub path: PropPath,
    /// The form of the value once it is off.
    pub off: NormalForm,
}

/// The refusal to delete what others use.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InUseRule {
    /// The users: types, each with the place that names this one, as `aws.ec2.subnet:VpcId`.
    ///
    /// Without a place, any string of the user counts.
    pub by: Vec<String>,
    /// The conditions under which the rule holds.
    #[serde(default)]
    pub when: Vec<RuleCondition>,
    /// The property whose value the users name, where it is none of its own names.
    #[serde(default)]
    pub via: Option<PropPath>,
    /// Set where the deletion removes the users that AWS made by itself.
    #[serde(default)]
    pub clears_own: bool,
    /// Set where a plan is refused for the users that it does not delete.
    #[serde(default)]
    pub lock: Option<UserLockRule>,
    /// The error of a refused call.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}

/// A lock that is the users of a resource, whoever made them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserLockRule {
    /// A clause about the resource: `it holds records that this plan does not delete`.
    pub reason: String,
    /// The work of a person who wants it gone, as an imperative.
    pub help: String,
}

/// The refusal to delete what holds contents that are no resources: objects, messages.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContentsRule {
    /// A clause about the resource: `it is not empty`.
    pub reason: String,
    /// The work of a person who wants it gone, as an imperative.
    pub help: String,
    /// The error of a refused call.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}

/// Values of which only one resource of the type can have the same in a place.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExclusiveRule {
    /// The places in the properties.
    pub paths: Vec<PropPath>,
    /// Set where the last value is a block of addresses, which must not overlap.
    #[serde(default)]
    pub overlap: bool,
    /// The conditions under which the rule holds, for both of them.
    #[serde(default)]
    pub when: Vec<RuleCondition>,
    /// The error of a refused call.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}

/// A block of addresses that must lie in one of another resource.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithinRule {
    /// The place in the properties.
    pub path: PropPath,
    /// The property that names the other resource.
    pub by: PropPath,
    /// The type of the other resource.
    pub of: String,
    /// The block of the other resource.
    pub at: PropPath,
    /// The error of a refused call.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}

/// A resource that must be there, such as the role of a role's policy.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NeedsRule {
    /// The property that names the other resource.
    pub path: PropPath,
    /// The type of the other resource.
    pub of: String,
    /// The error of a refused call.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}

/// Values that nobody can use for a while after a deletion.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeldRule {
    /// The places in the properties.
    pub paths: Vec<PropPath>,
    /// The time from the moment of the change on.
    pub within: RuleTime,
    /// Set where a creation gives back what holds them, if gpb made it and it bears the tags that are wanted.
    #[serde(default)]
    pub revives: bool,
    /// The error of a refused call.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}

/// The secret that a resource keeps, which is read by its name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecretRule {
    /// The property that holds the name.
    pub name: PropPath,
    /// The time from the creation on in which reads of the secret do not find it.
    pub within: RuleTime,
    /// The error of a read that does not find it; `{id}` is the name that was asked for.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}

/// The rate of a service's calls in one place: a token bucket.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateRule {
    /// The calls that share the bucket; all where none is named.
    #[serde(default)]
    pub on: Vec<RuleCall>,
    /// The last words of the types whose calls count; all where none is named.
    #[serde(default)]
    pub types: Vec<String>,
    /// The tokens that come back each second.
    pub per_second: f64,
    /// The greatest number of tokens.
    pub burst: f64,
    /// Set where all regions share the bucket.
    #[serde(default)]
    pub global: bool,
    /// The error of a refused call.
    pub refuses: CallRefusal,
    /// The public source of the rule.
    pub source: String,
}
