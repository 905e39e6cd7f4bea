//! The rules of the behaviour files, as they are written.

use super::condition::RuleCondition;
use super::normal_form::NormalForm;
use super::rule_time::RuleTime;
use gpb_engine::cloud::CloudErrorKind;
use gpb_model::PropPath;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// One file: the behaviour of a service and its types.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceRules {
    /// The second word of its types' names: `rds` of `aws.rds.db_cluster`.
    pub service: String,
    /// The rates of the service's API; every one that a call falls under must let it through.
    #[serde(default)]
    pub rates: Vec<RateRule>,
    /// The refusal of what another service has not heard of yet.
    pub unknown: Option<UnknownRule>,
    /// The rows, by the last word of the type's name.
    #[serde(default)]
    pub types: BTreeMap<String, TypeRules>,
}

/// The row of a type.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TypeRules {
    pub status: Option<StatusRule>,
    pub busy: Option<BusyRule>,
    pub create: Vec<CourseRule>,
    pub update: Vec<CourseRule>,
    pub delete: Vec<CourseRule>,
    pub settle: Vec<SettleRule>,
    pub lists: Option<ListRule>,
    pub propagates: Option<PropagateRule>,
    pub unknown: Option<UnknownRule>,
    pub no_change: Vec<NoChangeRule>,
    pub normal: Vec<NormalRule>,
    pub later: Vec<LaterRule>,
    pub refuse: Vec<RefuseRule>,
    pub in_use: Vec<InUseRule>,
    pub contents: Option<ContentsRule>,
    pub exclusive: Vec<ExclusiveRule>,
    pub within: Vec<WithinRule>,
    pub held: Vec<HeldRule>,
    pub lingers: Vec<LingerRule>,
    pub spawns: Vec<SpawnRule>,
    pub failures: Vec<FailureRule>,
    pub revises: Vec<ReviseRule>,
    pub takes_along: Vec<TakeAlongRule>,
}

impl TypeRules {
    /// Returns the source of each rule.
    pub fn sources(&self) -> Vec<&str> {
        let mut all: Vec<&String> = Vec::new();
        all.extend(self.status.iter().map(|rule| &rule.source));
        all.extend(self.busy.iter().map(|rule| &rule.source));
        all.extend([&self.create, &self.update, &self.delete].into_iter().flatten().map(|rule| &rule.source));
        all.extend(self.settle.iter().map(|rule| &rule.source));
        all.extend(self.lists.iter().map(|rule| &rule.source));
        all.extend(self.propagates.iter().map(|rule| &rule.source));
        all.extend(self.unknown.iter().map(|rule| &rule.source));
        all.extend(self.no_change.iter().map(|rule| &rule.source));
        all.extend(self.normal.iter().map(|rule| &rule.source));
        all.extend(self.later.iter().map(|rule| &rule.source));
        all.extend(self.refuse.iter().map(|rule| &rule.source));
        all.extend(self.in_use.iter().map(|rule| &rule.source));
        all.extend(self.contents.iter().map(|rule| &rule.source));
        all.extend(self.exclusive.iter().map(|rule| &rule.source));
        all.extend(self.within.iter().map(|rule| &rule.source));
        all.extend(self.held.iter().map(|rule| &rule.source));
        all.extend(self.lingers.iter().map(|rule| &rule.source));
        all.extend(self.spawns.iter().map(|rule| &rule.source));
        all.extend(self.failures.iter().map(|rule| &rule.source));
        all.extend(self.revises.iter().map(|rule| &rule.source));
        all.extend(self.takes_along.iter().map(|rule| &rule.source));
        all.into_iter().map(String::as_str).collect()
    }
}

/// The calls that rules tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RuleCall {
    Create,
    Update,
    Delete,
    Read,
    List,
}

/// The error of a refused call, as the service words it.
///
/// `{id}` in the message is the resource's identifier, `{other}` what stands in the way.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    pub code: String,
    /// The meaning that the service's binding gives to the code.
    #[serde(default = "invalid")]
    pub kind: CloudErrorKind,
    #[serde(default)]
    pub message: String,
}

fn invalid() -> CloudErrorKind {
    CloudErrorKind::Invalid
}

/// The property that shows the state.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusRule {
    pub property: PropPath,
    /// The word for ready.
    pub ready: String,
    pub source: String,
}

/// The refusal of changes while a resource is not ready.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BusyRule {
    /// The calls that are refused; updates and deletions unless said.
    #[serde(default = "changes")]
    pub on: Vec<RuleCall>,
    pub refuses: Refusal,
    pub source: String,
}

fn changes() -> Vec<RuleCall> {
    vec![RuleCall::Update, RuleCall::Delete]
}

/// The course of a change after its call has returned; the first whose conditions hold is taken.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CourseRule {
    pub when: Vec<RuleCondition>,
    /// The time until the change shows at all: before it the old state and the old values are read.
    pub begins: RuleTime,
    /// The time in the state, from then on.
    pub takes: RuleTime,
    /// The state meanwhile, such as `modifying`.
    pub state: String,
    /// The moment from which new values are read.
    pub values: ValueMoment,
    /// The time for which single reads do not find it: after the call of a creation or of a deletion.
    pub hidden: RuleTime,
    /// The time that the waiter lets pass before it believes a state.
    pub settle: RuleTime,
    pub source: String,
}

