//! The planning itself: each resource in the order of the graph, so that what becomes of those it refers to is decided.

use super::known::{Everything, Known, Seen, everything};
use super::resolve::{CallFailed, Fate, Fates};
use super::{
    Action, Change, Difference, FORMAT, Inputs, PLACE, Plan, TYPE, basis, compare, moves, order, protect, replace, values,
};
use crate::catalog::{PropPath, TypeDef};
use crate::cloud::Properties;
use crate::diag::Diagnostic;
use crate::model::{Address, Lifecycle, Place, Resource, Secret, Value};
use crate::state::deposed_from;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Plans. A pure function: the same inputs give the same plan, byte by byte.
///
/// # Errors
/// Diagnostics when there can be no plan: a cycle, an `existing` resource that is not there, a rename that was not
/// written down, a function that fails on values only now known. A plan that would lose protected resources *is* made, so
/// that it can be shown; [`super::refusals`] says why it may not be applied.
pub fn plan(inputs: &Inputs<'_>) -> Result<Plan, Vec<Diagnostic>> {
    let cycles = inputs.graph.diagnose(inputs.model, inputs.types);
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

    fn resolve(&mut self, resource: &Resource) -> BTreeMap<String, Value> {
        let mut failed = Vec::new();
        let properties = resource.properties.iter();
        let desired = properties
            .map(|(name, value)| {
                let path = PropPath(String::new()).child(name);
                (name.clone(), self.fates.resolve(value, &path, self.inputs.call, &mut failed))
            })
            .collect();
        self.diagnostics.extend(failed.into_iter().map(|failed| call_failed(resource, failed)));
        desired
    }

    /// An `existing` resource: found, or not there, or not to be looked for yet.
    fn read(&mut self, resource: &'a Resource, desired: BTreeMap<String, Value>) {
        let found = self.inputs.observation.and_then(|all| all.get(&resource.address));
        if let Some(None) = found
            && desired.values().all(Value::is_known)
        {
            self.diagnostics.push(
                Diagnostic::error("GPB7001", format!("there is no {} that `{}` could be", resource.ty, resource.address))
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
            _ => Fate::Appears { desired: Arc::default(), def },
        };
        change.desired = Arc::unwrap_or_clone(desired);
        self.fates.decide(resource.address.clone(), fate);
        self.changes.push(change);
    }

    fn managed(&mut self, resource: &'a Resource, desired: BTreeMap<String, Value>) {
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
                let fate = Fate::Appears { desired: Arc::clone(&desired), def };
                self.fates.decide(resource.address.clone(), fate);
                change.desired = (*desired).clone();
                self.changes.push(change);
            }
        }
    }

    fn compared(
        &mut self,
        resource: &'a Resource,
        mut desired: BTreeMap<String, Value>,
        known: &'a Known<'a>,
        def: Option<Arc<TypeDef>>,
    ) {
        let is_same_type = resource.ty == known.ty;
        let lifecycle = &resource.lifecycle;
        let mut differences = if is_same_type {
            self.differences(&desired, known, def.as_deref(), lifecycle)
        } else {
            Vec::new()
        };
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
        change.drift = self.drift(known, def.as_deref(), lifecycle);
        let before = prepared(known, &desired, def.as_deref());
        if action == Action::Replace {
            change.forced_by = replace::forced_by(&differences);
            change.create_first = is_same_type
                && replace::create_first(def.as_deref(), lifecycle.replace, &desired, &differences);
        } else {
            leave_ignored(&mut desired, &before, &lifecycle.ignore);
        }
        change.id = Some(known.id.clone());
        change.moved_from.clone_from(&known.moved_from);
        let old_def = if is_same_type { def.clone() } else { self.def(known.ty) };
        let protect = lifecycle.protect.or(known.protect);
        change.protected = self.protection(&change.address, action, known, old_def.as_deref(), protect);
        let desired = Arc::new(desired);
        change.desired = (*desired).clone();
        let fate = if action == Action::Replace {
            Fate::Appears { desired, def }
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
        desired: &BTreeMap<String, Value>,
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

    /// Where the cloud has left what was applied.
    fn drift(&self, known: &Known<'_>, def: Option<&TypeDef>, lifecycle: &Lifecycle) -> Vec<Difference> {
        let Seen::There(observed) = known.seen else { return Vec::new() };
        if known.recorded.is_none() || known.applied.iter().all(|(k, v)| observed.properties.get(k) == Some(v)) {
            return Vec::new();
        }
        let applied: BTreeMap<String, Value> =
            known.applied.iter().filter_map(|(k, v)| Some((k.clone(), values::lift(v)?))).collect();
        let unknown = |_: &Secret| None;
        let rules = compare::Rules { def, ignore: &lifecycle.ignore, secret: &unknown, unseen: &|_| false };
        let found = compare::differences(rules, &applied, sides(known, Some(known.applied)));
        let turned = found.into_iter().map(|one| Difference {
            before: as_applied(known.applied, &one.path).cloned(),
            after: one.before.as_ref().and_then(values::lift),
            ..one
        });
        turned.collect()
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
                change.drift = self.drift(known, def.as_deref(), &Lifecycle::default());
                change.before = Some(prepared(known, &BTreeMap::new(), def.as_deref()));
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
            crate::diag::sort(&mut self.diagnostics);
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
            observed: inputs.observation.is_some() && inputs.snapshot.resources.keys().all(is_read),
            changes: self.changes,
        })
    }

    fn outputs(&mut self) -> BTreeMap<String, Value> {
        let mut outputs = BTreeMap::new();
        if self.inputs.options.destroy {
            return outputs;
        }
        for (name, output) in &self.inputs.model.outputs {
            let mut failed = Vec::new();
            let path = PropPath(String::new());
            outputs.insert(name.clone(), self.fates.resolve(&output.value, &path, self.inputs.call, &mut failed));
            for CallFailed { function, message, .. } in failed {
                self.diagnostics.push(
                    Diagnostic::error("GPB7004", format!("`{function}` cannot be computed for the output `{name}`: {message}"))
                        .at(output.span, "with what is known of the cloud now"),
                );
            }
        }
        outputs
    }

    fn overrides(&self) -> Vec<String> {
        let resources: BTreeMap<&Address, &str> =
            self.inputs.model.resources.iter().map(|resource| (&resource.address, resource.ty.as_str())).collect();
        let overrides = self.inputs.model.overrides.iter().map(|one| {
            let def = resources.get(&one.address).and_then(|ty| self.types.get(ty).cloned().flatten());
            let display = |name: &String| {
                def.as_ref().map_or_else(|| name.clone(), |def| def.display(&PropPath(String::new()).child(name)))
            };
            let names: Vec<String> = one.properties.iter().map(display).collect();
            format!("{}: {}", one.address, names.join(", "))
        });
        overrides.collect()
    }
}

