//! What must be done before what, within one plan.

use super::inventory::Inventory;
use super::{Action, ResourceChange, replacement};
use crate::state::deposed_from;
use gpb_catalog::TypeLookup;
use gpb_model::graph::Graph;
use gpb_model::{Address, Place};
use std::collections::{BTreeMap, BTreeSet};

/// Fills in `depends_on` of every change. The result has no cycle.
pub(super) fn connect(
    changes: &mut [ResourceChange],
    graph: &Graph,
    everything: &Inventory<'_>,
    types: TypeLookup<'_>,
) {
    let index: BTreeMap<Address, usize> = changes.iter().map(|c| c.address.clone()).zip(0..).collect();
    let mut edges = OrderEdges { to: vec![BTreeSet::new(); changes.len()], soft: BTreeSet::new() };
    for (address, &from) in &index {
        // What goes is not built any more; it only makes way.
        if changes.get(from).is_none_or(|change| matches!(change.action, Action::Delete | Action::Forget)) {
            continue;
        }
        for (needed, _) in graph.dependencies(address) {
            if let Some(&to) = index.get(needed) {
                edges.hard(from, to);
            }
        }
    }
    after_namesakes(changes, types, &mut edges);
    after_dependents(changes, &index, everything, &mut edges);
    leftovers(changes, &index, &mut edges);
    edges.break_cycles(changes);
    let addresses: Vec<Address> = changes.iter().map(|change| change.address.clone()).collect();
    for (change, to) in changes.iter_mut().zip(edges.to) {
        change.depends_on = to.into_iter().filter_map(|to| addresses.get(to).cloned()).collect();
        change.depends_on.sort();
    }
}

struct OrderEdges {
    to: Vec<BTreeSet<usize>>,
    /// Edges that may be dropped where they would close a circle.
    soft: BTreeSet<(usize, usize)>,
}

impl OrderEdges {
    fn hard(&mut self, from: usize, to: usize) {
        if let Some(edges) = self.to.get_mut(from).filter(|_| from != to) {
            edges.insert(to);
            self.soft.remove(&(from, to));
        }
    }

    fn soft(&mut self, from: usize, to: usize) {
        if let Some(edges) = self.to.get_mut(from).filter(|_| from != to)
            && edges.insert(to)
        {
            self.soft.insert((from, to));
        }
    }

    fn has(&self, from: usize, to: usize) -> bool {
        self.to.get(from).is_some_and(|edges| edges.contains(&to))
    }

    /// Drops the soft edges of every circle. What the model asks for has none; records of the past may.
    fn break_cycles(&mut self, changes: &[ResourceChange]) {
        if self.soft.is_empty() {
            return;
        }
        let all = || changes.iter().map(|change| change.address.clone());
        let pairs = self
            .to
            .iter()
            .zip(changes)
            .flat_map(|(to, from)| to.iter().filter_map(|to| Some((&from.address, &changes.get(*to)?.address))));
        let group_of = Graph::from_edges(all(), pairs).groups();
        let is_circular = |(from, to): &(usize, usize)| {
            let group = |at: &usize| group_of.get(&changes.get(*at)?.address);
            group(from).is_some() && group(from) == group(to)
        };
        for (from, to) in self.soft.iter().copied().filter(|edge| is_circular(edge)).collect::<Vec<_>>() {
            if let Some(edges) = self.to.get_mut(from) {
                edges.remove(&to);
            }
            self.soft.remove(&(from, to));
        }
    }
}

/// A deletion waits for everything that was built on what it deletes; so does the deleting half of a replacement that
/// deletes first. (Those that stay and are built on the new one wait for it, as the model says.)
fn after_dependents(
    changes: &[ResourceChange],
    index: &BTreeMap<Address, usize>,
    everything: &Inventory<'_>,
    edges: &mut OrderEdges,
) {
    let mut leftovers: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
    for (change, at) in changes.iter().zip(0..) {
        if let Some(base) = deposed_from(&change.address) {
            leftovers.entry(base).or_default().push(at);
        }
    }
    for (address, known) in &everything.managed {
        let Some(&dependent) = index.get(address) else { continue };
        let Some(change) = changes.get(dependent) else { continue };
        for built_on in &known.depends_on {
            // A record cannot tell whether it uses what stands at an address now or what is left over there.
            let below = index.get(built_on).into_iter().chain(leftovers.get(built_on).into_iter().flatten());
            for &below in below {
                let Some(base) = changes.get(below) else { continue };
                let leaves = matches!(change.action, Action::Delete | Action::Update | Action::Replace | Action::Adopt);
                let waits = match base.action {
                    Action::Delete => leaves,
                    Action::Replace => !base.create_first && change.action == Action::Delete,
                    _ => false,
                };
                if waits {
                    edges.soft(below, dependent);
                }
            }
        }
    }
}

/// What was deposed goes when all that may still use it has turned to its successor, unless it has to make way for that one:
/// who bears its name cannot be made while it is there.
fn leftovers(changes: &[ResourceChange], index: &BTreeMap<Address, usize>, edges: &mut OrderEdges) {
    for (base, at) in changes.iter().zip(0usize..).filter_map(|(c, at)| Some((deposed_from(&c.address)?, at))) {
        let Some(base) = index.get(&base).copied() else { continue };
        if edges.has(base, at) {
            continue;
        }
        let users = edges.to.iter().zip(0usize..).filter(|(to, user)| to.contains(&base) && *user != at);
        let users: Vec<usize> = users.map(|(_, user)| user).chain([base]).collect();
        for user in users {
            edges.soft(at, user);
        }
    }
}

/// A resource that will bear a name of one that goes is made after it.
fn after_namesakes(changes: &[ResourceChange], types: TypeLookup<'_>, edges: &mut OrderEdges) {
    let mut deleted: BTreeMap<(&str, &Place, replacement::UniqueName), usize> = BTreeMap::new();
    for (change, at) in changes.iter().zip(0..).filter(|(change, _)| change.action == Action::Delete) {
        let Some(def) = types(&change.ty) else { continue };
        let names = replacement::names_of(&def, change.id.as_deref(), change.before.as_ref());
        deleted.extend(names.into_iter().map(|name| ((change.ty.as_str(), &change.place, name), at)));
    }
    if deleted.is_empty() {
        return;
    }
    let is_made = |change: &ResourceChange| matches!(change.action, Action::Create | Action::Replace);
    for (change, at) in changes.iter().zip(0..).filter(|(change, _)| is_made(change)) {
        let Some(def) = types(&change.ty) else { continue };
        for name in replacement::names_for(&def, &change.desired) {
            if let Some(gone) = deleted.get(&(change.ty.as_str(), &change.place, name)) {
                edges.soft(at, *gone);
            }
        }
    }
}
