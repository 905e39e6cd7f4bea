//! The order of a plan: its steps and what each waits for.
//!
//! A change is one step or two: *create* (create, update, adopt, keep) and *destroy* (delete). A replacement has both,
//! the one or the other first (the replacement order). These rules make the edges:
//!
//! 1. What is created is created after all it depends on, and after what bears its name is destroyed or
//!    changed to bear another; so is what is changed to bear a name.
//! 2. What is destroyed is destroyed after those who use it, as the state remembers them, are destroyed, or changed to
//!    use it no longer.
//! 3. A replacement that deletes first imposes that on those replaced together with it who depend on it, because they
//!    must be gone before it goes.
//! 4. What a replacement left behind (deposed) goes after its successor is there and all who depend on that have turned
//!    to it, unless it has to make way for a successor of its name.
//! 5. A replacement that deletes first waits with that until all it will be built on is there, where it can: a quota that
//!    keeps a new target group from being made does not cost the listener.
//!
//! The rules of memory and names are soft edges: [`StepGraph::break_cycles`] says which give way.

use super::change::{Action, ResourceChange};
use super::passing::{self, PassedName};
use super::step::{PlanStep, StepPhase};
use super::step_graph::{EdgeKind, StepGraph};
use crate::state::deposed_from;
use gpb_catalog::TypeLookup;
use gpb_model::Address;
use gpb_model::graph::Graph;
use std::collections::{BTreeMap, BTreeSet};

/// The inputs of an order.
#[derive(Clone, Copy)]
pub(super) struct OrderInputs<'a> {
    /// The declared dependencies.
    pub graph: &'a Graph,
    /// By address, what the state remembers each resource to be built on.
    pub built_on: &'a BTreeMap<&'a Address, &'a [Address]>,
    /// The types, for their unique names.
    pub types: TypeLookup<'a>,
}

/// The steps of a plan in their order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StepOrdering {
    /// The steps, each after all it waits for.
    pub steps: Vec<PlanStep>,
    /// The names that could not be given up before they are taken.
    pub collisions: Vec<PassedName>,
}

/// Fills in `depends_on` of every change and returns the steps.
pub(super) fn connect(changes: &mut [ResourceChange], inputs: OrderInputs<'_>) -> StepOrdering {
    let mut order = StepOrder::new(changes, inputs);
    order.names();
    for index in 0..changes.len() {
        order.connect(index);
    }
    order.steps.break_cycles();
    let depends_on: Vec<Vec<Address>> = (0..changes.len()).map(|index| order.depends_on(index)).collect();
    let steps = order.steps.sorted();
    let collisions = order.collisions();
    let delete_first = order.delete_first;
    for ((change, depends_on), index) in changes.iter_mut().zip(depends_on).zip(0..) {
        change.depends_on = depends_on;
        // Who is taken along by rule 3 is shown as what it is.
        change.create_first &= !delete_first.contains(&index);
    }
    StepOrdering { steps, collisions }
}

struct StepOrder<'a> {
    changes: &'a [ResourceChange],
    inputs: OrderInputs<'a>,
    by_address: BTreeMap<&'a Address, usize>,
    /// By change, those it depends on by its declaration.
    needs: Vec<Vec<usize>>,
    /// By change, those whose declaration depends on it.
    users: Vec<Vec<usize>>,
    /// By address, the deletions of what was deposed from it.
    deposed: BTreeMap<Address, Vec<usize>>,
    /// The names that must be free before they are taken.
    passed: Vec<PassedName>,
    /// Changes that must make a name free, each with the change that takes it.
    makes_way: BTreeSet<(usize, usize)>,
    steps: StepGraph,
    create_steps: Vec<Option<usize>>,
    destroy_steps: Vec<Option<usize>>,
    /// Replacements that delete before they create.
    delete_first: BTreeSet<usize>,
}

