//! The progress of one call: makes its news durable and shows it.

use super::events::{EngineEvent, ms};
use super::run::ApplyRun;
use super::step_error::StepError;
use crate::cloud::{CloudError, CloudErrorKind, Progress, ProgressSink};
use crate::state::StateError;
use async_trait::async_trait;
use gpb_model::Address;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Makes a call's news durable and shows it.
pub struct CallSink<'a> {
    run: &'a ApplyRun<'a>,
    address: &'a Address,
    sequence: u64,
    progress: Mutex<CallProgress>,
}

#[derive(Default)]
struct CallProgress {
    id: Option<String>,
    journal_error: Option<StateError>,
}

impl<'a> CallSink<'a> {
    /// Returns the sink of the call that an intent is about.
    pub fn new(run: &'a ApplyRun<'a>, address: &'a Address, sequence: u64) -> Self {
        Self { run, address, sequence, progress: Mutex::default() }
    }

    /// Returns the identifier the cloud has given, once it has.
    pub fn id(&self) -> Option<String> {
        self.lock_progress().id.clone()
    }

    /// Checks that all news was made durable.
    ///
    /// # Errors
    /// When some could not.
    pub fn check(&self) -> Result<(), StepError> {
        self.lock_progress().journal_error.take().map_or(Ok(()), |error| Err(StepError::Journal(error)))
    }

    fn lock_progress(&self) -> MutexGuard<'_, CallProgress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ProgressSink for CallSink<'_> {
    async fn progress(&self, progress: Progress) -> Result<(), CloudError> {
        let address = self.address.clone();
        match progress {
            Progress::Identified { id } => {
                if self.lock_progress().id.as_ref() == Some(&id) {
                    return Ok(());
                }
                if let Err(error) = self.run.apply.writer.record_id(self.sequence, &id).await {
                    let failed = CloudError::new(CloudErrorKind::Internal, "Journal", error.to_string());
                    self.lock_progress().journal_error = Some(error);
                    return Err(failed);
                }
                self.lock_progress().id = Some(id.clone());
                tracing::debug!(%address, "identified");
                self.run.apply.events.event(&EngineEvent::Identified { address, id });
            }
            Progress::Waiting { for_what, elapsed } => {
                tracing::trace!(%address, elapsed_ms = ms(elapsed), "wait until ready");
                self.run.apply.events.event(&EngineEvent::Waiting { address, for_what, elapsed_ms: ms(elapsed) });
            }
        }
        Ok(())
    }
}
