//! Crash recovery: reconciles what an interrupted run left open, before anything else is done.
//!
//! Each open intent is a call that may have been made. The cloud is asked, and the journal is closed by its answer: what
//! exists is taken into the state (to be finished by the next apply, which knows it by its taint), what does not exist
//! was never made or is gone.

use super::call_log::LoggedCall;
use super::create::{only_one, without_secrets};
use super::events::{EngineEvent, EventSink};
use super::outcome::cloud as advice;
use super::refresh::BETWEEN_LOOKS;
use crate::cloud::clock::Clock;
use crate::cloud::retry::{ClockPause, with_retry};
use crate::cloud::{Cloud, CloudError, CloudErrorKind, FindRequest, ObservedResource, ResourceKey};
use crate::plan::without_elements_of;
use crate::secrets::{ScrubbedCloud, SecretScrubber};
use crate::state::{
    Conclusion, Intent, OperationKind, ResourceRecord, SecretKey, StateError, StateWriter, redact, redacted_paths,
};
use futures::StreamExt as _;
use gpb_base::diag::Diagnostic;
use gpb_model::Address;
use std::sync::Arc;
use std::time::Duration;

/// The inputs of a recovery.
#[derive(Clone, Copy)]
pub struct CrashRecovery<'a> {
    /// The state, locked.
    pub writer: &'a dyn StateWriter,
    /// The cloud.
    pub cloud: &'a dyn Cloud,
    /// The time.
    pub clock: &'a dyn Clock,
    /// The receiver of events.
    pub events: &'a dyn EventSink,
    /// The random seed of the waits between tries: any number of 64 bits.
    pub seed: u64,
}

/// The outcome of an open intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntentOutcome {
    /// It was created, and is in the state from now on.
    Created {
        /// Its address.
        address: Address,
        /// Its identifier.
        id: String,
    },
    /// It was not created.
    NotCreated {
        /// Its address.
        address: Address,
    },
    /// It was being changed; how far shows when the cloud is read.
    Changed {
        /// Its address.
        address: Address,
    },
    /// It was deleted.
    Deleted {
        /// Its address.
        address: Address,
    },
    /// It was not deleted.
    NotDeleted {
        /// Its address.
        address: Address,
    },
    /// Nobody can find out now; the intent stays open.
    Open {
        /// Its address.
        address: Address,
        /// The reason.
        error: CloudError,
    },
}

impl IntentOutcome {
    /// Returns why nothing can be applied yet, of an intent that stays open.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        let IntentOutcome::Open { address, error } = self else { return None };
        let help = match error.kind {
            CloudErrorKind::Ambiguous => {
                "find out in AWS which of them it was, delete the others, and run the command again"
            }
            kind => advice(kind).1,
        };
        let message = format!("cannot find out what an interrupted run did to {address}: {error}");
        let help = format!("{help}; `gpb state abandon {address}` gives the change up where nobody can find out");
        Some(Diagnostic::error("GPB7607", message).help(help))
    }

    /// Returns the address of the resource.
    pub fn address(&self) -> &Address {
        match self {
            IntentOutcome::Created { address, .. }
            | IntentOutcome::NotCreated { address }
            | IntentOutcome::Changed { address }
            | IntentOutcome::Deleted { address }
            | IntentOutcome::NotDeleted { address }
            | IntentOutcome::Open { address, .. } => address,
        }
    }

    fn as_str(&self) -> &'static str {
        match self {
            IntentOutcome::Created { .. } => "created",
            IntentOutcome::NotCreated { .. } => "not_created",
            IntentOutcome::Changed { .. } => "changed",
            IntentOutcome::Deleted { .. } => "deleted",
            IntentOutcome::NotDeleted { .. } => "not_deleted",
            IntentOutcome::Open { .. } => "open",
        }
    }

    fn event(&self) -> EngineEvent {
        let (address, what) = match self {
            IntentOutcome::Created { address, id } => (address, format!("it was created: {id}")),
            IntentOutcome::NotCreated { address } => (address, "it was not created".to_owned()),
            IntentOutcome::Changed { address } => (address, "it was being changed".to_owned()),
            IntentOutcome::Deleted { address } => (address, "it was deleted".to_owned()),
            IntentOutcome::NotDeleted { address } => (address, "it was not deleted".to_owned()),
            IntentOutcome::Open { address, error } => (address, format!("not to be found out: {error}")),
        };
        EngineEvent::Settled { address: address.clone(), what }
    }
}

