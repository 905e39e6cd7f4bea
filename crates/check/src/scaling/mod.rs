//! Checks that scaled resources stay in range and come to rest.
//!
//! Downstream capacity, quotas and the other zones must suffice at maximum scale.
//!
//! Everything known about a service comes from facts; docs/scaling.md describes them.

mod capacity_range;
mod downstream;
mod equivalence;
pub(crate) mod figures;
mod flapping;
mod metric_text;
mod policy_response;
mod quota;
mod reachability;
mod scalable;
mod scaling_check;
mod scaling_facts;
mod scaling_policy;
mod shared_capacity;
mod source_locations;
mod zone_loss;

#[cfg(test)]
mod tests;

pub use policy_response::{Load, next_capacity, reconcile};
pub use scalable::{RemovalLimit, Scaling, UnitLoad};
pub use scaling_check::{check, scalings};
pub use scaling_policy::{
    AdjustmentType, Alarm, MetricBasis, MetricTerm, MissingData, PolicyKind, ScalingPolicy, StepAdjustment, StepPolicy,
    TargetTracking,
};
pub use source_locations::SourceLocations;
