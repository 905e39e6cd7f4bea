//! Inputs that bindings write: their members at every depth, and those that properties write too.

use super::problem::BindingProblem;
use crate::binding::{ApiCall, SendMode};
use crate::bound_type::BoundType;
use crate::map::Mapping;
use crate::path::PathStep;
use crate::shapes::MemberShape;
use crate::template::TemplateTree;
use gpb_base::diag::nearest;
use gpb_catalog::Shape;

/// Lists the members of an input, at any depth, that the API does not have.
pub(super) fn unknown_members(shape: MemberShape<'_>, tree: &TemplateTree, operation: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    members(shape, tree, operation, &mut found);
    found
}

fn members(shape: MemberShape<'_>, tree: &TemplateTree, operation: &str, found: &mut Vec<(String, String)>) {
    match tree {
        TemplateTree::Object(_) => {
            for (key, inner) in tree.members().filter(|(key, _)| *key != "*") {
                match shape.member(key) {
                    Some((_, member)) => members(member, inner, operation, found),
                    // A map, or a list of pairs, has any key.
                    None if matches!(shape, MemberShape::List(..)) => {}
                    None => {
                        let near = match shape {
                            MemberShape::Structure(structure, _) => nearest(key, structure.names()),
                            _ => None,
                        };
                        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                        found.push((key.to_owned(), format!("the input of `{operation}` has no member `{key}`{hint}")));
                    }
                }
            }
        }
        TemplateTree::List(items) => {
            let element = shape.element().unwrap_or(MemberShape::Document);
            for item in items {
                members(element, item, operation, found);
            }
        }
        TemplateTree::Text(_) | TemplateTree::Plain(_) => {}
    }
}

/// Lists the members that a property of a call would be written to, and that the binding's own value replaces.
pub(super) fn replaced(bound: &BoundType, place: &str, call: &ApiCall) -> Vec<BindingProblem> {
    let Some((api, _)) = bound.operation(&call.call) else { return Vec::new() };
    if call.send == Some(SendMode::None) || call.once_per.is_some() {
        return Vec::new();
    }
    let shape = api.input(bound.split(&call.call).1);
    let mapping = Mapping {
        def: &bound.def,
        places: &bound.binding.properties,
        attributes: bound.binding.attributes.as_ref(),
        fill: &|_| None,
    };
    let mut found = Vec::new();
    for property in &bound.def.root.properties {
        let name = property.aws.as_str();
        let is_sent = call.properties.as_ref().is_none_or(|names| names.iter().any(|one| one == name));
        let is_identifier = bound.def.primary_identifier.iter().any(|part| part.head() == name);
        if !is_sent || is_identifier || bound.def.is_read_only(&gpb_model::PropPath(name.into())) {
            continue;
        }
        let Some(path) = mapping.place(name, shape) else { continue };
        let Some(PathStep::Name(head)) = path.steps().first() else { continue };
        let names_it = call.input.terms().iter().any(|term| term.property().as_deref() == Some(name));
        let is_list_of_objects = path.steps().len() > 1;
        let is_object =
            matches!(bound.def.resolve(&property.shape), Shape::Object(_) | Shape::Map { .. } | Shape::Json);
        if call.replaces(head, is_object) && !names_it && !is_list_of_objects {
            let message = format!(
                "`{head}` replaces what `{name}` writes there: name `${{{name}}}` in it, or leave the property out with \
                 `properties`, `unsupported` or `write = false`"
            );
            found.push(BindingProblem::new(place, head, message));
        }
    }
    found
}
