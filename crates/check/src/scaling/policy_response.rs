//! Computes the capacity that scaling rules lead to under a load.
//!
//! The checks and the simulation share this.
//!
//! Source: docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html and
//! docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html

use super::scalable::Scaling;
use super::scaling_policy::{
    AdjustmentType, Alarm, MetricBasis, MetricTerm, PolicyKind, StepAdjustment, StepPolicy, TargetTracking,
};
use crate::units::MetricValue;

/// Two figures this near to each other are the same.
///
/// Decimal thresholds do not survive binary division exactly.
const SAME: f64 = 1e-9;
/// More of a metric than there ever is.
const ENDLESS: f64 = 1e15;

/// The load on all units together.
#[derive(Debug, Clone, Copy)]
pub enum Load<'a> {
    /// So much of the named metric, in its unit; nothing of any other.
    Of(&'a str, f64),
    /// As much of everything as raises the alarms of rules that add.
    Most,
    /// As little of everything as raises the alarms of rules that remove.
    Least,
}

impl MetricTerm {
    /// Returns the metric's value under a load, in the metric's unit.
    ///
    /// `None` where nobody knows.
    pub fn value_under(&self, load: Load<'_>, capacity: f64) -> Option<f64> {
        let most = self.ceiling.map_or(ENDLESS, |ceiling| ceiling.0);
        match (load, self.per) {
            (Load::Most, _) => Some(most),
            (Load::Least, MetricBasis::Unknown) => Some(-ENDLESS),
            (Load::Of(..), MetricBasis::Unknown) => None,
            (Load::Of(name, amount), per) if name == self.name => {
                let value = if per == MetricBasis::Unit { amount / capacity.max(SAME) } else { amount };
                Some(value.min(most))
            }
            (Load::Least | Load::Of(..), _) => Some(0.0),
        }
    }

    /// Returns the metric's own value for a value that an alarm compares.
    ///
    /// An alarm compares `times × metric / over`.
    pub fn metric_value(&self, compared: MetricValue) -> MetricValue {
        MetricValue(compared.0 * self.over / self.times)
    }
}

impl Alarm {
    /// Returns the value to compare with the threshold; `None` where nobody knows.
    ///
    /// `measure` returns the value of one metric, in the metric's unit.
    pub fn value(&self, measure: impl Fn(&MetricTerm) -> Option<f64>) -> Option<f64> {
        let mut highest: Option<f64> = None;
        for watch in &self.watches {
            let value = measure(watch)? * watch.times / watch.over;
            highest = Some(highest.map_or(value, |other| other.max(value)));
        }
        highest
    }

    /// Returns the distance of a value from the threshold if it breaches it.
    ///
    /// Negative below.
    pub fn breach(&self, value: f64) -> Option<f64> {
        let beyond = value - self.threshold.0;
        let margin = SAME * self.threshold.0.abs().max(1.0);
        let is_breached = match (self.above, self.inclusive) {
            (true, false) => beyond > margin,
            (true, true) => beyond >= -margin,
            (false, false) => beyond < -margin,
            (false, true) => beyond <= margin,
        };
        is_breached.then_some(beyond)
    }
}

impl StepAdjustment {
    /// Checks that a breach lies between its bounds.
    ///
    /// The bound nearer to the threshold belongs to it.
    pub fn covers(&self, breach: f64, above: bool) -> bool {
        let (from, to) = (self.from.unwrap_or(f64::NEG_INFINITY), self.to.unwrap_or(f64::INFINITY));
        if above { from - SAME <= breach && breach < to } else { from < breach && breach <= to + SAME }
    }
}

impl StepPolicy {
    /// Returns the number of units that a breach asks for.
    ///
    /// `None` where no step covers it.
    pub fn target_capacity(&self, capacity: f64, breach: f64, above: bool) -> Option<f64> {
        let step = self.steps.iter().find(|step| step.covers(breach, above))?;
        Some(self.changed(capacity, step.by))
    }

    fn changed(&self, capacity: f64, by: f64) -> f64 {
        match self.adjustment {
            AdjustmentType::By => capacity + by,
            AdjustmentType::To => by,
            AdjustmentType::Percent => {
                let exact = capacity * by / 100.0;
                // A part of a unit counts as one; beyond one, parts are dropped.
                let whole = if exact.abs() < 1.0 && exact.abs() > SAME { exact.signum() } else { exact.trunc() };
                let least = if whole.abs() > SAME { whole.signum() * whole.abs().max(self.least) } else { whole };
                capacity + least
            }
        }
    }

