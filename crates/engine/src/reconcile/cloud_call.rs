//! What every call to the cloud has in common: what can go wrong, trying again, and making news durable.

use super::apply::ApplyRun;
use super::events::{EngineEvent, ms};
use super::outcome::FailureCause;
use super::rate_limiter::BucketKey;
use crate::cloud::clock::Clock;
use crate::cloud::retry::Backoff;
use crate::cloud::{CloudError, CloudErrorKind, Progress, ProgressSink};
use crate::plan::ResourceChange;
use crate::state::StateError;
use futures::future::{Either, select};
use gpb_model::Address;
use sha2::{Digest as _, Sha256};
use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Why a step did not succeed.
#[derive(Debug)]
pub enum StepError {
    /// This resource fails; the others go on.
    Call { cause: FailureCause, error: CloudError },
    /// The journal cannot be written: nothing more may be begun.
    Journal(StateError),
}

impl From<StateError> for StepError {
    fn from(error: StateError) -> Self {
        StepError::Journal(error)
    }
}

impl StepError {
    pub fn refused(cause: FailureCause, kind: CloudErrorKind, code: &str, message: String) -> Self {
        StepError::Call { cause, error: CloudError::new(kind, code, message) }
    }

    pub fn cloud(error: CloudError) -> Self {
        StepError::Call { cause: FailureCause::Cloud, error }
    }
}

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
    pub fn new(run: &'a ApplyRun<'a>, address: &'a Address, sequence: u64) -> Self {
        Self { run, address, sequence, progress: Mutex::default() }
    }

    /// The name the cloud has given, once it has.
    pub fn id(&self) -> Option<String> {
        self.lock_progress().id.clone()
    }

    /// # Errors
    /// When news could not be made durable.
    pub fn check(&self) -> Result<(), StepError> {
        self.lock_progress().journal_error.take().map_or(Ok(()), |error| Err(StepError::Journal(error)))
    }

    fn lock_progress(&self) -> std::sync::MutexGuard<'_, CallProgress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProgressSink for CallSink<'_> {
    fn progress(&self, progress: Progress) -> Result<(), CloudError> {
        let address = self.address.clone();
        match progress {
            Progress::Identified { id } => {
                if self.lock_progress().id.as_ref() == Some(&id) {
                    return Ok(());
                }
                if let Err(error) = self.run.apply.writer.record_id(self.sequence, &id) {
                    let failed = CloudError::new(CloudErrorKind::Internal, "Journal", error.to_string());
                    self.lock_progress().journal_error = Some(error);
                    return Err(failed);
                }
                self.lock_progress().id = Some(id.clone());
                self.run.apply.events.event(&EngineEvent::Identified { address, id });
            }
            Progress::Waiting { for_what, elapsed } => {
                self.run.apply.events.event(&EngineEvent::Waiting { address, for_what, elapsed_ms: ms(elapsed) });
            }
        }
        Ok(())
    }
}

impl ApplyRun<'_> {
    /// Waits before a call is tried again; the error comes back when it is to be believed.
    pub async fn pause(
        &self,
        change: &ResourceChange,
        backoff: &mut Backoff,
        error: CloudError,
    ) -> Result<(), CloudError> {
        let (now, bucket) = (self.apply.clock.now(), BucketKey::new(&change.ty, &change.place));
        if error.kind == CloudErrorKind::Throttled {
            self.rate_limiter().throttled(&bucket, now);
        }
        let Some(wait) = backoff.after(error.kind).filter(|_| !self.apply.cancel.is_cancelled()) else {
            return Err(error);
        };
        let turn = self.rate_limiter().reserve(&bucket, now.saturating_add(wait));
        let wait = turn.saturating_sub(now);
        let address = change.address.clone();
        self.apply.events.event(&EngineEvent::Retrying { address, error: error.clone(), after_ms: ms(wait) });
        match select(pin!(self.apply.clock.sleep(wait)), self.apply.cancel.cancelled()).await {
            Either::Left(_) => Ok(()),
            Either::Right(_) => Err(error),
        }
    }

    /// Calls what changes nothing until it answers or its failure is to be believed.
    pub async fn retry<T, F>(&self, change: &ResourceChange, mut call: impl FnMut() -> F) -> Result<T, CloudError>
    where
        F: Future<Output = Result<T, CloudError>>,
    {
        let mut backoff = self.backoff(change.address.as_str());
        loop {
            match call().await {
                Ok(value) => return Ok(value),
                Err(error) => self.pause(change, &mut backoff, error).await?,
            }
        }
    }

    /// The waits of one call: another course for each call and each seed.
    pub fn backoff(&self, subject: &str) -> Backoff {
        Backoff::new(seed(self.apply.options.seed, subject))
    }

    pub fn succeeded(&self, change: &ResourceChange) {
        self.rate_limiter().succeeded(&BucketKey::new(&change.ty, &change.place));
    }

    pub fn since_start(&self) -> Duration {
        self.apply.clock.now().saturating_sub(self.start)
    }
}

/// Calls what changes nothing until it answers or its failure is to be believed; outside of an apply.
pub async fn with_retry<T, F>(
    clock: &dyn Clock,
    seed_of_run: u64,
    subject: &str,
    mut call: impl FnMut() -> F,
) -> Result<T, CloudError>
where
    F: Future<Output = Result<T, CloudError>>,
{
    let mut backoff = Backoff::new(seed(seed_of_run, subject));
    loop {
        let error = match call().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        match backoff.after(error.kind) {
            Some(wait) => clock.sleep(wait).await,
            None => return Err(error),
        }
    }
}

pub fn seed(seed: u64, subject: &str) -> u64 {
    let hash = Sha256::digest(format!("{seed} {subject}").as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(hash.get(..8).unwrap_or(&[0; 8]));
    u64::from_be_bytes(bytes)
}