impl<'a> StepOrder<'a> {
    fn new(changes: &'a [ResourceChange], inputs: OrderInputs<'a>) -> Self {
        let by_address: BTreeMap<_, _> =
            changes.iter().zip(0usize..).map(|(change, at)| (&change.address, at)).collect();
        let needs_of = |(change, at): (&ResourceChange, usize)| {
            // What goes is not built any more; it only makes way.
            if matches!(change.action, Action::Delete | Action::Retain | Action::Forget) {
                return Vec::new();
            }
            let needed = inputs.graph.dependencies(&change.address);
            needed.filter_map(|(address, _)| by_address.get(address).copied()).filter(|to| *to != at).collect()
        };
        let needs: Vec<Vec<usize>> = changes.iter().zip(0..).map(needs_of).collect();
        let mut users = vec![Vec::new(); changes.len()];
        for (user, needed) in
            needs.iter().zip(0usize..).flat_map(|(needs, user)| needs.iter().map(move |to| (user, *to)))
        {
            if let Some(users) = users.get_mut(needed) {
                users.push(user);
            }
        }
        let delete_first = delete_first(changes, &users);
        let count = changes.len();
        let mut steps = StepGraph::with_capacity(count);
        let (mut create_steps, mut destroy_steps) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut deposed: BTreeMap<Address, Vec<usize>> = BTreeMap::new();
        for (change, index) in changes.iter().zip(0..) {
            let create = (change.action != Action::Delete).then(|| steps.add(index, StepPhase::Create));
            let destroy = match change.action {
                Action::Delete => Some(StepPhase::Destroy),
                Action::Replace if delete_first.contains(&index) => Some(StepPhase::Destroy),
                Action::Replace => Some(StepPhase::DestroyDeposed),
                _ => None,
            };
            create_steps.push(create);
            destroy_steps.push(destroy.map(|phase| steps.add(index, phase)));
            if let Some(base) = deposed_from(&change.address).filter(|_| change.action == Action::Delete) {
                deposed.entry(base).or_default().push(index);
            }
        }
        let passed = passing::passed_names(changes, inputs.types);
        let makes_way = passed.iter().map(|name| (name.giver, name.taker)).collect();
        Self {
            changes,
            inputs,
            by_address,
            needs,
            users,
            deposed,
            passed,
            makes_way,
            steps,
            create_steps,
            destroy_steps,
            delete_first,
        }
    }

    /// Rule 1, names: a resource that will bear a name of another takes it after that has given it up.
    fn names(&mut self) {
        for &(giver, taker) in &self.makes_way {
            self.steps.edge(self.giving_step(giver), self.create_step(taker), EdgeKind::Name);
        }
    }

    /// Returns the step after which the names that a change gives up are free.
    fn giving_step(&self, index: usize) -> Option<usize> {
        self.destroy_step(index).or_else(|| self.create_step(index))
    }

    /// Returns the names whose givers had to give up making way for the takers.
    fn collisions(&self) -> Vec<PassedName> {
        let is_kept =
            |name: &&PassedName| self.steps.is_after(self.create_step(name.taker), self.giving_step(name.giver));
        self.passed.iter().filter(|name| !is_kept(name)).cloned().collect()
    }

    fn connect(&mut self, index: usize) {
        let Some(change) = self.changes.get(index) else { return };
        let (create, destroy) = (self.create_step(index), self.destroy_step(index));
        for needed in self.needs.get(index).cloned().unwrap_or_default() {
            self.steps.edge(self.create_step(needed), create, EdgeKind::Hard);
            // What deletes first itself waits for this to go (rule 3).
            let is_there = self.changes.get(needed).is_some_and(|needed| needed.action == Action::NoOp);
            if self.delete_first.contains(&index) && !self.delete_first.contains(&needed) && !is_there {
                self.steps.edge(self.create_step(needed), destroy, EdgeKind::Need);
            }
        }
        if change.action == Action::Replace && self.delete_first.contains(&index) {
            self.steps.edge(destroy, create, EdgeKind::Hard);
        } else if change.action == Action::Replace {
            self.steps.edge(create, destroy, EdgeKind::Hard);
            self.after_users(index, destroy);
        }
        self.after_recorded_use(index, change);
        let base = deposed_from(&change.address).and_then(|base| self.by_address.get(&base).copied());
        if let (Action::Delete, Some(base)) = (change.action, base)
            && !self.makes_way.contains(&(index, base))
        {
            self.steps.edge(self.create_step(base), destroy, EdgeKind::Use);
            self.after_users(base, destroy);
        }
    }