    /// Checks that some step adds units.
    pub fn adds(&self) -> bool {
        self.steps.iter().any(|step| step.by > 0.0)
    }

    /// Checks that some step removes units.
    pub fn removes(&self) -> bool {
        self.adjustment != AdjustmentType::To && self.steps.iter().any(|step| step.by < 0.0)
    }
}

impl TargetTracking {
    /// Returns the number of units with which the metric would be at the target.
    pub fn target_capacity(&self, capacity: f64, value: f64) -> f64 {
        (capacity * value / self.target.0 - SAME).ceil()
    }

    /// Checks that a value of the metric is above the target.
    pub fn is_high(&self, value: f64) -> bool {
        value > self.target.0 * (1.0 + SAME)
    }

    /// Checks that a value of the metric is low enough to remove units.
    pub fn is_low(&self, value: f64) -> bool {
        value < self.target.0 * self.in_below.0 * (1.0 - SAME)
    }
}

/// Combines what several rules ask for.
///
/// The largest capacity wins, and adding goes before removing.
#[derive(Debug)]
struct CapacityRequest {
    minimum: f64,
    maximum: f64,
    capacity: f64,
    up: Option<f64>,
    down: Option<f64>,
}

impl CapacityRequest {
    fn new(scaling: &Scaling, capacity: f64) -> Self {
        let maximum = scaling.maximum.max(scaling.minimum);
        Self { minimum: scaling.minimum, maximum, capacity, up: None, down: None }
    }

    fn request(&mut self, target: f64) {
        let target = target.clamp(self.minimum, self.maximum);
        let side = if target > self.capacity { &mut self.up } else { &mut self.down };
        if (target - self.capacity).abs() > f64::EPSILON {
            *side = Some(side.map_or(target, |other| other.max(target)));
        }
    }

    fn result(&self) -> f64 {
        self.up.or(self.down).unwrap_or(self.capacity)
    }
}

/// Returns the number of units that several rules agree on.
///
/// Each of them asks for one of `target`.
pub fn reconcile(scaling: &Scaling, capacity: f64, target: impl Iterator<Item = f64>) -> f64 {
    let mut request = CapacityRequest::new(scaling, capacity);
    target.for_each(|one| request.request(one));
    request.result()
}

/// Returns the number of units that the rules lead to from `capacity`.
///
/// All alarms have had their time by then.
pub fn next_capacity(scaling: &Scaling, load: Load<'_>, capacity: f64) -> f64 {
    let mut request = CapacityRequest::new(scaling, capacity);
    let mut removal: Option<f64> = None;
    let mut all_ready = true;
    for rule in &scaling.rules {
        match &rule.action {
            PolicyKind::Step(step) => apply_step_policy(step, load, capacity, &mut request),
            PolicyKind::Track(track) => {
                let Some(value) = track.watch.value_under(load, capacity) else { continue };
                if track.is_high(value) {
                    request.request(track.target_capacity(capacity, value));
                } else if track.removes && track.is_low(value) {
                    let target = track.target_capacity(capacity, value);
                    removal = Some(removal.map_or(target, |other: f64| other.max(target)));
                    continue;
                }
                all_ready &= !track.removes;
            }
        }
    }
    // Target tracking removes only when all its policies that remove are ready to.
    if let Some(target) = removal.filter(|_| all_ready) {
        request.request(target);
    }
    request.result()
}

fn apply_step_policy(step: &StepPolicy, load: Load<'_>, capacity: f64, request: &mut CapacityRequest) {
    for alarm in &step.alarms {
        let side = extreme_load(load, alarm);
        let breach = alarm.value(|watch| watch.value_under(side, capacity)).and_then(|value| alarm.breach(value));
        let Some(target) = breach.and_then(|breach| step.target_capacity(capacity, breach, alarm.above)) else {
            continue;
        };
        // What is asked for at the extremes is where the rules lead in one direction.
        let counts = match load {
            Load::Of(..) => true,
            Load::Most => target > capacity,
            Load::Least => target < capacity,
        };
        if counts {
            request.request(target);
        }
    }
}

/// Returns the load for one alarm.
///
/// At an extreme, each alarm is raised from its own side: some rules add when something falls.
fn extreme_load<'a>(load: Load<'a>, alarm: &Alarm) -> Load<'a> {
    match load {
        Load::Of(..) => load,
        _ if alarm.above => Load::Most,
        _ => Load::Least,
    }
}
