//! The events, in the order they happen.

use super::metrics::{Metrics, State, seconds};
use super::noise::Noise;
use super::policy::Policies;
use super::{Change, Curve, Moment, NOTED, Options, Run, Summary};
use crate::scaling::{Action, Scaling, Watch};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How often the load is looked at anew, in seconds.
const SAMPLED: u64 = 10;
/// How often alarms are evaluated, and their actions repeated while they are raised.
const EVALUATED: u64 = 60;

/// What happens at a second; of several at once, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// Units that were asked for begin to serve.
    Ready,
    /// A period of that length ends.
    Close(u64),
    Evaluate,
    Note,
    /// The load changes.
    Sample,
}

pub struct World<'a> {
    scaling: &'a Scaling,
    curve: &'a Curve,
    options: &'a Options,
    noise: Noise,
    metrics: Metrics,
    policies: Policies<'a>,
    /// What each rule that adds is to hold its metric to.
    limits: Vec<(&'a Watch, f64)>,
    queue: BinaryHeap<Reverse<(u64, Event)>>,
    now: u64,
    state: State,
    wanted: f64,
    /// Units on their way, in the order they were asked for: when, and how many.
    starting: Vec<(u64, f64)>,
    summary: Summary,
    since: Moment,
    changes: Vec<Change>,
    moments: Vec<Moment>,
}

impl<'a> World<'a> {
    pub fn new(scaling: &'a Scaling, curve: &'a Curve, options: &'a Options) -> Self {
        let mut metrics = Metrics::default();
        let mut limits = Vec::new();
        for rule in &scaling.rules {
            match &rule.action {
                Action::Step(step) => {
                    for alarm in &step.alarms {
                        for watch in &alarm.watches {
                            metrics.add(watch, seconds(alarm.period).max(1));
                            if alarm.above && step.adds() {
                                limits.push((watch, watch.at(alarm.threshold)));
                            }
                        }
                    }
                }
                Action::Track(track) => {
                    metrics.add(&track.watch, seconds(track.period).max(1));
                    limits.push((&track.watch, track.target));
                }
            }
        }
        let first =
            scaling.desired.unwrap_or(scaling.minimum).clamp(scaling.minimum, scaling.maximum.max(scaling.minimum));
        let mut queue = BinaryHeap::new();
        queue.push(Reverse((0, Event::Sample)));
        queue.push(Reverse((EVALUATED, Event::Evaluate)));
        queue.push(Reverse((NOTED, Event::Note)));
        queue.extend(metrics.periods().into_iter().map(|period| Reverse((period, Event::Close(period)))));
        Self {
            scaling,
            curve,
            options,
            noise: Noise::new(options.seed),
            metrics,
            policies: Policies::new(scaling),
            limits,
            queue,
            now: 0,
            state: State { load: 0.0, running: first },
            wanted: first,
            starting: Vec::new(),
            summary: Summary { least_units: first, most_units: first, ..Summary::default() },
            since: Moment::default(),
            changes: Vec::new(),
            moments: Vec::new(),
        }
    }

    pub fn run(mut self) -> Run {
        while let Some(Reverse((at, event))) = self.queue.pop() {
            if at > self.curve.seconds {
                break;
            }
            self.pass(at);
            self.happen(event);
        }
        self.pass(self.curve.seconds);
        self.close()
    }

    #[allow(clippy::cast_precision_loss)] // A month has far fewer seconds than a float can count.
    fn pass(&mut self, until: u64) {
        let length = until.saturating_sub(self.now) as f64;
        self.now = until;
        if length <= 0.0 {
            return;
        }
        self.metrics.pass(self.scaling, self.state, length);
        let is_over = |(watch, limit): &(&Watch, f64)| {
            self.state.measure(self.scaling, watch).is_some_and(|value| value > *limit)
        };
        let over = if self.limits.iter().any(is_over) { length } else { 0.0 };
        let summary = &mut self.summary;
        summary.seconds_over_target += over;
        summary.unit_hours += self.wanted * length / 3600.0;
        summary.mean_units += self.wanted * length;
        summary.peak_load = summary.peak_load.max(self.state.load);
        if let Some(fullness) = self.state.fullness(self.scaling).filter(|fullness| *fullness > 1.0) {
            summary.seconds_overloaded += length;
            let carried = self.state.load / fullness.max(1.0);
            summary.requests_beyond += (self.state.load - carried) * length / 60.0;
        }
        self.since.load += self.state.load * length;
        self.since.seconds_over_target += over;
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Sample => {
                #[allow(clippy::cast_precision_loss)]
                let smooth = self.curve.at(self.now as f64);
                let off = self.options.noise.mul_add(self.noise.either_way(), 1.0);
                self.state.load = (smooth * off).max(0.0);
                self.again(SAMPLED, event);
            }
            Event::Close(period) => {
                self.metrics.close(period);
                self.again(period, event);
            }
            Event::Evaluate => {
                let is_starting = !self.starting.is_empty();
                if let Some(decision) = self.policies.decide(&self.metrics, self.now, self.wanted, is_starting) {
                    self.change(decision.to, decision.because);
                }
                self.again(EVALUATED, event);
            }
            Event::Ready => {
                let now = self.now;
                let ready: f64 = self.starting.iter().filter(|(at, _)| *at <= now).map(|(_, count)| count).sum();
                self.starting.retain(|(at, _)| *at > now);
                self.state.running = (self.state.running + ready).min(self.wanted);
            }
            Event::Note => {
                self.note();
                self.again(NOTED, event);
            }
        }
    }

    fn again(&mut self, after: u64, event: Event) {
        self.queue.push(Reverse((self.now + after, event)));
    }

    fn change(&mut self, to: f64, because: Vec<String>) {
        let from = std::mem::replace(&mut self.wanted, to);
        if to > from {
            self.summary.outs += 1;
            let at = self.now + seconds(self.scaling.warmup);
            self.starting.push((at, to - from));
            self.queue.push(Reverse((at, Event::Ready)));
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
        self.changes.push(Change { second: self.now, from, to, because });
    }

    fn note(&mut self) {
        #[allow(clippy::cast_precision_loss)]
        let length = (self.now - self.since.second).max(1) as f64;
        let load = self.since.load / length;
        let mean = State { load, running: self.state.running };
        self.moments.push(Moment {
            second: self.now,
            load,
            wanted: self.wanted,
            running: self.state.running,
            fullness: mean.fullness(self.scaling),
            seconds_over_target: self.since.seconds_over_target,
        });
        self.since = Moment { second: self.now, ..Moment::default() };
    }

    fn close(mut self) -> Run {
        #[allow(clippy::cast_precision_loss)]
        let length = self.curve.seconds.max(1) as f64;
        self.summary.seconds = self.curve.seconds;
        self.summary.mean_units /= length;
        self.summary.cost = self.options.price.map(|price| price * self.summary.unit_hours);
        Run {
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
