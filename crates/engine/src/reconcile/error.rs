//! The error that stops a whole run, as against one that stops a resource.

use crate::state::StateError;
use gpb_base::diag::Diagnostic;
use gpb_model::Address;

/// A run that could not begin or go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The state cannot be read or written.
    #[error(transparent)]
    State(#[from] StateError),
    /// The steps of the plan are not in an order.
    #[error("the changes of this plan wait for each other: {}", path.iter().map(Address::as_str).collect::<Vec<_>>().join(" → "))]
    Cycle {
        /// The changes that wait for each other.
        path: Vec<Address>,
    },
    /// The state has changed since the plan was made.
    #[error("this plan was made for {expected} of the state and the state is {found}")]
    Stale {
        /// The serial and the lineage of the plan.
        expected: String,
        /// The serial and the lineage of the state.
        found: String,
    },
    /// The plan was made without reading the cloud.
    #[error("this plan was made without reading the cloud")]
    Unobserved,
}

impl EngineError {
    /// Returns the error as the user sees it.
    pub fn diagnostic(&self) -> Diagnostic {
        let help = match self {
            Self::State(error) => return error.diagnostic(),
            Self::Cycle { .. } => "this is a fault in gpb; please report it with the plan file",
            Self::Stale { .. } => "run `gpb plan` again: something was applied since",
            Self::Unobserved => "set credentials and run `gpb plan` again, or use `--cloud sim`",
        };
        Diagnostic::error(self.code(), self.to_string()).help(help)
    }

    /// Returns the code of its page.
    pub fn code(&self) -> &'static str {
        match self {
            Self::State(error) => error.code(),
            Self::Cycle { .. } => "GPB7601",
            Self::Stale { .. } => "GPB7602",
            Self::Unobserved => "GPB7603",
        }
    }
}
