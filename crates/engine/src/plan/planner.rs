//! The planner: decides each resource in the order of the graph, after those it refers to.

use super::change::{Action, ClearProperties, PropertyDifference, ResourceChange};
use super::change_parts::{
    call_failed, deletion, leave_ignored, prepared, relocation, sides, skeleton, without_values,
};
use super::inputs::PlanInputs;
use super::inventory::{Inventory, ManagedResource, inventory};
use super::lifecycle::HoldInputs;
use super::masking::{scrub_differences, scrubbed};
use super::order::{OrderInputs, StepOrdering};
use super::plan_file::{FORMAT, Plan};
use super::planned_state::{CallFailure, PlannedState, PlannedStates};
use super::renames::RenameInputs;
use super::{
    basis, bounds, compare, drift, keep, lifecycle, order, protection, renames, replacement, surplus, watched, withheld,
};
use crate::cloud::SharedProperties;
use crate::state::deposed_from;
use gpb_base::diag::Diagnostic;
use gpb_base::threads::join_if;
use gpb_catalog::TypeDef;
use gpb_catalog::display_path;
use gpb_model::PropPath;
use gpb_model::{Address, Lifecycle, PropertyMap, PropertyValue, Resource};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The number of resources from which their hash, or their comparison, is worth a second thread.
const MANY: usize = if cfg!(test) { 2 } else { 500 };

/// Makes a plan. A pure function: the same inputs give the same plan, byte by byte.
///
/// # Errors
/// Diagnostics when there can be no plan: a cycle, an `existing` resource that is not there, a rename that was not
/// written down, a function that fails on values only now known. A plan that would lose protected resources *is* made, so
/// that it can be shown; [`super::refusals`] says why it may not be applied.
pub fn plan(inputs: &PlanInputs<'_>) -> Result<Plan, Vec<Diagnostic>> {
    let cycles = inputs.graph.diagnose(inputs.model, &|ty, path| display_path(inputs.types, ty, path));
    if !cycles.is_empty() {
        return Err(cycles);
    }
    let model = inputs.model;
    let hash = || basis::model_hash(model);
    let (hash, plan) = join_if(model.resources.len() >= MANY, hash, || changes(inputs));
    let mut plan = plan?;
    plan.basis.model = hash;
    Ok(plan)
}

fn changes(inputs: &PlanInputs<'_>) -> Result<Plan, Vec<Diagnostic>> {
    let everything = inventory(inputs)?;
    let mut planning = Planner::new(inputs, &everything);
    if !inputs.options.destroy {
        planning.declared();
    }
    planning.undeclared();
    planning.void();
    planning.finish()
}

struct Planner<'a> {
    inputs: &'a PlanInputs<'a>,
    everything: &'a Inventory<'a>,
    types: BTreeMap<&'a str, Option<Arc<TypeDef>>>,
    planned: PlannedStates,
    /// The resources that outputs refer to.
    in_outputs: BTreeSet<&'a Address>,
    changes: Vec<ResourceChange>,
    diagnostics: Vec<Diagnostic>,
    /// Created because they are gone, not because they are new.
    recreated: BTreeSet<Address>,
    /// The resources of the model.
    resources: BTreeMap<&'a Address, &'a Resource>,
}

/// The decision on one resource.
struct Decision {
    change: ResourceChange,
    /// Its state after the plan, where anything refers to it.
    planned: Option<PlannedState>,
    diagnostics: Vec<Diagnostic>,
    is_recreated: bool,
}

impl Decision {
    fn of(change: ResourceChange) -> Self {
        Self { change, planned: None, diagnostics: Vec::new(), is_recreated: false }
    }
}

