//! Checks whether the condition of a rule about drift holds.

use super::wider::is_wider;
use crate::plan::compare;
use gpb_catalog::drift_rules::{DriftCondition, WarningRule, has_entries};
use serde_json::Value as Json;

/// Checks whether a rule holds for a value as it was and as it is.
pub(super) fn holds(rule: &WarningRule, was: Option<&Json>, is: Option<&Json>) -> bool {
    let number = |json: Option<&Json>| json.and_then(number);
    match rule.when {
        DriftCondition::Gone => false,
        DriftCondition::Changes => match (was, is) {
            (Some(was), Some(is)) => !compare::documents_equal(was, is),
            _ => was.is_some() != is.is_some(),
        },
        DriftCondition::Becomes => {
            let is_one = |json: Option<&Json>| json.is_some_and(|json| rule.to.iter().any(|to| is_equal(to, json)));
            is_one(is) && !is_one(was)
        }
        DriftCondition::On => is_true(is) && !is_true(was),
        DriftCondition::Off => is_true(was) && !is_true(is),
        DriftCondition::Gains => comes(rule, was, is),
        DriftCondition::Loses => comes(rule, is, was),
        DriftCondition::Falls => match (number(was), number(is)) {
            (Some(was), Some(is)) => is < was,
            (was, is) => was.is_some() && is.is_none(),
        },
        DriftCondition::Rises => number(was).zip(number(is)).is_some_and(|(was, is)| is > was),
        DriftCondition::Wider => is_wider(was, is),
    }
}

/// Checks that an element is in the second that is not in the first; what is no list is its own element.
fn comes(rule: &WarningRule, without: Option<&Json>, with: Option<&Json>) -> bool {
    let has = |json: &Json| elements(without).into_iter().any(|one| compare::documents_equal(one, json));
    elements(with).into_iter().any(|json| is_meant(rule, json) && !has(json))
}

/// Returns the elements of a list, the innermost ones where an object holds lists alone.
fn elements(json: Option<&Json>) -> Vec<&Json> {
    match json {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(items)) => items.iter().collect(),
        Some(Json::Object(entries)) if !entries.is_empty() && entries.values().all(Json::is_array) => {
            entries.values().flat_map(|list| elements(Some(list))).collect()
        }
        Some(one) => vec![one],
    }
}

/// Checks that an element is one that the rule is about; `""` stands for an element that is no object.
fn is_meant(rule: &WarningRule, json: &Json) -> bool {
    match json {
        Json::Object(entries) => has_entries(entries, &rule.element),
        _ => rule.element.get("").is_none_or(|values| values.contains(json)),
    }
}

fn is_true(json: Option<&Json>) -> bool {
    json.is_some_and(|json| is_equal(&Json::Bool(true), json))
}

fn is_equal(a: &Json, b: &Json) -> bool {
    compare::documents_equal(a, b)
}

fn number(json: &Json) -> Option<f64> {
    json.as_f64().or_else(|| json.as_str()?.parse().ok())
}
