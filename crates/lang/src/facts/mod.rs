//! Facts: what is known about resource types, evaluated for every resource over the whole graph of its environment.
//!
//! This happens when the model is made, so a fact reads what will be sent to the cloud, overrides and tags included, and
//! never what a user happened to write on the way there.

mod dependencies;
mod evaluate;
mod fact_plan;
mod functions;
mod graph_reader;
mod parallel;
mod program;
mod property_access;
mod resource_graph;
pub mod tags;
mod usage;
mod worker;

pub use parallel::evaluate_and;
pub use program::FactProgram;
pub use resource_graph::DeclarationSite;
pub use worker::{FactInputs, FactWorker};