impl<'a> Planner<'a> {
    fn new(inputs: &'a PlanInputs<'a>, everything: &'a Inventory<'a>) -> Self {
        let values = inputs.model.outputs.values().flat_map(|output| output.value.walk());
        let referred = values.filter_map(|value| match value {
            PropertyValue::Ref(reference) => Some(&reference.to),
            _ => None,
        });
        Self {
            inputs,
            everything,
            in_outputs: referred.collect(),
            types: BTreeMap::new(),
            planned: PlannedStates::default(),
            changes: Vec::with_capacity(inputs.model.resources.len()),
            diagnostics: Vec::new(),
            recreated: BTreeSet::new(),
            resources: inputs.model.resources.iter().map(|resource| (&resource.address, resource)).collect(),
        }
    }

    fn def(&mut self, ty: &'a str) -> Option<Arc<TypeDef>> {
        self.types.entry(ty).or_insert_with(|| (self.inputs.types)(ty)).clone()
    }

    /// Returns a type that was looked up before.
    fn known(&self, ty: &str) -> Option<Arc<TypeDef>> {
        self.types.get(ty).cloned().flatten()
    }

    /// Returns true when a resource or an output refers to this one: only then need its state be kept at hand.
    fn is_referred_to(&self, address: &Address) -> bool {
        self.in_outputs.contains(address) || self.inputs.graph.dependents(address).next().is_some()
    }

    /// Decides the resources of the model, half of those that do not need each other on a second thread.
    fn declared(&mut self) {
        let (inputs, everything) = (self.inputs, self.everything);
        let managed = everything.managed.values().map(|managed| managed.ty);
        for ty in inputs.model.resources.iter().map(|resource| &*resource.ty).chain(managed) {
            self.def(ty);
        }
        for level in inputs.graph.levels() {
            let decide = |addresses: &[&Address]| -> Vec<(Address, Decision)> {
                let resources = addresses.iter().filter_map(|address| self.resources.get(*address).copied());
                resources.map(|resource| (resource.address.clone(), self.decision(resource))).collect()
            };
            let (here, apart) = level.split_at(level.len() / 2);
            let (rest, decided) = join_if(level.len() >= MANY, || decide(apart), || decide(here));
            for (address, decision) in decided.into_iter().chain(rest) {
                self.settle(address, decision);
            }
        }
    }

    fn decision(&self, resource: &'a Resource) -> Decision {
        let mut diagnostics = Vec::new();
        let desired = self.resolve(resource, &mut diagnostics);
        let mut decision =
            if resource.existing { self.read(resource, desired) } else { self.managed(resource, desired) };
        decision.diagnostics.extend(diagnostics);
        decision
    }

    fn settle(&mut self, address: Address, decision: Decision) {
        if decision.is_recreated {
            self.recreated.insert(address.clone());
        }
        if let Some(planned) = decision.planned {
            self.planned.decide(address, planned);
        }
        self.diagnostics.extend(decision.diagnostics);
        self.changes.push(decision.change);
    }

    fn resolve(&self, resource: &Resource, diagnostics: &mut Vec<Diagnostic>) -> PropertyMap {
        let mut failed = Vec::new();
        let properties = resource.properties.iter();
        let desired = properties
            .map(|(name, value)| {
                let path = PropPath::default().child(name);
                (name.clone(), self.planned.resolve(value, &path, self.inputs.call, &mut failed))
            })
            .collect();
        diagnostics.extend(failed.into_iter().map(|failed| call_failed(resource, failed)));
        desired
    }

