//! Renames: `moved old to new`, and the suggestion of one that was not written.

use super::change::{Action, ResourceChange};
use super::inputs::{PlanInputs, PlanOptions};
use crate::state::deposed_from;
use gpb_base::diag::Diagnostic;
use gpb_model as model;
use gpb_model::{Address, Model, Move};
use std::collections::{BTreeMap, BTreeSet};

/// Returns the new address of each address of the state that a `moved` renames.
///
/// A move of a component, a layer or a keyed item moves everything below it. A move whose old address is not in the
/// state was done before, or is not for this environment.
pub(super) fn renames(inputs: &PlanInputs<'_>) -> Result<BTreeMap<Address, Address>, Vec<Diagnostic>> {
    let moves = &inputs.model.moves;
    if moves.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut renames = BTreeMap::new();
    let mut taken: BTreeMap<Address, &Address> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for old in inputs.snapshot.resources.keys() {
        let (new, last) = follow(old, moves);
        if let Some(other) = taken.insert(new.clone(), old) {
            let message = format!("`{old}` and `{other}` would both be `{new}`: both are in the state");
            let mut diagnostic = Diagnostic::error("GPB7003", message);
            let culprit = last.or_else(|| follow(other, moves).1);
            if let Some(culprit) = culprit {
                diagnostic = diagnostic.with_label(culprit.span, format!("moves onto `{new}`"));
            }
            diagnostics.push(diagnostic.help(
                "one address names one resource; move one of them to an address of its own, or take this `moved` away",
            ));
        }
        if new != *old {
            renames.insert(old.clone(), new);
        }
    }
    if diagnostics.is_empty() { Ok(renames) } else { Err(diagnostics) }
}

/// Returns the address after every move is followed once, and the last move on the way.
fn follow<'a>(old: &Address, moves: &'a [Move]) -> (Address, Option<&'a Move>) {
    let mut at = old.clone();
    let mut done = vec![false; moves.len()];
    let mut last = None;
    while let Some((index, moved, next)) = moves.iter().enumerate().find_map(|(index, one)| {
        let free = done.get(index).is_some_and(|done| !done);
        let next = free.then(|| renamed(&at, one)).flatten()?;
        Some((index, one, next))
    }) {
        if let Some(done) = done.get_mut(index) {
            *done = true;
        }
        last = Some(moved);
        at = next;
    }
    (at, last)
}

/// Returns the new name of `address`, when the move is of it or of something around it.
fn renamed(address: &Address, one: &Move) -> Option<Address> {
    let rest = model::below(one.from.as_str(), address.as_str())?;
    Some(Address::new(format!("{}{rest}", one.to)))
}

/// Returns a diagnostic for each stateful resource that was most likely renamed.
///
/// One goes while one of its type comes: refused, with the line that would say so.
pub(super) fn suggest_moves(
    changes: &[ResourceChange],
    model: &Model,
    options: &PlanOptions,
    is_stateful: &dyn Fn(&str) -> bool,
    is_recreated: &BTreeSet<Address>,
) -> Vec<Diagnostic> {
    let mut by_type: BTreeMap<&str, (Vec<&ResourceChange>, Vec<&ResourceChange>)> = BTreeMap::new();
    for change in changes {
        let is_deposed = deposed_from(&change.address).is_some();
        match change.action {
            Action::Delete if !is_deposed => by_type.entry(&change.ty).or_default().0.push(change),
            Action::Create if !is_recreated.contains(&change.address) => {
                by_type.entry(&change.ty).or_default().1.push(change);
            }
            _ => {}
        }
    }
    let spans: BTreeMap<&Address, _> =
        model.resources.iter().map(|resource| (&resource.address, resource.span)).collect();
    let mut diagnostics = Vec::new();
    for (ty, (gone, new)) in by_type {
        let ([gone], [new]) = (gone.as_slice(), new.as_slice()) else { continue };
        // Who names the old address on the command line, or wrote `protect never`, knows that it goes.
        if !is_stateful(ty) || options.unprotect.covers(&gone.address) || gone.protect == Some(false) {
            continue;
        }
        let message =
            format!("`{}` ({ty}) would be deleted and an empty `{}` created in its place", gone.address, new.address);
        let mut diagnostic = Diagnostic::error("GPB7002", message);
        if let Some(span) = spans.get(&new.address) {
            diagnostic = diagnostic.with_label(*span, "declared here under a new address");
        }
        diagnostics.push(diagnostic.help(format!(
            "if it was renamed, write `moved {} to {}` in the stack or the environment; if the old one is really to go, \
             say `--unprotect '{}'`",
            gone.address, new.address, gone.address
        )));
    }
    diagnostics
}
