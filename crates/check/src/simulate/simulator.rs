//! Runs the events of a simulation in order (discrete-event simulation).

use super::curve::LoadCurve;
use super::metrics::{LoadState, Metrics};
use super::noise::Noise;
use super::policy::PolicySet;
use super::simulation_run::{CapacityChange, LoadSample, SimulationOptions, SimulationRun, SimulationSummary};
use crate::scaling::{MetricTerm, PolicyKind, Scaling};
use crate::units::{MetricValue, Seconds, seconds_as_float};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Seconds between two samples of the load.
const SAMPLED: u64 = 10;
/// Seconds between two evaluations of the alarms.
///
/// While one is raised, its actions are repeated.
const EVALUATED: u64 = 60;
/// Seconds between two samples that are recorded.
const NOTED: u64 = 60;

/// Runs a load through the rules of something that scales.
pub fn run(scaling: &Scaling, curve: &LoadCurve, options: &SimulationOptions) -> SimulationRun {
    Simulator::new(scaling, curve, options).run()
}

/// The events at a second; several at once happen in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SimulationEvent {
    /// Units that were asked for begin to serve.
    Ready,
    /// A period of so many seconds ends.
    Close(u64),
    /// The alarms are evaluated.
    Evaluate,
    /// A sample is recorded.
    Note,
    /// The load changes.
    Sample,
}

struct Simulator<'a> {
    scaling: &'a Scaling,
    curve: &'a LoadCurve,
    options: &'a SimulationOptions,
    noise: Noise,
    metrics: Metrics,
    policies: PolicySet<'a>,
    /// The value that each rule that adds is to hold its metric to.
    limits: Vec<(&'a MetricTerm, MetricValue)>,
    queue: BinaryHeap<Reverse<(u64, SimulationEvent)>>,
    now: u64,
    state: LoadState,
    wanted: f64,
    /// Units on their way, in the order they were asked for: when, and how many.
    starting: Vec<(u64, f64)>,
    summary: SimulationSummary,
    since: LoadSample,
    changes: Vec<CapacityChange>,
    moments: Vec<LoadSample>,
}

impl<'a> Simulator<'a> {
    fn new(scaling: &'a Scaling, curve: &'a LoadCurve, options: &'a SimulationOptions) -> Self {
        let mut metrics = Metrics::default();
        let mut limits = Vec::new();
        for rule in &scaling.rules {
            match &rule.action {
                PolicyKind::Step(step) => {
                    for alarm in &step.alarms {
                        for watch in &alarm.watches {
                            metrics.add(watch, alarm.period.whole().max(1));
                            if alarm.above && step.adds() {
                                limits.push((watch, watch.metric_value(alarm.threshold)));
                            }
                        }
                    }
                }
                PolicyKind::Track(track) => {
                    metrics.add(&track.watch, track.period.whole().max(1));
                    limits.push((&track.watch, track.target));
                }
            }
        }
        let first =
            scaling.desired.unwrap_or(scaling.minimum).clamp(scaling.minimum, scaling.maximum.max(scaling.minimum));
        let mut queue = BinaryHeap::new();
        queue.push(Reverse((0, SimulationEvent::Sample)));
        queue.push(Reverse((EVALUATED, SimulationEvent::Evaluate)));
        queue.push(Reverse((NOTED, SimulationEvent::Note)));
        queue.extend(metrics.periods().into_iter().map(|period| Reverse((period, SimulationEvent::Close(period)))));
        Self {
            scaling,
            curve,
            options,
            noise: Noise::new(options.seed),
            metrics,
            policies: PolicySet::new(scaling),
            limits,
            queue,
            now: 0,
            state: LoadState { load: 0.0, running: first },
            wanted: first,
            starting: Vec::new(),
            summary: SimulationSummary { least_units: first, most_units: first, ..SimulationSummary::default() },
            since: LoadSample::default(),
            changes: Vec::new(),
            moments: Vec::new(),
        }
    }

    fn run(mut self) -> SimulationRun {
        while let Some(Reverse((at, event))) = self.queue.pop() {
            if at > self.curve.seconds {
                break;
            }
            self.advance(at);
            self.handle(event);
        }
        self.advance(self.curve.seconds);
        self.finish()
    }

