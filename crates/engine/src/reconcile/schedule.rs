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
use crate::plan::{Action, Plan, ResourceChange};
use crate::state::{Durations, OperationKind, ResourceRecord, deposed_from};
use gpb_model::Address;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepPhase {
    Create,
    Destroy,
}

/// A step of a change.
#[derive(Debug)]
pub struct ScheduleStep {
    /// Its index in the plan.
    pub change: usize,
    pub phase: StepPhase,
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
    records: &BTreeMap<Address, ResourceRecord>,
    durations: &Durations,
) -> Result<Vec<ScheduleStep>, EngineError> {
    let mut graph = StepGraph::new(plan, records);
    for index in 0..plan.changes.len() {
        graph.connect(index);
    }
    let mut steps = graph.steps;
    break_cycles(&mut steps, &[StepPhase::Create]);
    break_cycles(&mut steps, &[StepPhase::Create, StepPhase::Destroy]);
    for index in 0..steps.len() {
        let before: Vec<usize> = steps.get(index).map(|step| step.before.iter().copied().collect()).unwrap_or_default();
        for earlier in before {
            if let Some(step) = steps.get_mut(earlier) {
                step.after.push(index);
            }
        }
    }
    prioritize(plan, &mut steps, durations)?;
    Ok(steps)
}

struct StepGraph<'a> {
    plan: &'a Plan,
    records: &'a BTreeMap<Address, ResourceRecord>,
    by_address: BTreeMap<&'a Address, usize>,
    /// By address, those made again whose declaration depends on it.
    users: BTreeMap<&'a Address, Vec<usize>>,
    /// By address, the deletions of what was deposed from it.
    deposed: BTreeMap<Address, Vec<usize>>,
    steps: Vec<ScheduleStep>,
    create_steps: Vec<Option<usize>>,
    destroy_steps: Vec<Option<usize>>,
}

impl<'a> StepGraph<'a> {
    fn new(plan: &'a Plan, records: &'a BTreeMap<Address, ResourceRecord>) -> Self {
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
                    steps.push(ScheduleStep {
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
            made.push(add(StepPhase::Create, change.action != Action::Delete));
            unmade.push(add(StepPhase::Destroy, matches!(change.action, Action::Delete | Action::Replace)));
        }
        let mut deposed: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
        for (index, change) in plan.changes.iter().enumerate().filter(|(_, change)| change.action == Action::Delete) {
            if let Some(base) = deposed_from(&change.address) {
                deposed.entry(base).or_default().push(index);
            }
        }
        Self { plan, records, by_address, users, deposed, steps, create_steps: made, destroy_steps: unmade }
    }

    fn connect(&mut self, index: usize) {
        let Some(change) = self.plan.changes.get(index) else { return };
        let (made, unmade) = (self.create_step(index), self.destroy_step(index));
        for other in self.indices(&change.depends_on) {
            let Some(needed) = self.plan.changes.get(other) else { continue };
            // Rule 1. Whoever is deleted names here those it must outlive, wholly; that comes from records of the past,
            // which may contradict each other.
            if change.action == Action::Delete {
                self.soft_edge(self.create_step(other), unmade);
                self.soft_edge(self.destroy_step(other), unmade);
                continue;
            }
            self.edge(self.create_step(other), made);
            if needed.action == Action::Delete {
                self.edge(self.destroy_step(other), made);
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
        self.connect_destroy(index, change);
    }

    /// Rules 2 and 4, from the side of who uses.
    fn connect_destroy(&mut self, index: usize, change: &ResourceChange) {
        let former = change.moved_from.as_ref().unwrap_or(&change.address);
        let record = self.records.get(&change.address).or_else(|| self.records.get(former));
        let used = record.map(|record| record.depends_on.as_slice()).unwrap_or_default();
        // A record cannot tell whether it uses what stands at an address now or what was deposed from it.
        let deposed = used.iter().filter_map(|address| self.deposed.get(address)).flatten().copied();
        let used: Vec<usize> = self.indices(used).into_iter().chain(deposed).collect();
        for other in used {
            let target = self.destroy_step(other);
            self.soft_edge(self.destroy_step(index), target);
            let makes_way = self.step(target).is_some_and(|step| step.delete_first) && !self.is_deleted(other);
            if !makes_way {
                self.soft_edge(self.create_step(index), target);
            }
        }
        let base = deposed_from(&change.address).and_then(|base| self.by_address.get(&base).copied());
        if let (Action::Delete, Some(base)) = (change.action, base) {
            let unmade = self.destroy_step(index);
            self.soft_edge(self.create_step(base), unmade);
            self.after_users(base, unmade);
        }
    }

    /// `step` waits until all who depend on `index` have turned to what it is now.
    fn after_users(&mut self, index: usize, step: Option<usize>) {
        let Some(address) = self.plan.changes.get(index).map(|change| &change.address) else { return };
        for user in self.users.get(address).cloned().unwrap_or_default() {
            self.soft_edge(self.create_step(user), step);
            if user != index {
                self.soft_edge(self.destroy_step(user), step);
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
    fn soft_edge(&mut self, earlier: Option<usize>, later: Option<usize>) {
        if let (Some(earlier), Some(later)) = (earlier, later)
            && earlier != later
            && let Some(step) = self.steps.get_mut(later)
            && step.before.insert(earlier)
        {
            step.soft.insert(earlier);
        }
    }

    fn create_step(&self, index: usize) -> Option<usize> {
        self.create_steps.get(index).copied().flatten()
    }

    fn destroy_step(&self, index: usize) -> Option<usize> {
        self.destroy_steps.get(index).copied().flatten()
    }

    fn step(&self, step: Option<usize>) -> Option<&ScheduleStep> {
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
fn break_cycles(steps: &mut [ScheduleStep], phases: &[StepPhase]) {
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
fn prioritize(plan: &Plan, steps: &mut [ScheduleStep], durations: &Durations) -> Result<(), EngineError> {
    let mut waiting: Vec<usize> = steps.iter().map(|step| step.after.len()).collect();
    let mut open: Vec<usize> = (0..steps.len()).filter(|index| waiting.get(*index) == Some(&0)).collect();
    let mut seen = 0;
    while let Some(index) = open.pop() {
        seen += 1;
        let Some(step) = steps.get(index) else { continue };
        let longest = step.after.iter().filter_map(|after| steps.get(*after)).map(|step| step.priority).max();
        let priority = longest.unwrap_or_default().saturating_add(expected_duration(plan, step, durations));
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
fn cycle(plan: &Plan, steps: &[ScheduleStep], waiting: &[usize]) -> Vec<Address> {
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

fn expected_duration(plan: &Plan, step: &ScheduleStep, durations: &Durations) -> Duration {
    let Some(change) = plan.changes.get(step.change) else { return Duration::ZERO };
    let operation = match (change.action, step.phase) {
        (Action::NoOp | Action::Read | Action::Forget, _) => return Duration::ZERO,
        (_, StepPhase::Destroy) => OperationKind::Delete,
        (Action::Update | Action::Adopt, _) => OperationKind::Update,
        _ => OperationKind::Create,
    };
    durations.get(&(change.ty.clone(), operation)).copied().unwrap_or(Duration::from_secs(1))
}
