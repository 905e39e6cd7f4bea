//! What stops a whole run, as against what stops one resource.

use crate::state::StateError;
use gpb_base::diag::Diagnostic;
use gpb_model::Address;

/// A run that could not begin or go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error("the changes of this plan wait for each other: {}", path.iter().map(Address::as_str).collect::<Vec<_>>().join(" → "))]
    Cycle { path: Vec<Address> },
    #[error("this plan was made for {expected} of the state and the state is {found}")]
    Stale { expected: String, found: String },
    #[error("this plan was made without reading the cloud")]
    Unobserved,
}

impl EngineError {
    /// The error as the user is told of it.
    pub fn diagnostic(&self) -> Diagnostic {
        let help = match self {
            Self::State(error) => return error.diagnostic(),
            Self::Cycle { .. } => "this is a fault in gpb; please report it with the plan file",
            Self::Stale { .. } => "run `gpb plan` again: something was applied since",
            Self::Unobserved => "set credentials and run `gpb plan` again, or use `--cloud sim`",
        };
        Diagnostic::error(self.code(), self.to_string()).help(help)
    }

    pub fn code(&self) -> &'static str {
        match self {
            Self::State(error) => error.code(),
            Self::Cycle { .. } => "GPB7601",
            Self::Stale { .. } => "GPB7602",
            Self::Unobserved => "GPB7603",
        }
    }
}
