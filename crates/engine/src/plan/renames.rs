//! The renames that were most likely meant: what goes and what comes, paired by name and by content.

use super::change::{Action, ResourceChange};
use super::inputs::PlanOptions;
use super::keep;
use super::passing::PassedName;
use super::replacement::{names_for, names_of};
use crate::state::deposed_from;
use gpb_base::diag::Diagnostic;
use gpb_catalog::TypeLookup;
use gpb_model::{Address, Model};
use serde_json::Value as Json;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Beyond this many pairs of one type, only those of one name and those alone are paired.
const PAIR_LIMIT: usize = 1 << 16;

/// The inputs of the search for renames.
#[derive(Clone, Copy)]
pub(super) struct RenameInputs<'a> {
    /// The desired resources.
    pub model: &'a Model,
    /// The options of planning.
    pub options: &'a PlanOptions,
    /// The types.
    pub types: TypeLookup<'a>,
    /// Those that are created because they are gone, not because they are new.
    pub recreated: &'a BTreeSet<Address>,
}

/// One that goes and the one that most likely is it under a new address.
type Pair<'c> = (&'c ResourceChange, &'c ResourceChange);

/// Returns a diagnostic for each stateful resource that was most likely renamed.
///
/// One goes while one of its type comes: refused, with the line that would say so.
pub(super) fn suggest_moves(changes: &[ResourceChange], inputs: RenameInputs<'_>) -> Vec<Diagnostic> {
    let mut by_type: BTreeMap<&str, (Vec<&ResourceChange>, Vec<&ResourceChange>)> = BTreeMap::new();
    for change in changes {
        let is_deposed = deposed_from(&change.address).is_some();
        // Who names the old address on the command line, or wrote `protect never`, knows that it goes.
        let is_meant = inputs.options.unprotect.covers(&change.address)
            || change.protect == Some(false)
            || keep::removal_of(inputs.model, &change.address).is_some();
        match change.action {
            Action::Delete | Action::Retain if !is_deposed && !is_meant => {
                by_type.entry(&change.ty).or_default().0.push(change);
            }
            Action::Create if !inputs.recreated.contains(&change.address) => {
                by_type.entry(&change.ty).or_default().1.push(change);
            }
            _ => {}
        }
    }
    let is_stateful = |ty: &str| (inputs.types)(ty).is_some_and(|def| def.stateful);
    let pairs = by_type.into_iter().filter(|(ty, _)| is_stateful(ty));
    let pairs: Vec<Pair<'_>> = pairs.flat_map(|(_, (gone, new))| paired(&gone, &new, inputs.types)).collect();
    let lines = MoveLines::new(changes);
    let mut by_line: BTreeMap<String, Vec<Pair<'_>>> = BTreeMap::new();
    for (gone, new) in pairs {
        by_line.entry(lines.of(gone, new)).or_default().push((gone, new));
    }
    by_line.iter().filter_map(|(line, pairs)| suggestion(line, pairs, inputs.model)).collect()
}

/// Returns a diagnostic for each name that should be given up for another resource before it is taken, and cannot.
///
/// Of one that goes: both bear one name, and what uses the old one can let go of it only when the new one is there. Of one
/// that stays, most often a swap: each waits for the other.
pub(super) fn collisions(changes: &[ResourceChange], passed: &[PassedName], model: &Model) -> Vec<Diagnostic> {
    let lines = MoveLines::new(changes);
    let mut refused = BTreeMap::new();
    for name in passed {
        // What was deposed makes way when it can: it has a successor already, and was not renamed.
        let pair = changes.get(name.giver).zip(changes.get(name.taker));
        let Some((gone, new)) = pair.filter(|(gone, _)| deposed_from(&gone.address).is_none()) else { continue };
        // One refusal for a swap, and for a pair.
        let pair = (name.giver.min(name.taker), name.giver.max(name.taker));
        refused.entry(pair).or_insert_with(|| match (gone.action, new.action) {
            (Action::Delete, Action::Create) => unmoved(gone, new, &lines, model),
            _ => unpassed(name, (gone, new), model),
        });
    }
    refused.into_values().collect()
}

