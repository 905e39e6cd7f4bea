//! Reports of plans, states, costs and verdicts, as text and as JSON.

mod change;
pub mod cost;
pub mod json;
mod line_diff;
pub mod plan;
pub mod recovery;
pub mod state;
mod styles;
#[cfg(test)]
mod tests;
mod value;

pub use plan::PlanSummary;
pub use styles::Styles;
