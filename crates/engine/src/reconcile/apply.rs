//! The run of a plan.

use super::cancel::CancelToken;
use super::cloud_call::StepError;
use super::error::EngineError;
use super::events::{EngineEvent, EventSink, ms};
use super::outcome::{ApplyOutcome, CompletedChange, FailedChange, SkippedChange};
use super::rate_limiter::{BucketKey, RateLimiter};
use super::resolve::{CallFunctions, ResolveSources, resolve_value, secrets_of};
use super::schedule::{ScheduleStep, StepPhase, steps};
use crate::cloud::clock::Clock;
use crate::cloud::{Cloud, ObservedResource, TypeSource};
use crate::plan::{Action, Plan, ResourceChange};
use crate::state::{Conclusion, Durations, ResourceRecord, SecretKey, StateError, StateSnapshot, StateWriter};
use futures::future::{Either, select};
use futures::stream::{FuturesUnordered, StreamExt as _};
use gpb_model::{Address, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Everything a run needs.
#[derive(Clone, Copy)]
pub struct Apply<'a> {
    pub plan: &'a Plan,
    pub writer: &'a dyn StateWriter,
    pub cloud: &'a dyn Cloud,
    pub types: &'a dyn TypeSource,
    /// Computes the functions that had to wait for their arguments.
    pub functions: &'a CallFunctions,
    /// The environment variables secrets are read from.
    pub environment: &'a (dyn Fn(&str) -> Option<String> + Send + Sync),
    pub clock: &'a dyn Clock,
    pub events: &'a dyn EventSink,
    pub cancel: &'a CancelToken,
    pub options: &'a ApplyOptions,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ApplyOptions {
    /// Decides the waits between tries.
    pub seed: u64,
    /// How many steps may be under way at once: what memory and sockets bear, not how much work is done at a time.
    pub in_flight: usize,
    /// How long operations took before, for the order of work.
    pub durations: Durations,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self { seed: 0, in_flight: 256, durations: Durations::new() }
    }
}

/// Makes the plan so, as far as it goes: a failure stops what depends on it and nothing else.
///
/// # Errors
/// When the plan does not fit the state, or the state can no longer be written. What was under way is finished first.
pub async fn apply(apply: Apply<'_>) -> Result<ApplyOutcome, EngineError> {
    let snapshot = apply.writer.snapshot()?;
    check_fits(apply.plan, &snapshot)?;
    let moves = moves(apply.plan, &snapshot);
    apply.writer.move_addresses(&moves)?;
    let snapshot = if moves.is_empty() { snapshot } else { apply.writer.snapshot()? };
    let steps = steps(apply.plan, &snapshot.resources, &apply.options.durations)?;
    let run = ApplyRun::new(apply, snapshot)?;
    let mut course = Execution::new(&run, &steps);
    course.run().await?;
    let mut outcome = course.outcome;
    outcome.outputs = run.outputs()?;
    Ok(outcome)
}

fn check_fits(plan: &Plan, snapshot: &StateSnapshot) -> Result<(), EngineError> {
    if !plan.observed {
        return Err(EngineError::Unobserved);
    }
    if let Some(intent) = snapshot.pending.first() {
        return Err(StateError::Unsettled { address: intent.address.clone() }.into());
    }
    let (basis, name) =
        (&plan.basis, |lineage: &str, serial| format!("{serial} of {}", lineage.get(..8).unwrap_or("none")));
    if (&basis.lineage, basis.serial) != (&snapshot.lineage, snapshot.serial) {
        let found = name(&snapshot.lineage, snapshot.serial);
        return Err(EngineError::Stale { expected: name(&basis.lineage, basis.serial), found });
    }
    Ok(())
}

fn moves(plan: &Plan, snapshot: &StateSnapshot) -> Vec<(Address, Address)> {
    let moved = plan.changes.iter().filter_map(|change| Some((change.moved_from.clone()?, change.address.clone())));
    moved.filter(|(from, _)| snapshot.resources.contains_key(from)).collect()
}

/// A run under way: what all its steps share.
pub(super) struct ApplyRun<'a> {
    pub apply: Apply<'a>,
    pub key: SecretKey,
    pub start: Duration,
    outputs_before: BTreeMap<String, serde_json::Value>,
    /// What this plan deletes.
    leaving: BTreeSet<Address>,
    shared: Mutex<RunState>,
}

