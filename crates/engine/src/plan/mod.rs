//! The plan: desired × last applied × observed, and what follows from them.

mod basis;
mod change_parts;
pub mod compare;
#[cfg(any(test, feature = "testing"))]
pub mod fixtures;
mod inventory;
mod moves;
mod order;
mod plan_file;
mod planned_state;
mod planner;
mod protection;
mod replacement;
#[cfg(test)]
mod tests;
pub mod values;

pub use basis::{model_hash, stale};
pub use plan_file::{FORMAT, SavedPlanError, from_json, to_json};
pub use planner::plan;
pub use protection::refusals;

use crate::cloud::{ObservedResource, Properties};
use crate::state::{StateScope, StateSnapshot};
use compact_str::CompactString;
use gpb_catalog::TypeLookup;
use gpb_model::PropPath;
use gpb_model::graph::Graph;
use gpb_model::{Address, Model, Place, SecretSource, Value, ValueMap};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the cloud says of each address that is in the state, is the address of an interrupted creation, or is declared
/// `existing`. `None` means it was looked for and is not there; an address that is missing was not looked for.
pub type Observation = BTreeMap<Address, Option<ObservedResource>>;

/// Computes a pure function of the language.
pub type CallFn<'a> = &'a dyn Fn(&str, &[serde_json::Value]) -> Result<serde_json::Value, String>;

/// What a plan is made from. Planning is a pure function of it.
#[derive(Clone, Copy)]
pub struct PlanInputs<'a> {
    pub model: &'a Model,
    pub graph: &'a Graph,
    pub types: TypeLookup<'a>,
    pub snapshot: &'a StateSnapshot,
    /// `None` when the cloud was not read; the plan is then made against the state alone and cannot be applied.
    pub observation: Option<&'a Observation>,
    /// For the calls whose arguments are known only now.
    pub call: CallFn<'a>,
    /// The keyed hash of a secret's value; `None` when it cannot be known now, as of one that is generated.
    pub secret: &'a dyn Fn(&SecretSource) -> Option<String>,
    pub options: &'a PlanOptions,
}

#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// Plan the end of everything instead of what the model says.
    pub destroy: bool,
    pub unprotect: ProtectionOverride,
    /// Resources to be made anew though nothing about them asks for it.
    pub replace: BTreeSet<Address>,
    /// The account the credentials belong to.
    pub account: Option<String>,
}

/// Which protected resources may be replaced or deleted all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProtectionOverride {
    Only(BTreeSet<Address>),
    All,
}

impl Default for ProtectionOverride {
    fn default() -> Self {
        ProtectionOverride::Only(BTreeSet::new())
    }
}

impl ProtectionOverride {
    pub fn covers(&self, address: &Address) -> bool {
        match self {
            ProtectionOverride::All => true,
            ProtectionOverride::Only(addresses) => addresses.contains(address),
        }
    }
}

/// Everything one apply will do. It is saved, shown, and kept as a promise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The form of this file.
    pub format: u32,
    pub scope: StateScope,
    pub basis: PlanBasis,
    /// One a resource, no-ops included, in the order they are shown: by layer, then by address.
    pub changes: Vec<ResourceChange>,
    /// The outputs after apply, as far as they are known.
    pub outputs: ValueMap,
    /// The outputs as the state has them. Secret ones are not kept.
    #[serde(default)]
    pub outputs_before: BTreeMap<String, serde_json::Value>,
    /// `override`s in force, for the reader.
    pub overrides: Vec<String>,
    /// Whether the cloud was read; a plan that was not observed cannot be applied.
    pub observed: bool,
}

/// What a plan was made from; apply refuses when any of it has moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanBasis {
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
pub struct ResourceChange {
    pub address: Address,
    pub ty: String,
    pub place: Place,
    pub layer: Option<String>,
    pub action: Action,
    /// The identifier, when it exists.
    pub id: Option<String>,
    /// As observed (or as last read, in a plan that was not observed). What is secret stands as `{"$secret": …}`, and
    /// tags that gpb neither wants nor ever set are left out, so that no update takes them away.
    pub before: Option<Properties>,
    /// What will be sent: JSON with holes. Empty for deletions. An ignored property of a resource that exists stands as
    /// it was observed. For an `existing` resource: what it is found by.
    pub desired: ValueMap,
    /// Property by property, what differs.
    pub differences: Vec<PropertyDifference>,
    /// Where the cloud has left what was last applied: `before` is as applied, `after` as observed. The empty path
    /// means the resource itself, which is gone.
    pub drift: Vec<PropertyDifference>,
    /// The properties that force a replacement.
    pub forced_by: Vec<PropPath>,
    /// What must be done before: addresses of this plan, those that need nothing done included. A deletion waits for
    /// those that were built on what it deletes; everything else waits for what it is built on.
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
    #[serde(rename = "keep")]
    NoOp,
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

impl ResourceChange {
    /// Whether apply has anything to do for it: a `moved` alone is written to the state.
    pub fn is_pending(&self) -> bool {
        !matches!(self.action, Action::NoOp | Action::Read) || self.moved_from.is_some()
    }
}

impl Plan {
    /// Whether apply has anything to do.
    pub fn is_empty(&self) -> bool {
        !self.changes.iter().any(ResourceChange::is_pending)
    }

    /// The outputs that will not be what they were, as far as that is known now.
    pub fn changed_outputs(&self) -> Vec<&str> {
        let same = |before| values::lift(before).as_ref().and_then(values::to_json);
        let differs = |(name, value): &(&CompactString, &Value)| match self.outputs_before.get(name.as_str()) {
            Some(before) => values::to_json(value).is_some_and(|value| Some(value) != same(before)),
            None => !values::has_secret(value),
        };
        let gone = self.outputs_before.keys().filter(|name| !self.outputs.contains_key(name.as_str()));
        let mut names: Vec<&str> = self
            .outputs
            .iter()
            .filter(differs)
            .map(|(name, _)| name.as_str())
            .chain(gone.map(String::as_str))
            .collect();
        names.sort_unstable();
        names
    }

    /// The changes in an order that respects `depends_on`, as a graph of addresses.
    pub fn graph(&self) -> Graph {
        let edges = self.changes.iter().flat_map(|c| c.depends_on.iter().map(move |to| (&c.address, to)));
        Graph::from_edges(self.changes.iter().map(|change| change.address.clone()), edges)
    }
}

/// The path a [`PropertyDifference`] has when the resource is to live elsewhere.
pub const PLACE: &str = "@place";
/// The path a [`PropertyDifference`] has when another type is declared under the same address.
pub const TYPE: &str = "@type";

/// One place's change, by the path to the deepest object that holds it: a list or a document changes as a whole. A secret
/// on either side is shown as changed or not, never as text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PropertyDifference {
    pub path: PropPath,
    pub before: Option<serde_json::Value>,
    pub after: Option<Value>,
    /// Changing it needs a new resource.
    pub forces_replacement: bool,
}
