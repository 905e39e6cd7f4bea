//! Compares what policies allow.

use crate::plan::compare;
use serde_json::{Map, Value as Json};

/// The parts of a statement that say who may do what on what.
const PARTS: [&str; 3] = ["Action", "Resource", "Principal"];

/// Checks whether the policies in the second allow something that those in the first did not.
///
/// A statement that allows is covered by one that allows at least as much, and a statement that denies has to stay. What
/// is said by exception (`NotAction`) has to be the same.
pub(super) fn is_wider(was: Option<&Json>, is: Option<&Json>) -> bool {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    statements(was, &mut before);
    statements(is, &mut after);
    let of = |all: &[Map<String, Json>], effect: &str| -> Vec<Map<String, Json>> {
        all.iter().filter(|one| one.get("Effect").and_then(Json::as_str) == Some(effect)).cloned().collect()
    };
    let allowed = of(&before, "Allow");
    let denied = of(&after, "Deny");
    let is_new = of(&after, "Allow").iter().any(|one| !allowed.iter().any(|other| covers(other, one)));
    let is_lifted = of(&before, "Deny").iter().any(|one| !denied.iter().any(|other| covers(other, one)));
    is_new || is_lifted
}

/// Collects the statements of all policies in a value, in their canonical form.
fn statements(json: Option<&Json>, found: &mut Vec<Map<String, Json>>) {
    let Some(json) = json else { return };
    collect(&compare::canonical_document(json), found);
}

fn collect(json: &Json, found: &mut Vec<Map<String, Json>>) {
    match json {
        Json::Array(items) => {
            for item in items {
                collect(item, found);
            }
        }
        Json::Object(entries) if entries.get("Effect").is_some_and(Json::is_string) => found.push(entries.clone()),
        Json::Object(entries) => {
            for json in entries.values() {
                collect(json, found);
            }
        }
        _ => {}
    }
}

/// Checks that one statement says all that another says.
fn covers(wide: &Map<String, Json>, narrow: &Map<String, Json>) -> bool {
    let parts = PARTS.iter().all(|part| match (wide.get(*part), narrow.get(*part)) {
        (None, None) => true,
        (Some(wide), Some(narrow)) => part_covers(wide, narrow),
        _ => false,
    });
    let is_other = |key: &&String| {
        let key = key.as_str();
        !PARTS.contains(&key) && !matches!(key, "Sid" | "Condition" | "Effect")
    };
    let same = wide.keys().chain(narrow.keys()).filter(is_other).all(|key| wide.get(key) == narrow.get(key));
    let conditions = wide.get("Condition").is_none_or(|condition| narrow.get("Condition") == Some(condition));
    parts && same && conditions
}

fn part_covers(wide: &Json, narrow: &Json) -> bool {
    match (wide, narrow) {
        (Json::String(any), _) if any == "*" => true,
        (Json::Array(wide), Json::Array(narrow)) => {
            narrow.iter().all(|one| wide.iter().any(|pattern| matches_pattern(pattern, one)))
        }
        (Json::Object(wide), Json::Object(narrow)) => {
            narrow.iter().all(|(kind, narrow)| wide.get(kind).is_some_and(|wide| part_covers(wide, narrow)))
        }
        _ => wide == narrow,
    }
}

/// Checks that a pattern, in which `*` stands for any letters, has at least the meaning of another.
fn matches_pattern(pattern: &Json, one: &Json) -> bool {
    let (Some(pattern), Some(text)) = (pattern.as_str(), one.as_str()) else { return pattern == one };
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut is_open = false;
    let parts: Vec<&str> = parts.collect();
    for (at, part) in parts.iter().enumerate() {
        is_open = true;
        if at + 1 == parts.len() {
            return rest.ends_with(part);
        }
        let Some(found) = rest.find(part) else { return false };
        rest = rest.get(found + part.len()..).unwrap_or("");
    }
    is_open || rest.is_empty()
}
