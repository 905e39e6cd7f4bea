//! Simulates scaling rules under a load.
//!
//! All the delays between a load and the units that carry it are simulated.
//!
//! Time is data here, randomness comes from a seed, and figures are made of additions, multiplications and divisions alone,
//! so the same input gives the same bytes everywhere.

mod curve;
mod curve_text;
mod load_table;
mod metrics;
mod noise;
mod policy;
mod simulation_run;
mod simulator;
mod svg_plot;
mod text_table;

#[cfg(test)]
mod tests;

pub use curve::LoadCurve;
pub use load_table::RowError;
pub use simulation_run::{CapacityChange, LoadSample, SimulationOptions, SimulationRun, SimulationSummary};
pub use simulator::run;
pub use svg_plot::svg;
pub use text_table::table;
