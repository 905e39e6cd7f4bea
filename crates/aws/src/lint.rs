//! Validation of bindings against the catalog and the API, and their coverage.

mod added;
mod audit;
mod depth;
mod inputs;
mod locks;
mod mentions;
mod misplaced;
mod problem;
mod reads;
mod rules;
mod shape_path;
mod terms;
mod unread;

pub use audit::{Coverage, audit};
pub use depth::{LostPart, lost_parts};
pub use mentions::{calls, terms};
pub use problem::BindingProblem;
pub use shape_path::{display_path, reaches};

use super::bound_type::BoundType;
use super::path::{MemberPath, PathStep};
use super::shapes::MemberShape;
use gpb_base::diag::nearest;
use gpb_catalog::Shape as Property;
use gpb_model::PropPath;
use mentions::{OperationUse, property_mentions, tested, uses};
use problem::hint;
use shape_path::resolves;

/// Lists the problems of a binding, in the order of its parts.
pub fn problems(bound: &BoundType) -> Vec<BindingProblem> {
    let mut found = Vec::new();
    if bound.binding.create.is_empty() || bound.binding.read.is_empty() {
        found.push(BindingProblem::new("create, read", "create", "both are needed"));
    }
    for one in uses(bound) {
        found.extend(use_problems(bound, &one));
    }
    for term in terms(bound) {
        let problem = terms::problem(bound, term);
        found.extend(problem.filter(|problem| !found.iter().any(|other| other.message == problem.message)));
    }
    for (place, path) in property_mentions(bound) {
        if !is_property(bound, &path) {
            let shown = path.0.replace('/', ".");
            let message = format!("`{}` has no property `{shown}`{}", bound.ty, hint(bound, &path));
            found.push(BindingProblem::new(&place, &shown, message));
        }
    }
    for (place, name) in tested(bound) {
        found.extend(terms::condition(bound, &place, name));
    }
    let binding = &bound.binding;
    for (place, calls) in [("create", &binding.create), ("update", &binding.update)] {
        found.extend(calls.iter().flat_map(|call| inputs::replaced(bound, place, call)));
    }
    found.extend(locks::problems(bound));
    found.extend(misplaced::problems(bound));
    found.extend(unread::unread(bound));
    found.extend(unread::unready(bound));
    found.extend(reads::problems(bound));
    found.extend(rules::problems(bound));
    found.extend(added::problems(bound));
    for part in bound.binding.id.keys() {
        if !bound.def.primary_identifier.iter().any(|path| path.head() == part) {
            let message = format!("`{part}` is not a part of the identifier of `{}`", bound.ty);
            found.push(BindingProblem::new("id", part, message));
        }
    }
    found
}

/// Checks that a path is a property, or a place that the catalog leaves open.
///
/// The latter is for `{ item … }` of a list of anything.
fn is_property(bound: &BoundType, path: &PropPath) -> bool {
    if bound.def.shape_at(path).is_some() {
        return true;
    }
    let Some((parent, _)) = path.0.rsplit_once('/') else { return false };
    let open = |shape: &Property| match shape {
        Property::Json | Property::Any(_) | Property::Map { .. } => true,
        Property::Object(object) => object.properties.is_empty() || object.open,
        _ => false,
    };
    bound.def.shape_at(&PropPath(parent.into())).is_some_and(open)
}

fn use_problems(bound: &BoundType, one: &OperationUse<'_>) -> Vec<BindingProblem> {
    let (service, operation) = bound.split(one.call);
    let Some((api, _)) = bound.operation(one.call) else {
        let near =
            bound.apis.get(service).and_then(|api| nearest(operation, api.operations.keys().map(String::as_str)));
        let near = near.map(|near| format!("did you mean `{near}`, or ")).unwrap_or_default();
        let message = format!(
            "the shapes of `{service}:{operation}` are not known: {near}is it spelled right, and has tools/bindings/shapes.py been run?"
        );
        return vec![BindingProblem::new(&one.place, operation, message)];
    };
    let mut found = Vec::new();
    let (input, output) = (api.input(operation), api.output(operation));
    for (member, message) in inputs::unknown_members(input, one.input, operation) {
        found.push(BindingProblem::new(&one.place, &member, message));
    }
    if one.input.misplaced_each(false) {
        found.push(BindingProblem::new(
            &one.place,
            "*",
            "`*` has no effect: it makes an object of a list once an element",
        ));
    }
    for path in &one.at {
        if !path.alternatives.iter().any(|steps| resolves(output, steps)) {
            let shown = display_path(path);
            let message =
                format!("the output of `{operation}` has no such place: {shown}{}", near_member(output, path));
            found.push(BindingProblem::new(&one.place, shown.trim_matches('`'), message));
        }
    }
    found
}

/// Returns the member that the first step of a path that leads nowhere may have meant.
fn near_member(output: MemberShape<'_>, path: &MemberPath) -> String {
    let (MemberShape::Structure(structure, _), Some(PathStep::Name(name))) = (output, path.steps().first()) else {
        return String::new();
    };
    nearest(name, structure.names()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
