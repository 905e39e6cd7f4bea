//! Paths into answers: those of filters, of elements, and of properties.

use super::problem::BindingProblem;
use super::shape_path::{display_path, resolves, walk};
use super::terms;
use crate::binding::{PropertySide, ReadCall, Subresource};
use crate::bound_type::BoundType;
use crate::path::MemberPath;
use crate::shapes::MemberShape;

/// Lists the paths of a binding that lead nowhere in the answers they are about.
pub(super) fn problems(bound: &BoundType) -> Vec<BindingProblem> {
    let binding = &bound.binding;
    let mut found = Vec::new();
    let filters = binding.read.iter().map(|read| ("read", read));
    for (place, read) in
        filters.chain(binding.subresources.iter().filter_map(|one| Some(("subresources", one.read.as_ref()?))))
    {
        found.extend(of_filter(bound, place, read));
    }
    for subresource in &binding.subresources {
        found.extend(of_subresource(bound, subresource));
    }
    let objects = terms::objects(bound);
    let roots: Vec<MemberShape<'_>> = binding.read.iter().filter_map(|read| terms::output(bound, &read.call)).collect();
    for (path, place) in &binding.properties {
        let (PropertySide::At(at), 1) = (&place.read, path.segments().count()) else { continue };
        let is_elsewhere = binding
            .subresources
            .iter()
            .any(|one| one.read.is_some() && one.properties.iter().any(|it| it == path.head()))
            || bound.tags.as_ref().is_some_and(|tags| tags.read.is_some())
                && bound.def.tagging.as_ref().is_some_and(|tagging| tagging.property == path.head());
        let shapes = if at.absolute { &roots } else { &objects };
        if !is_elsewhere && !shapes.is_empty() && !shapes.iter().any(|shape| leads(*shape, at)) {
            let message = format!("no read of the type answers with {}, where `{}` is read", display_path(at), path.0);
            found.push(BindingProblem::new("properties", path.head(), message));
        }
    }
    for listing in binding.list.iter() {
        let element = terms::output(bound, &listing.call).and_then(|root| {
            listing.at.alternatives.iter().find_map(|steps| walk(root, steps)).and_then(MemberShape::element)
        });
        if let (Some(element), Some(marker)) = (element, &listing.marker)
            && !leads(element, marker)
        {
            let message = format!("an element of `{}` has no such place: {}", listing.call, display_path(marker));
            found.push(BindingProblem::new("list", "marker", message));
        }
        for name in listing.set.keys().filter(|name| bound.def.root.by_aws(name).is_none()) {
            let message = format!("`{}` has no property `{name}`", bound.ty);
            found.push(BindingProblem::new("list", name, message));
        }
    }
    found
}

fn of_filter(bound: &BoundType, place: &str, read: &ReadCall) -> Vec<BindingProblem> {
    let Some(object) = element(bound, read) else { return Vec::new() };
    let paths = read.filter.keys().filter_map(|text| Some((text, text.parse::<MemberPath>().ok()?)));
    let lost = paths.filter(|(_, path)| !leads(object, path));
    let problem = |(text, path): (&String, MemberPath)| {
        let message = format!("what `{}` answers with has no such place: {}", read.call, display_path(&path));
        BindingProblem::new(place, text, message)
    };
    lost.map(problem).collect()
}

fn of_subresource(bound: &BoundType, subresource: &Subresource) -> Vec<BindingProblem> {
    let Some(read) = &subresource.read else { return Vec::new() };
    let mut found = Vec::new();
    let (object, root) = (terms::object(bound, read), terms::output(bound, &read.call));
    let mut refuse = |call: &str, path: &MemberPath| {
        let shown = display_path(path);
        let message = format!("the output of `{call}` has no such place: {shown}");
        found.push(BindingProblem::new("subresources", shown.trim_matches('`'), message));
    };
    for (path, at) in read.properties.iter().flatten() {
        // Parts lie in their parents, whose places differ.
        let start = if at.absolute { root } else { object };
        if path.segments().count() == 1 && start.is_some_and(|start| !leads(start, at)) {
            refuse(&read.call, at);
        }
    }
    let element = match &read.detail {
        Some(detail) => terms::output(bound, &detail.call).and_then(|root| match &detail.at {
            Some(at) => at.alternatives.iter().find_map(|steps| walk(root, steps)),
            None => Some(root),
        }),
        None => element(bound, read),
    };
    for at in read.item.values() {
        if element.is_some_and(|element| !leads(element, at)) {
            refuse(read.detail.as_ref().map_or(&read.call, |detail| &detail.call), at);
        }
    }
    found
}

/// Returns the shape of what a read's filter looks at: the object, or the element of a list.
fn element<'a>(bound: &'a BoundType, read: &ReadCall) -> Option<MemberShape<'a>> {
    let object = terms::object(bound, read)?;
    match &read.list {
        Some(list) => list.alternatives.iter().find_map(|steps| walk(object, steps)).and_then(MemberShape::element),
        None => Some(object),
    }
}

fn leads(shape: MemberShape<'_>, path: &MemberPath) -> bool {
    path.alternatives.iter().any(|steps| resolves(shape, steps))
}
