//! The order of a plan's changes: a graph of steps, the longest way to the end first.
//!
//! A change is one step or two: *make* (create, update, adopt, keep) and *unmake* (delete). A replacement has both, the
//! one or the other first. These rules make the edges:
//!
//! 1. What is made is made after all it depends on is made, and after all it must wait for is unmade.
//! 2. What is unmade is unmade after those who use it, as the state remembers them, are unmade, or changed to use it no longer.
//! 3. A replacement that deletes first imposes that on those replaced together with it who depend on it, because they must
//!    be gone before it goes.
//! 4. What a replacement left behind goes after its successor is there and all who depend on that have turned to it.
//!
//! What the text asks for has no circle, but together with what the state remembers it may: a user that must be changed
//! before its old base goes, and cannot be changed before. Then the wishes of rules 2 and 4 give way, deletions that
//! wait for changes first; the cloud has the last word on whether something is still in use.

use super::error::EngineError;
use crate::plan::{Action, Change, Plan};
use crate::state::{Durations, Operation, Record, deposed_from};
use gpb_model::Address;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Make,
    Unmake,
}

/// A step of a change.
#[derive(Debug)]
pub struct Step {
    /// Its index in the plan.
    pub change: usize,
    pub phase: Phase,
    /// For a replacement: whether it is deleted before it is created.
    pub delete_first: bool,
    pub before: BTreeSet<usize>,
    /// Those of `before` that give way when they close a circle.
    soft: BTreeSet<usize>,
    pub after: Vec<usize>,
    /// How long it takes from its start to the end of all that waits for it.
    pub priority: Duration,
}

/// The steps of a plan, each with those it waits for.
pub fn steps(
    plan: &Plan,
    records: &BTreeMap<Address, Record>,
    durations: &Durations,
) -> Result<Vec<Step>, EngineError> {
    let mut graph = Graph::new(plan, records);
    for index in 0..plan.changes.len() {
        graph.connect(index);
    }
    let mut steps = graph.steps;
    give_way(&mut steps, &[Phase::Make]);
    give_way(&mut steps, &[Phase::Make, Phase::Unmake]);
    for index in 0..steps.len() {
        let before: Vec<usize> = steps.get(index).map(|step| step.before.iter().copied().collect()).unwrap_or_default();
        for earlier in before {
            if let Some(step) = steps.get_mut(earlier) {
                step.after.push(index);
            }
        }
    }
    prioritise(plan, &mut steps, durations)?;
    Ok(steps)
}

struct Graph<'a> {
    plan: &'a Plan,
    records: &'a BTreeMap<Address, Record>,
    by_address: BTreeMap<&'a Address, usize>,
    /// By address, those made again whose declaration depends on it.
    users: BTreeMap<&'a Address, Vec<usize>>,
    /// By address, the deletions of what was deposed from it.
    deposed: BTreeMap<Address, Vec<usize>>,
    steps: Vec<Step>,
    made: Vec<Option<usize>>,
    unmade: Vec<Option<usize>>,
}

impl<'a> Graph<'a> {
    fn new(plan: &'a Plan, records: &'a BTreeMap<Address, Record>) -> Self {
        let by_address: BTreeMap<_, _> =
            plan.changes.iter().enumerate().map(|(i, change)| (&change.address, i)).collect();
        let mut users: BTreeMap<&Address, Vec<usize>> = BTreeMap::new();
        for (index, change) in plan.changes.iter().enumerate().filter(|(_, change)| change.action != Action::Delete) {
            for address in &change.depends_on {
                users.entry(address).or_default().push(index);
            }
        }
        let delete_first = delete_first(plan, &by_address, &users);
        let (mut steps, mut made, mut unmade) = (Vec::new(), Vec::new(), Vec::new());
        for (index, change) in plan.changes.iter().enumerate() {
            let delete_first = delete_first.contains(&index);
            let mut add = |phase, wanted: bool| {
                wanted.then(|| {
                    let (before, soft, after) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
                    steps.push(Step {
                        change: index,
                        phase,
                        delete_first,
                        before,
                        soft,
                        after,
                        priority: Duration::ZERO,
                    });
                    steps.len() - 1
                })
            };
            made.push(add(Phase::Make, change.action != Action::Delete));
            unmade.push(add(Phase::Unmake, matches!(change.action, Action::Delete | Action::Replace)));
        }
        let mut deposed: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
        for (index, change) in plan.changes.iter().enumerate().filter(|(_, change)| change.action == Action::Delete) {
            if let Some(base) = deposed_from(&change.address) {
                deposed.entry(base).or_default().push(index);
            }
        }
        Self { plan, records, by_address, users, deposed, steps, made, unmade }
    }

