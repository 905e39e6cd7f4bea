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

/// Of what several rules want, the largest capacity wins; adding goes before removing.
pub fn settle(scaling: &Scaling, capacity: f64, wanted: impl Iterator<Item = f64>) -> f64 {
    let mut up: Option<f64> = None;
    let mut down: Option<f64> = None;
    for one in wanted {
        let one = one.clamp(scaling.minimum, scaling.maximum.max(scaling.minimum));
        if one > capacity {
            up = Some(up.map_or(one, |other| other.max(one)));
        } else if one < capacity {
            down = Some(down.map_or(one, |other| other.max(one)));
        }
    }
    up.or(down).unwrap_or(capacity)
}

/// The capacity the rules lead to from a capacity, once all alarms have had their time.
pub fn next(scaling: &Scaling, load: Load<'_>, capacity: f64) -> f64 {
    let mut wanted: Vec<f64> = Vec::with_capacity(scaling.rules.len());
    let mut removals: Vec<f64> = Vec::new();
    let mut all_ready = true;
    for rule in &scaling.rules {
        match &rule.action {
            Action::Step(step) => wanted.extend(stepped(step, load, capacity)),
            Action::Track(track) => {
                let Some(value) = track.watch.under(load, capacity) else { continue };
                if track.is_high(value) {
                    wanted.push(track.wanted(capacity, value));
                } else if track.removes && track.is_low(value) {
                    removals.push(track.wanted(capacity, value));
                    continue;
                }
                all_ready &= !track.removes;
            }
        }
    }
    // Target tracking removes only when all its policies that remove are ready to.
    if all_ready {
        wanted.extend(removals.into_iter().reduce(f64::max));
    }
    settle(scaling, capacity, wanted.into_iter())
}

fn stepped(step: &Stepping, load: Load<'_>, capacity: f64) -> Vec<f64> {
    let raised = step.alarms.iter().filter_map(|alarm| {
        let side = extreme(load, alarm);
        let breach = alarm.breach(alarm.value(|watch| watch.under(side, capacity))?)?;
        step.wanted(capacity, breach, alarm.above)
    });
    // What is asked for at the extremes is where the rules lead in one direction.
    raised
        .filter(|wanted| match load {
            Load::Of(..) => true,
            Load::Most => *wanted > capacity,
            Load::Least => *wanted < capacity,
        })
        .collect()
}

/// At an extreme, each alarm is raised from its own side: some rules add when something falls.
fn extreme<'a>(load: Load<'a>, alarm: &Alarm) -> Load<'a> {
    match load {
        Load::Of(..) => load,
        _ if alarm.above => Load::Most,
        _ => Load::Least,
    }
}