    /// Decides an `existing` resource: found, or not there, or not to be looked for yet.
    fn read(&self, resource: &'a Resource, desired: PropertyMap) -> Decision {
        let mut diagnostics = Vec::new();
        let found = self.inputs.observation.and_then(|all| all.get(&resource.address));
        if let Some(None) = found
            && desired.values().all(PropertyValue::is_known)
        {
            diagnostics.push(
                Diagnostic::error("GPB7001", format!("no {} matches `{}`", resource.ty, resource.address))
                    .with_label(resource.span, "nothing in this account and region has these properties")
                    .help(
                        "`existing` only reads; declare it as a `resource` to have it made, or fix what it is found by",
                    ),
            );
        }
        diagnostics.extend(self.still_managed(resource));
        let mut change = skeleton(resource, Action::Read);
        let def = self.known(&resource.ty);
        let scrubber = self.inputs.options.scrubber.as_deref();
        let desired = Arc::new(desired);
        let planned = match found {
            Some(Some(observed)) => {
                let (id, observed) = (observed.id.clone(), scrubbed(observed.properties.clone(), &desired, scrubber));
                change.id = Some(id.clone());
                change.before = Some(observed.clone());
                PlannedState::Stays { id, observed, desired: Arc::clone(&desired), def, changed: Vec::new() }
            }
            None if desired.values().all(PropertyValue::is_known) => PlannedState::Unseen,
            _ => PlannedState::Appears { desired: Arc::default(), def, instead_of: None },
        };
        change.desired = Arc::unwrap_or_clone(desired);
        Decision { planned: Some(planned), diagnostics, ..Decision::of(change) }
    }

    /// Refuses an `existing` resource at the address of one that gpb has created: a destroy would delete what is only read.
    fn still_managed(&self, resource: &Resource) -> Option<Diagnostic> {
        let address = &resource.address;
        let managed = self.everything.managed.get(address).filter(|managed| !managed.is_gone())?;
        let message = format!("`{address}` is only read, and gpb has created what has that address: {}", managed.id);
        let help = format!(
            "give the `existing` one another name, and let go of this one by `removed {address} {{ keep true }}`; or \
             declare it as a `resource`, as it was"
        );
        Some(Diagnostic::error("GPB7074", message).with_label(resource.span, "declared `existing` here").help(help))
    }

    fn managed(&self, resource: &'a Resource, desired: PropertyMap) -> Decision {
        let def = self.known(&resource.ty);
        match self.everything.managed.get(&resource.address) {
            Some(managed) if !managed.is_gone() => self.compared(resource, desired, managed, def),
            managed => {
                let mut decision = Decision::of(skeleton(resource, Action::Create));
                let change = &mut decision.change;
                if let Some(managed) = managed {
                    change.drift = vec![deletion(managed)];
                    change.drift_warnings = drift::gone(managed.ty);
                    change.moved_from.clone_from(&managed.moved_from);
                    decision.is_recreated = true;
                }
                (change.watched, _) = watched::watched(self.inputs, &self.planned, resource, None);
                let desired = Arc::new(desired);
                if self.is_referred_to(&resource.address) {
                    let desired = Arc::clone(&desired);
                    decision.planned = Some(PlannedState::Appears { desired, def, instead_of: None });
                }
                change.desired = Arc::unwrap_or_clone(desired);
                decision
            }
        }
    }

    /// Puts what is observed in the place of what is ignored, without copies of secrets; the clear values stay in memory.
    ///
    /// Returns what was observed, as a plan may hold it.
    fn left_as_it_is(
        &self,
        change: &mut ResourceChange,
        desired: &mut PropertyMap,
        observed: SharedProperties,
        ignored: &[PropPath],
    ) -> SharedProperties {
        let clear = (!ignored.is_empty()).then(|| {
            let mut clear = desired.clone();
            leave_ignored(&mut clear, &observed, ignored);
            clear
        });
        let before = scrubbed(observed, desired, self.inputs.options.scrubber.as_deref());
        if let Some(clear) = clear {
            leave_ignored(desired, &before, ignored);
            change.clear = (clear != *desired).then_some(ClearProperties(clear));
        }
        before
    }

