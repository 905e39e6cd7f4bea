//! Members that a binding adds to structures, of which the API has none.

use super::depth::{WrittenProperty, written_properties};
use super::problem::BindingProblem;
use super::shape_path::walk;
use crate::binding::{PropertyMapping, PropertySide};
use crate::bound_type::BoundType;
use crate::path::PathStep;
use crate::shapes::MemberShape;
use gpb_catalog::Shape;
use gpb_model::PropPath;
use std::collections::BTreeSet;

/// No property that is written is nested deeper; some of the catalog's types hold themselves.
const DEEPEST: usize = 8;

/// Lists the members of `otherwise` and `several` that the API does not have.
pub(super) fn problems(bound: &BoundType) -> Vec<BindingProblem> {
    let mut open: BTreeSet<(&PropPath, &String)> = BTreeSet::new();
    for (path, place) in &bound.binding.properties {
        open.extend(added(place).map(|name| (path, name)));
    }
    if open.is_empty() {
        return Vec::new();
    }
    let mut walked = AddedWalk { bound, open };
    for WrittenProperty { property, path, member, .. } in written_properties(bound) {
        walked.shape(&property.shape, member, &path);
    }
    let problem = |(path, name): &(&PropPath, &String)| {
        let shown = path.0.replace('/', ".");
        let message = format!("`{name}` has no effect: no object that `{shown}` is written to has such a member");
        BindingProblem::new("properties", &shown, message)
    };
    walked.open.iter().map(problem).collect()
}

fn added(place: &PropertyMapping) -> impl Iterator<Item = &String> {
    place.otherwise.keys().chain(place.several.keys())
}

/// A walk along the properties that are written and their members.
struct AddedWalk<'a> {
    bound: &'a BoundType,
    /// The members that were not met yet, each with the place of its property.
    open: BTreeSet<(&'a PropPath, &'a String)>,
}

impl<'a> AddedWalk<'a> {
    fn shape(&mut self, shape: &Shape, member: MemberShape<'a>, path: &PropPath) {
        if path.segments().count() > DEEPEST {
            return;
        }
        match (self.bound.def.resolve(shape).clone(), member) {
            (Shape::Object(object), MemberShape::Structure(..)) => {
                // Elements have the place of their list.
                let own = path.0.strip_suffix("/*").unwrap_or(&path.0);
                self.open.retain(|(path, name)| path.0 != own || member.member(name).is_none());
                for property in &object.properties {
                    let child = path.child(&property.aws);
                    if let Some(inner) = self.steps(&child).and_then(|steps| walk(member, &steps)) {
                        self.shape(&property.shape, inner, &child);
                    }
                }
            }
            (Shape::List(list), _) => {
                let items = member.counted().map_or(member, |(_, _, items)| items);
                if let (MemberShape::List(..), Some(element)) = (items, items.element()) {
                    self.shape(&list.item, element, &path.child("*"));
                }
            }
            _ => {}
        }
    }

    /// Returns the path that a property is written to, as steps below its parent's place; none where it has none.
    fn steps(&self, path: &PropPath) -> Option<Vec<PathStep>> {
        match self.bound.binding.properties.get(path).map(|place| &place.write) {
            Some(PropertySide::Nowhere) => None,
            Some(PropertySide::At(at)) => Some(at.steps().to_vec()),
            Some(PropertySide::SameName) | None => {
                let name = PropPath::unescape(path.segments().last().unwrap_or_default());
                Some(vec![PathStep::Name(name)])
            }
        }
    }
}