fn skeleton(resource: &Resource, action: Action) -> Change {
    let mut change =
        bare(resource.address.clone(), &resource.ty, &resource.place, resource.layer.as_deref(), action);
    change.ignore.clone_from(&resource.lifecycle.ignore);
    change.protect = resource.lifecycle.protect;
    change
}

fn bare(address: Address, ty: &str, place: &Place, layer: Option<&str>, action: Action) -> Change {
    Change {
        address,
        ty: ty.to_owned(),
        place: place.clone(),
        layer: layer.map(str::to_owned),
        action,
        id: None,
        before: None,
        desired: BTreeMap::new(),
        differences: Vec::new(),
        drift: Vec::new(),
        forced_by: Vec::new(),
        depends_on: Vec::new(),
        protected: None,
        moved_from: None,
        ignore: Vec::new(),
        protect: None,
        create_first: false,
    }
}

fn sides<'s>(known: &Known<'s>, applied: Option<&'s Properties>) -> compare::Sides<'s> {
    compare::Sides { observed: known.properties(), applied, recorded: known.recorded }
}

/// What is known of a resource as a plan may hold it: secrets masked, tags of others left out.
fn prepared(known: &Known<'_>, desired: &BTreeMap<String, Value>, def: Option<&TypeDef>) -> Properties {
    let tags = def.and_then(|def| def.tagging.as_ref()).map(|tagging| tagging.property.as_str());
    let masked = known.properties().iter().map(|(name, json)| {
        let (wanted, applied) = (desired.get(name), known.applied.get(name));
        let mut json = values::mask(json, wanted, applied);
        if let (true, Json::Array(items)) = (tags == Some(name), &mut json) {
            let ours = |tag: &Json| {
                let key = compare::identity_of(tag);
                let in_wanted = match wanted {
                    Some(Value::List(items)) => items.iter().any(|item| compare::identity(item) == key),
                    _ => false,
                };
                let mut was = applied.and_then(Json::as_array).into_iter().flatten();
                key.is_none() || in_wanted || was.any(|tag| compare::identity_of(tag) == key)
            };
            items.retain(ours);
        }
        (name.clone(), json)
    });
    masked.collect()
}

