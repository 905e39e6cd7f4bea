//! The simulated cloud: persistent, deterministic, checked by the catalog, and as unreliable as it is told to be.
//!
//! It serves every type of the catalog alike and knows none of them: what a resource gives back is made up from the
//! shapes of its read-only properties.

mod calls;
mod faults;
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

pub use faults::{CrashHook, Faults, FaultsError};
pub use latency::Latency;
pub use output_forms::OutputForms;
pub use sim_cloud::{SimCloud, SimOptions};
