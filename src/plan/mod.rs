//! The plan: desired × last applied × observed, and what follows from them.

use crate::catalog::PropPath;
use crate::cloud::{Observed, Properties};
use crate::model::{Address, Place, Value};
use crate::state::Scope;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the cloud says of each address that is in the state (`None`: it is gone) or declared `existing`.
pub type Observation = BTreeMap<Address, Option<Observed>>;

/// Everything one apply will do. It is saved, shown, and kept as a promise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The form of this file.
    pub format: u32,
    pub scope: Scope,
    pub basis: Basis,
    /// One a resource, no-ops included, in the order they are shown: by layer, then by address.
    pub changes: Vec<Change>,
    /// The outputs after apply, as far as they are known.
    pub outputs: BTreeMap<String, Value>,
    /// `override`s in force, for the reader.
    pub overrides: Vec<String>,
    /// Whether the cloud was read; a plan that was not observed cannot be applied.
    pub observed: bool,
}

/// What a plan was made from; apply refuses when any of it has moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Hash of the model.
    pub model: String,
    pub lineage: String,
    pub serial: u64,
    /// Hash of what was observed of each resource that will change.
    pub observed: BTreeMap<Address, String>,
    pub account: Option<String>,
    pub gpb: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    pub address: Address,
    pub ty: String,
    pub place: Place,
    pub layer: Option<String>,
    pub action: Action,
    /// The identifier, when it exists.
    pub id: Option<String>,
    /// As observed (or as last applied, in a plan that was not observed).
    pub before: Option<Properties>,
    /// What will be sent: JSON with holes. Absent for deletions.
    pub desired: BTreeMap<String, Value>,
    /// Property by property, what differs.
    pub differences: Vec<Difference>,
    /// Where the cloud has left what was last applied.
    pub drift: Vec<Difference>,
    /// The properties that force a replacement.
    pub forced_by: Vec<PropPath>,
    /// What must be done before: addresses of this plan.
    pub depends_on: Vec<Address>,
    /// A stateful resource that would be lost: why it is protected and what would be lost.
    pub protected: Option<String>,
    /// Where it was before a `moved`.
    pub moved_from: Option<Address>,
    pub ignore: Vec<PropPath>,
    pub protect: Option<bool>,
    /// For a replacement: whether the new one is made before the old one goes.
    pub create_first: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing to do.
    Keep,
    /// An `existing` resource, read for others to refer to.
    Read,
    Create,
    Update,
    Replace,
    Delete,
    /// It exists though the state did not know it (an interrupted creation): take it over, and update it if it differs.
    Adopt,
    /// In the state, gone from the cloud and from the text: only the record goes.
    Forget,
}

/// One property's change. A secret on either side is shown as changed or not, never as text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub path: PropPath,
    pub before: Option<serde_json::Value>,
    pub after: Option<Value>,
    /// Changing it needs a new resource.
    pub forces_replacement: bool,
}