#[derive(Default)]
struct RunState {
    records: BTreeMap<Address, ResourceRecord>,
    /// What each resource is, as far as this run has seen it; with its secrets, so it stays in memory.
    seen: BTreeMap<Address, ObservedResource>,
    /// Where what was replaced went.
    deposed: BTreeMap<Address, Address>,
    rate_limiter: RateLimiter,
}

impl<'a> ApplyRun<'a> {
    fn new(apply: Apply<'a>, snapshot: StateSnapshot) -> Result<Self, EngineError> {
        let shared = RunState { records: snapshot.resources, ..RunState::default() };
        let leaving = apply.plan.changes.iter().filter(|change| change.action == Action::Delete);
        Ok(Self {
            leaving: leaving.map(|change| change.address.clone()).collect(),
            key: apply.writer.key()?,
            start: apply.clock.now(),
            outputs_before: snapshot.outputs,
            shared: Mutex::new(shared),
            apply,
        })
    }

    fn shared(&self) -> MutexGuard<'_, RunState> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn rate_limiter(&self) -> impl std::ops::DerefMut<Target = RateLimiter> + '_ {
        RateLimiterGuard(self.shared())
    }

    /// What a resource is, if it was seen in this run.
    pub fn output(&self, address: &Address) -> Option<ObservedResource> {
        self.shared().seen.get(address).cloned()
    }

    pub fn record_observation(&self, address: &Address, observed: ObservedResource) {
        self.shared().seen.insert(address.clone(), observed);
    }

    pub fn record_at(&self, address: &Address) -> Option<ResourceRecord> {
        self.shared().records.get(address).cloned()
    }

    pub fn drop_record(&self, address: &Address) {
        self.shared().records.remove(address);
    }

    pub fn put(&self, record: ResourceRecord, observed: ObservedResource) -> Result<(), StepError> {
        self.apply.writer.put(record.clone())?;
        let mut shared = self.shared();
        shared.seen.insert(record.address.clone(), observed);
        shared.records.insert(record.address.clone(), record);
        Ok(())
    }

