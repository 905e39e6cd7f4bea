//! Removals: what a change takes away has to be gone from what is read afterwards.
//!
//! The comparison of plans does not see that: once the change is made, nothing says that the property was ever gpb's.

use crate::cloud::{Properties, property_paths};
use crate::plan::compare::identity_of;
use crate::plan::{Action, PropertyDifference, ResourceChange};
use crate::state::is_redacted;
use gpb_model::PropPath;
use serde_json::Value as Json;

/// The sides of a change that takes something away, secrets as keyed hashes.
#[derive(Clone, Copy)]
pub struct RemovalSides<'a> {
    /// As applied before the change.
    pub before: &'a Properties,
    /// As sent.
    pub sent: &'a Properties,
    /// As read since.
    pub shown: &'a Properties,
}

/// Returns the places where something is read that an update has taken away.
///
/// A property that shows another value than before was reset, and is as good as gone.
pub fn kept_places(change: &ResourceChange, sides: RemovalSides<'_>) -> Vec<PropPath> {
    if !matches!(change.action, Action::Update | Action::Adopt) {
        return Vec::new();
    }
    let is_kept = |one: &&PropertyDifference| {
        let [before, sent, shown] = [sides.before, sides.sent, sides.shown].map(|side| there(side, &one.path));
        match (before, sent, shown) {
            (Some(_), None, Some(shown)) => {
                let was = change.before.as_ref().and_then(|before| there(before, &one.path));
                was == Some(shown) && !is_redacted(shown)
            }
            (Some(Json::Array(before)), Some(Json::Array(sent)), Some(Json::Array(shown))) => {
                before.iter().any(|item| !holds(sent, item) && holds(shown, item))
            }
            _ => false,
        }
    };
    change.differences.iter().filter(is_kept).map(|one| one.path.clone()).collect()
}

fn there<'a>(properties: &'a Properties, path: &PropPath) -> Option<&'a Json> {
    property_paths::get(properties, path).filter(|json| !json.is_null())
}

/// Checks that a list has an element, by its name where it has one.
fn holds(items: &[Json], wanted: &Json) -> bool {
    match identity_of(wanted) {
        Some(name) => items.iter().any(|item| identity_of(item).as_ref() == Some(&name)),
        None => items.contains(wanted),
    }
}