/// Reconciles every open intent, several at a time; the outcomes are in the order the intents were begun.
///
/// # Errors
/// When the state cannot be written.
pub async fn recover(recovery: CrashRecovery<'_>) -> Result<Vec<IntentOutcome>, StateError> {
    let (key, snapshot) = (recovery.writer.key()?, recovery.writer.snapshot()?);
    let scrubber = Arc::new(SecretScrubber::new(key.clone(), &snapshot));
    let cloud = ScrubbedCloud::new(recovery.cloud, Arc::clone(&scrubber));
    let recovery = CrashRecovery { cloud: &cloud, ..recovery };
    let (pending, mut records, scope) = (snapshot.pending, snapshot.resources, snapshot.scope);
    // What was being changed may be read as it shall be before it is ready so.
    for intent in pending.iter().filter(|intent| intent.operation == OperationKind::Update) {
        let record = records.get_mut(&intent.address);
        let is_meant =
            |record: &&mut ResourceRecord| record.tainted.is_none() && Some(&record.id) == intent.id.as_ref();
        if let Some(record) = record.filter(is_meant) {
            *record = record.clone().unfinished("its last change was interrupted".to_owned(), &intent.depends_on);
            recovery.writer.put(record.clone()).await?;
        }
    }
    // What is not there is looked for over seconds; a killed run may have begun dozens.
    let looks = pending.iter().map(|intent| {
        let label = scope.label(&intent.address);
        resolve_intent(recovery, intent, label, &key, &scrubber)
    });
    let mut looks = futures::stream::iter(looks).buffered(MAX_CONCURRENT_LOOKS).zip(futures::stream::iter(&pending));
    let mut settled = Vec::with_capacity(pending.len());
    while let Some((one, intent)) = looks.next().await {
        let one = one?;
        if let IntentOutcome::Deleted { address } = &one
            && let Some(maker) = records.remove(address)
        {
            for record in without_elements_of(&maker, records.values()) {
                records.insert(record.address.clone(), record.clone());
                recovery.writer.put(record).await?;
            }
        }
        recovery.events.event(&one.event());
        let operation = intent.operation.as_str();
        tracing::info!(address = %intent.address, operation, outcome = one.as_str(), "reconciled");
        settled.push(one);
    }
    Ok(settled)
}

/// The number of intents that are looked for at once.
const MAX_CONCURRENT_LOOKS: usize = 32;

async fn resolve_intent(
    recovery: CrashRecovery<'_>,
    intent: &Intent,
    label: String,
    key: &SecretKey,
    scrubber: &SecretScrubber,
) -> Result<IntentOutcome, StateError> {
    let address = intent.address.clone();
    let conclude = async |conclusion, outcome| {
        recovery.writer.conclude(intent.sequence, conclusion, recovery.clock.epoch_ms()).await?;
        Ok(outcome)
    };
    match intent.operation {
        OperationKind::Create => match find_created(recovery, intent, &label).await {
            Ok(Some(observed)) => {
                let id = observed.id.clone();
                let done = Conclusion::Done(Box::new(created(intent, observed, key, scrubber)));
                conclude(done, IntentOutcome::Created { address, id }).await
            }
            Ok(None) => conclude(Conclusion::Abandoned, IntentOutcome::NotCreated { address }).await,
            Err(error) => Ok(IntentOutcome::Open { address, error }),
        },
        OperationKind::Update => conclude(Conclusion::Abandoned, IntentOutcome::Changed { address }).await,
        OperationKind::Delete => match find_deleted(recovery, intent).await {
            Ok(None) => conclude(Conclusion::Deleted, IntentOutcome::Deleted { address }).await,
            Ok(Some(_)) => conclude(Conclusion::Abandoned, IntentOutcome::NotDeleted { address }).await,
            Err(error) => Ok(IntentOutcome::Open { address, error }),
        },
    }
}

