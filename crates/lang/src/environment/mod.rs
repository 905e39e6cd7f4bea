//! Environments: from what an environment says and what its stack was expanded to, to its model.

mod assemble;
mod budgets;
mod declaration_site;
mod goals;
mod model;
mod moves;
mod outputs;
mod overrides;
mod property_reader;
mod removals;
mod tags;
mod watched;

pub use assemble::says_usage;