    /// Rule 2, from the side of who uses.
    fn after_recorded_use(&mut self, index: usize, change: &ResourceChange) {
        let kind = match change.action {
            Action::Delete | Action::Update | Action::Replace | Action::Adopt => EdgeKind::Use,
            Action::Create | Action::NoOp | Action::Read | Action::Forget | Action::Retain => EdgeKind::UnchangedUse,
        };
        let used = self.inputs.built_on.get(&change.address).copied().unwrap_or_default();
        // A record cannot tell whether it uses what stands at an address now or what was deposed from it.
        let deposed = used.iter().filter_map(|address| self.deposed.get(address)).flatten();
        let used = used.iter().filter_map(|address| self.by_address.get(address));
        for other in used.chain(deposed).copied().collect::<Vec<_>>() {
            let target = self.destroy_step(other);
            let kind = if kind == EdgeKind::Use { self.kind_of_use(index, other) } else { kind };
            self.steps.edge(self.destroy_step(index), target, kind);
            // Who will use it again can turn to it only once it is there anew.
            let uses_again = || self.needs.get(index).is_some_and(|needs| needs.contains(&other));
            if !self.delete_first.contains(&other) || !uses_again() {
                self.steps.edge(self.create_step(index), target, kind);
            }
        }
    }

    /// Rules 2 and 4: `step` waits until all who depend on `index` have turned to what it is now.
    fn after_users(&mut self, index: usize, step: Option<usize>) {
        for user in self.users.get(index).cloned().unwrap_or_default() {
            let kind = self.kind_of_use(user, index);
            self.steps.edge(self.create_step(user), step, kind);
            self.steps.edge(self.destroy_step(user), step, kind);
        }
    }

    /// Returns how strongly a deletion waits for a user: more so where the type of the user holds what is deleted.
    fn kind_of_use(&self, user: usize, used: usize) -> EdgeKind {
        let ty = |index: usize| self.changes.get(index).map(|change| change.ty.as_str());
        let holders = ty(used).and_then(self.inputs.types).map(|def| def.lifecycle.held_by.clone()).unwrap_or_default();
        let is_held = ty(user).is_some_and(|user| holders.iter().any(|holder| **holder == *user));
        if is_held { EdgeKind::Held } else { EdgeKind::Use }
    }

    /// Returns the addresses of the changes that a change waits for.
    ///
    /// Of a replacement that is created first, those that its deletion waits for depend on it and are left out.
    fn depends_on(&self, index: usize) -> Vec<Address> {
        let Some(change) = self.changes.get(index) else { return Vec::new() };
        let waits = |step: Option<usize>| step.into_iter().flat_map(|step| self.steps.waits(step));
        let is_deletion = |at: usize| self.changes.get(at).is_some_and(|other| other.action == Action::Delete);
        let destroy = waits(self.destroy_step(index)).filter(|(other, kind)| match change.action {
            Action::Delete => *kind != EdgeKind::UnchangedUse,
            _ => self.delete_first.contains(&index) && is_deletion(*other),
        });
        let others: BTreeSet<usize> = waits(self.create_step(index)).chain(destroy).map(|(other, _)| other).collect();
        let others = others.into_iter().filter(|other| *other != index);
        let mut addresses: Vec<Address> =
            others.filter_map(|other| Some(self.changes.get(other)?.address.clone())).collect();
        addresses.sort();
        addresses
    }

    fn create_step(&self, index: usize) -> Option<usize> {
        self.create_steps.get(index).copied().flatten()
    }

    fn destroy_step(&self, index: usize) -> Option<usize> {
        self.destroy_steps.get(index).copied().flatten()
    }
}

/// Rule 3: the replacements that delete first, of themselves or because what they depend on does.
fn delete_first(changes: &[ResourceChange], users: &[Vec<usize>]) -> BTreeSet<usize> {
    // What is kept does not go, so its successor need not wait for that.
    let replaces =
        |index: &usize| changes.get(*index).is_some_and(|change| change.action == Action::Replace && change.deletes());
    let own = |index: &usize| changes.get(*index).is_some_and(|change| !change.create_first);
    let mut found: BTreeSet<usize> = (0..changes.len()).filter(|index| replaces(index) && own(index)).collect();
    let mut open: Vec<usize> = found.iter().copied().collect();
    while let Some(index) = open.pop() {
        for user in users.get(index).into_iter().flatten().copied().filter(|user| replaces(user)) {
            if found.insert(user) {
                open.push(user);
            }
        }
    }
    found
}
