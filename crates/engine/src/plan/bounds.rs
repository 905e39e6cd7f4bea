//! Bounds: what stays where others keep it, as a subnet group or a load balancer in its VPC.

use super::change::{Action, ResourceChange};
use super::lifecycle::HoldInputs;
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, PropPath};
use std::collections::BTreeMap;

/// Refuses each change in place that would take a resource to others which are made anew elsewhere.
pub(super) fn crossed(changes: &[ResourceChange], inputs: HoldInputs<'_>) -> Vec<Diagnostic> {
    let by_address: BTreeMap<&Address, &ResourceChange> = changes.iter().map(|one| (&one.address, one)).collect();
    let mut found = Vec::new();
    for change in changes.iter().filter(|one| one.action == Action::Update) {
        let Some(def) = (inputs.types)(&change.ty).filter(|def| !def.lifecycle.bound_by.is_empty()) else { continue };
        for (property, bound) in &def.lifecycle.bound_by {
            let there = |path: &PropPath| path.head() == property.head();
            let others = inputs.graph.dependencies(&change.address);
            let others = others.filter(|(_, edge)| edge.property.as_ref().is_some_and(there));
            let others = others.filter_map(|(other, _)| by_address.get(other).copied());
            let mut moved: Vec<&ResourceChange> = others.filter(|other| is_moved(other, bound)).collect();
            moved.sort_by_key(|other| &other.address);
            if !moved.is_empty() {
                found.push(refused(change, (property, bound), &moved, inputs));
            }
        }
    }
    found
}

/// Checks that a resource is made anew with another value of a property.
fn is_moved(other: &ResourceChange, bound: &PropPath) -> bool {
    other.action == Action::Replace && other.differences.iter().any(|one| one.path.head() == bound.head())
}

fn refused(
    change: &ResourceChange,
    (property, bound): (&PropPath, &PropPath),
    moved: &[&ResourceChange],
    inputs: HoldInputs<'_>,
) -> Diagnostic {
    let named = moved.iter().map(|other| format!("`{}`", other.address)).collect::<Vec<_>>().join(" and ");
    let other = moved.first().and_then(|other| (inputs.types)(&other.ty));
    let bound = other.map_or_else(|| bound.to_string(), |other| other.display(bound));
    let (address, verb) = (&change.address, if moved.len() == 1 { "is" } else { "are" });
    let message = format!("`{address}` cannot follow {named}, which {verb} made anew with another `{bound}`");
    let mut diagnostic = Diagnostic::error("GPB7031", message);
    if let Some(resource) = inputs.model.resources.iter().find(|resource| resource.address == *address) {
        let span = resource.spans.get(property).copied().unwrap_or(resource.span);
        diagnostic = diagnostic.with_label(span, format!("AWS takes no others of another `{bound}` here"));
    }
    diagnostic
        .help(format!("make it anew too, with `--replace {address}`, or destroy the environment and apply it again"))
}
