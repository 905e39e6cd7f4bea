//! The outcome of a plan.

use crate::cloud::{CloudError, CloudErrorKind};
use crate::plan::Action;
use gpb_base::diag::Diagnostic;
use gpb_model::Address;
use serde::Serialize;
use std::collections::BTreeMap;

/// The outcome of a plan; each change with something to do is in one of the three lists.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ApplyOutcome {
    /// The changes that are done, in that order.
    pub done: Vec<CompletedChange>,
    /// The changes that failed.
    pub failed: Vec<FailedChange>,
    /// The changes that were not begun.
    pub skipped: Vec<SkippedChange>,
    /// True when the run was stopped before its end.
    pub cancelled: bool,
    /// The outputs as they are now, without secret ones.
    pub outputs: BTreeMap<String, serde_json::Value>,
}

/// A change that is done.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CompletedChange {
    /// The address of the resource.
    pub address: Address,
    /// The action of the change.
    pub action: Action,
    /// The time it took, in milliseconds.
    pub elapsed_ms: u64,
}

/// A change that failed for good.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FailedChange {
    /// The address of the resource.
    pub address: Address,
    /// The type, in gpb's name.
    #[serde(rename = "type")]
    pub ty: String,
    /// The action of the change.
    pub action: Action,
    /// The source of the refusal.
    pub cause: FailureCause,
    /// The failure.
    pub error: CloudError,
}

/// The cause of a failure: who refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// The cloud.
    Cloud,
    /// An unknown of its properties could not be filled in.
    Unresolved,
    /// A secret could not be read.
    Secret,
    /// With its unknowns filled in, it is not what the catalog allows.
    Refused,
    /// Nobody knows whether it was carried out; the next run finds out before it does anything else.
    Unsettled,
}

/// A change that was not begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkippedChange {
    /// The address of the resource.
    pub address: Address,
    /// The action of the change.
    pub action: Action,
    /// The resource whose failure stopped this one; absent when the run was stopped.
    pub because: Option<Address>,
}

impl FailureCause {
    /// Returns the word for it, as in JSON: `cloud`.
    pub fn as_str(self) -> &'static str {
        match self {
            FailureCause::Cloud => "cloud",
            FailureCause::Unresolved => "unresolved",
            FailureCause::Secret => "secret",
            FailureCause::Refused => "refused",
            FailureCause::Unsettled => "unsettled",
        }
    }
}

impl ApplyOutcome {
    /// Returns true when every change is done.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.skipped.is_empty()
    }

    /// Returns one diagnostic a failure.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.failed.iter().map(FailedChange::diagnostic).collect()
    }
}

impl FailedChange {
    /// Returns the failure as the user sees it.
    pub fn diagnostic(&self) -> Diagnostic {
        let verb = self.action.as_str();
        let request = self.error.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default();
        let message = format!("cannot {verb} {} ({}): {}{request}", self.address, self.ty, self.error);
        let (code, help) = match self.cause {
            FailureCause::Cloud => cloud(self.error.kind),
            FailureCause::Unresolved => ("GPB7604", "what it refers to has to exist and give that property back"),
            FailureCause::Secret => ("GPB7605", "set the secret where the declaration reads it from, and apply again"),
            FailureCause::Refused => {
                ("GPB7606", "a value known only now does not fit the property; change what it is made from")
            }
            FailureCause::Unsettled => {
                ("GPB7506", "run `gpb apply` again: it first finds out whether the change was made")
            }
        };
        Diagnostic::error(code, message).help(help)
    }
}

/// Returns the code of a cloud's refusal, and what can be done about it.
pub(super) fn cloud(kind: CloudErrorKind) -> (&'static str, &'static str) {
    match kind {
        CloudErrorKind::NotFound => ("GPB8001", "it was deleted behind gpb's back: plan again"),
        CloudErrorKind::AlreadyExists => (
            "GPB8002",
            "choose another name, or read the other one with `existing`; gpb adopts nothing it did not create",
        ),
        CloudErrorKind::Throttled => {
            ("GPB8003", "the service kept refusing for its rate; apply again later or ask for a higher quota")
        }
        CloudErrorKind::Conflict => {
            ("GPB8004", "something still uses it or changes it; when that has ended, apply again")
        }
        CloudErrorKind::NotReady => ("GPB8005", "what it depends on did not become visible in time; apply again"),
        CloudErrorKind::Denied => ("GPB8006", "give the credentials the permission the message names"),
        CloudErrorKind::Invalid => ("GPB8007", "change the declaration as the message says"),
        CloudErrorKind::Quota => ("GPB8008", "raise the quota it names, or ask for less"),
        CloudErrorKind::Unavailable => ("GPB8009", "the service did not work; apply again later"),
        CloudErrorKind::Ambiguous => ("GPB8010", "apply again: gpb first finds out whether the change was made"),
        CloudErrorKind::TimedOut => {
            ("GPB8013", "look at it in AWS's console; `gpb apply` goes on waiting, and replaces it if it has failed")
        }
        CloudErrorKind::FailedState => {
            ("GPB8014", "mend what the message names; the next `gpb apply` replaces what was being created")
        }
        CloudErrorKind::Differs => {
            ("GPB8015", "write the value as AWS shows it, or mend what keeps AWS from taking it, and apply again")
        }
        CloudErrorKind::Unsupported => {
            ("GPB8011", "this build has no way to reach the type; build with its service's feature")
        }
        CloudErrorKind::Internal => ("GPB8012", "see the message; nothing is lost, and `gpb apply` goes on from here"),
    }
}
