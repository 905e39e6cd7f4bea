//! The run of a plan.

use super::call::Trouble;
use super::cancel::Cancel;
use super::error::EngineError;
use super::events::{Event, Events, ms};
use super::lanes::{LaneKey, Lanes};
use super::outcome::{Done, Failure, Outcome, Skipped};
use super::resolve::{Functions, Sources, resolve_value, secrets_of};
use super::schedule::{Phase, Step, steps};
use crate::cloud::clock::Clock;
use crate::cloud::{Cloud, Observed, Types};
use crate::plan::{Action, Change, Plan};
use crate::state::{Conclusion, Durations, Record, SecretKey, Snapshot, StateError, Writer};
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
    pub writer: &'a dyn Writer,
    pub cloud: &'a dyn Cloud,
    pub types: &'a dyn Types,
    /// Computes the functions that had to wait for their arguments.
    pub functions: &'a Functions,
    /// The environment variables secrets are read from.
    pub environment: &'a (dyn Fn(&str) -> Option<String> + Send + Sync),
    pub clock: &'a dyn Clock,
    pub events: &'a dyn Events,
    pub cancel: &'a Cancel,
    pub options: &'a Options,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Decides the waits between tries.
    pub seed: u64,
    /// How many steps may be under way at once: what memory and sockets bear, not how much work is done at a time.
    pub in_flight: usize,
    /// How long operations took before, for the order of work.
    pub durations: Durations,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 0, in_flight: 256, durations: Durations::new() }
    }
}

/// Makes the plan so, as far as it goes: a failure stops what depends on it and nothing else.
///
/// # Errors
/// When the plan does not fit the state, or the state can no longer be written. What was under way is finished first.
pub async fn apply(apply: Apply<'_>) -> Result<Outcome, EngineError> {
    let snapshot = apply.writer.snapshot()?;
    fits(apply.plan, &snapshot)?;
    let moves = moves(apply.plan, &snapshot);
    apply.writer.move_addresses(&moves)?;
    let snapshot = if moves.is_empty() { snapshot } else { apply.writer.snapshot()? };
    let steps = steps(apply.plan, &snapshot.resources, &apply.options.durations)?;
    let run = Run::new(apply, snapshot)?;
    let mut course = Course::new(&run, &steps);
    course.go().await?;
    let mut outcome = course.outcome;
    outcome.outputs = run.outputs()?;
    Ok(outcome)
}

fn fits(plan: &Plan, snapshot: &Snapshot) -> Result<(), EngineError> {
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

fn moves(plan: &Plan, snapshot: &Snapshot) -> Vec<(Address, Address)> {
    let moved = plan.changes.iter().filter_map(|change| Some((change.moved_from.clone()?, change.address.clone())));
    moved.filter(|(from, _)| snapshot.resources.contains_key(from)).collect()
}

/// A run under way: what all its steps share.
pub(super) struct Run<'a> {
    pub apply: Apply<'a>,
    pub key: SecretKey,
    pub start: Duration,
    outputs_before: BTreeMap<String, serde_json::Value>,
    /// What this plan deletes.
    leaving: BTreeSet<Address>,
    shared: Mutex<Shared>,
}

#[derive(Default)]
struct Shared {
    records: BTreeMap<Address, Record>,
    /// What each resource is, as far as this run has seen it; with its secrets, so it stays in memory.
    seen: BTreeMap<Address, Observed>,
    /// Where what was replaced went.
    deposed: BTreeMap<Address, Address>,
    lanes: Lanes,
}

impl<'a> Run<'a> {
    fn new(apply: Apply<'a>, snapshot: Snapshot) -> Result<Self, EngineError> {
        let shared = Shared { records: snapshot.resources, ..Shared::default() };
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

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn lanes(&self) -> impl std::ops::DerefMut<Target = Lanes> + '_ {
        SharedLanes(self.shared())
    }

