//! The inputs of planning.

use crate::cloud::ObservedResource;
use crate::secrets::SecretScrubber;
use crate::state::StateSnapshot;
use crate::unknown::CallFunctions;
use gpb_catalog::TypeLookup;
use gpb_model::graph::Graph;
use gpb_model::{Address, Model, SecretSource};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The resources as the cloud returned them, by address.
///
/// Looked for are the addresses of the state, of interrupted creations, and of `existing` resources. `None` means that it was
/// looked for and does not exist; an address that is missing was not looked for.
pub type Observation = BTreeMap<Address, Option<ObservedResource>>;

/// The inputs of a plan. Planning is a pure function of them.
#[derive(Clone, Copy)]
pub struct PlanInputs<'a> {
    /// The desired resources.
    pub model: &'a Model,
    /// The dependencies of the model.
    pub graph: &'a Graph,
    /// The resource types by gpb's name.
    pub types: TypeLookup<'a>,
    /// The state, as it is now.
    pub snapshot: &'a StateSnapshot,
    /// `None` when the cloud was not read; the plan is then made against the state alone and cannot be applied.
    pub observation: Option<&'a Observation>,
    /// Computes the calls whose arguments became known only now.
    pub call: &'a CallFunctions,
    /// Returns the keyed hash of a secret's value; `None` when it cannot be known now, as of one that is generated.
    pub secret: &'a (dyn Fn(&SecretSource) -> Option<String> + Sync),
    /// The options of the command line.
    pub options: &'a PlanOptions,
}

/// The options of planning, besides the model.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// Plans the deletion of everything instead of what the model says.
    pub destroy: bool,
    /// The protected resources that may be lost.
    pub unprotect: ProtectionOverride,
    /// Resources to be replaced though nothing about them asks for it.
    pub replace: BTreeSet<Address>,
    /// The account the credentials belong to.
    pub account: Option<String>,
    /// The resources that could not be read, each with the reason: neither they nor what depends on them is changed.
    pub unread: BTreeMap<Address, String>,
    /// Takes out of what was observed what is known to be secret; `None` where nothing is.
    pub scrubber: Option<Arc<SecretScrubber>>,
}

/// The protected resources that may be replaced or deleted all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProtectionOverride {
    /// Those at these addresses.
    Only(BTreeSet<Address>),
    /// All of them.
    All,
}

impl Default for ProtectionOverride {
    fn default() -> Self {
        ProtectionOverride::Only(BTreeSet::new())
    }
}

impl ProtectionOverride {
    /// Returns true when the resource at an address may be lost.
    pub fn covers(&self, address: &Address) -> bool {
        match self {
            ProtectionOverride::All => true,
            ProtectionOverride::Only(addresses) => addresses.contains(address),
        }
    }
}