    fn connect(&mut self, index: usize) {
        let Some(change) = self.plan.changes.get(index) else { return };
        let (made, unmade) = (self.made(index), self.unmade(index));
        for other in self.indices(&change.depends_on) {
            let Some(needed) = self.plan.changes.get(other) else { continue };
            // Rule 1. Whoever is deleted names here those it must outlive, wholly; that comes from records of the past,
            // which may contradict each other.
            if change.action == Action::Delete {
                self.wish(self.made(other), unmade);
                self.wish(self.unmade(other), unmade);
                continue;
            }
            self.edge(self.made(other), made);
            if needed.action == Action::Delete {
                self.edge(self.unmade(other), made);
            }
        }
        match (self.step(unmade).map(|step| step.delete_first), unmade.is_some()) {
            (Some(true), true) => self.edge(unmade, made),
            (Some(false), true) => {
                self.edge(made, unmade);
                self.after_users(index, unmade);
            }
            _ => {}
        }
        self.connect_old(index, change);
    }

    /// Rules 2 and 4, from the side of who uses.
    fn connect_old(&mut self, index: usize, change: &Change) {
        let former = change.moved_from.as_ref().unwrap_or(&change.address);
        let record = self.records.get(&change.address).or_else(|| self.records.get(former));
        let used = record.map(|record| record.depends_on.as_slice()).unwrap_or_default();
        // A record cannot tell whether it uses what stands at an address now or what was deposed from it.
        let deposed = used.iter().filter_map(|address| self.deposed.get(address)).flatten().copied();
        let used: Vec<usize> = self.indices(used).into_iter().chain(deposed).collect();
        for other in used {
            let target = self.unmade(other);
            self.wish(self.unmade(index), target);
            let makes_way = self.step(target).is_some_and(|step| step.delete_first) && !self.is_deleted(other);
            if !makes_way {
                self.wish(self.made(index), target);
            }
        }
        let base = deposed_from(&change.address).and_then(|base| self.by_address.get(&base).copied());
        if let (Action::Delete, Some(base)) = (change.action, base) {
            let unmade = self.unmade(index);
            self.wish(self.made(base), unmade);
            self.after_users(base, unmade);
        }
    }

    /// `step` waits until all who depend on `index` have turned to what it is now.
    fn after_users(&mut self, index: usize, step: Option<usize>) {
        let Some(address) = self.plan.changes.get(index).map(|change| &change.address) else { return };
        for user in self.users.get(address).cloned().unwrap_or_default() {
            self.wish(self.made(user), step);
            if user != index {
                self.wish(self.unmade(user), step);
            }
        }
    }

    fn indices(&self, addresses: &[Address]) -> Vec<usize> {
        addresses.iter().filter_map(|address| self.by_address.get(address).copied()).collect()
    }

    fn edge(&mut self, earlier: Option<usize>, later: Option<usize>) {
        if let (Some(earlier), Some(later)) = (earlier, later)
            && earlier != later
            && let Some(step) = self.steps.get_mut(later)
        {
            step.before.insert(earlier);
            step.soft.remove(&earlier);
        }
    }

    /// An edge that gives way when it closes a circle.
    fn wish(&mut self, earlier: Option<usize>, later: Option<usize>) {
        if let (Some(earlier), Some(later)) = (earlier, later)
            && earlier != later
            && let Some(step) = self.steps.get_mut(later)
            && step.before.insert(earlier)
        {
            step.soft.insert(earlier);
        }
    }

    fn made(&self, index: usize) -> Option<usize> {
        self.made.get(index).copied().flatten()
    }

    fn unmade(&self, index: usize) -> Option<usize> {
        self.unmade.get(index).copied().flatten()
    }

    fn step(&self, step: Option<usize>) -> Option<&Step> {
        self.steps.get(step?)
    }

    fn is_deleted(&self, index: usize) -> bool {
        self.plan.changes.get(index).is_some_and(|change| change.action == Action::Delete)
    }
}