/// Ignored places of a resource that exists stay as they are: sending the text's value would undo what is ignored.
fn leave_ignored(desired: &mut BTreeMap<String, Value>, before: &Properties, ignore: &[PropPath]) {
    for path in ignore {
        let segments: Vec<String> = path.segments().map(PropPath::unescape).collect();
        let Some((first, rest)) = segments.split_first() else { continue };
        let there = before.get(first).filter(|json| !json.is_null());
        let (Some(wanted), true) = (desired.get_mut(first), !rest.is_empty()) else {
            match there.and_then(values::lift).filter(|_| rest.is_empty()) {
                Some(value) => drop(desired.insert(first.clone(), value)),
                None if rest.is_empty() => drop(desired.remove(first)),
                None => {}
            }
            continue;
        };
        leave_inside(wanted, there, rest);
    }
}

fn leave_inside(wanted: &mut Value, there: Option<&Json>, rest: &[String]) {
    let (Value::Map(entries), Some((first, rest))) = (wanted, rest.split_first()) else { return };
    let there = there.and_then(|json| json.get(first)).filter(|json| !json.is_null());
    if !rest.is_empty() {
        if let Some(inner) = entries.get_mut(first) {
            leave_inside(inner, there, rest);
        }
        return;
    }
    match there.and_then(values::lift) {
        Some(value) => drop(entries.insert(first.clone(), value)),
        None => drop(entries.remove(first)),
    }
}

/// What is declared somewhere else, or as something else, than it is.
fn relocation(resource: &Resource, known: &Known<'_>, account: Option<&str>) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut push = |path: &str, before: String, after: String| {
        found.push(Difference {
            path: PropPath(path.to_owned()),
            before: Some(before.into()),
            after: Some(Value::Text(after)),
            forces_replacement: true,
        });
    };
    if resource.ty != known.ty {
        push(TYPE, known.ty.to_owned(), resource.ty.clone());
    }
    let account_of = |place: &Place| place.account.clone().or_else(|| account.map(str::to_owned));
    let (old, new) = (account_of(known.place), account_of(&resource.place));
    let is_elsewhere = old.is_some() && new.is_some() && old != new;
    if is_elsewhere || known.place.region != resource.place.region {
        let text = |account: Option<String>, region: &str| match account.filter(|_| is_elsewhere) {
            Some(account) => format!("{account} {region}"),
            None => region.to_owned(),
        };
        push(PLACE, text(old, &known.place.region), text(new, &resource.place.region));
    }
    found
}

fn gone(known: &Known<'_>) -> Difference {
    Difference {
        path: PropPath(String::new()),
        before: Some(known.id.as_str().into()),
        after: None,
        forces_replacement: false,
    }
}

fn as_applied<'s>(applied: &'s Properties, path: &PropPath) -> Option<&'s Json> {
    let mut segments = path.segments();
    let first = applied.get(&PropPath::unescape(segments.next()?))?;
    values::at(first, &mut segments)
}

fn call_failed(resource: &Resource, failed: CallFailed) -> Diagnostic {
    let CallFailed { path, function, message } = failed;
    let mut at = path.clone();
    let span = loop {
        if let Some(span) = resource.spans.get(&at) {
            break *span;
        }
        match at.0.rfind('/') {
            Some(end) => at.0.truncate(end),
            None => break resource.span,
        }
    };
    let message = format!("`{function}` cannot be computed for `{}`: {message}", resource.address);
    Diagnostic::error("GPB7004", message).at(span, "with what is known of the cloud now")
}
