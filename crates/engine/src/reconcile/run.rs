//! A run: what it is given, and what its steps share.

use super::cancel::CancelToken;
use super::error::EngineError;
use super::events::EventSink;
use super::rate_limiter::{BucketKey, RateLimiter};
use super::step_error::StepError;
use crate::cloud::clock::Clock;
use crate::cloud::{Cloud, ObservedResource, TypeSource};
use crate::plan::{Action, Plan, ResourceChange, without_elements_of};
use crate::secrets::SecretScrubber;
use crate::state::{Conclusion, Durations, ResourceRecord, SecretKey, StateSnapshot, StateWriter};
use crate::unknown::CallFunctions;
use gpb_model::Address;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Everything a run needs.
#[derive(Clone, Copy)]
pub struct Apply<'a> {
    /// The plan to apply.
    pub plan: &'a Plan,
    /// The state, locked.
    pub writer: &'a dyn StateWriter,
    /// The cloud.
    pub cloud: &'a dyn Cloud,
    /// The resource types.
    pub types: &'a dyn TypeSource,
    /// Computes the calls that had to wait for their arguments.
    pub functions: &'a CallFunctions,
    /// The environment variables secrets are read from.
    pub environment: &'a (dyn Fn(&str) -> Option<String> + Send + Sync),
    /// The time.
    pub clock: &'a dyn Clock,
    /// The receiver of events.
    pub events: &'a dyn EventSink,
    /// The request to stop.
    pub cancel: &'a CancelToken,
    /// The settings of the run.
    pub options: &'a ApplyOptions,
}

/// The settings of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct ApplyOptions {
    /// The random seed of the waits between tries: any number of 64 bits.
    pub seed: u64,
    /// The number of steps that may run at once: what memory and sockets bear, not how much work is done at a time.
    pub in_flight: usize,
    /// The durations of earlier operations, for the order of work.
    pub durations: Durations,
    /// The longest time one step may take, its retries and waits included.
    pub step_timeout: Duration,
    /// The time for which a read may still show what was there before a change.
    pub consistency_timeout: Duration,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        // The longest documented waits are of about two hours: a cluster of brokers, a restored database.
        Self {
            seed: 0,
            in_flight: 256,
            durations: Durations::new(),
            step_timeout: Duration::from_hours(3),
            consistency_timeout: Duration::from_mins(2),
        }
    }
}

/// A run: what all its steps share.
pub(super) struct ApplyRun<'a> {
    /// The inputs it was given.
    pub apply: Apply<'a>,
    /// The key of the secret hashes.
    pub key: SecretKey,
    /// The secrets of this run, and how to take them out of what comes back.
    pub scrubber: Arc<SecretScrubber>,
    /// The time it began, by its clock.
    pub start: Duration,
    /// The outputs before it.
    pub outputs_before: BTreeMap<String, serde_json::Value>,
    /// The addresses this plan deletes.
    leaving: BTreeSet<Address>,
    /// The changes of the plan by address.
    changes: BTreeMap<&'a Address, &'a ResourceChange>,
    shared: Mutex<RunState>,
}

#[derive(Default)]
struct RunState {
    records: BTreeMap<Address, ResourceRecord>,
    /// The resources as this run has seen them; with their secrets, so this stays in memory.
    seen: BTreeMap<Address, ObservedResource>,
    /// By address, the one its predecessor was deposed to.
    deposed: BTreeMap<Address, Address>,
    /// By address, the time at which this run last created or changed it.
    changed_at: BTreeMap<Address, Duration>,
    /// By address, the time at which this run deleted what was there.
    deleted_at: BTreeMap<Address, Duration>,
    rate_limiter: RateLimiter,
}

impl<'a> ApplyRun<'a> {
    /// Begins a run.
    ///
    /// # Errors
    /// When the state has no key of secret hashes.
    pub fn new(apply: Apply<'a>, snapshot: StateSnapshot, scrubber: Arc<SecretScrubber>) -> Result<Self, EngineError> {
        let shared = RunState { records: snapshot.resources, ..RunState::default() };
        let leaving = apply.plan.changes.iter().filter(|change| change.action == Action::Delete);
        Ok(Self {
            leaving: leaving.map(|change| change.address.clone()).collect(),
            changes: apply.plan.changes.iter().map(|change| (&change.address, change)).collect(),
            key: apply.writer.key()?,
            scrubber,
            start: apply.clock.now(),
            outputs_before: snapshot.outputs,
            shared: Mutex::new(shared),
            apply,
        })
    }