    fn compared(
        &self,
        resource: &'a Resource,
        mut desired: PropertyMap,
        managed: &'a ManagedResource<'a>,
        def: Option<Arc<TypeDef>>,
    ) -> Decision {
        let is_same_type = *resource.ty == *managed.ty;
        let graph = self.inputs.graph;
        let mut lifecycle = resource.lifecycle.clone();
        lifecycle.ignore.extend(lifecycle::scaled_by_others(resource, def.as_deref(), graph, &self.resources));
        let lifecycle = &lifecycle;
        let mut differences =
            if is_same_type { self.differences(&desired, managed, def.as_deref(), lifecycle) } else { Vec::new() };
        replacement::mark(def.as_deref(), &mut differences);
        differences.extend(relocation(resource, managed, self.inputs.options.account.as_deref()));
        differences.extend(lifecycle::taken_along(resource, def.as_deref(), graph, &self.planned));
        differences.extend(lifecycle::ended_in_failure(managed));
        let (now, changed) = watched::watched(self.inputs, &self.planned, resource, Some(managed));
        differences.extend(changed);
        let is_asked = self.inputs.options.replace.contains(&resource.address);
        let action = match () {
            () if is_asked || differences.iter().any(|one| one.forces_replacement) => Action::Replace,
            () if managed.adopt => Action::Adopt,
            () if differences.is_empty() => Action::NoOp,
            () => Action::Update,
        };
        let mut decision = Decision::of(skeleton(resource, action));
        let change = &mut decision.change;
        change.ignore.clone_from(&lifecycle.ignore);
        change.watched = now;
        drift::fill(change, managed, def.as_deref(), lifecycle, self.everything);
        let before = prepared(managed, &desired, def.as_deref());
        let old_def = if is_same_type { def.clone() } else { self.known(managed.ty) };
        if action == Action::Replace {
            change.forced_by = replacement::forced_by(&differences);
            change.create_first = if is_same_type {
                replacement::create_first(def.as_deref(), lifecycle.replace, &desired, &differences)
            } else {
                let old = old_def.as_deref().map(|old| (old, managed.id.as_str(), managed.properties()));
                replacement::create_first_as(old, def.as_deref(), lifecycle.replace, &desired)
            };
        }
        // What is kept does not make way.
        let is_ruin = managed.failed.is_some();
        change.create_first |= action == Action::Replace && change.keep && !is_ruin;
        let ignored = if action == Action::Replace { &[][..] } else { lifecycle.ignore.as_slice() };
        let before = self.left_as_it_is(change, &mut desired, before, ignored);
        change.id = Some(managed.id.clone());
        change.moved_from.clone_from(&managed.moved_from);
        let protect = lifecycle.protect.or(managed.protect);
        change.protected = self.protection(&change.address, action, managed, old_def.as_deref(), protect);
        let desired = Arc::new(desired);
        if self.is_referred_to(&resource.address) {
            let desired = Arc::clone(&desired);
            decision.planned = Some(if action == Action::Replace {
                PlannedState::Appears { desired, def, instead_of: Some(managed.id.clone()) }
            } else {
                let changed = differences.iter().map(|one| one.path.clone()).collect();
                PlannedState::Stays { id: managed.id.clone(), observed: before.clone(), desired, def, changed }
            });
        }
        change.desired = Arc::unwrap_or_clone(desired);
        change.before = Some(before);
        surplus::leave_out(&mut differences, managed, old_def.as_deref());
        change.differences = differences;
        decision
    }

    fn differences(
        &self,
        desired: &PropertyMap,
        managed: &ManagedResource<'_>,
        def: Option<&TypeDef>,
        lifecycle: &Lifecycle,
    ) -> Vec<PropertyDifference> {
        let rules = compare::CompareRules {
            def,
            ignore: &lifecycle.ignore,
            secret: self.inputs.secret,
            unseen: &|reference| self.planned.is_unseen(reference),
        };
        compare::differences(rules, desired, sides(managed, Some(managed.applied)))
    }

    fn protection(
        &self,
        address: &Address,
        action: Action,
        managed: &ManagedResource<'_>,
        def: Option<&TypeDef>,
        protect: Option<bool>,
    ) -> Option<String> {
        let mode = self.inputs.model.environment.mode;
        let keep = self.resources.get(address).is_some_and(|resource| resource.lifecycle.keep == Some(true));
        let keep = keep && managed.failed.is_none();
        let id = Some(managed.id.as_str());
        let stake = protection::ProtectionSubject { address, ty: managed.ty, id, def, protect, keep, mode };
        protection::reason(&stake, action).filter(|_| !self.inputs.options.unprotect.covers(address))
    }

