//! Where the rules lead from a capacity under a load. The checks and the simulation share this.

use super::scalable::{
    AdjustmentType, Alarm, MetricBasis, MetricTerm, PolicyKind, Scaling, StepAdjustment, StepPolicy, TargetTracking,
};

/// Two figures this near to each other are the same: decimal thresholds do not survive binary division exactly.
const SAME: f64 = 1e-9;
/// More of a metric than there ever is.
const ENDLESS: f64 = 1e15;

/// What the units have to carry.
#[derive(Debug, Clone, Copy)]
pub enum Load<'a> {
    /// So much of one metric, for all units together; nothing of any other.
    Of(&'a str, f64),
    /// As much of everything as raises the alarms of rules that add, or that remove.
    Most,
    Least,
}

impl MetricTerm {
    /// What the metric is under a load.
    pub fn value_under(&self, load: Load<'_>, capacity: f64) -> Option<f64> {
        let most = self.ceiling.unwrap_or(ENDLESS);
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

    /// The metric's value at which what is compared is `value`.
    pub fn metric_value(&self, value: f64) -> f64 {
        value * self.over / self.times
    }
}

impl Alarm {
    /// What is compared with the threshold; `None` where nobody can say.
    pub fn value(&self, measure: impl Fn(&MetricTerm) -> Option<f64>) -> Option<f64> {
        let mut highest: Option<f64> = None;
        for watch in &self.watches {
            let value = measure(watch)? * watch.times / watch.over;
            highest = Some(highest.map_or(value, |other| other.max(value)));
        }
        highest
    }

    /// By how much a value is beyond the threshold, if it is; negative below.
    pub fn breach(&self, value: f64) -> Option<f64> {
        let beyond = value - self.threshold;
        let margin = SAME * self.threshold.abs().max(1.0);
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
    /// Whether a breach lies between its bounds: the nearer bound belongs to it.
    pub fn covers(&self, breach: f64, above: bool) -> bool {
        let (from, to) = (self.from.unwrap_or(f64::NEG_INFINITY), self.to.unwrap_or(f64::INFINITY));
        if above { from - SAME <= breach && breach < to } else { from < breach && breach <= to + SAME }
    }
}

impl StepPolicy {
    /// The capacity that a breach asks for.
    pub fn target_capacity(&self, capacity: f64, breach: f64, above: bool) -> Option<f64> {
        let step = self.steps.iter().find(|step| step.covers(breach, above))?;
        Some(self.changed(capacity, step.by))
    }

    fn changed(&self, capacity: f64, by: f64) -> f64 {
        match self.change {
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

    /// Whether some step of it adds, for an alarm on that side.
    pub fn adds(&self) -> bool {
        self.steps.iter().any(|step| step.by > 0.0)
    }

    pub fn removes(&self) -> bool {
        self.change != AdjustmentType::To && self.steps.iter().any(|step| step.by < 0.0)
    }
}

impl TargetTracking {
    /// The capacity at which the metric would be at the target.
    pub fn target_capacity(&self, capacity: f64, value: f64) -> f64 {
        (capacity * value / self.target - SAME).ceil()
    }

    pub fn is_high(&self, value: f64) -> bool {
        value > self.target * (1.0 + SAME)
    }

    pub fn is_low(&self, value: f64) -> bool {
        value < self.target * self.in_below * (1.0 - SAME)
    }
}

/// What several rules want: the largest capacity wins, and adding goes before removing.
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

/// The capacity that several rules agree on.
pub fn reconcile(scaling: &Scaling, capacity: f64, target: impl Iterator<Item = f64>) -> f64 {
    let mut request = CapacityRequest::new(scaling, capacity);
    target.for_each(|one| request.request(one));
    request.result()
}

/// The capacity the rules lead to from a capacity, once all alarms have had their time.
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

/// At an extreme, each alarm is raised from its own side: some rules add when something falls.
fn extreme_load<'a>(load: Load<'a>, alarm: &Alarm) -> Load<'a> {
    match load {
        Load::Of(..) => load,
        _ if alarm.above => Load::Most,
        _ => Load::Least,
    }
}