/// Rule 3: those replacements that delete first, of themselves or because what they depend on does.
fn delete_first<'a>(
    plan: &'a Plan,
    by_address: &BTreeMap<&'a Address, usize>,
    users: &BTreeMap<&'a Address, Vec<usize>>,
) -> BTreeSet<usize> {
    let replaces = |index: &usize| plan.changes.get(*index).is_some_and(|change| change.action == Action::Replace);
    let own = |index: &usize| plan.changes.get(*index).is_some_and(|change| !change.create_first);
    let mut found: BTreeSet<usize> = by_address.values().copied().filter(|i| replaces(i) && own(i)).collect();
    let mut open: Vec<usize> = found.iter().copied().collect();
    while let Some(index) = open.pop() {
        let Some(change) = plan.changes.get(index) else { continue };
        for user in users.get(&change.address).into_iter().flatten().copied().filter(|user| replaces(user)) {
            if found.insert(user) {
                open.push(user);
            }
        }
    }
    found
}

/// Takes away the soft edges that lie on a circle and come from steps of these phases.
fn give_way(steps: &mut [Step], phases: &[Phase]) {
    if steps.iter().all(|step| step.soft.is_empty()) {
        return;
    }
    let mut graph = DiGraph::<(), (), usize>::with_capacity(steps.len(), steps.len());
    for _ in &*steps {
        graph.add_node(());
    }
    for (later, step) in steps.iter().enumerate() {
        for earlier in &step.before {
            graph.add_edge((*earlier).into(), later.into(), ());
        }
    }
    for group in tarjan_scc(&graph).into_iter().filter(|group| group.len() > 1) {
        let group: BTreeSet<usize> = group.into_iter().map(NodeIndex::index).collect();
        for later in &group {
            let soft = steps.get(*later).map(|step| step.soft.clone()).unwrap_or_default();
            let gives_way = |earlier: &usize| {
                group.contains(earlier) && steps.get(*earlier).is_some_and(|step| phases.contains(&step.phase))
            };
            let gone: Vec<usize> = soft.into_iter().filter(gives_way).collect();
            if let Some(step) = steps.get_mut(*later) {
                step.before.retain(|earlier| !gone.contains(earlier));
                step.soft.retain(|earlier| !gone.contains(earlier));
            }
        }
    }
}

/// Sets each step's priority, walking from the ends back; finds cycles on the way.
fn prioritise(plan: &Plan, steps: &mut [Step], durations: &Durations) -> Result<(), EngineError> {
    let mut waiting: Vec<usize> = steps.iter().map(|step| step.after.len()).collect();
    let mut open: Vec<usize> = (0..steps.len()).filter(|index| waiting.get(*index) == Some(&0)).collect();
    let mut seen = 0;
    while let Some(index) = open.pop() {
        seen += 1;
        let Some(step) = steps.get(index) else { continue };
        let longest = step.after.iter().filter_map(|after| steps.get(*after)).map(|step| step.priority).max();
        let priority = longest.unwrap_or_default().saturating_add(weight(plan, step, durations));
        let before: Vec<usize> = step.before.iter().copied().collect();
        if let Some(step) = steps.get_mut(index) {
            step.priority = priority;
        }
        for earlier in before {
            if let Some(count) = waiting.get_mut(earlier) {
                *count -= 1;
                if *count == 0 {
                    open.push(earlier);
                }
            }
        }
    }
    if seen == steps.len() { Ok(()) } else { Err(EngineError::Cycle { path: cycle(plan, steps, &waiting) }) }
}

/// What waits in a circle: from any step that still waits, along those that still wait, until one comes again.
fn cycle(plan: &Plan, steps: &[Step], waiting: &[usize]) -> Vec<Address> {
    let stuck = |index: &usize| waiting.get(*index).is_some_and(|count| *count > 0);
    let mut path: Vec<usize> = Vec::new();
    let mut next = (0..steps.len()).find(stuck);
    while let Some(index) = next {
        if let Some(start) = path.iter().position(|seen| *seen == index) {
            path.drain(..start);
            path.push(index);
            break;
        }
        path.push(index);
        next = steps.get(index).and_then(|step| step.after.iter().copied().find(stuck));
    }
    let address = |index: &usize| plan.changes.get(steps.get(*index)?.change).map(|change| change.address.clone());
    let mut path: Vec<Address> = path.iter().filter_map(address).collect();
    path.dedup();
    path
}

fn weight(plan: &Plan, step: &Step, durations: &Durations) -> Duration {
    let Some(change) = plan.changes.get(step.change) else { return Duration::ZERO };
    let operation = match (change.action, step.phase) {
        (Action::Keep | Action::Read | Action::Forget, _) => return Duration::ZERO,
        (_, Phase::Unmake) => Operation::Delete,
        (Action::Update | Action::Adopt, _) => Operation::Update,
        _ => Operation::Create,
    };
    durations.get(&(change.ty.clone(), operation)).copied().unwrap_or(Duration::from_secs(1))
}
