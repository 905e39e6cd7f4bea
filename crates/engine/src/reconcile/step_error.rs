//! The error of one step.

use super::outcome::FailureCause;
use crate::cloud::{CloudError, CloudErrorKind};
use crate::state::StateError;

/// The reason that a step did not succeed.
#[derive(Debug)]
pub enum StepError {
    /// This resource fails; the others go on.
    Call {
        /// The source of the refusal.
        cause: FailureCause,
        /// The failure.
        error: CloudError,
    },
    /// The journal cannot be written: nothing more may be begun.
    Journal(StateError),
}

impl From<StateError> for StepError {
    fn from(error: StateError) -> Self {
        StepError::Journal(error)
    }
}

impl StepError {
    /// Returns the error of a step that gpb refuses itself.
    pub fn refused(cause: FailureCause, kind: CloudErrorKind, code: &str, message: String) -> Self {
        StepError::Call { cause, error: CloudError::new(kind, code, message) }
    }

    /// Returns the error of a call that the cloud refused.
    pub fn cloud(error: CloudError) -> Self {
        StepError::Call { cause: FailureCause::Cloud, error }
    }
}
