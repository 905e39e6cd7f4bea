//! The loss of a zone: what is left must be something, and must have room to become enough again.

use super::parts::{Offer, Scaling, Taking};
use super::say;
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Domain, Model, Target, covers};
use std::collections::BTreeMap;

pub fn check(model: &Model, offers: &[Offer], takings: &[Taking], scalings: &[Scaling]) -> Vec<Diagnostic> {
    let targets: Vec<&Target> = model.goals.targets.iter().filter(|target| target.domain == Domain::Zone).collect();
    if targets.is_empty() {
        return Vec::new();
    }
    let rooms: BTreeMap<(&Address, &str), f64> =
        offers.iter().map(|offer| ((&offer.of, &*offer.what), offer.amount)).collect();
    let mut found = Vec::new();
    for scaling in scalings.iter().filter(|scaling| !scaling.zones.is_empty()) {
        let covers = |target: &&&Target| covers(&target.scope, scaling.of.as_str());
        let Some(target) = targets.iter().filter(covers).max_by_key(|target| target.scope.len()) else { continue };
        found.extend(too_few(scaling, target).or_else(|| {
            let taking = takings.iter().find(|taking| taking.by == scaling.of)?;
            cramped(scaling, taking, target, &rooms)
        }));
    }
    found
}

/// With one zone, or one unit, the loss of a zone leaves nothing.
fn too_few(scaling: &Scaling, target: &Target) -> Option<Diagnostic> {
    let mut zones = scaling.zones.clone();
    zones.sort_unstable();
    zones.dedup();
    let (text, help) = if zones.len() < 2 {
        let zone = zones.first().map_or("", |zone| zone.as_str());
        (format!("all of it is in {zone}"), "spread it over two zones or more".to_owned())
    } else if scaling.minimum < 2.0 {
        let text = format!("at its minimum there is {} in one zone", scaling.of(scaling.minimum));
        let start = if scaling.desired.is_some_and(|desired| desired < 2.0) { ", and start with 2" } else { "" };
        (text, format!("make the minimum 2 {}{start}", scaling.unit))
    } else {
        return None;
    };
    let message = format!("the loss of one zone leaves nothing of `{}`, and it must recover from that", scaling.of);
    Some(
        Diagnostic::error("GPB6014", message)
            .at(scaling.spots.of("minimum"), text)
            .at(target.span, "demanded here")
            .help(help),
    )
}

/// What ran in the lost zone starts in the others, where there must be room for it.
fn cramped(
    scaling: &Scaling,
    taking: &Taking,
    target: &Target,
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
        say::number(needed),
        scaling.of(scaling.maximum),
        say::number(left),
        what = taking.what,
    );
    let most = (left / taking.each.max(1.0)).floor();
    Some(
        Diagnostic::error("GPB6014", message)
            .at(scaling.spots.of("maximum"), format!("at most {}", scaling.of(scaling.maximum)))
            .at(target.span, "demanded here")
            .help(format!("make the maximum {}, or have larger subnets", scaling.of(most))),
    )
}
