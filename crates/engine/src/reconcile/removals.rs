//! Removals: what a change takes out of a list has to be gone from what is read afterwards.
//!
//! The comparison of plans does not see that: once the change is made, nothing says that the property was ever gpb's.

use crate::cloud::{Properties, property_paths};
use crate::plan::compare::identity_of;
use crate::plan::{Action, PropertyDifference, ResourceChange};
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

/// Returns the lists from which an update has taken an element that is still read.
///
/// A whole property that is still read proves nothing: what AWS fills in may be what the text said.
pub fn kept_places(change: &ResourceChange, sides: RemovalSides<'_>) -> Vec<PropPath> {
    if !matches!(change.action, Action::Update | Action::Adopt) {
        return Vec::new();
    }
    let is_kept =
        |one: &&PropertyDifference| match [sides.before, sides.sent, sides.shown].map(|side| there(side, &one.path)) {
            [Some(Json::Array(before)), Some(Json::Array(sent)), Some(Json::Array(shown))] => {
                before.iter().any(|item| !holds(sent, item) && holds(shown, item))
            }
            _ => false,
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
