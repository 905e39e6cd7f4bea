//! Deletion locks: what makes a cloud refuse a deletion, as far as it can be known before one is tried.

use super::{Properties, ResourceKey};
use gpb_model::PropPath;
use serde::{Deserialize, Serialize};

/// A request for the locks of a resource that a plan deletes.
#[derive(Debug, Clone, Copy)]
pub struct DeletionLockRequest<'a> {
    /// The resource.
    pub key: &'a ResourceKey,
    /// Its properties, as the plan was made from them.
    pub observed: &'a Properties,
    /// Everything that the plan deletes: what it holds of these is no lock.
    pub leaving: &'a [ResourceKey],
}

/// A reason for which the cloud would refuse to delete a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionLock {
    /// The reason as a clause about the resource: `its deletion protection is on`.
    pub reason: String,
    /// The way to be rid of it.
    pub release: LockRelease,
}

/// A way to be rid of a deletion lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockRelease {
    /// gpb turns it off by a call, when it is told that the resource may be lost.
    Call {
        /// The property that the call changes.
        property: PropPath,
    },
    /// A person has to do something first.
    Manual {
        /// The work, as an imperative.
        help: String,
    },
    /// Nobody knows whether there is a lock: it could not be read.
    Unread,
}
