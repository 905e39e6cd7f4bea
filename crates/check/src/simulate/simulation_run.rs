//! The options and the result of a simulation.

use crate::units::{Fraction, Seconds};
use serde::Serialize;

/// The options of a simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulationOptions {
    /// The index of the sequence of noise; the same one gives the same run.
    pub seed: u64,
    /// The fraction of itself by which the load is off at most, either way.
    pub noise: Fraction,
    /// The price of an hour of one unit, in dollars, where that is known.
    pub price: Option<f64>,
}

/// The course of a simulation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SimulationRun {
    /// The address of the resource.
    pub of: String,
    /// The noun for its units.
    pub unit: String,
    /// The smallest number of units.
    pub minimum: f64,
    /// The largest number of units.
    pub maximum: f64,
    /// The description of the load.
    pub load: String,
    /// The index of the sequence of noise; the same one gives the same run.
    pub seed: u64,
    /// The fraction of itself by which the load was off at most.
    pub noise: Fraction,
    /// The requests per minute that fully utilize one unit.
    pub full_at: Option<f64>,
    /// The figures of the whole run.
    pub summary: SimulationSummary,
    /// The changes of the number of units, in order.
    pub changes: Vec<CapacityChange>,
    /// The samples, one a minute.
    pub moments: Vec<LoadSample>,
}

/// The figures of a whole run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct SimulationSummary {
    /// The length of the run, in seconds.
    pub seconds: u64,
    /// The highest load, in requests a minute.
    pub peak_load: f64,
    /// The smallest number of units that were asked for.
    pub least_units: f64,
    /// The mean number of units that were asked for.
    pub mean_units: f64,
    /// The largest number of units that were asked for.
    pub most_units: f64,
    /// The sum of the hours of all units.
    pub unit_hours: f64,
    /// The number of changes that added units.
    pub outs: usize,
    /// The number of changes that removed units.
    pub ins: usize,
    /// The time in which a metric was above its target.
    pub seconds_over_target: Seconds,
    /// The time in which the units that ran could not carry the load.
    pub seconds_overloaded: Seconds,
    /// The number of requests beyond those that the units that ran could carry.
    pub requests_beyond: f64,
    /// The cost of the run, in dollars.
    pub cost: Option<f64>,
}

/// A change of the number of units.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CapacityChange {
    /// The time of the change, in seconds since the start.
    pub second: u64,
    /// The number of units before.
    pub from: f64,
    /// The number of units after.
    pub to: f64,
    /// The rules that asked for it.
    pub because: Vec<String>,
}

/// The load and the units over a minute, or over several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct LoadSample {
    /// The end of the sample, in seconds since the start.
    pub second: u64,
    /// The mean load on all units together, in requests a minute.
    pub load: f64,
    /// The number of units asked for.
    pub wanted: f64,
    /// The number of units that carry the load.
    pub running: f64,
    /// The utilization of the units; above 1 there is more load than they can carry.
    pub fullness: Option<Fraction>,
    /// The time in which a metric was above its target.
    pub seconds_over_target: Seconds,
}
