//! Takes out of two observations what says nothing about a change outside gpb.

use crate::cloud::Properties;
use crate::plan::inventory::{Inventory, ManagedResource};
use crate::plan::{compare, values};
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
    let (before, now) = (list(was, &rule.property), list(is, &rule.property));
    if before == now {
        return;
    }
    let is_mine = |one: &&ManagedResource<'_>| {
        let named = one.properties().get(&rule.at).or_else(|| one.applied.get(&rule.at));
        one.ty == rule.by && !one.is_gone() && named.is_some_and(|named| names(named, managed))
    };
    let makers: Vec<&ManagedResource<'_>> = everything.managed.values().filter(is_mine).collect();
    let has = |list: &[Json], element: &Json| list.iter().any(|one| compare::documents_equal(one, element));
    let is_made = |element: &Json| makers.iter().any(|maker| has_made(maker, element));
    let kept = now.iter().filter(|one| has(&before, one) || !is_made(one)).cloned().collect();
    put(is, &rule.property, kept);
}

/// Checks that a value names a resource: its identifier, or a string that it has itself.
fn names(named: &Json, managed: &ManagedResource<'_>) -> bool {
    match named {
        Json::Array(items) => items.iter().any(|item| names(item, managed)),
        Json::String(text) => {
            *text == managed.id || managed.properties().values().any(|json| json.as_str() == Some(text))
        }
        _ => false,
    }
}

/// Checks that an element has all that its maker says of it.
fn has_made(maker: &ManagedResource<'_>, element: &Json) -> bool {
    match element {
        Json::Object(entries) => {
            let there = maker.properties();
            let mut common =
                entries.iter().filter(|(key, json)| !json.is_null() && there.contains_key(*key)).peekable();
            common.peek().is_some()
                && common.all(|(key, json)| there.get(key).is_some_and(|one| compare::documents_equal(one, json)))
        }
        Json::String(text) => *text == maker.id || maker.properties().values().any(|json| json.as_str() == Some(text)),
        _ => false,
    }
}

fn list(properties: &Properties, path: &PropPath) -> Vec<Json> {
    let mut segments = path.segments();
    let first = segments.next().and_then(|first| properties.get(first));
    let found = first.and_then(|first| values::json_at(first, &mut segments));
    found.and_then(Json::as_array).cloned().unwrap_or_default()
}

fn put(properties: &mut Properties, path: &PropPath, items: Vec<Json>) {
    if items.is_empty() {
        return remove(properties, path);
    }
    if path.segments().count() == 1 {
        properties.insert(path.head().to_owned(), Json::Array(items));
    }
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
