//! What plans and states look like, to people and to machines.

mod change;
pub mod cost;
mod document;
pub mod json;
pub mod plan;
pub mod recovery;
pub mod state;
mod styles;
#[cfg(test)]
mod tests;
mod value;

pub use plan::Summary;
pub use styles::Styles;