    /// Closes an intent, in the state and in what this run knows.
    pub fn conclude(
        &self,
        address: &Address,
        sequence: u64,
        conclusion: Conclusion,
        observed: Option<ObservedResource>,
    ) -> Result<(), StepError> {
        let concluded = self.apply.writer.conclude(sequence, conclusion.clone(), self.apply.clock.epoch_ms())?;
        let mut shared = self.shared();
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
                shared.records.remove(address);
                shared.seen.remove(address);
            }
            Conclusion::Failed { left: None, .. } | Conclusion::Abandoned => {}
        }
        Ok(())
    }

    /// What generated physical names begin with: `shop-sandbox-data-main`.
    pub fn label(&self, address: &Address) -> String {
        let scope = &self.apply.plan.scope;
        let whole = format!("{}-{}-{address}", scope.stack, scope.environment);
        let words = whole.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("-")
    }

    /// What a resource is built on: of what its change waits for, all that stays.
    pub fn remaining_dependencies(&self, change: &ResourceChange) -> Vec<Address> {
        change.depends_on.iter().filter(|address| !self.leaving.contains(*address)).cloned().collect()
    }

    /// Does one step.
    async fn step(&self, change: &ResourceChange, step: &ScheduleStep) -> Result<(), StepError> {
        match (step.phase, change.action) {
            (StepPhase::Destroy, Action::Replace) if !step.delete_first => {
                let deposed = self.shared().deposed.get(&change.address).cloned();
                match deposed {
                    Some(address) => self.delete(change, &address).await,
                    None => Ok(()),
                }
            }
            (StepPhase::Destroy, _) => self.delete(change, &change.address).await,
            (StepPhase::Create, Action::Create) => {
                // A record here is that of a resource which was found gone when the plan was made.
                self.forget(&change.address)?;
                self.create(change).await
            }
            (StepPhase::Create, Action::Replace) => self.create(change).await,
            (StepPhase::Create, Action::Update) => self.update(change).await,
            (StepPhase::Create, Action::Adopt) => self.adopt(change).await,
            (StepPhase::Create, Action::NoOp) => self.record_unchanged(change).await,
            (StepPhase::Create, Action::Read) => self.read(change).await,
            (StepPhase::Create, Action::Forget | Action::Delete) => self.forget(&change.address),
        }
    }

    /// Fills the plan's outputs and keeps them. One that cannot be filled, because what it shows failed, stays as it was.
    fn outputs(&self) -> Result<BTreeMap<String, serde_json::Value>, EngineError> {
        let (secrets, kept) = (BTreeMap::new(), |_: &_| false);
        let outputs = |reference: &gpb_model::Reference| self.output(&reference.to);
        let functions = self.apply.functions;
        let sources = ResolveSources { outputs: &outputs, functions, secrets: &secrets, kept: &kept };
        let mut filled = BTreeMap::new();
        for (name, value) in &self.apply.plan.outputs {
            let mut secret = BTreeSet::new();
            secrets_of(value, &mut secret);
            if !secret.is_empty() {
                continue;
            }
            let known =
                resolve_value(value, &sources).unwrap_or_else(|_| self.outputs_before.get(name.as_str()).cloned());
            filled.extend(known.map(|json| (name.to_string(), json)));
        }
        self.apply.writer.set_outputs(&filled)?;
        Ok(filled)
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

/// Which steps are done, and what became of the changes.
struct Execution<'r, 'a> {
    run: &'r ApplyRun<'a>,
    steps: &'r [ScheduleStep],
    /// How many steps each still waits for.
    waiting: Vec<usize>,
    /// How many steps each change still has.
    open: BTreeMap<usize, usize>,
    started: BTreeMap<usize, Duration>,
    /// Changes that failed or will not be done.
    ended: BTreeSet<usize>,
    outcome: ApplyOutcome,
}

impl<'r, 'a> Execution<'r, 'a> {
    fn new(run: &'r ApplyRun<'a>, steps: &'r [ScheduleStep]) -> Self {
        let waiting: Vec<usize> = steps.iter().map(|step| step.before.len()).collect();
        let mut open = BTreeMap::new();
        for step in steps {
            *open.entry(step.change).or_default() += 1;
        }
        let outcome = ApplyOutcome::default();
        let course = Self { run, steps, waiting, open, started: BTreeMap::new(), ended: BTreeSet::new(), outcome };
        for index in (0..steps.len()).filter(|index| course.waiting.get(*index) == Some(&0)) {
            course.enqueue(index);
        }
        course
    }

    /// Starts what may be started and waits for what is under way, until neither is left.
    async fn run(&mut self) -> Result<(), EngineError> {
        let Apply { clock, cancel, options, .. } = self.run.apply;
        let mut under_way = FuturesUnordered::new();
        let mut fatal = None;
        loop {
            let stopping = fatal.is_some() || cancel.is_cancelled();
            while !stopping && under_way.len() < options.in_flight.max(1) {
                let next = self.run.rate_limiter().pop(clock.now());
                let Some(index) = next else { break };
                self.start(index);
                let (run, step) = (self.run, self.steps.get(index));
                under_way.push(async move {
                    let change = step.and_then(|step| run.apply.plan.changes.get(step.change));
                    match change.zip(step) {
                        Some((change, step)) => (index, run.step(change, step).await),
                        None => (index, Ok(())),
                    }
                });
            }
            if under_way.is_empty() && (stopping || self.run.rate_limiter().is_empty()) {
                break;
            }
            let full = under_way.len() >= options.in_flight.max(1);
            let opening = self.run.rate_limiter().opening().filter(|_| !stopping && !full);
            let timer = pin!(sleep_until(clock, opening));
            let wish = pin!(async { if stopping { pending().await } else { cancel.cancelled().await } });
            let finished = pin!(async {
                match under_way.next().await {
                    Some(finished) => finished,
                    None => pending().await,
                }
            });
            if let Either::Left(((index, result), _)) = select(finished, select(timer, wish)).await
                && let Err(error) = self.finish(index, result)
            {
                fatal.get_or_insert(error);
            }
        }
        drop(under_way);
        self.skip_rest();
        fatal.map_or(Ok(()), |error| Err(error.into()))
    }

    fn change(&self, step: usize) -> Option<(usize, &'a ResourceChange)> {
        let index = self.steps.get(step)?.change;
        Some((index, self.run.apply.plan.changes.get(index)?))
    }

    fn enqueue(&self, index: usize) {
        let (Some(step), Some((_, change))) = (self.steps.get(index), self.change(index)) else { return };
        // What calls nobody is not held up by anybody.
        let quiet = matches!(change.action, Action::NoOp | Action::Forget);
        let none = || BucketKey { service: String::new(), place: Place::default() };
        let bucket = if quiet { none() } else { BucketKey::new(&change.ty, &change.place) };
        self.run.rate_limiter().push(bucket, step.priority, index);
    }

    fn start(&mut self, step: usize) {
        let Some((index, change)) = self.change(step) else { return };
        let at = self.run.since_start();
        if self.started.insert(index, at).is_none() && is_shown(change.action) {
            let (address, ty, action) = (change.address.clone(), change.ty.clone(), change.action);
            self.run.apply.events.event(&EngineEvent::Started { address, ty, action, at_ms: ms(at) });
        }
    }

    fn finish(&mut self, step: usize, result: Result<(), StepError>) -> Result<(), StateError> {
        let Some((index, change)) = self.change(step) else { return Ok(()) };
        let elapsed_ms =
            ms(self.run.since_start().saturating_sub(self.started.get(&index).copied().unwrap_or_default()));
        match result {
            Ok(()) => {
                self.run.succeeded(change);
                self.succeed(step, index, change, elapsed_ms);
                Ok(())
            }
            Err(StepError::Call { cause, error }) => {
                let (address, ty, action) = (change.address.clone(), change.ty.clone(), change.action);
                let event = EngineEvent::Failed { address: address.clone(), action, error: error.clone(), elapsed_ms };
                self.run.apply.events.event(&event);
                self.ended.insert(index);
                self.outcome.failed.push(FailedChange { address, ty, action, cause, error });
                self.skip_dependents(step, &change.address);
                Ok(())
            }
            Err(StepError::Journal(error)) => Err(error),
        }
    }

    fn succeed(&mut self, step: usize, index: usize, change: &ResourceChange, elapsed_ms: u64) {
        for after in self.steps.get(step).map(|step| step.after.as_slice()).unwrap_or_default() {
            if let Some(waiting) = self.waiting.get_mut(*after) {
                *waiting = waiting.saturating_sub(1);
                if *waiting == 0 {
                    self.enqueue(*after);
                }
            }
        }
        let open = self.open.entry(index).or_default();
        *open = open.saturating_sub(1);
        if *open == 0 && is_shown(change.action) {
            let (address, action) = (change.address.clone(), change.action);
            let id = self.run.record_at(&address).map(|record| record.id);
            self.run.apply.events.event(&EngineEvent::Done { address: address.clone(), action, id, elapsed_ms });
            self.outcome.done.push(CompletedChange { address, action, elapsed_ms });
        }
    }

    fn skip_dependents(&mut self, step: usize, because: &Address) {
        let mut open = vec![step];
        let mut seen = BTreeSet::new();
        while let Some(step) = open.pop() {
            for after in self.steps.get(step).map(|step| step.after.as_slice()).unwrap_or_default() {
                if seen.insert(*after) {
                    open.push(*after);
                    self.skip(*after, Some(because));
                }
            }
        }
    }

    fn skip(&mut self, step: usize, because: Option<&Address>) {
        let Some((index, change)) = self.change(step) else { return };
        if self.ended.insert(index) && is_shown(change.action) {
            let (address, action) = (change.address.clone(), change.action);
            let event = EngineEvent::Skipped { address: address.clone(), action, because: because.cloned() };
            self.run.apply.events.event(&event);
            self.outcome.skipped.push(SkippedChange { address, action, because: because.cloned() });
        }
    }

    /// What was not begun because the run was stopped.
    fn skip_rest(&mut self) {
        let left = self.open.iter().filter(|(index, open)| **open > 0 && !self.ended.contains(*index));
        let left: BTreeSet<usize> = left.map(|(index, _)| *index).collect();
        self.outcome.cancelled = !left.is_empty();
        for step in 0..self.steps.len() {
            if self.steps.get(step).is_some_and(|step| left.contains(&step.change)) {
                self.skip(step, None);
            }
        }
    }
}

fn is_shown(action: Action) -> bool {
    action != Action::NoOp
}

async fn sleep_until(clock: &dyn Clock, moment: Option<Duration>) {
    match moment {
        Some(moment) => clock.sleep(moment.saturating_sub(clock.now())).await,
        None => pending().await,
    }
}
