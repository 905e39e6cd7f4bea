//! Decides which capacity the rules ask for at an instant, with their cooldowns.

use super::metrics::Metrics;
use crate::scaling::{PolicyKind, Scaling, ScalingPolicy, StepPolicy, TargetTracking, reconcile};

/// The state of a rule since its last change.
#[derive(Debug, Clone, Copy, Default)]
struct PolicyState {
    /// The end of its last addition's cooldown, and the capacity before it.
    ///
    /// Until that second, the addition counts as part of the next one.
    out: Option<(u64, f64)>,
    /// The second until which it removes nothing more.
    in_until: u64,
}

/// The rules of a scaling with their states.
#[derive(Debug)]
pub struct PolicySet<'a> {
    scaling: &'a Scaling,
    memories: Vec<PolicyState>,
    /// The seconds at which units were removed.
    removed: Vec<u64>,
}

/// The seconds of a day.
const DAY: u64 = 86_400;

/// A new capacity, and the rules that asked for it.
#[derive(Debug, Clone, PartialEq)]
pub struct CapacityDecision {
    /// The new number of units.
    pub to: f64,
    /// The addresses of the rules.
    pub because: Vec<String>,
}

impl<'a> PolicySet<'a> {
    /// Starts without any change made.
    pub fn new(scaling: &'a Scaling) -> Self {
        Self { scaling, memories: vec![PolicyState::default(); scaling.rules.len()], removed: Vec::new() }
    }

    /// Returns the change that the rules agree on at the second `now`.
    ///
    /// `None` where there is none, or it cannot be made yet.
    pub fn decide(
        &mut self,
        metrics: &Metrics,
        now: u64,
        capacity: f64,
        is_starting: bool,
    ) -> Option<CapacityDecision> {
        let mut desired: Vec<(usize, f64)> = Vec::new();
        let mut removals: Vec<(usize, f64)> = Vec::new();
        let mut all_ready = true;
        for (at, rule) in self.scaling.rules.iter().enumerate() {
            let Some(memory) = self.memories.get(at).copied() else { continue };
            match &rule.action {
                PolicyKind::Step(step) => {
                    desired.extend(step_capacity(step, &memory, metrics, now, capacity).map(|one| (at, one)));
                }
                PolicyKind::Track(track) => match track_capacity(track, &memory, metrics, now, capacity) {
                    TrackingDecision::Add(one) => {
                        desired.push((at, one));
                        all_ready &= !track.removes;
                    }
                    TrackingDecision::Remove(one) => removals.push((at, one)),
                    TrackingDecision::Nothing => all_ready &= !track.removes,
                },
            }
        }
        if all_ready && let Some(largest) = removals.iter().map(|(_, one)| *one).reduce(f64::max) {
            desired.extend(removals.iter().filter(|(_, one)| *one >= largest));
        }
        let to = reconcile(self.scaling, capacity, desired.iter().map(|(_, one)| *one));
        if (to - capacity).abs() < f64::EPSILON {
            return None;
        }
        if to < capacity {
            if !self.may_remove(now, is_starting) {
                return None;
            }
            self.removed.push(now);
        }
        let agreed =
            desired.iter().filter(|(_, one)| if to > capacity { *one >= to } else { *one <= to || *one < capacity });
        let agreed: Vec<usize> = agreed.map(|(at, _)| *at).collect();
        for at in &agreed {
            self.record_change(*at, now, capacity, to > capacity);
        }
        let names = agreed.iter().filter_map(|at| self.scaling.rules.get(*at)).map(name);
        Some(CapacityDecision { to, because: names.collect() })
    }

    fn may_remove(&self, now: u64, is_starting: bool) -> bool {
        if self.scaling.waits && is_starting {
            return false;
        }
        let Some(limit) = self.scaling.removals else { return true };
        let today = self.removed.iter().filter(|at| **at / DAY == now / DAY).count();
        let rested = self.removed.last().is_none_or(|last| now >= last + limit.after.whole());
        today < limit.a_day || rested
    }

    fn record_change(&mut self, at: usize, now: u64, capacity: f64, is_out: bool) {
        let (Some(rule), Some(memory)) = (self.scaling.rules.get(at), self.memories.get_mut(at)) else { return };
        let (out, inward) = match &rule.action {
            PolicyKind::Step(step) => (step.cooldown, step.cooldown),
            PolicyKind::Track(track) => (track.out_cooldown, track.in_cooldown),
        };
        if is_out {
            // While the cooldown lasts, what was there before it began is what further additions start from.
            let base = memory.out.filter(|(until, _)| now < *until).map_or(capacity, |(_, base)| base);
            memory.out = Some((now + out.whole(), base));
            // Adding ends the wait after a removal.
            memory.in_until = 0;
        } else {
            memory.in_until = now + inward.whole();
        }
    }
}

fn name(rule: &ScalingPolicy) -> String {
    rule.of.to_string()
}

fn base(memory: &PolicyState, now: u64, capacity: f64) -> f64 {
    memory.out.filter(|(until, _)| now < *until).map_or(capacity, |(_, base)| base)
}

fn step_capacity(step: &StepPolicy, memory: &PolicyState, metrics: &Metrics, now: u64, capacity: f64) -> Option<f64> {
    let raised = step.alarms.iter().filter_map(|alarm| {
        let breach = alarm.breach(metrics.alarm_value(alarm, now)?)?;
        let from_base = step.target_capacity(base(memory, now, capacity), breach, alarm.above)?;
        if from_base > capacity {
            return Some(from_base);
        }
        let here = step.target_capacity(capacity, breach, alarm.above)?;
        (here < capacity && now >= memory.in_until).then_some(here)
    });
    raised.reduce(f64::max)
}

enum TrackingDecision {
    Add(f64),
    Remove(f64),
    Nothing,
}

fn track_capacity(
    track: &TargetTracking,
    memory: &PolicyState,
    metrics: &Metrics,
    now: u64,
    capacity: f64,
) -> TrackingDecision {
    let (period, delay) = (track.period.whole(), track.delay.whole());
    let seen = |count: usize| metrics.datapoints(&track.watch.name, period, delay, now, count);
    let all = |points: &[Option<f64>], count: usize, is: &dyn Fn(f64) -> bool| {
        points.len() >= count && points.iter().all(|point| point.is_some_and(is))
    };
    let Some(last) = seen(1).last().copied().flatten() else { return TrackingDecision::Nothing };
    if all(seen(track.out_periods), track.out_periods, &|value| track.is_high(value)) {
        let desired = track.target_capacity(base(memory, now, capacity), last);
        return if desired > capacity { TrackingDecision::Add(desired) } else { TrackingDecision::Nothing };
    }
    let is_low = all(seen(track.in_periods), track.in_periods, &|value| track.is_low(value));
    if is_low && track.removes && now >= memory.in_until {
        let desired = track.target_capacity(capacity, last);
        if desired < capacity {
            return TrackingDecision::Remove(desired);
        }
    }
    TrackingDecision::Nothing
}
