//! The steps of a plan: one call to the cloud each, in the order in which they may run.

use serde::{Deserialize, Serialize};

/// A part of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepPhase {
    /// Turns off the deletion protection of what the change deletes; before anything is taken away from it.
    Unprotect,
    /// Creates, updates, adopts, reads or keeps the resource.
    Create,
    /// Deletes the resource; in a replacement before its successor is created.
    Destroy,
    /// Deletes the predecessor of what this change has created (create before destroy: `create_first`).
    DestroyDeposed,
}

impl StepPhase {
    /// Returns the word for it: `create`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unprotect => "unprotect",
            Self::Create => "create",
            Self::Destroy => "destroy",
            Self::DestroyDeposed => "destroy_deposed",
        }
    }
}

/// A step of a plan and what it waits for.
///
/// Steps are kept in an order in which they can be done one by one: a step waits only for earlier ones. A run may do
/// several at once, as long as each starts after all in its `after` have succeeded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// The index of its change in [`Plan::changes`](super::Plan::changes).
    pub change: usize,
    /// The part of the change that it does.
    pub phase: StepPhase,
    /// The indices of the steps that it waits for, ascending.
    pub after: Vec<usize>,
}
