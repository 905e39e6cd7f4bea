//! The consequences of what is known of a type's life: what is taken along, what a scaler moves, what its users hold.

use super::change::{Action, OWNER, PLACE, PropertyDifference, ResourceChange, STATE, TYPE};
use super::inventory::ManagedResource;
use super::planned_state::PlannedStates;
use super::replacement;
use gpb_base::diag::Diagnostic;
use gpb_catalog::{ScaledProperty, TypeDef, TypeLookup};
use gpb_model::graph::Graph;
use gpb_model::{Address, Model, PropPath, PropertyValue, Replacement, Resource};
use std::collections::BTreeMap;

/// Returns the difference of a resource that AWS deletes together with one that it depends on and that is made anew.
pub(super) fn taken_along(
    resource: &Resource,
    def: Option<&TypeDef>,
    graph: &Graph,
    planned: &PlannedStates,
) -> Option<PropertyDifference> {
    let owners = &def?.lifecycle.deleted_with;
    let is_owner = |ty: &str| owners.iter().any(|owner| **owner == *ty);
    let (owner, _) = graph
        .dependencies(&resource.address)
        .filter(|_| !owners.is_empty())
        .find(|(address, _)| planned.made_anew(address).is_some_and(is_owner))?;
    Some(PropertyDifference {
        path: PropPath(OWNER.into()),
        before: Some(owner.as_str().into()),
        after: Some(PropertyValue::Text(format!("{owner}, made anew").into())),
        forces_replacement: true,
    })
}

/// Returns the difference of a resource that ended in a failed state, which only a replacement mends.
pub(super) fn ended_in_failure(managed: &ManagedResource<'_>) -> Option<PropertyDifference> {
    managed.failed.map(|reason| PropertyDifference {
        path: PropPath(STATE.into()),
        before: Some(reason.into()),
        after: Some(PropertyValue::Text("made anew".into())),
        forces_replacement: true,
    })
}

/// Returns the numbers of a resource that another resource of the model moves.
pub(super) fn scaled_by_others(
    resource: &Resource,
    def: Option<&TypeDef>,
    graph: &Graph,
    resources: &BTreeMap<&Address, &Resource>,
) -> Vec<PropPath> {
    let scaled = def.into_iter().flat_map(|def| &def.lifecycle.scaled);
    let is_moved = |one: &&ScaledProperty| {
        graph.dependents(&resource.address).any(|(user, _)| resources.get(user).is_some_and(|user| moves(user, one)))
    };
    scaled.filter(is_moved).map(|one| one.property.clone()).collect()
}

/// Checks that a resource that depends on another moves a number of it.
fn moves(scaler: &Resource, one: &ScaledProperty) -> bool {
    let holds = |(path, value): (&PropPath, &String)| {
        scaler.properties.get(path.head()).and_then(PropertyValue::as_text) == Some(value)
    };
    *scaler.ty == *one.by && scaler.properties.contains_key(one.names.head()) && one.conditions.iter().all(holds)
}

/// The inputs of the search for replacements that users hold.
#[derive(Clone, Copy)]
pub(super) struct HoldInputs<'a> {
    /// The desired resources.
    pub model: &'a Model,
    /// The declared dependencies.
    pub graph: &'a Graph,
    /// By address, what the state remembers each resource to be built on.
    pub built_on: &'a BTreeMap<&'a Address, &'a [Address]>,
    /// The types.
    pub types: TypeLookup<'a>,
}

/// Refuses each replacement that deletes first while those stay that hold what it deletes.
///
/// AWS refuses such a deletion for as long as they use it, and they turn to the new one only once that is there.
pub(super) fn held(changes: &[ResourceChange], inputs: HoldInputs<'_>) -> Vec<Diagnostic> {
    let by_address: BTreeMap<&Address, &ResourceChange> = changes.iter().map(|one| (&one.address, one)).collect();
    let mut found = Vec::new();
    for change in changes.iter().filter(|one| one.action == Action::Replace && !one.create_first) {
        let Some(def) = (inputs.types)(&change.ty).filter(|def| !def.lifecycle.held_by.is_empty()) else { continue };
        let stays = |user: &&ResourceChange| {
            let holds = def.lifecycle.held_by.iter().any(|ty| **ty == *user.ty);
            let is_built_on = inputs.built_on.get(&user.address).is_some_and(|on| on.contains(&change.address));
            holds && is_built_on && matches!(user.action, Action::NoOp | Action::Update | Action::Adopt)
        };
        // Who only waits for it by `after` does not hold it.
        let users = inputs.graph.dependents(&change.address).filter(|(_, edge)| edge.property.is_some());
        let users = users.filter_map(|(user, _)| by_address.get(user).copied());
        let mut users: Vec<&Address> = users.filter(stays).map(|user| &user.address).collect();
        users.sort();
        users.dedup();
        if !users.is_empty() {
            found.push(refused(change, &def, &users, inputs.model));
        }
    }
    found
}

