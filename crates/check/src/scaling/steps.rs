//! Where the rules lead from a capacity under a load. The checks and the simulation share this.

use super::parts::{Action, Alarm, Change, Per, Scaling, Step, Stepping, Tracking, Watch};

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

impl Watch {
    /// What the metric is under a load.
    pub fn under(&self, load: Load<'_>, capacity: f64) -> Option<f64> {
        let most = self.ceiling.unwrap_or(ENDLESS);
        match (load, self.per) {
            (Load::Most, _) => Some(most),
            (Load::Least, Per::Unknown) => Some(-ENDLESS),
            (Load::Of(..), Per::Unknown) => None,
            (Load::Of(name, amount), per) if name == self.name => {
                let value = if per == Per::Unit { amount / capacity.max(SAME) } else { amount };
                Some(value.min(most))
            }
            (Load::Least | Load::Of(..), _) => Some(0.0),
        }
    }

    /// The metric's value at which what is compared is `value`.
    pub fn at(&self, value: f64) -> f64 {
        value * self.over / self.times
    }
}

impl Alarm {
    /// What is compared with the threshold; `None` where nobody can say.
    pub fn value(&self, measure: impl Fn(&Watch) -> Option<f64>) -> Option<f64> {
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

impl Step {
    /// Whether a breach lies between its bounds: the nearer bound belongs to it.
    pub fn covers(&self, breach: f64, above: bool) -> bool {
        let (from, to) = (self.from.unwrap_or(f64::NEG_INFINITY), self.to.unwrap_or(f64::INFINITY));
        if above { from - SAME <= breach && breach < to } else { from < breach && breach <= to + SAME }
    }
}

impl Stepping {
    /// The capacity that a breach asks for.
    pub fn wanted(&self, capacity: f64, breach: f64, above: bool) -> Option<f64> {
        let step = self.steps.iter().find(|step| step.covers(breach, above))?;
        Some(self.changed(capacity, step.by))
    }

    fn changed(&self, capacity: f64, by: f64) -> f64 {
        match self.change {
            Change::By => capacity + by,
            Change::To => by,
            Change::Percent => {
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
        self.change != Change::To && self.steps.iter().any(|step| step.by < 0.0)
    }
}

impl Tracking {
    /// The capacity at which the metric would be at the target.
    pub fn wanted(&self, capacity: f64, value: f64) -> f64 {
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
struct Settling {
    minimum: f64,
    maximum: f64,
    capacity: f64,
    up: Option<f64>,
    down: Option<f64>,
}

impl Settling {
    fn new(scaling: &Scaling, capacity: f64) -> Self {
        let maximum = scaling.maximum.max(scaling.minimum);
        Self { minimum: scaling.minimum, maximum, capacity, up: None, down: None }
    }

    fn want(&mut self, wanted: f64) {
        let wanted = wanted.clamp(self.minimum, self.maximum);
        let side = if wanted > self.capacity { &mut self.up } else { &mut self.down };
        if (wanted - self.capacity).abs() > f64::EPSILON {
            *side = Some(side.map_or(wanted, |other| other.max(wanted)));
        }
    }

    fn end(&self) -> f64 {
        self.up.or(self.down).unwrap_or(self.capacity)
    }
}

/// The capacity that several rules agree on.
pub fn settle(scaling: &Scaling, capacity: f64, wanted: impl Iterator<Item = f64>) -> f64 {
    let mut settling = Settling::new(scaling, capacity);
    wanted.for_each(|one| settling.want(one));
    settling.end()
}

/// The capacity the rules lead to from a capacity, once all alarms have had their time.
pub fn next(scaling: &Scaling, load: Load<'_>, capacity: f64) -> f64 {
    let mut settling = Settling::new(scaling, capacity);
    let mut removal: Option<f64> = None;
    let mut all_ready = true;
    for rule in &scaling.rules {
        match &rule.action {
            Action::Step(step) => stepped(step, load, capacity, &mut settling),
            Action::Track(track) => {
                let Some(value) = track.watch.under(load, capacity) else { continue };
                if track.is_high(value) {
                    settling.want(track.wanted(capacity, value));
                } else if track.removes && track.is_low(value) {
                    let wanted = track.wanted(capacity, value);
                    removal = Some(removal.map_or(wanted, |other: f64| other.max(wanted)));
                    continue;
                }
                all_ready &= !track.removes;
            }
        }
    }
    // Target tracking removes only when all its policies that remove are ready to.
    if let Some(wanted) = removal.filter(|_| all_ready) {
        settling.want(wanted);
    }
    settling.end()
}

fn stepped(step: &Stepping, load: Load<'_>, capacity: f64, settling: &mut Settling) {
    for alarm in &step.alarms {
        let side = extreme(load, alarm);
        let breach = alarm.value(|watch| watch.under(side, capacity)).and_then(|value| alarm.breach(value));
        let Some(wanted) = breach.and_then(|breach| step.wanted(capacity, breach, alarm.above)) else { continue };
        // What is asked for at the extremes is where the rules lead in one direction.
        let counts = match load {
            Load::Of(..) => true,
            Load::Most => wanted > capacity,
            Load::Least => wanted < capacity,
        };
        if counts {
            settling.want(wanted);
        }
    }
}

/// At an extreme, each alarm is raised from its own side: some rules add when something falls.
fn extreme<'a>(load: Load<'a>, alarm: &Alarm) -> Load<'a> {
    match load {
        Load::Of(..) => load,
        _ if alarm.above => Load::Most,
        _ => Load::Least,
    }
}
