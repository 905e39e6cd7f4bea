//! Properties that no read shows, and the paths of readiness: each has its reason, or its place.

use super::problem::BindingProblem;
use super::shape_path::{display_path, resolves};
use super::terms;
use crate::binding::{PropertyMapping, PropertySide};
use crate::bound_type::BoundType;
use crate::path::MemberPath;
use gpb_model::PropPath;

/// Lists the places that are written and never read without a reason, and reasons that have no effect.
pub(super) fn unread(bound: &BoundType) -> Vec<BindingProblem> {
    let mut found = Vec::new();
    for (path, place) in &bound.binding.properties {
        let shown = path.0.replace('/', ".");
        let message = match (place.read == PropertySide::Nowhere, &place.why) {
            (true, None) if needs_reason(bound, path, place) => {
                format!("`{shown}` is written and never read: say `why`, or where a read shows it")
            }
            (false, Some(_)) => format!("`why` of `{shown}` has no effect: a read shows it"),
            _ => continue,
        };
        found.push(BindingProblem::new("properties", &shown, message));
    }
    found
}

fn needs_reason(bound: &BoundType, path: &PropPath, place: &PropertyMapping) -> bool {
    let binding = &bound.binding;
    let is_elsewhere = binding.read.iter().any(|read| read.set.contains_key(path.head()))
        || binding
            .subresources
            .iter()
            .any(|one| one.read.is_some() && one.properties.iter().any(|it| it == path.head()))
        || bound.def.primary_identifier.iter().any(|part| part.head() == path.head());
    place.write != PropertySide::Nowhere && !bound.def.is_write_only(path) && !is_elsewhere
}

/// Lists the paths of readiness that the answer of the type's read does not have.
pub(super) fn unready(bound: &BoundType) -> Vec<BindingProblem> {
    let binding = &bound.binding;
    let Some(read) = binding.read.first() else { return Vec::new() };
    let (Some(root), Some(here)) = (terms::output(bound, &read.call), terms::object(bound, read)) else {
        return Vec::new();
    };
    let ready = binding.ready.iter().flat_map(|rule| {
        [Some(&rule.path), rule.equals.as_ref(), rule.reason.as_ref()].into_iter().flatten().chain(&rule.empty)
    });
    let lacks = |path: &&MemberPath| {
        let start = if path.absolute { root } else { here };
        !path.alternatives.iter().any(|steps| resolves(start, steps))
    };
    let problem = |path: &MemberPath| {
        let shown = display_path(path);
        let message = format!("the output of `{}` has no such place: {shown}", read.call);
        BindingProblem::new("ready", shown.trim_matches('`'), message)
    };
    ready.chain(&binding.deleted_if_present).filter(lacks).map(problem).collect()
}
