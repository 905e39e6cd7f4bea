//! The names and other values of which only one resource may hold each, and which pass from one change to another.

use super::change::{Action, PLACE, ResourceChange, TYPE};
use super::replacement::{UniqueName, any_changes, names_for, names_of};
use crate::cloud::Properties;
use gpb_catalog::{TypeDef, TypeLookup};
use gpb_model::{Place, PropPath};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A name that one change gives up and another takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PassedName {
    /// The index of the change that gives it up.
    pub giver: usize,
    /// The index of the change that takes it.
    pub taker: usize,
    /// The properties that hold it, as they are shown: `` `hosted_zone_id` and `name` ``.
    pub names: String,
}

/// Returns the names that pass from one change to another, in the order of those that take them.
///
/// A deleted resource gives up all it bears; a replaced or changed one gives up what differs.
pub(super) fn passed_names(changes: &[ResourceChange], types: TypeLookup<'_>) -> Vec<PassedName> {
    names_between(changes, types, gives_up)
}

/// Returns the names that one change takes though another one leaves a resource on AWS that bears them.
///
/// A retained or replaced resource that is kept bears all that it bore.
pub(super) fn kept_names(changes: &[ResourceChange], types: TypeLookup<'_>) -> Vec<PassedName> {
    names_between(changes, types, ResourceChange::retains)
}

fn names_between(
    changes: &[ResourceChange],
    types: TypeLookup<'_>,
    gives: fn(&ResourceChange) -> bool,
) -> Vec<PassedName> {
    let mut given_up: BTreeMap<(&str, &Place, UniqueName), Vec<usize>> = BTreeMap::new();
    for (change, at) in changes.iter().zip(0usize..).filter(|(change, _)| gives(change)) {
        let Some(def) = types(&change.ty) else { continue };
        for name in names_of(&def, change.id.as_deref(), before(change).as_deref()) {
            let bears_all = change.action == Action::Delete || change.retains();
            if bears_all || any_changes(&name.paths(&def), &change.differences) {
                given_up.entry((change.ty.as_str(), &change.place, name)).or_default().push(at);
            }
        }
    }
    if given_up.is_empty() {
        return Vec::new();
    }
    let mut passed = Vec::new();
    for (change, taker) in changes.iter().zip(0usize..).filter(|(change, _)| takes(change)) {
        let Some(def) = types(&change.ty) else { continue };
        for name in names_for(&def, &change.desired) {
            let paths = name.paths(&def);
            if !is_new(change) && !any_changes(&paths, &change.differences) {
                continue;
            }
            let is_certain = name.is_certain(&def);
            let key = (change.ty.as_str(), &change.place, name);
            for &giver in given_up.get(&key).into_iter().flatten().filter(|giver| **giver != taker) {
                // A name that is only called so may be borne twice: it counts where one goes and one comes.
                let goes = changes.get(giver).is_some_and(|giver| giver.action == Action::Delete);
                let comes = matches!(change.action, Action::Create | Action::Replace);
                if is_certain || (goes && comes) {
                    let shown: Vec<String> = paths.iter().map(|path| shown(&def, path)).collect();
                    passed.push(PassedName { giver, taker, names: shown.join(" and ") });
                }
            }
        }
    }
    passed
}

/// Returns the properties before a change.
///
/// A read that does not show a property cannot tell that it differs: what the text says of it holds, as before.
fn before(change: &ResourceChange) -> Option<Cow<'_, Properties>> {
    let before = change.before.as_deref()?;
    let is_kept = |name: &str| !any_changes(&[PropPath(name.into())], &change.differences);
    let unread = change.desired.iter().filter(|(name, _)| !before.contains_key(name.as_str()) && is_kept(name));
    let unread: Vec<_> = unread.filter_map(|(name, value)| Some((name.to_string(), value.to_json()?))).collect();
    if unread.is_empty() || change.action == Action::Delete {
        return Some(Cow::Borrowed(before));
    }
    let mut whole = before.clone();
    whole.extend(unread);
    Some(Cow::Owned(whole))
}

fn shown(def: &TypeDef, path: &PropPath) -> String {
    format!("`{}`", def.display(path))
}

/// Checks that a change leaves names behind in its place.
fn gives_up(change: &ResourceChange) -> bool {
    match change.action {
        // What comes instead of another type or elsewhere says nothing of what the old one was called.
        Action::Replace => !is_new(change) && change.deletes(),
        Action::Delete | Action::Update | Action::Adopt => true,
        _ => false,
    }
}

fn takes(change: &ResourceChange) -> bool {
    matches!(change.action, Action::Create | Action::Replace | Action::Update | Action::Adopt)
}

/// Checks that nothing of its type was in its place before.
fn is_new(change: &ResourceChange) -> bool {
    let is_elsewhere = |path: &PropPath| [PLACE, TYPE].contains(&path.0.as_str());
    change.action == Action::Create || change.forced_by.iter().any(is_elsewhere)
}
