//! Paths in the shapes of an API.

use crate::binding::PropertySide;
use crate::bound_type::BoundType;
use crate::path::{MemberPath, PathStep};
use crate::shapes::MemberShape;
use gpb_model::PropPath;

/// Checks that an input has the member that a path starts with.
pub fn reaches(input: MemberShape<'_>, path: &MemberPath) -> bool {
    match path.steps() {
        [PathStep::Name(name), ..] => input.member(name).is_some(),
        steps => steps.is_empty(),
    }
}

/// Checks that a path exists in a shape.
pub(super) fn resolves(shape: MemberShape<'_>, steps: &[PathStep]) -> bool {
    walk(shape, steps).is_some()
}

/// Returns the shape at the end of a path.
pub(super) fn walk<'a>(shape: MemberShape<'a>, steps: &[PathStep]) -> Option<MemberShape<'a>> {
    steps.iter().try_fold(shape, |shape, step| match step {
        PathStep::Name(name) => shape.member(name).map(|(_, inner)| inner),
        PathStep::Index(_) | PathStep::Each => shape.element(),
        PathStep::Where { key, .. } => {
            let element = shape.element()?;
            element.member(key).map(|_| element)
        }
    })
}

/// Returns a path as bindings write it, in backticks.
pub fn display_path(path: &MemberPath) -> String {
    let step = |step: &PathStep| match step {
        PathStep::Name(name) => name.clone(),
        PathStep::Index(index) => index.to_string(),
        PathStep::Each => "*".to_owned(),
        PathStep::Where { key, value } => format!("[{key}={value}]"),
    };
    let one = |steps: &Vec<PathStep>| steps.iter().map(step).collect::<Vec<_>>().join(".");
    format!("`{}`", path.alternatives.iter().map(one).collect::<Vec<_>>().join("|"))
}

/// Checks that a binding does not forbid to write a property.
pub(super) fn written(bound: &BoundType, property: &str) -> bool {
    let place = bound.binding.properties.get(&PropPath(property.into())).map(|place| &place.write);
    !matches!(place, Some(PropertySide::Nowhere))
}