fn unmoved<'c>(gone: &'c ResourceChange, new: &'c ResourceChange, lines: &MoveLines<'c>, model: &Model) -> Diagnostic {
    let message = format!(
        "`{}` ({}) bears the name that `{}` will bear, and cannot go before that is there",
        gone.address, gone.ty, new.address
    );
    let help = format!(
        "if it was renamed, write `{}` in the stack or the environment; else give the new one another name",
        lines.of(gone, new)
    );
    labelled(Diagnostic::error("GPB7002", message), new, model, "declared here under a new address").help(help)
}

fn unpassed(name: &PassedName, (giver, taker): Pair<'_>, model: &Model) -> Diagnostic {
    let (giver, names) = (&giver.address, &name.names);
    let message =
        format!("`{}` cannot take {names} of `{giver}`, which can give that up only afterwards", taker.address);
    let help = format!(
        "apply twice: first with an intermediate value for `{giver}`, one that nothing has, and `{}` as it is; then as \
         written here",
        taker.address
    );
    labelled(Diagnostic::error("GPB7007", message), taker, model, "takes it here").help(help)
}

fn suggestion(line: &str, pairs: &[Pair<'_>], model: &Model) -> Option<Diagnostic> {
    let ((gone, new), others) = pairs.split_first()?;
    let more = match others.len() {
        0 => String::new(),
        count => format!(", and {count} more with it"),
    };
    let verb = if gone.retains() { "left behind" } else { "deleted" };
    let message = format!(
        "`{}` ({}) would be {verb} and an empty `{}` created in its place{more}",
        gone.address, gone.ty, new.address
    );
    let help = format!(
        "if it was renamed, write `{line}` in the stack or the environment; if the old one is really to go, write \
         `removed {0}`, or say `--unprotect '{0}'`",
        gone.address
    );
    let refused = Diagnostic::error("GPB7002", message);
    Some(labelled(refused, new, model, "declared here under a new address").help(help))
}

fn labelled(diagnostic: Diagnostic, new: &ResourceChange, model: &Model, label: &str) -> Diagnostic {
    let resource = model.resources.iter().find(|resource| resource.address == new.address);
    match resource {
        Some(resource) => diagnostic.with_label(resource.span, label),
        None => diagnostic,
    }
}

/// Pairs what goes with what comes, of one type: first those that bear one name, then the most alike.
///
/// One and one are a pair whatever they hold; of several, those that have at least half of the new one in common.
fn paired<'c>(gone: &[&'c ResourceChange], new: &[&'c ResourceChange], types: TypeLookup<'_>) -> Vec<Pair<'c>> {
    let by_name = namesakes(gone, new, types);
    let mut pairs: Vec<Pair<'c>> =
        by_name.iter().filter_map(|(new_at, gone_at)| Some((*gone.get(*gone_at)?, *new.get(*new_at)?))).collect();
    let named: BTreeSet<&Address> = pairs.iter().flat_map(|(gone, new)| [&gone.address, &new.address]).collect();
    let rest = |all: &[&'c ResourceChange]| -> Vec<&'c ResourceChange> {
        all.iter().filter(|change| !named.contains(&change.address)).copied().collect()
    };
    let (gone, new) = (rest(gone), rest(new));
    if let ([gone], [new]) = (gone.as_slice(), new.as_slice()) {
        pairs.push((gone, new));
    } else if gone.len().saturating_mul(new.len()) <= PAIR_LIMIT {
        let mut alike: Vec<(Likeness, &'c ResourceChange, &'c ResourceChange)> = Vec::new();
        for gone in &gone {
            alike.extend(new.iter().filter_map(|new| Some((likeness(gone, new)?, *gone, *new))));
        }
        alike.sort_by(|a, b| {
            (Reverse(a.0), &a.1.address, &a.2.address).cmp(&(Reverse(b.0), &b.1.address, &b.2.address))
        });
        let mut taken: BTreeSet<&Address> = BTreeSet::new();
        for (_, gone, new) in alike {
            if !taken.contains(&gone.address) && !taken.contains(&new.address) {
                taken.extend([&gone.address, &new.address]);
                pairs.push((gone, new));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.address.cmp(&b.0.address));
    pairs
}

/// Returns the places of those that come, each with the place of the one that goes and bears its name.
fn namesakes(gone: &[&ResourceChange], new: &[&ResourceChange], types: TypeLookup<'_>) -> BTreeMap<usize, usize> {
    let Some(def) = gone.first().and_then(|first| types(&first.ty)) else { return BTreeMap::new() };
    let mut borne = BTreeMap::new();
    for (change, at) in gone.iter().zip(0usize..) {
        let names = names_of(&def, change.id.as_deref(), change.before.as_deref());
        borne.extend(names.into_iter().map(|name| ((&change.place, name), at)));
    }
    let mut free: BTreeSet<usize> = (0..gone.len()).collect();
    let mut pairs = BTreeMap::new();
    for (change, at) in new.iter().zip(0usize..) {
        let names = names_for(&def, &change.desired).into_iter();
        let mut namesakes = names.filter_map(|name| borne.get(&(&change.place, name)).copied());
        if let Some(gone) = namesakes.find(|gone| free.remove(gone)) {
            pairs.insert(at, gone);
        }
    }
    pairs
}

/// The likeness of two resources: what they have in common in a thousand parts, and then in their addresses.
type Likeness = (usize, usize);

fn likeness(gone: &ResourceChange, new: &ResourceChange) -> Option<Likeness> {
    let before = gone.before.as_ref()?;
    let is_same = |(name, value): (&str, Json)| {
        before.get(name).is_some_and(|there| super::compare::documents_equal(&value, there))
    };
    let known: Vec<_> =
        new.desired.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_json()?))).collect();
    let all = known.len();
    let same = known.into_iter().filter(|(name, value)| is_same((*name, value.clone()))).count();
    let ends = segments(gone.address.as_str()).into_iter().rev().zip(segments(new.address.as_str()).into_iter().rev());
    let in_common = ends.take_while(|(one, other)| one == other).count();
    (same * 2 >= all && same > 0).then(|| (same * 1000 / all.max(1), in_common))
}

