//! The execution of a schedule: starts steps, waits for them, and keeps what came of the changes.

use super::error::EngineError;
use super::events::{EngineEvent, ms};
use super::outcome::{ApplyOutcome, CompletedChange, FailedChange, SkippedChange};
use super::rate_limiter::BucketKey;
use super::run::{Apply, ApplyRun};
use super::schedule::Schedule;
use super::step_error::StepError;
use crate::cloud::clock::Clock;
use crate::plan::{Action, PlanStep, ResourceChange};
use crate::state::StateError;
use futures::future::{Either, select};
use futures::stream::{FuturesUnordered, StreamExt as _};
use gpb_model::{Address, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::pin::pin;
use std::time::Duration;
use tracing::Instrument as _;

/// Runs the steps of a plan, as many at once as there may be.
pub struct Execution<'r, 'a> {
    run: &'r ApplyRun<'a>,
    steps: &'a [PlanStep],
    schedule: &'r Schedule,
    /// The number of steps each still waits for.
    waiting: Vec<usize>,
    /// The number of steps each change still has.
    open: BTreeMap<usize, usize>,
    started: BTreeMap<usize, Duration>,
    /// Changes that failed or will not be done.
    ended: BTreeSet<usize>,
    outcome: ApplyOutcome,
}

impl<'r, 'a> Execution<'r, 'a> {
    /// Prepares a run: the steps that wait for nothing are ready.
    pub fn new(run: &'r ApplyRun<'a>, schedule: &'r Schedule) -> Self {
        let steps = run.apply.plan.steps.as_slice();
        let waiting: Vec<usize> = steps.iter().map(|step| step.after.len()).collect();
        let mut open = BTreeMap::new();
        for step in steps {
            *open.entry(step.change).or_default() += 1;
        }
        let (started, ended, outcome) = (BTreeMap::new(), BTreeSet::new(), ApplyOutcome::default());
        let execution = Self { run, steps, schedule, waiting, open, started, ended, outcome };
        for index in (0..steps.len()).filter(|index| execution.waiting.get(*index) == Some(&0)) {
            execution.enqueue(index);
        }
        execution
    }

    /// Starts what may be started and waits for what is running, until neither is left.
    ///
    /// # Errors
    /// When the state can no longer be written. What was running is finished first.
    pub async fn run(mut self) -> Result<ApplyOutcome, EngineError> {
        let Apply { clock, cancel, options, .. } = self.run.apply;
        let mut running = FuturesUnordered::new();
        let mut fatal = None;
        loop {
            let stopping = fatal.is_some() || cancel.is_cancelled();
            while !stopping && running.len() < options.in_flight.max(1) {
                let next = self.run.rate_limiter().pop(clock.now());
                let Some(index) = next else { break };
                self.start(index);
                running.push(step(self.run, index));
            }
            if running.is_empty() && (stopping || self.run.rate_limiter().is_empty()) {
                break;
            }
            let full = running.len() >= options.in_flight.max(1);
            let opening = self.run.rate_limiter().opening().filter(|_| !stopping && !full);
            let timer = pin!(sleep_until(clock, opening));
            let stop = pin!(async { if stopping { pending().await } else { cancel.cancelled().await } });
            let finished = pin!(async {
                match running.next().await {
                    Some(finished) => finished,
                    None => pending().await,
                }
            });
            if let Either::Left(((index, result), _)) = select(finished, select(timer, stop)).await
                && let Err(error) = self.finish(index, result)
            {
                fatal.get_or_insert(error);
            }
        }
        drop(running);
        self.skip_rest();
        fatal.map_or(Ok(self.outcome), |error| Err(error.into()))
    }

    fn change(&self, step: usize) -> Option<(usize, &'a ResourceChange)> {
        let index = self.steps.get(step)?.change;
        Some((index, self.run.apply.plan.changes.get(index)?))
    }

    fn enqueue(&self, index: usize) {
        let (Some(step), Some((_, change))) = (self.steps.get(index), self.change(index)) else { return };
        // What makes no call needs no turn.
        let quiet = matches!(change.action, Action::NoOp | Action::Forget | Action::Retain);
        let none = || BucketKey { service: String::new(), place: Place::default() };
        let bucket = if quiet { none() } else { BucketKey::new(&change.ty, &change.place) };
        let priority = self.schedule.priority.get(index).copied().unwrap_or_default();
        self.run.rate_limiter().push(bucket, priority, step.change, index);
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
                self.failed(index, FailedChange { address, ty, action, cause, error });
                self.skip_dependents(step, &change.address);
                Ok(())
            }
            Err(StepError::Journal(error)) => Err(error),
        }
    }

    fn succeed(&mut self, step: usize, index: usize, change: &ResourceChange, elapsed_ms: u64) {
        for after in self.schedule.dependents(step) {
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
            let id = self.run.id_at(&address);
            self.run.apply.events.event(&EngineEvent::Done { address: address.clone(), action, id, elapsed_ms });
            self.outcome.done.push(CompletedChange { address, action, elapsed_ms });
        }
    }

    /// Takes note of a failure. Of the steps of one change several may fail, or be skipped before: the first failure counts.
    fn failed(&mut self, index: usize, failed: FailedChange) {
        if !self.ended.insert(index) {
            self.outcome.skipped.retain(|one| one.address != failed.address);
        }
        if self.outcome.failed.iter().all(|one| one.address != failed.address) {
            self.outcome.failed.push(failed);
        }
    }

    fn skip_dependents(&mut self, step: usize, because: &Address) {
        let mut open = vec![step];
        let mut seen = BTreeSet::new();
        while let Some(step) = open.pop() {
            for after in self.schedule.dependents(step) {
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

    /// Skips what was not begun because the run was stopped.
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

/// Runs one step within a span that names it, and logs how it ended.
async fn step(run: &ApplyRun<'_>, index: usize) -> (usize, Result<(), StepError>) {
    let step = run.apply.plan.steps.get(index);
    let Some((step, change)) = step.and_then(|step| Some((step, run.apply.plan.changes.get(step.change)?))) else {
        return (index, Ok(()));
    };
    let (address, operation, phase) = (&change.address, change.action.as_str(), step.phase.as_str());
    let span = tracing::info_span!("step", %address, operation, phase, ty = change.ty);
    let work = async {
        let start = run.apply.clock.now();
        tracing::info!("start");
        let result = run.step(change, step.phase).await;
        let duration_ms = ms(run.apply.clock.now().saturating_sub(start));
        match &result {
            Ok(()) => tracing::info!(duration_ms, outcome = "done", "end"),
            Err(StepError::Call { cause, error }) => {
                let (cause, kind, code) = (cause.as_str(), error.kind.as_str(), error.code.as_str());
                tracing::info!(duration_ms, outcome = "failed", cause, kind, code, "end");
            }
            Err(StepError::Journal(error)) => {
                tracing::info!(duration_ms, outcome = "failed", code = error.code(), "end");
            }
        }
        result
    };
    (index, work.instrument(span).await)
}
