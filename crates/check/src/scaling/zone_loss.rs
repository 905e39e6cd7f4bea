//! Checks that scaled resources survive the loss of a zone.
//!
//! Units are left, and the other zones have room for the rest.

use super::figures;
use super::scalable::Scaling;
use super::shared_capacity::{CapacityOffer, Consumption};
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Domain, Model, RecoveryTarget, covers};
use std::collections::BTreeMap;

/// Returns the diagnostics of scalings that do not survive the loss of a zone.
///
/// Only those under a target for the loss of a zone are checked.
pub fn check(
    model: &Model,
    offers: &[CapacityOffer],
    takings: &[Consumption],
    scalings: &[Scaling],
) -> Vec<Diagnostic> {
    let targets: Vec<&RecoveryTarget> =
        model.goals.targets.iter().filter(|target| target.domain == Domain::Zone).collect();
    if targets.is_empty() {
        return Vec::new();
    }
    let rooms: BTreeMap<(&Address, &str), f64> =
        offers.iter().map(|offer| ((&offer.of, &*offer.what), offer.amount)).collect();
    let mut found = Vec::new();
    for scaling in scalings.iter().filter(|scaling| !scaling.zones.is_empty()) {
        let covers = |target: &&&RecoveryTarget| covers(&target.scope, scaling.of.as_str());
        let Some(target) = targets.iter().filter(covers).max_by_key(|target| target.scope.len()) else { continue };
        found.extend(too_few_zones(scaling, target).or_else(|| {
            let taking = takings.iter().find(|taking| taking.by == scaling.of)?;
            no_room_after_zone_loss(scaling, taking, target, &rooms)
        }));
    }
    found
}

/// Reports a scaling in one zone, or with one unit.
///
/// The loss of a zone leaves nothing.
fn too_few_zones(scaling: &Scaling, target: &RecoveryTarget) -> Option<Diagnostic> {
    let mut zones = scaling.zones.clone();
    zones.sort_unstable();
    zones.dedup();
    let (text, help) = if zones.len() < 2 {
        let zone = zones.first().map_or("", |zone| zone.as_str());
        (format!("all of it is in {zone}"), "spread it over two zones or more".to_owned())
    } else if scaling.minimum < 2.0 {
        let text = format!("at its minimum there is {} in one zone", scaling.count_noun(scaling.minimum));
        let start = if scaling.desired.is_some_and(|desired| desired < 2.0) { ", and start with 2" } else { "" };
        (text, format!("make the minimum 2 {}{start}", scaling.unit))
    } else {
        return None;
    };
    let message = format!("the loss of one zone leaves nothing of `{}`, and it must recover from that", scaling.of);
    Some(
        Diagnostic::error("GPB6014", message)
            .with_label(scaling.spots.span_of("minimum"), text)
            .with_label(target.span, "demanded here")
            .help(help),
    )
}

/// Reports that the other zones have no room for the units of the lost one.
fn no_room_after_zone_loss(
    scaling: &Scaling,
    taking: &Consumption,
    target: &RecoveryTarget,
    rooms: &BTreeMap<(&Address, &str), f64>,
) -> Option<Diagnostic> {
    let room: Option<Vec<f64>> = taking.of.iter().map(|place| rooms.get(&(place, &*taking.what)).copied()).collect();
    let room = room?;
    let largest = room.iter().copied().reduce(f64::max)?;
    let left = room.iter().sum::<f64>() - largest;
    let needed = scaling.maximum * taking.each;
    if needed <= left {
        return None;
    }
    let message = format!(
        "when a zone is lost, `{}` needs {} {what} for {} in the others, which have {}",
        scaling.of,
        figures::number(needed),
        scaling.count_noun(scaling.maximum),
        figures::number(left),
        what = taking.what,
    );
    let most = (left / taking.each.max(1.0)).floor();
    Some(
        Diagnostic::error("GPB6014", message)
            .with_label(scaling.spots.span_of("maximum"), format!("at most {}", scaling.count_noun(scaling.maximum)))
            .with_label(target.span, "demanded here")
            .help(format!("make the maximum {}, or have larger subnets", scaling.count_noun(most))),
    )
}