/// The scopes of a plan: what all in one is done with.
struct MoveLines<'a> {
    /// By scope, the one action for all in it; `None` for several.
    scopes: BTreeMap<&'a str, Option<Action>>,
}

impl<'a> MoveLines<'a> {
    fn new(changes: &'a [ResourceChange]) -> Self {
        let mut scopes: BTreeMap<&'a str, Option<Action>> = BTreeMap::new();
        for change in changes {
            let mut scope = Some(change.address.as_str());
            while let Some(at) = scope {
                let all = scopes.entry(at).or_insert(Some(change.action));
                *all = all.filter(|action| *action == change.action);
                scope = outer(at);
            }
        }
        Self { scopes }
    }

    /// Returns `moved a.one to a.uno`: of the widest part that was renamed as a whole.
    fn of(&self, gone: &'a ResourceChange, new: &'a ResourceChange) -> String {
        let (mut from, mut to) = (gone.address.as_str(), new.address.as_str());
        let (mut old, mut now) = (from, to);
        while let (Some(outer_old), Some(outer_now)) = (outer(old), outer(now)) {
            if old.strip_prefix(outer_old) != now.strip_prefix(outer_now) || outer_old == outer_now {
                break;
            }
            (old, now) = (outer_old, outer_now);
            if self.is_all(old, Action::Delete) && self.is_all(now, Action::Create) {
                (from, to) = (old, now);
            }
        }
        format!("moved {from} to {to}")
    }

    fn is_all(&self, scope: &str, action: Action) -> bool {
        self.scopes.get(scope) == Some(&Some(action))
    }
}

/// Returns what an address lies in: `data.main` of `data.main.cluster`, `net.s` of `net.s["a"]`.
fn outer(address: &str) -> Option<&str> {
    let cut = address.len() - segments(address).last()?.len();
    address.get(..cut).filter(|outer| !outer.is_empty())
}

/// Returns the parts of an address, each with what separates it: `net`, `.s`, `["a.b"]`.
fn segments(address: &str) -> Vec<&str> {
    let (mut parts, mut start, mut in_text) = (Vec::new(), 0, false);
    let mut is_escaped = false;
    for (at, letter) in address.char_indices() {
        match letter {
            '"' if !is_escaped => in_text = !in_text,
            '.' | '[' if !in_text && at > start => {
                parts.extend(address.get(start..at));
                start = at;
            }
            _ => {}
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    parts.extend(address.get(start..).filter(|rest| !rest.is_empty()));
    parts
}
