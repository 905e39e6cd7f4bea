//! Runs all checks of scaling over a model.

use super::scalable::Scaling;
use super::{capacity_range, downstream, equivalence, flapping, quota, reachability, scaling_facts, zone_loss};
use gpb_base::diag::Diagnostic;
use gpb_model::Model;

/// The most sound scalings that are kept to compare others with.
const MOST: usize = 32;

/// Returns everything that is wrong with how a model scales.
pub fn check(model: &Model) -> Vec<Diagnostic> {
    let mut known = scaling_facts::read(model);
    let mut found = std::mem::take(&mut known.problems);
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

/// Returns the scalable dimensions of a model with their rules.
///
/// They are in the order of its resources.
pub fn scalings(model: &Model) -> Vec<Scaling> {
    scaling_facts::read(model).scalings
}
