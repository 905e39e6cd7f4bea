//! The dependency graph of a model: which resource needs which, why, and in what order they can be made.
//!
//! An edge goes from the resource that needs to the one that is needed, and remembers the property that makes it.

mod cycles;
mod dependency_graph;
pub mod output;
#[cfg(test)]
mod tests;

pub use cycles::CycleStep;
pub use dependency_graph::{Edge, Graph};
