//! Reports of plans, states, costs and verdicts, as text and as JSON.

mod change;
pub mod check_summary;
pub mod cost;
mod diff_lines;
mod heading;
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

pub use heading::heading;
pub use plan::PlanSummary;
pub use styles::Styles;