    fn advance(&mut self, until: u64) {
        let length = seconds_as_float(until.saturating_sub(self.now));
        self.now = until;
        if length <= 0.0 {
            return;
        }
        self.metrics.advance(self.scaling, self.state, length);
        let is_over = |(watch, limit): &(&MetricTerm, MetricValue)| {
            self.state.measure(self.scaling, watch).is_some_and(|value| value > limit.0)
        };
        let over = Seconds(if self.limits.iter().any(is_over) { length } else { 0.0 });
        let summary = &mut self.summary;
        summary.seconds_over_target += over;
        summary.unit_hours += self.wanted * length / 3600.0;
        summary.mean_units += self.wanted * length;
        summary.peak_load = summary.peak_load.max(self.state.load);
        if let Some(fullness) = self.state.utilization(self.scaling).filter(|fullness| fullness.0 > 1.0) {
            summary.seconds_overloaded += Seconds(length);
            let carried = self.state.load / fullness.0.max(1.0);
            summary.requests_beyond += (self.state.load - carried) * length / 60.0;
        }
        self.since.load += self.state.load * length;
        self.since.seconds_over_target += over;
    }

    fn handle(&mut self, event: SimulationEvent) {
        match event {
            SimulationEvent::Sample => {
                let smooth = self.curve.load_at(seconds_as_float(self.now));
                let off = self.options.noise.0.mul_add(self.noise.either_way(), 1.0);
                self.state.load = (smooth * off).max(0.0);
                self.schedule(SAMPLED, event);
            }
            SimulationEvent::Close(period) => {
                self.metrics.close(period);
                self.schedule(period, event);
            }
            SimulationEvent::Evaluate => {
                let is_starting = !self.starting.is_empty();
                if let Some(decision) = self.policies.decide(&self.metrics, self.now, self.wanted, is_starting) {
                    self.change(decision.to, decision.because);
                }
                self.schedule(EVALUATED, event);
            }
            SimulationEvent::Ready => {
                let now = self.now;
                let ready: f64 = self.starting.iter().filter(|(at, _)| *at <= now).map(|(_, count)| count).sum();
                self.starting.retain(|(at, _)| *at > now);
                self.state.running = (self.state.running + ready).min(self.wanted);
            }
            SimulationEvent::Note => {
                self.record_sample();
                self.schedule(NOTED, event);
            }
        }
    }

    fn schedule(&mut self, after: u64, event: SimulationEvent) {
        self.queue.push(Reverse((self.now + after, event)));
    }

    fn change(&mut self, to: f64, because: Vec<String>) {
        let from = std::mem::replace(&mut self.wanted, to);
        if to > from {
            self.summary.outs += 1;
            let at = self.now + self.scaling.warmup.whole();
            self.starting.push((at, to - from));
            self.queue.push(Reverse((at, SimulationEvent::Ready)));
        } else {
            self.summary.ins += 1;
            // Those that do not serve yet go first, the latest of them before the others.
            let mut surplus = from - to;
            while let Some((at, count)) = self.starting.pop() {
                let gone = count.min(surplus);
                surplus -= gone;
                if count > gone {
                    self.starting.push((at, count - gone));
                    break;
                }
            }
            self.state.running = (self.state.running - surplus).max(0.0).min(to);
        }
        self.summary.least_units = self.summary.least_units.min(to);
        self.summary.most_units = self.summary.most_units.max(to);
        self.changes.push(CapacityChange { second: self.now, from, to, because });
    }

    fn record_sample(&mut self) {
        let length = seconds_as_float((self.now - self.since.second).max(1));
        let load = self.since.load / length;
        let mean = LoadState { load, running: self.state.running };
        self.moments.push(LoadSample {
            second: self.now,
            load,
            wanted: self.wanted,
            running: self.state.running,
            fullness: mean.utilization(self.scaling),
            seconds_over_target: self.since.seconds_over_target,
        });
        self.since = LoadSample { second: self.now, ..LoadSample::default() };
    }

    fn finish(mut self) -> SimulationRun {
        let length = seconds_as_float(self.curve.seconds.max(1));
        self.summary.seconds = self.curve.seconds;
        self.summary.mean_units /= length;
        self.summary.cost = self.options.price.map(|price| price * self.summary.unit_hours);
        SimulationRun {
            of: self.scaling.of.to_string(),
            unit: self.scaling.unit.to_string(),
            minimum: self.scaling.minimum,
            maximum: self.scaling.maximum,
            load: self.curve.label.clone(),
            seed: self.options.seed,
            noise: self.options.noise,
            full_at: self.scaling.full_at,
            summary: self.summary,
            changes: self.changes,
            moments: self.moments,
        }
    }
}
