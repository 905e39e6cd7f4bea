//! Kept resources: `keep true` lets go of a resource and leaves it on AWS, and what it stands in must stay with it.

use super::change::{Action, PLACE, ResourceChange, TYPE};
use super::lifecycle::HoldInputs;
use super::passing;
use super::plan_file::Plan;
use super::replacement;
use crate::state::{StateSnapshot, deposed_from};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_model::{self as model, Address, Model, Removal};
use std::collections::{BTreeMap, BTreeSet};

/// The most addresses that one message names.
const NAMED: usize = 8;

/// Returns what the program says of an address that it no longer declares; the last word on it counts.
pub(super) fn removal_of<'m>(model: &'m Model, address: &Address) -> Option<&'m Removal> {
    let base = deposed_from(address);
    let address = base.as_ref().unwrap_or(address);
    let covers = |one: &&Removal| model::below(one.address.as_str(), address.as_str()).is_some();
    // The nearest says most.
    model.removals.iter().filter(covers).max_by_key(|one| one.address.as_str().len())
}

/// Returns the removals whose address, or anything below it, is not in a state that has been written.
///
/// Either they were done before, or they name what never was.
pub fn idle_removals<'m>(model: &'m Model, snapshot: &StateSnapshot) -> Vec<&'m Removal> {
    if snapshot.lineage.is_empty() {
        return Vec::new();
    }
    let is_idle = |one: &&Removal| {
        let covers = |address: &Address| model::below(one.address.as_str(), address.as_str()).is_some();
        !snapshot.resources.keys().any(covers) && !snapshot.pending.iter().any(|intent| covers(&intent.address))
    };
    model.removals.iter().filter(is_idle).collect()
}

/// Returns the warning about a removal that names what was never in the state.
///
/// Of the resources that the plan deletes, the nearest by its name may be the one that was meant.
pub fn never_known(removal: &Removal, plan: &Plan) -> Diagnostic {
    let address = &removal.address;
    let message = format!("`{address}` is said to be removed, but was never in the state of this environment");
    let diagnostic = Diagnostic::warning("GPB7073", message).with_label(removal.span, "nothing is let go of here");
    let going = plan.changes.iter().filter(|change| matches!(change.action, Action::Delete | Action::Retain));
    match nearest(address.as_str(), going.map(|change| change.address.as_str())) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`, which goes?")),
        None => diagnostic.help("take it away, or write it in the environment that it is for"),
    }
}

/// Notes with each change that deletes a resource which kept ones stand in it, as the state remembers them.
pub(super) fn note_users(changes: &mut [ResourceChange], built_on: &BTreeMap<&Address, &[Address]>) {
    let kept: Vec<Address> = changes.iter().filter(|one| one.retains()).map(|one| one.address.clone()).collect();
    let mut users: BTreeMap<Address, Vec<Address>> = BTreeMap::new();
    for user in kept {
        let mut seen = BTreeSet::new();
        let mut open = vec![&user];
        while let Some(at) = open.pop() {
            for below in built_on.get(at).copied().unwrap_or_default() {
                if *below != user && seen.insert(below) {
                    open.push(below);
                }
            }
        }
        for below in seen {
            users.entry(below.clone()).or_default().push(user.clone());
        }
    }
    if users.is_empty() {
        return;
    }
    for change in changes.iter_mut().filter(|change| change.deletes() && deposed_from(&change.address).is_none()) {
        change.kept_users = users.remove(&change.address).unwrap_or_default();
    }
}

/// Returns a refusal for each kept resource that stands in something the plan deletes.
pub(super) fn refusals(plan: &Plan, model: Option<&Model>) -> Vec<Diagnostic> {
    let mut deleted: BTreeMap<&Address, Vec<&Address>> = BTreeMap::new();
    for change in &plan.changes {
        for user in &change.kept_users {
            deleted.entry(user).or_default().push(&change.address);
        }
    }
    deleted.into_iter().map(|(user, deleted)| refused(user, &deleted, model)).collect()
}

fn refused(user: &Address, deleted: &[&Address], model: Option<&Model>) -> Diagnostic {
    let shown = deleted.iter().take(NAMED).map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
    let more = match deleted.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!("`{user}` is kept, and what it stands in would be deleted: {shown}{more}");
    let mut diagnostic = Diagnostic::error("GPB7071", message);
    let written = model.and_then(|model| model.resources.iter().find(|one| one.address == *user));
    let removed = model.and_then(|model| removal_of(model, user));
    if let Some(span) = written.map(|one| one.span).or_else(|| removed.map(|one| one.span)) {
        diagnostic = diagnostic.with_label(span, "this stays on AWS");
    }
    let first = deleted.first().map(|one| format!("`--unprotect '{one}'`")).unwrap_or_default();
    diagnostic.help(format!(
        "keep {} as well (`keep true`, or `removed address {{ keep true }}`); where it can do without, say {first}",
        if deleted.len() == 1 { "that" } else { "those" }
    ))
}

/// Refuses what would bear a name that a kept resource goes on bearing.
pub(super) fn name_clashes(changes: &[ResourceChange], inputs: HoldInputs<'_>) -> Vec<Diagnostic> {
    if !changes.iter().any(ResourceChange::retains) {
        return Vec::new();
    }
    let mut found: Vec<Diagnostic> =
        changes.iter().filter(|change| change.retains()).filter_map(|change| own_name(change, inputs)).collect();
    for name in passing::kept_names(changes, inputs.types) {
        let (Some(kept), Some(taker)) = (changes.get(name.giver), changes.get(name.taker)) else { continue };
        let message = format!("`{}` cannot take {} of `{}`, which is kept", taker.address, name.names, kept.address);
        let diagnostic = Diagnostic::error("GPB7072", message);
        found.push(labelled(diagnostic, taker, inputs.model, "takes it here").help(format!(
            "give the new one another value; if it is the same resource, write `moved {} to {}` and take `keep` away",
            kept.address, taker.address
        )));
    }
    found
}

/// Refuses a replacement whose new resource would hold what only one may hold, and the old one keeps.
fn own_name(change: &ResourceChange, inputs: HoldInputs<'_>) -> Option<Diagnostic> {
    let elsewhere = |path: &str| [PLACE, TYPE].contains(&path);
    if change.action != Action::Replace || change.differences.iter().any(|one| elsewhere(one.path.0.as_str())) {
        return None;
    }
    let def = (inputs.types)(&change.ty)?;
    let held = replacement::held_by_both(&def, &change.desired, &change.differences)?;
    let named = held.iter().map(|path| format!("`{}`", def.display(path))).collect::<Vec<_>>().join(" and ");
    let message =
        format!("`{}` cannot be replaced while the old one is kept: only one may hold its {named}", change.address);
    let diagnostic = labelled(Diagnostic::error("GPB7070", message), change, inputs.model, "this would be replaced");
    Some(
        diagnostic
            .help(format!("give the new one another {named}, or take `keep` away so that the old one is deleted")),
    )
}

fn labelled(diagnostic: Diagnostic, change: &ResourceChange, model: &Model, label: &str) -> Diagnostic {
    let written = model.resources.iter().find(|resource| resource.address == change.address);
    let Some(resource) = written else { return diagnostic };
    let diagnostic = diagnostic.with_label(resource.span, label);
    let forcing = change.forced_by.iter().filter_map(|path| resource.spans.get(path));
    forcing.fold(diagnostic, |told, span| told.with_label(*span, "this change needs a new resource"))
}
