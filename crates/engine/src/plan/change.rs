//! The change of one resource.

use crate::cloud::SharedProperties;
use crate::cloud::deletion_locks::DeletionLock;
use gpb_catalog::drift_rules::WarningRule;
use gpb_model::{Address, Place, PropPath, PropertyMap, PropertyValue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The change of one resource, with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResourceChange {
    /// The address of the resource, `data.main`.
    pub address: Address,
    /// The type, in gpb's name: `aws.sqs.queue`.
    pub ty: String,
    /// The account and the region it lives in.
    pub place: Place,
    /// The layer that declares it.
    pub layer: Option<String>,
    /// The action.
    pub action: Action,
    /// The identifier, when it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The properties as observed (or as last read, in a plan that was not observed).
    ///
    /// A secret stands as `{"$secret": …}`, and tags that gpb neither wants nor ever set are left out, so that no update
    /// takes them away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<SharedProperties>,
    /// The properties that will be sent, with unknowns. Empty for deletions.
    ///
    /// An ignored property of a resource that exists stands as it was observed. For an `existing` resource: the
    /// properties it is found by.
    pub desired: PropertyMap,
    /// The properties that differ, one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<PropertyDifference>,
    /// The drift: the cloud differs from what was last applied. `before` is as applied, `after` as observed.
    ///
    /// The empty path means the resource itself, which is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<PropertyDifference>,
    /// The warnings about the drift.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drift_warnings: Vec<DriftWarning>,
    /// The properties that force a replacement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forced_by: Vec<PropPath>,
    /// The changes that must be done before: addresses of this plan, those that need nothing done included.
    ///
    /// A deletion waits for those that were built on what it deletes; everything else waits for what it is built on. It
    /// is the order of [`Plan::steps`](super::Plan::steps) in short, for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<Address>,
    /// For a stateful resource that would be lost: why it is protected and what would be lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected: Option<String>,
    /// The reasons for which the cloud would refuse to delete what this change deletes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deletion_locks: Vec<DeletionLock>,
    /// True when those locks may be turned off, or passed by where they could not be read (`--unprotect`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unprotected: bool,
    /// The address before a `moved`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<Address>,
    /// The properties whose differences are left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<PropPath>,
    /// True when the resource stays on AWS when gpb lets go of it (`keep true`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep: bool,
    /// The kept resources that stand in what this change deletes: AWS would refuse the deletion, or they would break.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept_users: Vec<Address>,
    /// The values that it is made anew for, by their expressions; absent ones are `None`, secrets keyed hashes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub watched: BTreeMap<String, Option<PropertyValue>>,
    /// The protection as declared: `true` for `protect always`, `false` for `protect never`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protect: Option<bool>,
    /// For a replacement: `true` when the new one is created before the old one is deleted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub create_first: bool,
    /// The properties that will be sent, where copies of secrets in ignored places are no part of `desired`.
    ///
    /// A saved plan does not hold them; [`take_clear`](super::take_clear) takes them from one that was just made.
    #[serde(skip)]
    pub clear: Option<ClearProperties>,
}

/// Properties that stay in memory: they may hold a secret that somebody copied to where it does not belong.
#[derive(Clone, PartialEq)]
pub struct ClearProperties(pub(super) PropertyMap);

impl std::fmt::Debug for ClearProperties {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClearProperties(…)")
    }
}

/// A warning about a change outside gpb: it weakens what the declaration protects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftWarning {
    /// The difference it is about, by its path.
    pub path: PropPath,
    /// The property that decided it; empty for the resource itself.
    pub property: PropPath,
    /// The harm.
    pub why: String,
    /// The public source of the rule.
    pub source: String,
}

impl DriftWarning {
    /// Returns the warning of a rule about a difference.
    pub(super) fn new(path: PropPath, rule: &WarningRule) -> DriftWarning {
        let property = rule.property.clone();
        DriftWarning { path, property, why: rule.why.clone(), source: rule.source.clone() }
    }
}

/// An action on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing.
    #[serde(rename = "keep")]
    NoOp,
    /// Read an `existing` resource, for others to refer to.
    Read,
    /// Create it.
    Create,
    /// Change it in place.
    Update,
    /// Delete it and create another one, in the one or the other order.
    Replace,
    /// Delete it.
    Delete,
    /// Let go of it: the record is removed, the resource stays on AWS (`keep true`).
    Retain,
    /// Take one into the state that exists (an interrupted creation), and update it if it differs.
    Adopt,
    /// Remove the record of one that is gone from the cloud and from the spec.
    Forget,
}

impl Action {
    /// Returns the verb for it: `create`.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::NoOp => "keep",
            Action::Read => "read",
            Action::Create => "create",
            Action::Update => "update",
            Action::Replace => "replace",
            Action::Delete => "delete",
            Action::Retain => "retain",
            Action::Adopt => "adopt",
            Action::Forget => "forget",
        }
    }
}

impl ResourceChange {
    /// Returns the properties that will be sent, as they are sent.
    pub fn sent(&self) -> &PropertyMap {
        self.clear.as_ref().map_or(&self.desired, |clear| &clear.0)
    }

    /// Returns true when it deletes a resource: the one that goes, or the one that is replaced.
    pub fn deletes(&self) -> bool {
        match self.action {
            Action::Delete => true,
            Action::Replace => !self.retains(),
            _ => false,
        }
    }

    /// Returns true when a resource stays on AWS that gpb lets go of: the one that goes, or the one that is replaced.
    pub fn retains(&self) -> bool {
        // What ended in a failed state was never finished: it holds nothing.
        let is_ruin = || self.differences.iter().any(|one| one.path.0 == STATE);
        self.action == Action::Retain || (self.action == Action::Replace && self.keep && !is_ruin())
    }

    /// Returns true when apply has anything to do for it: a `moved` alone is written to the state.
    pub fn is_pending(&self) -> bool {
        !matches!(self.action, Action::NoOp | Action::Read) || self.moved_from.is_some()
    }
}

/// The path a [`PropertyDifference`] has when the resource is to live elsewhere.
pub const PLACE: &str = "@place";
/// The path a [`PropertyDifference`] has when another type is declared under the same address.
pub const TYPE: &str = "@type";
/// The path a [`PropertyDifference`] has when AWS deletes the resource with another one, which is made anew.
pub const OWNER: &str = "@owner";
/// The path a [`PropertyDifference`] has when the resource ended in a failed state.
pub const STATE: &str = "@state";

/// One place that differs, by the path to the deepest object that holds it: a list or a document changes as a whole.
///
/// A secret on either side is shown as changed or not, never in clear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PropertyDifference {
    /// The place, in AWS's names.
    pub path: PropPath,
    /// The value that is there; `None` when none is.
    pub before: Option<serde_json::Value>,
    /// The value that is desired; `None` when it is to be removed.
    pub after: Option<PropertyValue>,
    /// Changing it needs a new resource.
    pub forces_replacement: bool,
}
