//! The progress of one call: makes its news durable and shows it.

use super::events::{EngineEvent, ms};
use super::run::ApplyRun;
use super::step_error::StepError;
use crate::cloud::{CloudError, CloudErrorKind, Progress, ProgressSink};
use crate::state::StateError;
use async_trait::async_trait;
use gpb_model::Address;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Makes a call's news durable and shows it.
pub struct CallSink<'a> {
    run: &'a ApplyRun<'a>,
    address: &'a Address,
    sequence: u64,
    deadline: Duration,
    progress: Mutex<CallProgress>,
}

#[derive(Default)]
struct CallProgress {
    id: Option<String>,
    sent: bool,
    journal_error: Option<StateError>,
}

impl<'a> CallSink<'a> {
    /// Returns the sink of the call that an intent is about.
    pub fn new(run: &'a ApplyRun<'a>, address: &'a Address, sequence: u64) -> Self {
        let deadline = run.apply.clock.now().saturating_add(run.apply.options.step_timeout);
        Self { run, address, sequence, deadline, progress: Mutex::default() }
    }

    /// Returns the moment, by the run's clock, at which the step ends.
    pub fn step_deadline(&self) -> Duration {
        self.deadline
    }

    /// Returns true once the journal holds that the creating call was about to be sent.
    pub fn is_sent(&self) -> bool {
        self.lock_progress().sent
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

    /// Keeps the failure to write the journal, and returns it as the cloud's.
    fn unwritten(&self, error: StateError) -> CloudError {
        let failed = CloudError::new(CloudErrorKind::Internal, "Journal", error.to_string());
        self.lock_progress().journal_error = Some(error);
        failed
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
            Progress::Sending => {
                if !self.is_sent() {
                    self.run.apply.writer.record_sent(self.sequence).await.map_err(|error| self.unwritten(error))?;
                    self.lock_progress().sent = true;
                }
            }
            Progress::Identified { id } => {
                if self.lock_progress().id.as_ref() == Some(&id) {
                    return Ok(());
                }
                self.run.apply.writer.record_id(self.sequence, &id).await.map_err(|error| self.unwritten(error))?;
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

    fn deadline(&self) -> Option<Duration> {
        Some(self.deadline)
    }

    fn has_created(&self, ty: &str, is_it: &dyn Fn(&str) -> bool) -> bool {
        match self.run.apply.writer.creation_tokens(ty) {
            Ok(tokens) => tokens.iter().any(|token| is_it(token)),
            Err(error) => {
                drop(self.unwritten(error));
                false
            }
        }
    }
}
