//! The simulated cloud: persistent, deterministic, checked by the catalog, with faults on demand.
//!
//! It serves every type of the catalog alike and knows none of them: the outputs of a resource are generated from the
//! shapes of its read-only properties.

mod behaviour;
mod calls;
mod changes;
mod deletion_locks;
pub mod echo;
mod faults;
mod form_words;
mod hostile_changes;
mod latency;
mod new_resource;
mod output_forms;
mod outputs;
mod pattern_sample;
mod resource_table;
mod sim_cloud;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use behaviour::Behaviour;
pub use faults::{CrashHook, Faults, FaultsError};
pub use latency::Latency;
pub use output_forms::OutputForms;
pub use sim_cloud::{SimCloud, SimOptions};