/// Refuses each replacement that the spec wants to create first though only one may hold what both would hold.
pub(super) fn contradicted(changes: &[ResourceChange], inputs: HoldInputs<'_>) -> Vec<Diagnostic> {
    // In another place, or as another type, it may bear the same name.
    let elsewhere = |one: &PropertyDifference| [PLACE, TYPE].contains(&one.path.0.as_str());
    let wanted = |change: &&ResourceChange| {
        change.action == Action::Replace && change.create_first && !change.differences.iter().any(elsewhere)
    };
    let of = |change: &ResourceChange| {
        let written = inputs.model.resources.iter().find(|resource| resource.address == change.address)?;
        written.lifecycle.replace.filter(|replace| *replace == Replacement::CreateThenDelete)?;
        let def = (inputs.types)(&change.ty)?;
        let held = replacement::held_by_both(&def, &change.desired, &change.differences)?;
        let named = held.iter().map(|path| format!("`{}`", def.display(path))).collect::<Vec<_>>().join(" and ");
        let message =
            format!("`{}` cannot be created before the old one goes: only one may hold its {named}", change.address);
        let diagnostic = Diagnostic::error("GPB7060", message).with_label(written.span, "this resource is replaced");
        Some(diagnostic.help("take `replace create_first` away, or give the new one another value there"))
    };
    changes.iter().filter(wanted).filter_map(of).collect()
}

fn refused(change: &ResourceChange, def: &TypeDef, users: &[&Address], model: &Model) -> Diagnostic {
    let named = users.iter().map(|user| format!("`{user}`")).collect::<Vec<_>>().join(" and ");
    let verb = if users.len() == 1 { "uses" } else { "use" };
    let message = format!(
        "`{}` cannot be replaced: the old one must go before the new one can come, and until then {named} {verb} it",
        change.address
    );
    let mut diagnostic = Diagnostic::error("GPB7030", message);
    if let Some(resource) = model.resources.iter().find(|resource| resource.address == change.address) {
        diagnostic = diagnostic.with_label(resource.span, "this resource would be replaced");
        for path in &change.forced_by {
            if let Some(span) = resource.spans.get(path) {
                diagnostic = diagnostic.with_label(*span, "this change needs a new resource");
            }
        }
    }
    diagnostic.help(way_out(change, def, model))
}

/// Returns what would let the new one come first.
fn way_out(change: &ResourceChange, def: &TypeDef, model: &Model) -> String {
    let kept = replacement::held_by_both(def, &change.desired, &change.differences).unwrap_or_default();
    let written = model.resources.iter().find(|resource| resource.address == change.address);
    // What refers to another resource is not to be written otherwise.
    let is_literal = |path: &&PropPath| {
        written.and_then(|resource| resource.properties.get(path.head())).is_some_and(PropertyValue::is_known)
    };
    let mut own: Vec<&PropPath> = kept.iter().filter(is_literal).collect();
    if own.is_empty() {
        own = kept.iter().collect();
    }
    let named = own.iter().map(|path| format!("`{}`", def.display(path))).collect::<Vec<_>>().join(" or ");
    let is_required = |path: &&PropPath| def.root.required.iter().any(|name| name == path.head());
    match own.as_slice() {
        [] => "take `replace delete_first` away, so that the new one can come first".to_owned(),
        [name] if replacement::is_name(def, name) && !is_required(name) => {
            format!("take {named} away, so that gpb makes a name up and the new one can come first")
        }
        _ => format!("give the new one another {named}, so that it can come first"),
    }
}
