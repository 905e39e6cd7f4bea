//! The planning itself: each resource in the order of the graph, so that what becomes of those it refers to is decided.

use super::known::{Everything, Known, everything};
use super::parts::{bare, call_failed, drift, gone, leave_ignored, prepared, relocation, sides, skeleton};
use super::resolve::{CallFailed, Fate, Fates};
use super::{Action, Change, Difference, FORMAT, Inputs, Plan, basis, compare, moves, order, protect, replace};
use crate::state::deposed_from;
use gpb_base::diag::Diagnostic;
use gpb_catalog::TypeDef;
use gpb_catalog::display_path;
use gpb_model::PropPath;
use gpb_model::{Address, Lifecycle, Map, Resource, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Plans. A pure function: the same inputs give the same plan, byte by byte.
///
/// # Errors
/// Diagnostics when there can be no plan: a cycle, an `existing` resource that is not there, a rename that was not
/// written down, a function that fails on values only now known. A plan that would lose protected resources *is* made, so
/// that it can be shown; [`super::refusals`] says why it may not be applied.
pub fn plan(inputs: &Inputs<'_>) -> Result<Plan, Vec<Diagnostic>> {
    let cycles = inputs.graph.diagnose(inputs.model, &|ty, path| display_path(inputs.types, ty, path));
    if !cycles.is_empty() {
        return Err(cycles);
    }
    let everything = everything(inputs)?;
    let mut planning = Planning::new(inputs, &everything);
    if !inputs.options.destroy {
        planning.declared();
    }
    planning.undeclared();
    planning.void();
    planning.finish()
}

struct Planning<'a> {
    inputs: &'a Inputs<'a>,
    everything: &'a Everything<'a>,
    types: BTreeMap<&'a str, Option<Arc<TypeDef>>>,
    fates: Fates,
    changes: Vec<Change>,
    diagnostics: Vec<Diagnostic>,
    /// Created because they are gone, not because they are new.
    recreated: BTreeSet<Address>,
}

impl<'a> Planning<'a> {
    fn new(inputs: &'a Inputs<'a>, everything: &'a Everything<'a>) -> Self {
        Self {
            inputs,
            everything,
            types: BTreeMap::new(),
            fates: Fates::default(),
            changes: Vec::new(),
            diagnostics: Vec::new(),
            recreated: BTreeSet::new(),
        }
    }

    fn def(&mut self, ty: &'a str) -> Option<Arc<TypeDef>> {
        self.types.entry(ty).or_insert_with(|| (self.inputs.types)(ty)).clone()
    }

    fn declared(&mut self) {
        let resources: BTreeMap<&Address, &'a Resource> =
            self.inputs.model.resources.iter().map(|resource| (&resource.address, resource)).collect();
        for address in self.inputs.graph.order() {
            let Some(resource) = resources.get(address).copied() else { continue };
            let desired = self.resolve(resource);
            if resource.existing {
                self.read(resource, desired);
            } else {
                self.managed(resource, desired);
            }
        }
    }

    fn resolve(&mut self, resource: &Resource) -> Map {
        let mut failed = Vec::new();
        let properties = resource.properties.iter();
        let desired = properties
            .map(|(name, value)| {
                let path = PropPath::default().child(name);
                (name.clone(), self.fates.resolve(value, &path, self.inputs.call, &mut failed))
            })
            .collect();
        self.diagnostics.extend(failed.into_iter().map(|failed| call_failed(resource, failed)));
        desired
    }

    /// An `existing` resource: found, or not there, or not to be looked for yet.
    fn read(&mut self, resource: &'a Resource, desired: Map) {
        let found = self.inputs.observation.and_then(|all| all.get(&resource.address));
        if let Some(None) = found
            && desired.values().all(Value::is_known)
        {
            self.diagnostics.push(
                Diagnostic::error(
                    "GPB7001",
                    format!("there is no {} that `{}` could be", resource.ty, resource.address),
                )
                .at(resource.span, "nothing in this account and region has these properties")
                .help("`existing` only reads; declare it as a `resource` to have it made, or mend what it is found by"),
            );
        }
        let mut change = skeleton(resource, Action::Read);
        let def = self.def(&resource.ty);
        let desired = Arc::new(desired);
        let fate = match found {
            Some(Some(observed)) => {
                change.id = Some(observed.id.clone());
                change.before = Some(observed.properties.clone());
                let observed = observed.clone();
                let (id, observed) = (observed.id, observed.properties);
                Fate::Stays { id, observed, desired: Arc::clone(&desired), changed: Vec::new() }
            }
            None if desired.values().all(Value::is_known) => Fate::Unseen,
            _ => Fate::Appears { desired: Arc::default(), def, instead_of: None },
        };
        change.desired = Arc::unwrap_or_clone(desired);
        self.fates.decide(resource.address.clone(), fate);
        self.changes.push(change);
    }

