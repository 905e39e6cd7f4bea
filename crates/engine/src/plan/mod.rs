//! Plans: compares what is desired, what was last applied and what is observed, and decides what has to change.

mod basis;
mod bounds;
mod capability;
mod change;
mod change_parts;
mod changed_since;
pub mod compare;
mod deletion_locks;
mod drift;
#[cfg(any(test, feature = "testing"))]
pub mod fixtures;
mod inputs;
mod inventory;
mod keep;
mod lifecycle;
mod masking;
mod moves;
mod order;
mod passing;
mod plan_file;
mod planned_state;
mod planner;
mod protection;
mod renames;
mod replacement;
mod step;
mod step_graph;
mod surplus;
#[cfg(test)]
mod tests;
pub mod values;
mod watched;
mod withheld;

pub use basis::{inputs_changed, model_hash, stale};
pub use capability::{capability_refusals, capability_refusals_of_model};
pub use change::{
    Action, ClearProperties, DriftWarning, OWNER, PLACE, PropertyDifference, ResourceChange, STATE, TYPE,
};
pub use changed_since::{take_drift, weakened_since};
pub use deletion_locks::{add_deletion_locks, deleted_resources, unprotect};
pub use drift::without_elements_of;
pub use inputs::{Observation, PlanInputs, PlanOptions, ProtectionOverride};
pub use keep::{idle_removals, never_known};
pub use masking::{masked, take_clear};
pub use plan_file::{FORMAT, Plan, PlanBasis, SavedPlanError, from_json, to_json, why_not_a_plan};
pub use planner::plan;
pub use protection::refusals;
pub use step::{PlanStep, StepPhase};
pub use withheld::{WithheldChange, incomplete, unread_since};
