//! Reports of plans, states, costs and verdicts, as text and as JSON.

mod change;
pub mod cost;
mod diff_lines;
pub mod json;
pub mod outcome;
pub mod plan;
mod policy_diff;
pub mod recovery;
mod replacement_order;
pub mod state;
mod styles;
#[cfg(test)]
mod tests;
pub mod unchecked;
mod value;
mod value_diff;

pub use plan::PlanSummary;
pub use styles::Styles;