    fn shared(&self) -> MutexGuard<'_, RunState> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the rate limiter.
    pub fn rate_limiter(&self) -> impl std::ops::DerefMut<Target = RateLimiter> + '_ {
        RateLimiterGuard(self.shared())
    }

    /// Returns a resource as observed, if this run has seen it.
    pub fn output(&self, address: &Address) -> Option<ObservedResource> {
        self.shared().seen.get(address).cloned()
    }

    /// Keeps what was observed of a resource.
    pub fn record_observation(&self, address: &Address, observed: ObservedResource) {
        self.shared().seen.insert(address.clone(), observed);
    }

    /// Returns the record at an address.
    pub fn record_at(&self, address: &Address) -> Option<ResourceRecord> {
        self.shared().records.get(address).cloned()
    }

    /// Returns the identifier of the record at an address.
    pub fn id_at(&self, address: &Address) -> Option<String> {
        self.shared().records.get(address).map(|record| record.id.clone())
    }

    /// Drops a record from what this run knows.
    pub fn drop_record(&self, address: &Address) {
        self.shared().records.remove(address);
    }

    /// Writes a record that no call made.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn put(&self, record: ResourceRecord, observed: ObservedResource) -> Result<(), StepError> {
        self.apply.writer.put(record.clone()).await?;
        let mut shared = self.shared();
        shared.seen.insert(record.address.clone(), observed);
        shared.records.insert(record.address.clone(), record);
        Ok(())
    }

    /// Closes an intent, in the state and in what this run knows.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn conclude(
        &self,
        address: &Address,
        sequence: u64,
        conclusion: Conclusion,
        observed: Option<ObservedResource>,
    ) -> Result<(), StepError> {
        let concluded = self.apply.writer.conclude(sequence, conclusion.clone(), self.apply.clock.epoch_ms()).await?;
        if matches!(conclusion, Conclusion::Done(_) | Conclusion::Deleted) {
            self.forget_elements(address).await?;
        }
        let now = self.apply.clock.now();
        let mut shared = self.shared();
        if matches!(conclusion, Conclusion::Done(_)) {
            shared.changed_at.insert(address.clone(), now);
        }
        match conclusion {
            Conclusion::Done(record) | Conclusion::Failed { left: Some(record), .. } => {
                if let Some(to) = concluded.deposed {
                    if let Some(old) = shared.records.remove(address) {
                        shared.records.insert(to.clone(), ResourceRecord { address: to.clone(), ..old });
                    }
                    shared.deposed.insert(address.clone(), to);
                }
                shared.records.insert(address.clone(), *record);
                if let Some(observed) = observed {
                    shared.seen.insert(address.clone(), observed);
                }
            }
            Conclusion::Deleted => {
                shared.deleted_at.insert(address.clone(), now);
                shared.records.remove(address);
                shared.seen.remove(address);
            }
            Conclusion::Failed { left: None, .. } | Conclusion::Abandoned => {}
        }
        Ok(())
    }

    /// Returns the change at an address.
    pub fn change_at(&self, address: &Address) -> Option<&'a ResourceChange> {
        self.changes.get(address).copied()
    }

    /// Takes what the resource at an address had put into the lists of others out of their last readings.
    async fn forget_elements(&self, address: &Address) -> Result<(), StepError> {
        let forgotten = {
            let mut shared = self.shared();
            let Some(maker) = shared.records.get(address) else { return Ok(()) };
            let forgotten = without_elements_of(maker, shared.records.values());
            shared.records.extend(forgotten.iter().map(|record| (record.address.clone(), record.clone())));
            forgotten
        };
        for record in forgotten {
            self.apply.writer.put(record).await?;
        }
        Ok(())
    }

    /// Returns what generated physical names begin with: `shop-sandbox-data-main`.
    pub fn label(&self, address: &Address) -> String {
        self.apply.plan.scope.label(address)
    }

    /// Returns what a resource is built on: of what its change waits for, all that stays.
    pub fn remaining_dependencies(&self, change: &ResourceChange) -> Vec<Address> {
        change.depends_on.iter().filter(|address| !self.leaving.contains(*address)).cloned().collect()
    }

    /// Returns the time at which this run last created or changed a resource, by its clock.
    pub fn changed_at(&self, address: &Address) -> Option<Duration> {
        self.shared().changed_at.get(address).copied()
    }

    /// Returns the time at which this run deleted what was at an address, by its clock.
    pub fn deleted_at(&self, address: &Address) -> Option<Duration> {
        self.shared().deleted_at.get(address).copied()
    }

    /// Returns the address that the predecessor of a replaced resource was deposed to.
    pub fn deposed(&self, address: &Address) -> Option<Address> {
        self.shared().deposed.get(address).cloned()
    }

    /// Tells the rate limiter of a success.
    pub fn succeeded(&self, change: &ResourceChange) {
        self.rate_limiter().succeeded(&BucketKey::new(&change.ty, &change.place));
    }

    /// Returns the time since the run began.
    pub fn since_start(&self) -> Duration {
        self.apply.clock.now().saturating_sub(self.start)
    }
}

struct RateLimiterGuard<'a>(MutexGuard<'a, RunState>);

impl std::ops::Deref for RateLimiterGuard<'_> {
    type Target = RateLimiter;

    fn deref(&self) -> &RateLimiter {
        &self.0.rate_limiter
    }
}

impl std::ops::DerefMut for RateLimiterGuard<'_> {
    fn deref_mut(&mut self) -> &mut RateLimiter {
        &mut self.0.rate_limiter
    }
}