/// Finds what an interrupted creation has created.
async fn find_created(
    recovery: CrashRecovery<'_>,
    intent: &Intent,
    label: &str,
) -> Result<Option<ObservedResource>, CloudError> {
    // What was just made may take a moment to show, and a call that was under way when the process died may be carried out
    // later: it is looked for as long as an answer may be late. What the cloud has named existed, so it is looked for longer.
    let looks: &[u64] = if intent.id.is_some() { &[0, 2, 5, 10, 15] } else { &[0, 2, 5, 10] };
    for &wait in looks {
        if wait > 0 {
            recovery.clock.sleep(Duration::from_secs(wait)).await;
        }
        let found = match &intent.id {
            Some(id) => read(recovery, intent, id.clone()).await?,
            // A list may still show what bore the same name and was deleted a moment ago.
            None => match find(recovery, intent, label).await? {
                Some(listed) => read(recovery, intent, listed.id).await?,
                None => None,
            },
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Reads what was being deleted; that it is gone is believed when two reads with time between find nothing.
async fn find_deleted(recovery: CrashRecovery<'_>, intent: &Intent) -> Result<Option<ObservedResource>, CloudError> {
    let id = intent.id.clone().unwrap_or_default();
    let first = read(recovery, intent, id.clone()).await?;
    if first.is_some() {
        return Ok(first);
    }
    recovery.clock.sleep(BETWEEN_LOOKS).await;
    read(recovery, intent, id).await
}

async fn read(
    recovery: CrashRecovery<'_>,
    intent: &Intent,
    id: String,
) -> Result<Option<ObservedResource>, CloudError> {
    let key = ResourceKey { ty: intent.ty.clone(), place: intent.place.clone(), id };
    let read = |attempt| {
        let logged = LoggedCall { operation: "read", ty: &key.ty, place: &key.place, attempt };
        logged.run(recovery.clock, recovery.cloud.read(&key))
    };
    with_retry(ClockPause::new(recovery.clock, recovery.seed, &intent.token), read).await
}

async fn find(
    recovery: CrashRecovery<'_>,
    intent: &Intent,
    label: &str,
) -> Result<Option<ObservedResource>, CloudError> {
    let matching = without_secrets(&intent.desired);
    let (ty, place) = (&intent.ty, &intent.place);
    let find = |attempt| {
        let token = Some(intent.token.as_str());
        let (label, sent) = (Some(label), intent.sent);
        let find = recovery.cloud.find(FindRequest { ty, place, matching: &matching, token, label, sent });
        LoggedCall { operation: "find", ty, place, attempt }.run(recovery.clock, find)
    };
    only_one(ty, with_retry(ClockPause::new(recovery.clock, recovery.seed, &intent.token), find).await?)
}

fn created(intent: &Intent, observed: ObservedResource, key: &SecretKey, scrubber: &SecretScrubber) -> ResourceRecord {
    let properties = redact(&observed.properties, &redacted_paths(&intent.desired), key);
    ResourceRecord {
        address: intent.address.clone(),
        ty: intent.ty.clone(),
        place: intent.place.clone(),
        id: observed.id,
        observed: scrubber.properties(&properties, None).into(),
        applied: intent.desired.clone().into(),
        depends_on: intent.depends_on.clone(),
        layer: intent.layer.clone(),
        protect: None,
        tainted: Some("its creation was interrupted".to_owned()),
        failed: false,
        changing: false,
        keep: intent.keep,
        watched: serde_json::Map::new(),
    }
}
