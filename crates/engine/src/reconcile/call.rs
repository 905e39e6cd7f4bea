//! What every call to the cloud has in common: what can go wrong, trying again, and making news durable.

use super::apply::Run;
use super::events::{Event, ms};
use super::lanes::LaneKey;
use super::outcome::Cause;
use crate::cloud::clock::Clock;
use crate::cloud::retry::Backoff;
use crate::cloud::{CloudError, ErrorKind, Progress, Sink};
use crate::plan::Change;
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
pub enum Trouble {
    /// This resource fails; the others go on.
    Call { cause: Cause, error: CloudError },
    /// The journal cannot be written: nothing more may be begun.
    Fatal(StateError),
}

impl From<StateError> for Trouble {
    fn from(error: StateError) -> Self {
        Trouble::Fatal(error)
    }
}

impl Trouble {
    pub fn refused(cause: Cause, kind: ErrorKind, code: &str, message: String) -> Self {
        Trouble::Call { cause, error: CloudError::new(kind, code, message) }
    }

    pub fn cloud(error: CloudError) -> Self {
        Trouble::Call { cause: Cause::Cloud, error }
    }
}

/// Makes a call's news durable and shows it.
pub struct CallSink<'a> {
    run: &'a Run<'a>,
    address: &'a Address,
    sequence: u64,
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    id: Option<String>,
    fatal: Option<StateError>,
}

impl<'a> CallSink<'a> {
    pub fn new(run: &'a Run<'a>, address: &'a Address, sequence: u64) -> Self {
        Self { run, address, sequence, told: Mutex::default() }
    }

    /// The name the cloud has given, once it has.
    pub fn id(&self) -> Option<String> {
        self.told().id.clone()
    }

    /// # Errors
    /// When news could not be made durable.
    pub fn check(&self) -> Result<(), Trouble> {
        self.told().fatal.take().map_or(Ok(()), |error| Err(Trouble::Fatal(error)))
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for CallSink<'_> {
    fn progress(&self, progress: Progress) -> Result<(), CloudError> {
        let address = self.address.clone();
        match progress {
            Progress::Identified { id } => {
                if self.told().id.as_ref() == Some(&id) {
                    return Ok(());
                }
                if let Err(error) = self.run.apply.writer.identified(self.sequence, &id) {
                    let failed = CloudError::new(ErrorKind::Internal, "Journal", error.to_string());
                    self.told().fatal = Some(error);
                    return Err(failed);
                }
                self.told().id = Some(id.clone());
                self.run.apply.events.event(&Event::Identified { address, id });
            }
            Progress::Waiting { for_what, elapsed } => {
                self.run.apply.events.event(&Event::Waiting { address, for_what, elapsed_ms: ms(elapsed) });
            }
        }
        Ok(())
    }
}

impl Run<'_> {
    /// Waits before a call is tried again; the error comes back when it is to be believed.
    pub async fn pause(&self, change: &Change, backoff: &mut Backoff, error: CloudError) -> Result<(), CloudError> {
        let (now, lane) = (self.apply.clock.now(), LaneKey::of(&change.ty, &change.place));
        if error.kind == ErrorKind::Throttled {
            self.lanes().throttled(&lane, now);
        }
        let Some(wait) = backoff.after(error.kind).filter(|_| !self.apply.cancel.is_cancelled()) else {
            return Err(error);
        };
        let turn = self.lanes().reserve(&lane, now.saturating_add(wait));
        let wait = turn.saturating_sub(now);
        let address = change.address.clone();
        self.apply.events.event(&Event::Retrying { address, error: error.clone(), after_ms: ms(wait) });
        match select(pin!(self.apply.clock.sleep(wait)), self.apply.cancel.cancelled()).await {
            Either::Left(_) => Ok(()),
            Either::Right(_) => Err(error),
        }
    }

    /// Calls what changes nothing until it answers or its failure is to be believed.
    pub async fn retry<T, F>(&self, change: &Change, mut call: impl FnMut() -> F) -> Result<T, CloudError>
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

    pub fn succeeded(&self, change: &Change) {
        self.lanes().succeeded(&LaneKey::of(&change.ty, &change.place));
    }

    pub fn since_start(&self) -> Duration {
        self.apply.clock.now().saturating_sub(self.start)
    }
}

/// Calls what changes nothing until it answers or its failure is to be believed; outside of an apply.
pub async fn patiently<T, F>(
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
