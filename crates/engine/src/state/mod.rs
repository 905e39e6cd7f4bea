//! What gpb remembers: the resources it made, and the journal of what it was about to do.
//!
//! The journal is written ahead: an [`Intent`] is durable before the cloud is called and its outcome after, so a process
//! killed at any instant leaves a record of everything that may exist.

mod deposed;
mod error;
mod lock;
mod secrets;
mod sqlite;
mod store;

#[cfg(any(test, feature = "testing"))]
pub mod conformance;

pub use deposed::{deposed_address, deposed_from};
pub use error::{StateError, io_message};
pub use lock::LockHolder;
pub use secrets::{SecretKey, is_redacted, redact, redact_values, redacted_paths};
pub use sqlite::SqliteStore;
pub use store::{
    Conclusion, ConclusionEffects, Durations, IntentStatus, JournalEntry, NewIntent, StateStore, StateWriter, token,
};

use crate::cloud::Properties;
use gpb_model::{Address, Place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which state: each environment of each stack has its own, and the embedded cloud's is never mistaken for AWS's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StateScope {
    /// `sim` or `aws`.
    pub cloud: String,
    pub stack: String,
    pub environment: String,
}

/// A resource gpb manages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourceRecord {
    pub address: Address,
    pub ty: String,
    pub place: Place,
    pub id: String,
    /// The properties gpb last applied. A secret stands as `{"$secret": "<keyed hash>"}`.
    pub applied: Properties,
    /// All properties as last read from the cloud; secrets as above.
    pub observed: Properties,
    /// The addresses it was built on, for the order of deletion when its declaration is gone.
    pub depends_on: Vec<Address>,
    pub layer: Option<String>,
    /// As its declaration said when it was last applied.
    pub protect: Option<bool>,
    /// Created, but not finished: a later step of its creation failed. The next apply finishes or replaces it.
    pub tainted: Option<String>,
}

/// All of one scope at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateSnapshot {
    pub scope: StateScope,
    /// Made when the scope is first written; a plan of another lineage does not fit.
    /// Empty as long as nothing was written.
    pub lineage: String,
    /// Grows by one with every change.
    pub serial: u64,
    pub resources: BTreeMap<Address, ResourceRecord>,
    /// Intents without an outcome: what an interrupted run was doing.
    pub pending: Vec<Intent>,
    /// The outputs as of the last apply; secret ones are not kept.
    pub outputs: BTreeMap<String, serde_json::Value>,
}

/// A call about to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    /// Grows with every intent of a scope.
    pub sequence: u64,
    pub address: Address,
    pub ty: String,
    pub place: Place,
    pub operation: OperationKind,
    /// Deterministic: the same for every try at this intent.
    pub token: String,
    /// Known for updates and deletions, and for a creation once the cloud has named it.
    pub id: Option<String>,
    /// What is being sent, secrets as keyed hashes: enough to find a resource whose creation got no answer.
    pub desired: Properties,
    pub depends_on: Vec<Address>,
    pub layer: Option<String>,
    /// Milliseconds since the epoch.
    pub started_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationKind {
    Create,
    Update,
    Delete,
}
