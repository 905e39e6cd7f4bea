//! Takes out of two observations what says nothing about a change outside gpb.

use super::made::{self, MakerSide};
use crate::cloud::Properties;
use crate::plan::inventory::{Inventory, ManagedResource};
use gpb_catalog::drift_rules::{DriftRules, MakerRule, has_entries};
use gpb_model::PropPath;
use serde_json::Value as Json;

/// Takes out what AWS changes by itself, and what other declared resources have put there.
pub(super) fn strip(
    rules: &DriftRules,
    managed: &ManagedResource<'_>,
    everything: &Inventory<'_>,
    was: &mut Properties,
    is: &mut Properties,
) {
    for rule in rules.volatile_of(managed.ty) {
        let is_moved = rule.moved_by.is_empty() || rule.moved_by.iter().any(|by| is_named(by, managed, everything));
        if is_moved && has_entries(is, &rule.while_) {
            for path in &rule.properties {
                remove(was, path);
                remove(is, path);
            }
        }
    }
    for rule in rules.makers_of(managed.ty) {
        leave_out_made(rule, managed, everything, was, is);
    }
}

/// Checks that a resource of a type names this one.
fn is_named(by: &str, managed: &ManagedResource<'_>, everything: &Inventory<'_>) -> bool {
    let makers = everything.managed.values().filter(|one| one.ty == by);
    let id = managed.id.as_str();
    // An identifier may be a part: `service/cluster/name` of `arn:…:service/cluster/name`.
    makers.flat_map(|one| one.properties().values()).filter_map(Json::as_str).any(|text| {
        let last = |text: &str| text.rsplit(['/', '|', ':']).next().unwrap_or_default().to_owned();
        !id.is_empty()
            && (text == id || text.ends_with(&format!("/{id}")) || id.ends_with(text) || last(text) == last(id))
    })
}

/// Takes out of a list what others put there since it was read.
fn leave_out_made(
    rule: &MakerRule,
    managed: &ManagedResource<'_>,
    everything: &Inventory<'_>,
    was: &Properties,
    is: &mut Properties,
) {
    let (before, now) = (made::list(was, &rule.property), made::list(is, &rule.property));
    if before == now {
        return;
    }
    let owner = MakerSide::of(managed);
    let there = everything.managed.values().filter(|one| !one.is_gone()).map(MakerSide::of);
    let makers: Vec<MakerSide<'_>> = there.filter(|maker| maker.makes_for(rule, owner)).collect();
    let is_made = |element: &Json| makers.iter().any(|maker| maker.has_made(element));
    let kept = now.iter().filter(|one| made::has(&before, one) || !is_made(one)).cloned().collect();
    made::put(is, &rule.property, kept);
}

fn remove(properties: &mut Properties, path: &PropPath) {
    let segments: Vec<String> = path.segments().map(PropPath::unescape).collect();
    match segments.as_slice() {
        [] => {}
        [only] => drop(properties.remove(only)),
        [first, rest @ ..] => {
            if let Some(json) = properties.get_mut(first) {
                remove_inside(json, rest);
            }
        }
    }
}

fn remove_inside(json: &mut Json, rest: &[String]) {
    match (json, rest) {
        (Json::Object(entries), [only]) => drop(entries.remove(only)),
        (Json::Object(entries), [first, rest @ ..]) => {
            if let Some(json) = entries.get_mut(first) {
                remove_inside(json, rest);
            }
        }
        (Json::Array(items), [first, rest @ ..]) if first == "*" => {
            for item in items {
                remove_inside(item, rest);
            }
        }
        _ => {}
    }
}