    /// What a resource is, if it was seen in this run.
    pub fn output(&self, address: &Address) -> Option<Observed> {
        self.shared().seen.get(address).cloned()
    }

    pub fn show(&self, address: &Address, observed: Observed) {
        self.shared().seen.insert(address.clone(), observed);
    }

    pub fn record_at(&self, address: &Address) -> Option<Record> {
        self.shared().records.get(address).cloned()
    }

    pub fn drop_record(&self, address: &Address) {
        self.shared().records.remove(address);
    }

    pub fn put(&self, record: Record, observed: Observed) -> Result<(), Trouble> {
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
        observed: Option<Observed>,
    ) -> Result<(), Trouble> {
        let concluded = self.apply.writer.conclude(sequence, conclusion.clone(), self.apply.clock.epoch_ms())?;
        let mut shared = self.shared();
        match conclusion {
            Conclusion::Done(record) | Conclusion::Failed { left: Some(record), .. } => {
                if let Some(to) = concluded.deposed {
                    if let Some(old) = shared.records.remove(address) {
                        shared.records.insert(to.clone(), Record { address: to.clone(), ..old });
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
    pub fn built_on(&self, change: &Change) -> Vec<Address> {
        change.depends_on.iter().filter(|address| !self.leaving.contains(*address)).cloned().collect()
    }

    /// Does one step.
    async fn step(&self, change: &Change, step: &Step) -> Result<(), Trouble> {
        match (step.phase, change.action) {
            (Phase::Unmake, Action::Replace) if !step.delete_first => {
                let deposed = self.shared().deposed.get(&change.address).cloned();
                match deposed {
                    Some(address) => self.delete(change, &address).await,
                    None => Ok(()),
                }
            }
            (Phase::Unmake, _) => self.delete(change, &change.address).await,
            (Phase::Make, Action::Create) => {
                // A record here is that of a resource which was found gone when the plan was made.
                self.forget(&change.address)?;
                self.create(change).await
            }
            (Phase::Make, Action::Replace) => self.create(change).await,
            (Phase::Make, Action::Update) => self.update(change).await,
            (Phase::Make, Action::Adopt) => self.adopt(change).await,
            (Phase::Make, Action::Keep) => self.keep(change).await,
            (Phase::Make, Action::Read) => self.read(change).await,
            (Phase::Make, Action::Forget | Action::Delete) => self.forget(&change.address),
        }
    }

    /// Fills the plan's outputs and keeps them. One that cannot be filled, because what it shows failed, stays as it was.
    fn outputs(&self) -> Result<BTreeMap<String, serde_json::Value>, EngineError> {
        let (secrets, kept) = (BTreeMap::new(), |_: &_| false);
        let outputs = |reference: &gpb_model::Reference| self.output(&reference.to);
        let functions = self.apply.functions;
        let sources = Sources { outputs: &outputs, functions, secrets: &secrets, kept: &kept };
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

struct SharedLanes<'a>(MutexGuard<'a, Shared>);

impl std::ops::Deref for SharedLanes<'_> {
    type Target = Lanes;

    fn deref(&self) -> &Lanes {
        &self.0.lanes
    }
}

impl std::ops::DerefMut for SharedLanes<'_> {
    fn deref_mut(&mut self) -> &mut Lanes {
        &mut self.0.lanes
    }
}

/// Which steps are done, and what became of the changes.
struct Course<'r, 'a> {
    run: &'r Run<'a>,
    steps: &'r [Step],
    /// How many steps each still waits for.
    waiting: Vec<usize>,
    /// How many steps each change still has.
    open: BTreeMap<usize, usize>,
    started: BTreeMap<usize, Duration>,
    /// Changes that failed or will not be done.
    ended: BTreeSet<usize>,
    outcome: Outcome,
}

impl<'r, 'a> Course<'r, 'a> {
    fn new(run: &'r Run<'a>, steps: &'r [Step]) -> Self {
        let waiting: Vec<usize> = steps.iter().map(|step| step.before.len()).collect();
        let mut open = BTreeMap::new();
        for step in steps {
            *open.entry(step.change).or_default() += 1;
        }
        let outcome = Outcome::default();
        let course = Self { run, steps, waiting, open, started: BTreeMap::new(), ended: BTreeSet::new(), outcome };
        for index in (0..steps.len()).filter(|index| course.waiting.get(*index) == Some(&0)) {
            course.enqueue(index);
        }
        course
    }

    /// Starts what may be started and waits for what is under way, until neither is left.
    async fn go(&mut self) -> Result<(), EngineError> {
        let Apply { clock, cancel, options, .. } = self.run.apply;
        let mut under_way = FuturesUnordered::new();
        let mut fatal = None;
        loop {
            let stopping = fatal.is_some() || cancel.is_cancelled();
            while !stopping && under_way.len() < options.in_flight.max(1) {
                let next = self.run.lanes().pop(clock.now());
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
            if under_way.is_empty() && (stopping || self.run.lanes().is_empty()) {
                break;
            }
            let full = under_way.len() >= options.in_flight.max(1);
            let opening = self.run.lanes().opening().filter(|_| !stopping && !full);
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

    fn change(&self, step: usize) -> Option<(usize, &'a Change)> {
        let index = self.steps.get(step)?.change;
        Some((index, self.run.apply.plan.changes.get(index)?))
    }

    fn enqueue(&self, index: usize) {
        let (Some(step), Some((_, change))) = (self.steps.get(index), self.change(index)) else { return };
        // What calls nobody is not held up by anybody.
        let quiet = matches!(change.action, Action::Keep | Action::Forget);
        let none = || LaneKey { service: String::new(), place: Place::default() };
        let lane = if quiet { none() } else { LaneKey::of(&change.ty, &change.place) };
        self.run.lanes().push(lane, step.priority, index);
    }

    fn start(&mut self, step: usize) {
        let Some((index, change)) = self.change(step) else { return };
        let at = self.run.since_start();
        if self.started.insert(index, at).is_none() && is_shown(change.action) {
            let (address, ty, action) = (change.address.clone(), change.ty.clone(), change.action);
            self.run.apply.events.event(&Event::Started { address, ty, action, at_ms: ms(at) });
        }
    }

    fn finish(&mut self, step: usize, result: Result<(), Trouble>) -> Result<(), StateError> {
        let Some((index, change)) = self.change(step) else { return Ok(()) };
        let elapsed_ms =
            ms(self.run.since_start().saturating_sub(self.started.get(&index).copied().unwrap_or_default()));
        match result {
            Ok(()) => {
                self.run.succeeded(change);
                self.succeed(step, index, change, elapsed_ms);
                Ok(())
            }
            Err(Trouble::Call { cause, error }) => {
                let (address, ty, action) = (change.address.clone(), change.ty.clone(), change.action);
                let event = Event::Failed { address: address.clone(), action, error: error.clone(), elapsed_ms };
                self.run.apply.events.event(&event);
                self.ended.insert(index);
                self.outcome.failed.push(Failure { address, ty, action, cause, error });
                self.skip_dependents(step, &change.address);
                Ok(())
            }
            Err(Trouble::Fatal(error)) => Err(error),
        }
    }

    fn succeed(&mut self, step: usize, index: usize, change: &Change, elapsed_ms: u64) {
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
            self.run.apply.events.event(&Event::Done { address: address.clone(), action, id, elapsed_ms });
            self.outcome.done.push(Done { address, action, elapsed_ms });
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
            let event = Event::Skipped { address: address.clone(), action, because: because.cloned() };
            self.run.apply.events.event(&event);
            self.outcome.skipped.push(Skipped { address, action, because: because.cloned() });
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
    action != Action::Keep
}

async fn sleep_until(clock: &dyn Clock, moment: Option<Duration>) {
    match moment {
        Some(moment) => clock.sleep(moment.saturating_sub(clock.now())).await,
        None => pending().await,
    }
}
