//! Deletion locks on the cloud: reading them for a plan, and turning them off as a step of a run.

use super::call_log::LoggedCall;
use super::intent::CallEnd;
use super::run::ApplyRun;
use super::step_error::StepError;
use crate::cloud::clock::Clock;
use crate::cloud::deletion_locks::{DeletionLock, DeletionLockRequest, LockRelease};
use crate::cloud::retry::{ClockPause, RetryPause as _, with_retry};
use crate::cloud::{Cloud, CloudError, CloudErrorKind, ObservedResource, Properties, ResourceKey};
use crate::plan::{Observation, Plan, ResourceChange, deleted_resources};
use crate::state::{NewIntent, OperationKind, ResourceRecord, StateSnapshot, redact, redacted_paths};
use futures::stream::{self, StreamExt as _};
use gpb_model::Address;
use std::collections::BTreeMap;

/// The inputs of reading deletion locks.
#[derive(Clone, Copy)]
pub struct LockReader<'a> {
    /// The cloud.
    pub cloud: &'a dyn Cloud,
    /// The time.
    pub clock: &'a dyn Clock,
    /// The random seed of the waits between tries: any number of 64 bits.
    pub seed: u64,
}

/// The number of resources that are asked for at once.
const AT_ONCE: usize = 32;

/// Reads the locks of everything that a plan deletes; addresses without any are left out.
pub async fn read_deletion_locks(
    reader: LockReader<'_>,
    plan: &Plan,
    snapshot: &StateSnapshot,
    observation: &Observation,
) -> BTreeMap<Address, Vec<DeletionLock>> {
    let deleted = deleted_resources(plan, snapshot, observation);
    let leaving: Vec<ResourceKey> = deleted.values().map(|(key, _)| key.clone()).collect();
    let leaving = leaving.as_slice();
    let reads: Vec<_> = deleted
        .into_iter()
        .map(|(address, (key, observed))| async move {
            (address.clone(), reader.locks(address, &key, observed, leaving).await)
        })
        .collect();
    let read: Vec<_> = stream::iter(reads).buffered(AT_ONCE).collect().await;
    read.into_iter().filter(|(_, locks)| !locks.is_empty()).collect()
}

impl LockReader<'_> {
    async fn locks(
        self,
        address: &Address,
        key: &ResourceKey,
        observed: &Properties,
        leaving: &[ResourceKey],
    ) -> Vec<DeletionLock> {
        let read = |attempt| {
            let logged = LoggedCall { operation: "deletion_locks", ty: &key.ty, place: &key.place, attempt };
            logged.run(self.clock, self.cloud.deletion_locks(DeletionLockRequest { key, observed, leaving }))
        };
        match with_retry(ClockPause::new(self.clock, self.seed, address.as_str()), read).await {
            Ok(locks) => locks,
            Err(error) if error.kind == CloudErrorKind::NotFound => Vec::new(),
            Err(error) => {
                let reason = format!("what would prevent its deletion could not be read ({error})");
                vec![DeletionLock { reason, release: LockRelease::Unread }]
            }
        }
    }
}

impl ApplyRun<'_> {
    /// Turns off the deletion locks of what a change deletes.
    ///
    /// # Errors
    /// When the cloud refuses it, or the journal cannot be written.
    pub async fn turn_off_deletion_locks(&self, change: &ResourceChange) -> Result<(), StepError> {
        let record = self.record_of(change)?;
        let open = self
            .begin(
                &change.address,
                NewIntent {
                    address: change.address.clone(),
                    ty: record.ty.clone(),
                    place: record.place.clone(),
                    operation: OperationKind::Update,
                    id: Some(record.id.clone()),
                    desired: Properties::new(),
                    depends_on: record.depends_on.clone(),
                    layer: record.layer.clone(),
                    keep: record.keep,
                    started_ms: self.apply.clock.epoch_ms(),
                },
            )
            .await?;
        let key = ResourceKey { ty: record.ty.clone(), place: record.place.clone(), id: record.id.clone() };
        let mut pauses = self.pauses(change, &open);
        let mut attempt = 1;
        let end = loop {
            // It says what shall be, so a lost answer needs no other care than another try.
            let logged = LoggedCall { operation: "turn_off_deletion_locks", ty: &key.ty, place: &key.place, attempt };
            let call = self.apply.cloud.turn_off_deletion_locks(&key, &open.intent.token, &open.sink);
            let error = match logged.run(self.apply.clock, call).await {
                Ok(Some(observed)) => {
                    break CallEnd::Done(Box::new(self.unlocked(change, record, &observed)), observed);
                }
                Ok(None) => break CallEnd::Deleted,
                Err(error) if error.kind == CloudErrorKind::NotFound => match self.is_there(change, &key).await {
                    Ok(false) => break CallEnd::Deleted,
                    Ok(true) => CloudError { kind: CloudErrorKind::NotReady, ..error },
                    Err(unread) => break refused(unread),
                },
                Err(error) => error,
            };
            match pauses.pause(error).await {
                Ok(()) => attempt += 1,
                Err(error) => break refused(error),
            }
        };
        open.close(end).await
    }

    /// Returns the record of a resource whose locks are off: what they stood in counts as applied so.
    fn unlocked(&self, change: &ResourceChange, record: ResourceRecord, observed: &ObservedResource) -> ResourceRecord {
        let mut applied = record.applied;
        for lock in &change.deletion_locks {
            let LockRelease::Call { property } = &lock.release else { continue };
            if let (true, Some(value)) =
                (applied.contains_key(property.head()), observed.properties.get(property.head()))
            {
                applied.insert(property.head().to_owned(), value.clone());
            }
        }
        let properties = redact(&observed.properties, &redacted_paths(&applied), &self.key);
        let properties = self.scrubber.properties(&properties, Some(&change.desired));
        let applied = self.scrubber.properties(&applied, Some(&change.desired)).into();
        ResourceRecord { observed: properties.into(), applied, ..record }
    }
}

fn refused(error: CloudError) -> CallEnd {
    if error.kind == CloudErrorKind::Ambiguous {
        CallEnd::Unsettled(error)
    } else {
        CallEnd::Failed { error, left: None }
    }
}
