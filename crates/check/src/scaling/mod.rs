//! Scaling: whether what scales can do so, comes to rest, and finds what it needs when it is as large as it can be.
//!
//! Everything known about a service comes from facts; docs/scaling.md says what they are made of.

mod alike;
mod behind;
mod flap;
mod parts;
mod quota;
mod range;
mod reach;
mod read;
pub(crate) mod say;
mod steps;
mod zones;

#[cfg(test)]
mod tests;

pub use parts::{Action, Alarm, Change, Demand, Per, Removals, Rule, Scaling, Spots, Step, Stepping, Tracking, Watch};
pub use steps::{Load, next, settle};

use gpb_base::diag::Diagnostic;
use gpb_model::Model;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// How many different ways to scale that come to rest are kept to compare others with.
const MOST: usize = 32;

/// Everything that is wrong with how a model scales.
pub fn check(model: &Model) -> Vec<Diagnostic> {
    let mut known = read::read(model);
    let mut found = std::mem::take(&mut known.faults);
    let mut at_rest: Vec<&Scaling> = Vec::new();
    for scaling in &known.scalings {
        found.extend(range::check(scaling));
        if !range::is_sound(scaling) || at_rest.iter().any(|known| alike::alike(known, scaling)) {
            continue;
        }
        let before = found.len();
        reach::check(scaling, &mut found);
        flap::check(scaling, &mut found);
        if found.len() == before && at_rest.len() < MOST {
            at_rest.push(scaling);
        }
    }
    found.extend(quota::check(model, &known.quotas, &known.scalings));
    found.extend(behind::check(model, &known.offers, &known.takings, &known.scalings));
    found.extend(zones::check(model, &known.offers, &known.takings, &known.scalings));
    found
}

/// What scales in a model, and by which rules, in the order of its resources.
pub fn scalings(model: &Model) -> Vec<Scaling> {
    read::read(model).scalings
}

/// An amount as the checks reckon with it.
fn decimal(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(0.0)
}

fn decimal_of(count: usize) -> f64 {
    count.to_f64().unwrap_or(f64::MAX)
}
