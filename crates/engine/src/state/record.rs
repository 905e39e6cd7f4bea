//! The contents of the state: records of resources, open intents, and a snapshot of both.

use crate::cloud::{Properties, SharedProperties};
use gpb_model::{Address, Place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The state of one environment: each environment of each stack has its own.
///
/// The embedded cloud's is never mistaken for AWS's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StateScope {
    /// `sim` or `aws`.
    pub cloud: String,
    /// The name of the stack.
    pub stack: String,
    /// The name of the environment.
    pub environment: String,
}

impl StateScope {
    /// Returns what generated physical names at an address begin with: `shop-sandbox-data-main`.
    pub fn label(&self, address: &Address) -> String {
        let whole = format!("{}-{}-{address}", self.stack, self.environment);
        let words = whole.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("-")
    }
}

/// A resource gpb manages.
///
/// As JSON: `{"address": "data.main", "ty": "aws.sqs.queue", "place": {…}, "id": "https://…", "applied": {…}, …}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourceRecord {
    /// Its address in the spec, or where it was deposed to: `data.main~7`.
    pub address: Address,
    /// The type, in gpb's name: `aws.sqs.queue`.
    pub ty: String,
    /// The account and the region it lives in.
    pub place: Place,
    /// The primary identifier, parts joined by `|`.
    pub id: String,
    /// The properties gpb last applied. A secret stands as `{"$secret": "<keyed hash>"}`.
    pub applied: SharedProperties,
    /// All properties as last read from the cloud; secrets as above.
    pub observed: SharedProperties,
    /// The addresses it was built on, for the order of deletion when its declaration is gone.
    pub depends_on: Vec<Address>,
    /// The layer that declared it.
    pub layer: Option<String>,
    /// The protection, as its declaration said when it was last applied.
    pub protect: Option<bool>,
    /// True when it stays on AWS when gpb lets go of it, as its declaration said when it was last applied.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep: bool,
    /// The values that it is made anew for, by their expressions, as they were then; secrets as above, absent ones null.
    #[serde(default, skip_serializing_if = "Properties::is_empty")]
    pub watched: Properties,
    /// The reason that it is not finished: a later step of its creation or its last change failed. The next apply finishes
    /// or replaces it.
    pub tainted: Option<String>,
    /// Of a tainted one: true when it ended in a failed state, so that the next plan replaces it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
    /// Of a tainted one: true when it was finished once and a later change of it is not, so that it is not replaced.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changing: bool,
}

impl ResourceRecord {
    /// Marks the record of a finished resource: a change of it is not, and may be under way.
    ///
    /// What was applied stays, so that the next plan sees what is left of the change. `depends_on` is what the change
    /// builds it on.
    #[must_use]
    pub fn unfinished(mut self, reason: String, depends_on: &[Address]) -> Self {
        self.depends_on.extend_from_slice(depends_on);
        self.depends_on.sort();
        self.depends_on.dedup();
        Self { tainted: Some(reason), changing: true, ..self }
    }
}

/// All of one scope at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateSnapshot {
    /// The scope.
    pub scope: StateScope,
    /// The identity of the state: made when the scope is first written. A plan of another lineage does not fit.
    ///
    /// Empty as long as nothing was written.
    pub lineage: String,
    /// The version of the state: grows by one with every change.
    pub serial: u64,
    /// The records by address.
    pub resources: BTreeMap<Address, ResourceRecord>,
    /// Intents without an outcome: what an interrupted run was doing.
    pub pending: Vec<Intent>,
    /// The outputs as of the last apply; secret ones are not kept.
    pub outputs: BTreeMap<String, serde_json::Value>,
}

/// A call about to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// Its position in the journal, which grows with every intent of a scope.
    pub sequence: u64,
    /// The address the call is about.
    pub address: Address,
    /// The type, in gpb's name.
    pub ty: String,
    /// The account and the region it lives in.
    pub place: Place,
    /// The operation.
    pub operation: OperationKind,
    /// The idempotency token: the same for every try at this intent.
    pub token: String,
    /// The identifier: known for updates and deletions, and for a creation once the cloud has named it.
    pub id: Option<String>,
    /// True once the creating call was about to be sent, for a type whose resources can bear no mark.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sent: bool,
    /// The properties being sent, secrets as keyed hashes: enough to find a resource whose creation got no answer.
    pub desired: Properties,
    /// The addresses it is built on.
    pub depends_on: Vec<Address>,
    /// The layer that declares it.
    pub layer: Option<String>,
    /// True when the resource stays on AWS when gpb lets go of it; so does what a creation replaces.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep: bool,
    /// The time it was begun, in milliseconds since the epoch.
    pub started_ms: u64,
}

/// A kind of call that changes a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationKind {
    /// Creates a resource.
    Create,
    /// Changes a resource in place.
    Update,
    /// Deletes a resource.
    Delete,
}

impl OperationKind {
    /// Returns the word for it: `create`.
    pub fn as_str(self) -> &'static str {
        match self {
            OperationKind::Create => "create",
            OperationKind::Update => "update",
            OperationKind::Delete => "delete",
        }
    }
}
