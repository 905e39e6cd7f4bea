//! Drift: what was changed outside gpb, since it was applied and since it was last read, and how bad that is.

mod condition;
mod made;
mod volatile;
mod wider;

pub use made::without_elements_of;

use super::change::{DriftWarning, PropertyDifference, ResourceChange};
use super::change_parts::sides;
use super::compare::{self, CompareRules, CurrentState};
use super::inventory::{Inventory, ManagedResource, Presence};
use super::masking::masked;
use super::values;
use crate::cloud::Properties;
use gpb_catalog::TypeDef;
use gpb_catalog::drift_rules::{DriftCondition, DriftRules};
use gpb_model::{Lifecycle, PropPath, PropertyMap, SecretSource};
use serde_json::Value as Json;

/// Fills in the drift of a resource that exists, and its warnings.
pub(super) fn fill(
    change: &mut ResourceChange,
    managed: &ManagedResource<'_>,
    def: Option<&TypeDef>,
    lifecycle: &Lifecycle,
    everything: &Inventory<'_>,
) {
    let (Presence::There(now), Some(recorded)) = (managed.seen, managed.recorded) else { return };
    if now.properties == *recorded && agrees(managed.applied, &now.properties) {
        return;
    }
    let rules = DriftRules::embedded();
    let differences = since_applied(managed, def, lifecycle);
    let mut was = masked(recorded, managed.applied);
    let mut is = masked(&masked(&now.properties, managed.applied), recorded);
    volatile::strip(rules, managed, everything, &mut was, &mut is);
    let is_known = |path: &PropPath| differences.iter().any(|one| one.path.covers(path) || path.covers(&one.path));
    // What a read after the change did not show yet, and is there as it was sent, nobody else has changed.
    let is_late = |one: &PropertyDifference| one.before.is_none() && at(managed.applied, &one.path).is_some();
    let besides = since_read(def, lifecycle, &was, &is).into_iter().filter(|one| !is_known(&one.path) && !is_late(one));
    let besides: Vec<PropertyDifference> = besides.collect();
    change.drift = differences;
    change.drift.extend(besides);
    change.drift.sort_by(|a, b| a.path.cmp(&b.path));
    change.drift_warnings = warnings(rules, managed.ty, &change.drift, managed.applied, &was, &is);
}

/// Returns the warnings of a resource that is gone.
pub(super) fn gone(ty: &str) -> Vec<DriftWarning> {
    let gone = DriftRules::embedded().warnings_of(ty).filter(|rule| rule.when == DriftCondition::Gone);
    gone.map(|rule| DriftWarning::new(PropPath::default(), rule)).collect()
}

/// Checks that all that was applied is there as it was sent.
fn agrees(applied: &Properties, observed: &Properties) -> bool {
    applied.iter().all(|(name, json)| observed.get(name) == Some(json))
}

/// Returns the differences from what was applied.
fn since_applied(
    managed: &ManagedResource<'_>,
    def: Option<&TypeDef>,
    lifecycle: &Lifecycle,
) -> Vec<PropertyDifference> {
    if agrees(managed.applied, managed.properties()) {
        return Vec::new();
    }
    let sides = sides(managed, Some(managed.applied));
    let found = compare::differences(rules(def, lifecycle), &lifted(managed.applied), sides);
    let turned = found.into_iter().map(|one| PropertyDifference {
        before: at(managed.applied, &one.path).cloned(),
        after: one.before.as_ref().and_then(values::lift),
        ..one
    });
    turned.collect()
}

/// Returns the differences from what was last read, of every property.
fn since_read(
    def: Option<&TypeDef>,
    lifecycle: &Lifecycle,
    was: &Properties,
    is: &Properties,
) -> Vec<PropertyDifference> {
    if was == is {
        return Vec::new();
    }
    // Read backwards, what is now is what is wanted of what was.
    let sides = CurrentState { observed: was, applied: Some(was), recorded: None };
    let found = compare::differences(rules(def, lifecycle), &lifted(is), sides);
    let is_order = |one: &PropertyDifference| {
        let after = one.after.as_ref().and_then(gpb_model::PropertyValue::to_json);
        one.before.as_ref().zip(after).is_some_and(|(before, after)| unordered(before) == unordered(&after))
    };
    // AWS keeps many lists in whatever order it likes.
    found.into_iter().filter(|one| !is_order(one)).collect()
}

fn rules<'a>(def: Option<&'a TypeDef>, lifecycle: &'a Lifecycle) -> CompareRules<'a> {
    const UNKNOWN: &dyn Fn(&SecretSource) -> Option<String> = &|_| None;
    CompareRules { def, ignore: &lifecycle.ignore, secret: UNKNOWN, unseen: &|_| false }
}

fn lifted(properties: &Properties) -> PropertyMap {
    properties.iter().filter_map(|(name, json)| Some((name.as_str().into(), values::lift(json)?))).collect()
}

/// Returns a value with each of its lists in one order.
fn unordered(json: &Json) -> Json {
    match compare::canonical_document(json) {
        Json::Array(items) => {
            let mut items: Vec<Json> = items.iter().map(unordered).collect();
            items.sort_by_cached_key(Json::to_string);
            Json::Array(items)
        }
        Json::Object(entries) => entries.iter().map(|(key, json)| (key.clone(), unordered(json))).collect(),
        other => other,
    }
}

/// Returns the warnings for these differences: of several rules for one property the first that holds.
fn warnings(
    rules: &DriftRules,
    ty: &str,
    drift: &[PropertyDifference],
    applied: &Properties,
    was: &Properties,
    is: &Properties,
) -> Vec<DriftWarning> {
    let mut found: Vec<DriftWarning> = Vec::new();
    for rule in rules.warnings_of(ty).filter(|rule| rule.when != DriftCondition::Gone) {
        let place = plain(&rule.property);
        let concerns = |one: &&PropertyDifference| one.path.covers(&place) || place.covers(&one.path);
        let Some(difference) = drift.iter().find(concerns) else { continue };
        let is_told = found.iter().any(|one| one.property == rule.property);
        let now = at(is, &rule.property);
        // What no read gave back was as it was applied.
        let before = at(was, &rule.property).or_else(|| at(applied, &rule.property));
        let holds = before != now && condition::holds(rule, before, now);
        if !is_told && holds {
            let mut warning = DriftWarning::new(difference.path.clone(), rule);
            warning.property.clone_from(&rule.property);
            found.push(warning);
        }
    }
    found
}

/// Returns the part of a rule's place that a difference can have: all before an element that is chosen by its key.
fn plain(property: &PropPath) -> PropPath {
    let segments = property.segments().take_while(|segment| !segment.contains('='));
    segments.fold(PropPath::default(), |path, segment| path.child(&PropPath::unescape(segment)))
}

/// Returns the value at a place; `Key=name` is the element of a list that has that key.
fn at<'s>(properties: &'s Properties, path: &PropPath) -> Option<&'s Json> {
    let mut segments = path.segments();
    let mut json = properties.get(&PropPath::unescape(segments.next()?))?;
    for segment in segments {
        json = match (json, segment.split_once('=')) {
            (Json::Array(items), Some((key, name))) => {
                items.iter().find(|item| item.get(key).and_then(Json::as_str) == Some(name))?
            }
            _ => values::json_at(json, &mut std::iter::once(segment))?,
        };
    }
    Some(json).filter(|json| !json.is_null())
}
