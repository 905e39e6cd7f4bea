//! Checks a model against its goals (recovery, cost and scaling), against policies, and against what AWS refuses.
//!
//! And simulates scaling rules under a load.
//!
//! Each check is a pure function of the model and the facts in it, and gives verdicts with diagnostics. Start at
//! [`run_checks`], which runs all of them.

pub mod cost;
pub mod policies;
pub mod recovery;
pub mod rules;
pub mod scaling;
pub mod simulate;
pub mod units;

mod change_pricing;
mod check_inputs;
mod credentials;
mod fact_reader;
mod run_checks;
mod verdict_summary;

pub use change_pricing::with_prices;
pub use check_inputs::CheckInputs;
pub use run_checks::{CheckResults, build_graphs, run_checks};
pub use verdict_summary::{BudgetStanding, VerdictSummary};
