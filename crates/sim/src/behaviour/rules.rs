//! The rules of the behaviour files, as they are written.

use super::condition::RuleCondition;
use super::normal_form::NormalForm;
use super::refusal_rules::{
    BusyRule, ContentsRule, ExclusiveRule, HeldRule, InUseRule, NeedsRule, NoChangeRule, RateRule, RefuseRule,
    SecretRule, UnknownRule, WithinRule,
};
use super::rule_time::RuleTime;
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
    /// The property that shows the state.
    pub status: Option<StatusRule>,
    /// The refusal of changes in a state.
    pub busy: Option<BusyRule>,
    /// The courses of creations.
    pub create: Vec<CourseRule>,
    /// The courses of updates.
    pub update: Vec<CourseRule>,
    /// The courses of deletions.
    pub delete: Vec<CourseRule>,
    /// The properties that are read late.
    pub settle: Vec<SettleRule>,
    /// The lag of lists.
    pub lists: Option<ListRule>,
    /// The time until other services know it.
    pub propagates: Option<PropagateRule>,
    /// The refusal of what is not known yet.
    pub unknown: Option<UnknownRule>,
    /// The refusals of updates that change nothing.
    pub no_change: Vec<NoChangeRule>,
    /// The forms of stored values.
    pub normal: Vec<NormalRule>,
    /// AWS's own changes.
    pub later: Vec<LaterRule>,
    /// The refusals by values.
    pub refuse: Vec<RefuseRule>,
    /// The refusals to delete what is used.
    pub in_use: Vec<InUseRule>,
    /// The refusal to delete what is not empty.
    pub contents: Option<ContentsRule>,
    /// The values that only one may have.
    pub exclusive: Vec<ExclusiveRule>,
    /// The blocks of addresses that must lie in another.
    pub within: Vec<WithinRule>,
    /// The resources that must be there.
    pub needs: Vec<NeedsRule>,
    /// The values that stay taken.
    pub held: Vec<HeldRule>,
    /// The remains of deleted resources.
    pub lingers: Vec<LingerRule>,
    /// The resources that AWS makes by itself.
    pub spawns: Vec<SpawnRule>,
    /// The changes that fail later.
    pub failures: Vec<FailureRule>,
    /// The outputs that count updates.
    pub revises: Vec<ReviseRule>,
    /// The resources that end with it.
    pub takes_along: Vec<TakeAlongRule>,
    /// The secret that each of them keeps.
    pub secret: Option<SecretRule>,
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
        all.extend(self.needs.iter().map(|rule| &rule.source));
        all.extend(self.held.iter().map(|rule| &rule.source));
        all.extend(self.lingers.iter().map(|rule| &rule.source));
        all.extend(self.spawns.iter().map(|rule| &rule.source));
        all.extend(self.failures.iter().map(|rule| &rule.source));
        all.extend(self.revises.iter().map(|rule| &rule.source));
        all.extend(self.takes_along.iter().map(|rule| &rule.source));
        all.extend(self.secret.iter().map(|rule| &rule.source));
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
/// The property that shows the state.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusRule {
    /// The property.
    pub property: PropPath,
    /// The word for ready.
    pub ready: String,
    /// The public source of the rule.
    pub source: String,
}

/// The course of a change after its call has returned; the first whose conditions hold is taken.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CourseRule {
    /// The conditions under which the rule holds.
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
    /// The public source of the rule.
    pub source: String,
}

/// The moments from which the values of a change are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ValueMoment {
    /// The moment when the call returns.
    Call,
    /// The moment when the state begins.
    Begin,
    /// The moment when the resource is ready again.
    #[default]
    End,
}

/// The time for which reads show old values though the resource is ready.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettleRule {
    /// The calls that the rule is about.
    #[serde(default = "makings")]
    pub on: Vec<RuleCall>,
    /// The properties; all of them where none is named.
    #[serde(default)]
    pub properties: Vec<String>,
    /// The time from the moment of the change on.
    pub within: RuleTime,
    /// The public source of the rule.
    pub source: String,
}

fn makings() -> Vec<RuleCall> {
    vec![RuleCall::Create, RuleCall::Update]
}

/// The time by which lists lag behind single reads.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListRule {
    /// The time by which lists are late.
    pub lag: RuleTime,
    /// Set where reads of many at once are lists too.
    #[serde(default)]
    pub batch: bool,
    /// The name by which the binding looks with a single read, which shows at once.
    #[serde(default)]
    pub by_name: Option<PropPath>,
    /// The public source of the rule.
    pub source: String,
}

/// The time until other services know what was made.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PropagateRule {
    /// The time from the moment of the change on.
    pub within: RuleTime,
    /// Set where the service's own calls do not know it either.
    #[serde(default)]
    pub own_service: bool,
    /// The public source of the rule.
    pub source: String,
}

/// The form in which a value is stored.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NormalRule {
    /// The place in the properties.
    pub path: PropPath,
    /// The conditions under which the rule holds.
    #[serde(default)]
    pub when: Vec<RuleCondition>,
    /// The form of the value.
    pub form: NormalForm,
    /// The public source of the rule.
    pub source: String,
}

/// A change that AWS makes by itself, such as a minor upgrade.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LaterRule {
    /// The place in the properties.
    pub path: PropPath,
    /// The conditions under which the rule holds.
    #[serde(default)]
    pub when: Vec<RuleCondition>,
    /// The time after the creation.
    pub after: RuleTime,
    /// The form of the value.
    pub form: NormalForm,
    /// The public source of the rule.
    pub source: String,
}

/// The remains of a deleted resource that hold others for a while, such as network interfaces.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LingerRule {
    /// The time from the moment of the change on.
    pub within: RuleTime,
    /// The types that cannot be deleted meanwhile, where the deleted resource names them.
    pub holds: Vec<String>,
    /// The remains, in words: `network interface`.
    pub remains: String,
    /// The public source of the rule.
    pub source: String,
}

/// A resource that AWS makes by itself.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpawnRule {
    /// The type.
    #[serde(rename = "type")]
    pub ty: String,
    /// The time after the moment of the change.
    pub after: RuleTime,
    /// The conditions under which the rule holds.
    #[serde(default)]
    pub when: Vec<RuleCondition>,
    /// A type and an identifier that must exist then.
    #[serde(default)]
    pub beside: Option<(String, String)>,
    /// The properties.
    pub properties: Map<String, Json>,
    /// The public source of the rule.
    pub source: String,
}

/// A change that fails after its call has returned.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FailureRule {
    /// The calls that the rule is about.
    #[serde(default = "makings")]
    pub on: Vec<RuleCall>,
    /// The conditions; without any only an injected fault makes it fail.
    #[serde(default)]
    pub when: Vec<RuleCondition>,
    /// The time after the call.
    pub after: RuleTime,
    /// The end of the text, or of the change.
    pub ends: FailureEnd,
    /// The service's own message.
    pub message: String,
    /// The public source of the rule.
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

/// An output that counts the updates of some properties: a revision, a version.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviseRule {
    /// The output; the number at its end is the count.
    pub path: PropPath,
    /// The properties; all of them where none is named.
    #[serde(default)]
    pub properties: Vec<String>,
    /// The public source of the rule.
    pub source: String,
}

/// Other resources that end with this one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeAlongRule {
    /// The type.
    #[serde(rename = "type")]
    pub ty: String,
    /// The property of the other one, and its value made of words of this one.
    pub path: PropPath,
    /// The value.
    pub is: String,
    /// The public source of the rule.
    pub source: String,
}