    fn managed(&mut self, resource: &'a Resource, desired: Map) {
        let def = self.def(&resource.ty);
        match self.everything.known.get(&resource.address) {
            Some(known) if !known.is_gone() => self.compared(resource, desired, known, def),
            known => {
                let mut change = skeleton(resource, Action::Create);
                if let Some(known) = known {
                    change.drift = vec![gone(known)];
                    change.moved_from.clone_from(&known.moved_from);
                    self.recreated.insert(resource.address.clone());
                }
                let desired = Arc::new(desired);
                let fate = Fate::Appears { desired: Arc::clone(&desired), def, instead_of: None };
                self.fates.decide(resource.address.clone(), fate);
                change.desired = (*desired).clone();
                self.changes.push(change);
            }
        }
    }

    fn compared(&mut self, resource: &'a Resource, mut desired: Map, known: &'a Known<'a>, def: Option<Arc<TypeDef>>) {
        let is_same_type = *resource.ty == *known.ty;
        let lifecycle = &resource.lifecycle;
        let mut differences =
            if is_same_type { self.differences(&desired, known, def.as_deref(), lifecycle) } else { Vec::new() };
        replace::mark(def.as_deref(), &mut differences);
        differences.extend(relocation(resource, known, self.inputs.options.account.as_deref()));
        let is_asked = self.inputs.options.replace.contains(&resource.address);
        let action = match () {
            () if is_asked || differences.iter().any(|one| one.forces_replacement) => Action::Replace,
            () if known.adopt => Action::Adopt,
            () if differences.is_empty() => Action::Keep,
            () => Action::Update,
        };
        let mut change = skeleton(resource, action);
        change.drift = drift(known, def.as_deref(), lifecycle);
        let before = prepared(known, &desired, def.as_deref());
        let old_def = if is_same_type { def.clone() } else { self.def(known.ty) };
        if action == Action::Replace {
            change.forced_by = replace::forced_by(&differences);
            change.create_first = if is_same_type {
                replace::create_first(def.as_deref(), lifecycle.replace, &desired, &differences)
            } else {
                let old = old_def.as_deref().map(|old| (old, known.id.as_str(), known.properties()));
                replace::create_first_as(old, def.as_deref(), lifecycle.replace, &desired)
            };
        } else {
            leave_ignored(&mut desired, &before, &lifecycle.ignore);
        }
        change.id = Some(known.id.clone());
        change.moved_from.clone_from(&known.moved_from);
        let protect = lifecycle.protect.or(known.protect);
        change.protected = self.protection(&change.address, action, known, old_def.as_deref(), protect);
        let desired = Arc::new(desired);
        change.desired = (*desired).clone();
        let fate = if action == Action::Replace {
            Fate::Appears { desired, def, instead_of: Some(known.id.clone()) }
        } else {
            let changed = differences.iter().map(|one| one.path.clone()).collect();
            Fate::Stays { id: known.id.clone(), observed: before.clone(), desired, changed }
        };
        change.before = Some(before);
        change.differences = differences;
        self.fates.decide(resource.address.clone(), fate);
        self.changes.push(change);
    }

    fn differences(
        &self,
        desired: &Map,
        known: &Known<'_>,
        def: Option<&TypeDef>,
        lifecycle: &Lifecycle,
    ) -> Vec<Difference> {
        let rules = compare::Rules {
            def,
            ignore: &lifecycle.ignore,
            secret: self.inputs.secret,
            unseen: &|reference| self.fates.is_unseen(reference),
        };
        compare::differences(rules, desired, sides(known, Some(known.applied)))
    }

    fn protection(
        &self,
        address: &Address,
        action: Action,
        known: &Known<'_>,
        def: Option<&TypeDef>,
        protect: Option<bool>,
    ) -> Option<String> {
        let mode = self.inputs.model.environment.mode;
        let stake = protect::Stake { address, ty: known.ty, id: Some(&known.id), def, protect, mode };
        protect::reason(&stake, action).filter(|_| !self.inputs.options.unprotect.covers(address))
    }

