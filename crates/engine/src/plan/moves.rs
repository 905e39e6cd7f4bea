//! Renames: `moved old to new`.

use super::inputs::PlanInputs;
use gpb_base::diag::Diagnostic;
use gpb_model as model;
use gpb_model::{Address, Move};
use std::collections::BTreeMap;

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
