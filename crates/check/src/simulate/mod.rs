//! A day in the life of something that scales: the rules run against a load, with all the delays there are between a load
//! and the units that carry it.
//!
//! Time is data here, chance comes from a seed, and figures are made of additions, multiplications and divisions alone, so the
//! same input gives the same bytes everywhere.

mod curve;
mod metrics;
mod noise;
mod policy;
mod simulator;
mod svg_plot;
mod text_table;

#[cfg(test)]
mod tests;

pub use curve::{LoadCurve, RowError};
pub use svg_plot::svg;
pub use text_table::table;

use crate::scaling::Scaling;
use serde::Serialize;

/// How often what happens is noted, in seconds.
pub const NOTED: u64 = 60;

#[derive(Debug, Clone, PartialEq)]
pub struct SimulationOptions {
    pub seed: u64,
    /// By which part of itself the load is off at most, either way.
    pub noise: f64,
    /// What an hour of one unit costs, in dollars, where that is known.
    pub price: Option<f64>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SimulationRun {
    pub of: String,
    pub unit: String,
    pub minimum: f64,
    pub maximum: f64,
    pub load: String,
    pub seed: u64,
    pub noise: f64,
    /// The requests a minute that fill one unit.
    pub full_at: Option<f64>,
    pub summary: SimulationSummary,
    /// Every change of the number of units, in order.
    pub changes: Vec<CapacityChange>,
    /// One a minute.
    pub moments: Vec<LoadSample>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct SimulationSummary {
    pub seconds: u64,
    pub peak_load: f64,
    pub least_units: f64,
    pub mean_units: f64,
    pub most_units: f64,
    pub unit_hours: f64,
    pub outs: usize,
    pub ins: usize,
    /// How long a metric was above what its rules are to hold it to.
    pub seconds_over_target: f64,
    /// How long the units that ran could not carry the load.
    pub seconds_overloaded: f64,
    /// The requests beyond what the units that ran could carry.
    pub requests_beyond: f64,
    /// In dollars.
    pub cost: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CapacityChange {
    pub second: u64,
    pub from: f64,
    pub to: f64,
    /// The rules that asked for it.
    pub because: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct LoadSample {
    pub second: u64,
    /// Requests a minute, all units together, on average since the moment before.
    pub load: f64,
    /// How many units there are to be.
    pub wanted: f64,
    /// How many carry the load.
    pub running: f64,
    /// How full they are, as a part; above one there is more than they can carry.
    pub fullness: Option<f64>,
    pub seconds_over_target: f64,
}

/// Runs a load through the rules of something that scales.
pub fn run(scaling: &Scaling, curve: &LoadCurve, options: &SimulationOptions) -> SimulationRun {
    simulator::Simulator::new(scaling, curve, options).run()
}
