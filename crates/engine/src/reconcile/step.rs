//! One step: which operation a phase of a change is.

use super::run::ApplyRun;
use super::step_error::StepError;
use crate::plan::{Action, ResourceChange, StepPhase};

impl ApplyRun<'_> {
    /// Does one step.
    ///
    /// # Errors
    /// When the cloud refuses it, or the journal cannot be written.
    pub async fn step(&self, change: &ResourceChange, phase: StepPhase) -> Result<(), StepError> {
        match (phase, change.action) {
            (StepPhase::Unprotect, _) => self.turn_off_deletion_locks(change).await,
            (StepPhase::DestroyDeposed, Action::Replace) if change.retains() => match self.deposed(&change.address) {
                Some(address) => self.let_go(&address),
                None => Ok(()),
            },
            (StepPhase::DestroyDeposed, _) => match self.deposed(&change.address) {
                Some(address) => self.delete(change, &address).await,
                None => Ok(()),
            },
            (StepPhase::Destroy, _) => self.delete(change, &change.address).await,
            (StepPhase::Create, Action::Create) => {
                // A record here is that of a resource which was found gone when the plan was made.
                self.forget(&change.address).await?;
                self.create(change).await
            }
            (StepPhase::Create, Action::Replace) => self.create(change).await,
            (StepPhase::Create, Action::Update) => self.update(change).await,
            (StepPhase::Create, Action::Adopt) => self.adopt(change).await,
            (StepPhase::Create, Action::NoOp) => self.record_unchanged(change).await,
            (StepPhase::Create, Action::Read) => self.read(change).await,
            (StepPhase::Create, Action::Retain) => self.let_go(&change.address),
            (StepPhase::Create, Action::Forget | Action::Delete) => self.forget(&change.address).await,
        }
    }
}