    /// Decides whether a resource stays on AWS when gpb lets go of it.
    ///
    /// A `removed` has the last word, then its declaration, where everything goes, then the state.
    fn is_kept(&self, address: &Address, managed: &ManagedResource<'_>) -> bool {
        let model = self.inputs.model;
        let removed = keep::removal_of(model, address).and_then(|removal| removal.keep);
        let declared = || self.resources.get(address).map(|resource| resource.lifecycle.keep == Some(true));
        // What ended in a failed state was never finished: it holds nothing.
        managed.failed.is_none() && removed.or_else(declared).unwrap_or(managed.keep)
    }

    /// Deletes what is known but not declared, or lets go of it.
    fn undeclared(&mut self) {
        let done: BTreeSet<&Address> = self.changes.iter().map(|change| &change.address).collect();
        let rest: Vec<_> = self.everything.managed.iter().filter(|(address, _)| !done.contains(address)).collect();
        for (address, managed) in rest {
            let only_read = self.resources.get(address).filter(|resource| resource.existing);
            let refused = only_read.and_then(|resource| self.still_managed(resource));
            self.diagnostics.extend(refused);
            let is_kept = self.is_kept(address, managed);
            let action = match () {
                () if managed.is_gone() => Action::Forget,
                () if is_kept => Action::Retain,
                () => Action::Delete,
            };
            let def = self.def(managed.ty);
            let mut change = without_values(address.clone(), managed.ty, managed.place, managed.layer, action);
            change.id = Some(managed.id.clone());
            change.protect = managed.protect;
            change.keep = is_kept;
            change.moved_from.clone_from(&managed.moved_from);
            // What was deposed has a successor: that it may go was said when it was replaced.
            if deposed_from(address).is_none() {
                change.protected = self.protection(address, action, managed, def.as_deref(), managed.protect);
            }
            if managed.is_gone() {
                change.drift = vec![deletion(managed)];
                change.drift_warnings = drift::gone(managed.ty);
            } else {
                drift::fill(&mut change, managed, def.as_deref(), &Lifecycle::default(), self.everything);
                let before = prepared(managed, &PropertyMap::default(), def.as_deref());
                change.before =
                    Some(scrubbed(before, &PropertyMap::default(), self.inputs.options.scrubber.as_deref()));
            }
            self.changes.push(change);
        }
    }

    /// Forgets interrupted creations that made nothing and are desired no longer: only the intent goes.
    fn void(&mut self) {
        let declared: BTreeSet<&Address> = self.changes.iter().map(|change| &change.address).collect();
        let void = self.everything.void.iter().filter(|intent| !declared.contains(&intent.address));
        let forgotten: BTreeMap<&Address, ResourceChange> = void
            .map(|intent| {
                let (address, layer) = (intent.address.clone(), intent.layer.as_deref());
                (&intent.address, without_values(address, &intent.ty, &intent.place, layer, Action::Forget))
            })
            .collect();
        self.changes.extend(forgotten.into_values());
    }