    /// What is known but not declared goes.
    fn undeclared(&mut self) {
        let done: BTreeSet<&Address> = self.changes.iter().map(|change| &change.address).collect();
        let rest: Vec<_> = self.everything.known.iter().filter(|(address, _)| !done.contains(address)).collect();
        for (address, known) in rest {
            let action = if known.is_gone() { Action::Forget } else { Action::Delete };
            let def = self.def(known.ty);
            let mut change = bare(address.clone(), known.ty, known.place, known.layer, action);
            change.id = Some(known.id.clone());
            change.protect = known.protect;
            change.moved_from.clone_from(&known.moved_from);
            // What was deposed has a successor: that it may go was said when it was replaced.
            if deposed_from(address).is_none() {
                change.protected = self.protection(address, action, known, def.as_deref(), known.protect);
            }
            if known.is_gone() {
                change.drift = vec![gone(known)];
            } else {
                change.drift = drift(known, def.as_deref(), &Lifecycle::default());
                change.before = Some(prepared(known, &Map::default(), def.as_deref()));
            }
            self.changes.push(change);
        }
    }

    /// Interrupted creations that made nothing and are wanted no longer: only the intent goes.
    fn void(&mut self) {
        let declared: BTreeSet<&Address> = self.changes.iter().map(|change| &change.address).collect();
        let void = self.everything.void.iter().filter(|intent| !declared.contains(&intent.address));
        let forgotten: BTreeMap<&Address, Change> = void
            .map(|intent| {
                let (address, layer) = (intent.address.clone(), intent.layer.as_deref());
                (&intent.address, bare(address, &intent.ty, &intent.place, layer, Action::Forget))
            })
            .collect();
        self.changes.extend(forgotten.into_values());
    }

    fn finish(mut self) -> Result<Plan, Vec<Diagnostic>> {
        let inputs = self.inputs;
        if !inputs.options.destroy {
            let types = &self.types;
            let is_stateful = |ty: &str| types.get(ty).and_then(Option::as_ref).is_some_and(|def| def.stateful);
            let forgotten =
                moves::forgotten(&self.changes, inputs.model, inputs.options, &is_stateful, &self.recreated);
            self.diagnostics.extend(forgotten);
        }
        let outputs = self.outputs();
        if !self.diagnostics.is_empty() {
            gpb_base::diag::sort(&mut self.diagnostics);
            return Err(self.diagnostics);
        }
        let layers: BTreeMap<&str, usize> = inputs.model.layers.iter().map(|l| l.name.as_str()).zip(0..).collect();
        let rank = |change: &Change| match change.layer.as_deref() {
            Some(layer) => (layers.get(layer).copied().unwrap_or(usize::MAX - 1), layer.to_owned()),
            None => (usize::MAX, String::new()),
        };
        self.changes.sort_by_cached_key(|change| (rank(change), change.address.clone()));
        let cached = |ty: &str| self.types.get(ty).cloned().flatten();
        order::connect(&mut self.changes, inputs.graph, self.everything, &cached);
        let is_read = |address| inputs.observation.is_some_and(|all| all.contains_key(address));
        Ok(Plan {
            format: FORMAT,
            scope: inputs.snapshot.scope.clone(),
            basis: basis::basis(inputs, &self.changes),
            overrides: if inputs.options.destroy { Vec::new() } else { self.overrides() },
            outputs,
            outputs_before: inputs.snapshot.outputs.clone(),
            observed: inputs.observation.is_some() && inputs.snapshot.resources.keys().all(is_read),
            changes: self.changes,
        })
    }

    fn outputs(&mut self) -> Map {
        let mut outputs = Map::default();
        if self.inputs.options.destroy {
            return outputs;
        }
        for (name, output) in &self.inputs.model.outputs {
            let mut failed = Vec::new();
            let path = PropPath::default();
            outputs
                .insert(name.as_str().into(), self.fates.resolve(&output.value, &path, self.inputs.call, &mut failed));
            for CallFailed { function, message, .. } in failed {
                self.diagnostics.push(
                    Diagnostic::error(
                        "GPB7004",
                        format!("`{function}` cannot be computed for the output `{name}`: {message}"),
                    )
                    .at(output.span, "with what is known of the cloud now"),
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