/// The moments from which the values of a change are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ValueMoment {
    /// When the call returns.
    Call,
    /// When the state begins.
    Begin,
    /// When the resource is ready again.
    #[default]
    End,
}

/// The time for which reads show old values though the resource is ready.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettleRule {
    #[serde(default = "makings")]
    pub on: Vec<RuleCall>,
    /// The properties; all of them where none is named.
    #[serde(default)]
    pub properties: Vec<String>,
    pub within: RuleTime,
    pub source: String,
}

fn makings() -> Vec<RuleCall> {
    vec![RuleCall::Create, RuleCall::Update]
}

/// The time by which lists lag behind single reads.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListRule {
    pub lag: RuleTime,
    /// Set where reads of many at once are lists too.
    #[serde(default)]
    pub batch: bool,
    pub source: String,
}

/// The time until other services know what was made.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PropagateRule {
    pub within: RuleTime,
    /// Set where the service's own calls do not know it either.
    #[serde(default)]
    pub own_service: bool,
    pub source: String,
}

/// The refusal of a request that names what the service does not know yet.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnknownRule {
    pub refuses: Refusal,
    pub source: String,
}

/// The refusal of an update whose values are already so.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoChangeRule {
    /// The properties of the call; all of them where none is named.
    #[serde(default)]
    pub properties: Vec<String>,
    pub refuses: Refusal,
    pub source: String,
}

/// The form in which a value is stored.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NormalRule {
    pub path: PropPath,
    #[serde(default)]
    pub when: Vec<RuleCondition>,
    pub form: NormalForm,
    pub source: String,
}

/// A change that AWS makes by itself, such as a minor upgrade.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LaterRule {
    pub path: PropPath,
    #[serde(default)]
    pub when: Vec<RuleCondition>,
    /// The time after the creation.
    pub after: RuleTime,
    pub form: NormalForm,
    pub source: String,
}

/// A refusal by the values of the request, or, for a deletion, of the resource.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefuseRule {
    pub on: Vec<RuleCall>,
    pub when: Vec<RuleCondition>,
    pub refuses: Refusal,
    pub source: String,
}

/// The refusal to delete what others use.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InUseRule {
    /// The users: types, each with the place that names this one, as `aws.ec2.subnet:VpcId`.
    ///
    /// Without a place, any string of the user counts.
    pub by: Vec<String>,
    #[serde(default)]
    pub when: Vec<RuleCondition>,
    /// The property whose value the users name, where it is none of its own names.
    #[serde(default)]
    pub via: Option<PropPath>,
    /// Set where the deletion removes the users that AWS made by itself.
    #[serde(default)]
    pub clears_own: bool,
    pub refuses: Refusal,
    pub source: String,
}

/// The refusal to delete what holds contents that are no resources: objects, messages.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContentsRule {
    pub refuses: Refusal,
    pub source: String,
}

/// Values of which only one resource of the type can have the same in a place.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExclusiveRule {
    pub paths: Vec<PropPath>,
    /// Set where the last value is a block of addresses, which must not overlap.
    #[serde(default)]
    pub overlap: bool,
    pub refuses: Refusal,
    pub source: String,
}

/// A block of addresses that must lie in one of another resource.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithinRule {
    pub path: PropPath,
    /// The property that names the other resource.
    pub by: PropPath,
    /// The type of the other resource.
    pub of: String,
    /// The block of the other resource.
    pub at: PropPath,
    pub refuses: Refusal,
    pub source: String,
}

/// Values that nobody can use for a while after a deletion.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeldRule {
    pub paths: Vec<PropPath>,
    pub within: RuleTime,
    pub refuses: Refusal,
    pub source: String,
}

/// What stays of a deleted resource for a while and holds others, such as network interfaces.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LingerRule {
    pub within: RuleTime,
    /// The types that cannot be deleted meanwhile, where the deleted resource names them.
    pub holds: Vec<String>,
    /// The remains, in words: `network interface`.
    pub remains: String,
    pub source: String,
}

/// A resource that AWS makes by itself.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpawnRule {
    #[serde(rename = "type")]
    pub ty: String,
    pub after: RuleTime,
    #[serde(default)]
    pub when: Vec<RuleCondition>,
    /// A type and an identifier that must exist then.
    #[serde(default)]
    pub beside: Option<(String, String)>,
    pub properties: Map<String, Json>,
    pub source: String,
}

/// A change that fails after its call has returned.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FailureRule {
    #[serde(default = "makings")]
    pub on: Vec<RuleCall>,
    /// The conditions; without any only an injected fault makes it fail.
    #[serde(default)]
    pub when: Vec<RuleCondition>,
    /// The time after the call.
    pub after: RuleTime,
    pub ends: FailureEnd,
    pub message: String,
    pub source: String,
}

/// The ends of a failed change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FailureEnd {
    /// The resource is ready, with the old values.
    Rollback,
    /// The resource stays in a failed state.
    Failed,
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
    pub refuses: Refusal,
    pub source: String,
}

/// An output that counts the updates of some properties: a revision, a version.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviseRule {
    /// The output; the number at its end is the count.
    pub path: PropPath,
    /// The properties; all of them where none is named.
    #[serde(default)]
    pub properties: Vec<String>,
    pub source: String,
}

/// Other resources that end with this one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeAlongRule {
    #[serde(rename = "type")]
    pub ty: String,
    /// The property of the other one, and its value made of words of this one.
    pub path: PropPath,
    pub is: String,
    pub source: String,
}
