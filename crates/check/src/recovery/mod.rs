//! Checks whether an environment can meet its recovery targets (RPO and RTO).
//!
//! A pure function of the model: the facts of each resource say in which failure domains it comes back, in which way, after
//! how long and with what loss, and who says so; the goals say what is demanded. A figure that nobody publishes gives a
//! warning, one that the facts refute an error.

mod assess;
mod duration_estimate;
mod fact_fields;
mod facts_reader;
mod messages;
mod objectives;
mod recovery_check;
mod recovery_facts;
mod recovery_groups;
mod recovery_report;
mod runbook;
mod runbook_markdown;
#[cfg(test)]
mod tests;
mod verdict;
mod verdict_table;

pub use duration_estimate::{DurationEstimate, Floor};
pub use recovery_check::{check, judge};
pub use recovery_facts::{ProposedChange, RecoveryMode, RecoveryPhase, RecoveryRole};
pub use recovery_groups::RecoveryGroup;
pub use recovery_report::{PriceFn, RecoveryInputs, RecoveryReport};
pub use runbook::{Runbook, RunbookTask};
pub use verdict::Verdict;
pub use verdict_table::{FactSummary, VerdictRow, VerdictTrace};
