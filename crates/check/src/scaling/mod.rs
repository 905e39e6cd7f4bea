//! Scaling: whether what scales can do so, comes to rest, and finds what it needs when it is as large as it can be.
//!
//! Everything known about a service comes from facts; docs/scaling.md says what they are made of.

mod capacity_range;
mod downstream;
mod equivalence;
pub(crate) mod figures;
mod flapping;
mod policy_response;
mod quota;
mod reachability;
mod scalable;
mod scaling_facts;
mod zone_loss;

#[cfg(test)]
mod tests;

pub use policy_response::{Load, next_capacity, reconcile};
pub use scalable::{
    AdjustmentType, Alarm, MetricBasis, MetricTerm, PolicyKind, RemovalLimit, Scaling, ScalingPolicy, SourceLocations,
    StepAdjustment, StepPolicy, TargetTracking, UnitLoad,
};

use gpb_base::diag::Diagnostic;
use gpb_model::Model;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// How many different ways to scale that come to rest are kept to compare others with.
const MOST: usize = 32;

/// Everything that is wrong with how a model scales.
pub fn check(model: &Model) -> Vec<Diagnostic> {
    let mut known = scaling_facts::read(model);
    let mut found = std::mem::take(&mut known.faults);
    let mut at_rest: Vec<&Scaling> = Vec::new();
    for scaling in &known.scalings {
        found.extend(capacity_range::check(scaling));
        if !capacity_range::is_sound(scaling) || at_rest.iter().any(|known| equivalence::is_equivalent(known, scaling))
        {
            continue;
        }
        let before = found.len();
        reachability::check(scaling, &mut found);
        flapping::check(scaling, &mut found);
        if found.len() == before && at_rest.len() < MOST {
            at_rest.push(scaling);
        }
    }
    found.extend(quota::check(model, &known.quotas, &known.scalings));
    found.extend(downstream::check(model, &known.offers, &known.takings, &known.scalings));
    found.extend(zone_loss::check(model, &known.offers, &known.takings, &known.scalings));
    found
}

/// What scales in a model, and by which rules, in the order of its resources.
pub fn scalings(model: &Model) -> Vec<Scaling> {
    scaling_facts::read(model).scalings
}

/// An amount as the checks reckon with it.
fn decimal(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(0.0)
}

fn decimal_of(count: usize) -> f64 {
    count.to_f64().unwrap_or(f64::MAX)
}