    fn finish(mut self) -> Result<Plan, Vec<Diagnostic>> {
        let inputs = self.inputs;
        if !inputs.options.destroy {
            let types = |ty: &str| self.types.get(ty).cloned().flatten();
            let (model, options, recreated) = (inputs.model, inputs.options, &self.recreated);
            let search = RenameInputs { model, options, types: &types, recreated };
            let forgotten = renames::suggest_moves(&self.changes, search);
            self.diagnostics.extend(forgotten);
        }
        let outputs = self.outputs();
        if !self.diagnostics.is_empty() {
            gpb_base::diag::sort(&mut self.diagnostics);
            return Err(self.diagnostics);
        }
        let layers: BTreeMap<&str, usize> = inputs.model.layers.iter().map(|l| l.name.as_str()).zip(0..).collect();
        let rank = |change: &ResourceChange| match change.layer.as_deref() {
            Some(layer) => (layers.get(layer).copied().unwrap_or(usize::MAX - 1), layer.to_owned()),
            None => (usize::MAX, String::new()),
        };
        self.changes.sort_by_cached_key(|change| (rank(change), change.address.clone()));
        let cached = |ty: &str| self.types.get(ty).cloned().flatten();
        let managed = self.everything.managed.iter();
        let built_on = managed.map(|(address, managed)| (address, managed.depends_on.as_slice())).collect();
        let withheld = withheld::withhold(&mut self.changes, inputs, &built_on);
        keep::note_users(&mut self.changes, &built_on);
        for change in self.changes.iter_mut().filter(|change| inputs.options.unprotect.covers(&change.address)) {
            change.kept_users.clear();
        }
        let order = OrderInputs { graph: inputs.graph, built_on: &built_on, types: &cached };
        let StepOrdering { steps, collisions } = order::connect(&mut self.changes, order);
        let hold = HoldInputs { model: inputs.model, graph: inputs.graph, built_on: &built_on, types: &cached };
        let mut refused = lifecycle::held(&self.changes, hold);
        refused.extend(bounds::crossed(&self.changes, hold));
        refused.extend(lifecycle::contradicted(&self.changes, hold));
        refused.extend(keep::name_clashes(&self.changes, hold));
        refused.extend(renames::collisions(&self.changes, &collisions, inputs.model));
        if !refused.is_empty() {
            return Err(refused);
        }
        if let Some(scrubber) = self.inputs.options.scrubber.as_deref().filter(|scrubber| scrubber.knows_any()) {
            self.changes.iter_mut().for_each(|change| scrub_differences(change, scrubber));
        }
        let is_read = |address| {
            inputs.options.unread.contains_key(address)
                || inputs.observation.is_some_and(|all| all.contains_key(address))
        };
        Ok(Plan {
            format: FORMAT,
            scope: inputs.snapshot.scope.clone(),
            place: inputs.model.environment.place.clone(),
            basis: basis::basis(inputs, &self.changes),
            overrides: if inputs.options.destroy { Vec::new() } else { self.overrides() },
            inputs: inputs.model.inputs.clone(),
            outputs,
            outputs_before: inputs.snapshot.outputs.clone(),
            observed: inputs.observation.is_some() && inputs.snapshot.resources.keys().all(is_read),
            withheld,
            changes: self.changes,
            steps,
        })
    }

    fn outputs(&mut self) -> PropertyMap {
        let mut outputs = PropertyMap::default();
        if self.inputs.options.destroy {
            return outputs;
        }
        for (name, output) in &self.inputs.model.outputs {
            let mut failed = Vec::new();
            let path = PropPath::default();
            outputs.insert(
                name.as_str().into(),
                self.planned.resolve(&output.value, &path, self.inputs.call, &mut failed),
            );
            for CallFailure { function, message, .. } in failed {
                self.diagnostics.push(
                    Diagnostic::error(
                        "GPB7004",
                        format!("`{function}` cannot be computed for the output `{name}`: {message}"),
                    )
                    .with_label(output.span, "with what is known of the cloud now"),
                );
            }
        }
        outputs
    }

    fn overrides(&self) -> Vec<String> {
        let resources: BTreeMap<&Address, &str> =
            self.inputs.model.resources.iter().map(|resource| (&resource.address, &*resource.ty)).collect();
        let overrides = self.inputs.model.overrides.iter().map(|one| {
            let def = resources.get(&one.address).and_then(|ty| self.types.get(ty).cloned().flatten());
            let display = |name: &String| {
                def.as_ref().map_or_else(|| name.clone(), |def| def.display(&PropPath::default().child(name)))
            };
            let names: Vec<String> = one.properties.iter().map(display).collect();
            format!("{}: {}", one.address, names.join(", "))
        });
        overrides.collect()
    }
}
