//! Settles what an interrupted run left open, before anything else is done.
//!
//! Each open intent is a call that may have been made. The cloud is asked, and the journal is closed by its answer: what
//! exists is taken into the state (to be finished by the next apply, which knows it by its taint), what does not exist
//! was never made or is gone.

use super::call::patiently;
use super::create::{several, without_secrets};
use super::events::{Event, Events};
use super::outcome::cloud as advice;
use crate::cloud::clock::Clock;
use crate::cloud::{Cloud, CloudError, Find, Observed, ResourceKey};
use crate::state::{Conclusion, Intent, Operation, Record, SecretKey, StateError, Writer, redact, redacted_paths};
use gpb_base::diag::Diagnostic;
use gpb_model::Address;
use std::time::Duration;

/// What settling needs.
#[derive(Clone, Copy)]
pub struct Recovery<'a> {
    pub writer: &'a dyn Writer,
    pub cloud: &'a dyn Cloud,
    pub clock: &'a dyn Clock,
    pub events: &'a dyn Events,
    /// Decides the waits between tries.
    pub seed: u64,
}

/// What became of an open intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It was created, and is in the state from now on.
    Created {
        address: Address,
        id: String,
    },
    /// It was not created.
    NotCreated {
        address: Address,
    },
    /// How far it was changed shows when the cloud is read.
    Changed {
        address: Address,
    },
    Deleted {
        address: Address,
    },
    NotDeleted {
        address: Address,
    },
    /// Not to be found out now; the intent stays open.
    Open {
        address: Address,
        error: CloudError,
    },
}

impl Settled {
    /// For an intent that stays open: why nothing can be applied yet.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        let Settled::Open { address, error } = self else { return None };
        let (_, help) = advice(error.kind);
        let message = format!("cannot find out what an interrupted run did to {address}: {error}");
        Some(Diagnostic::error("GPB7607", message).help(help))
    }

    fn tell(&self) -> Event {
        let (address, what) = match self {
            Settled::Created { address, id } => (address, format!("it was created: {id}")),
            Settled::NotCreated { address } => (address, "it was not created".to_owned()),
            Settled::Changed { address } => (address, "it was being changed".to_owned()),
            Settled::Deleted { address } => (address, "it was deleted".to_owned()),
            Settled::NotDeleted { address } => (address, "it was not deleted".to_owned()),
            Settled::Open { address, error } => (address, format!("not to be found out: {error}")),
        };
        Event::Settled { address: address.clone(), what }
    }
}

/// Settles every open intent, in the order they were begun.
///
/// # Errors
/// When the state cannot be written.
pub async fn recover(recovery: Recovery<'_>) -> Result<Vec<Settled>, StateError> {
    let key = recovery.writer.key()?;
    let mut settled = Vec::new();
    for intent in recovery.writer.snapshot()?.pending {
        let one = settle(recovery, &intent, &key).await?;
        recovery.events.event(&one.tell());
        settled.push(one);
    }
    Ok(settled)
}

async fn settle(recovery: Recovery<'_>, intent: &Intent, key: &SecretKey) -> Result<Settled, StateError> {
    let address = intent.address.clone();
    let conclude =
        |conclusion| recovery.writer.conclude(intent.sequence, conclusion, recovery.clock.epoch_ms()).map(drop);
    match intent.operation {
        Operation::Create => match created(recovery, intent).await {
            Ok(Some(observed)) => {
                let id = observed.id.clone();
                conclude(Conclusion::Done(Box::new(record(intent, observed, key))))?;
                Ok(Settled::Created { address, id })
            }
            Ok(None) => conclude(Conclusion::Abandoned).map(|()| Settled::NotCreated { address }),
            Err(error) => Ok(Settled::Open { address, error }),
        },
        Operation::Update => conclude(Conclusion::Abandoned).map(|()| Settled::Changed { address }),
        Operation::Delete => match read(recovery, intent, intent.id.clone().unwrap_or_default()).await {
            Ok(None) => conclude(Conclusion::Deleted).map(|()| Settled::Deleted { address }),
            Ok(Some(_)) => conclude(Conclusion::Abandoned).map(|()| Settled::NotDeleted { address }),
            Err(error) => Ok(Settled::Open { address, error }),
        },
    }
}

/// What an interrupted creation has made.
async fn created(recovery: Recovery<'_>, intent: &Intent) -> Result<Option<Observed>, CloudError> {
    // What was just made may take a moment to show: one look that finds nothing is not believed.
    for wait in [0, 2, 5] {
        if wait > 0 {
            recovery.clock.sleep(Duration::from_secs(wait)).await;
        }
        let found = match &intent.id {
            Some(id) => read(recovery, intent, id.clone()).await?,
            None => find(recovery, intent).await?,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

async fn read(recovery: Recovery<'_>, intent: &Intent, id: String) -> Result<Option<Observed>, CloudError> {
    let key = ResourceKey { ty: intent.ty.clone(), place: intent.place.clone(), id };
    patiently(recovery.clock, recovery.seed, &intent.token, || recovery.cloud.read(&key)).await
}

async fn find(recovery: Recovery<'_>, intent: &Intent) -> Result<Option<Observed>, CloudError> {
    let matching = without_secrets(&intent.desired);
    let find = || {
        let token = Some(intent.token.as_str());
        recovery.cloud.find(Find { ty: &intent.ty, place: &intent.place, matching: &matching, token })
    };
    let mut found = patiently(recovery.clock, recovery.seed, &intent.token, find).await?;
    match (found.pop(), found.len()) {
        (found, 0) => Ok(found),
        (_, others) => Err(several(&intent.ty, others + 1)),
    }
}

fn record(intent: &Intent, observed: Observed, key: &SecretKey) -> Record {
    Record {
        address: intent.address.clone(),
        ty: intent.ty.clone(),
        place: intent.place.clone(),
        id: observed.id,
        observed: redact(&observed.properties, &redacted_paths(&intent.desired), key),
        applied: intent.desired.clone(),
        depends_on: intent.depends_on.clone(),
        layer: intent.layer.clone(),
        protect: None,
        tainted: Some("its creation was interrupted".to_owned()),
    }
}
