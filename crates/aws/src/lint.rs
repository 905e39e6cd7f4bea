//! Validation of bindings against the catalog and the API, and their coverage.

mod audit;
mod depth;
mod inputs;
mod locks;
mod misplaced;
mod reads;
mod rules;
mod terms;
mod unread;

pub use audit::{Coverage, audit};
pub use depth::{LostPart, lost_parts};

use super::binding::{ApiCall, PropertySide, ReadCall, Subresource};
use super::bound_type::BoundType;
use super::path::{MemberPath, PathStep};
use super::shapes::MemberShape;
use super::template::{Template, TemplateTerm, TemplateTree};
use gpb_base::diag::nearest;
use gpb_catalog::Shape as Property;
use gpb_model::PropPath;
use std::collections::BTreeMap;

/// A part of a binding that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingProblem {
    /// The part of the binding, such as `create` or `templates`.
    pub place: String,
    /// The word that the problem is about, as the file has it.
    pub token: String,
    /// The problem, as the user reads it.
    pub message: String,
}

impl BindingProblem {
    fn new(place: &str, token: &str, message: impl Into<String>) -> BindingProblem {
        BindingProblem { place: place.to_owned(), token: token.to_owned(), message: message.into() }
    }
}

/// Lists every operation that a binding names, as it names them.
pub fn calls(bound: &BoundType) -> Vec<&str> {
    uses(bound).into_iter().map(|one| one.call).collect()
}

/// Lists every word that the interpolations of a binding refer to.
pub fn terms(bound: &BoundType) -> Vec<&TemplateTerm> {
    let binding = &bound.binding;
    let sets = binding.read.iter().map(|read| &read.set).chain(binding.list.iter().map(|listing| &listing.set));
    let subresources =
        binding.subresources.iter().filter_map(|subresource| subresource.read.as_ref()).map(|read| &read.set);
    let mut found: Vec<&TemplateTerm> =
        sets.chain(subresources).flat_map(BTreeMap::values).flat_map(TemplateTree::terms).collect();
    found.extend(uses(bound).iter().flat_map(|one| one.input.terms()));
    found.extend(binding.id.values().flat_map(Template::terms));
    for rule in binding.locks.iter() {
        let id = rule.members.iter().map(|members| &members.id);
        found.extend(id.chain(&rule.show).chain(&rule.help).flat_map(Template::terms));
        found.extend(rule.except.iter().flat_map(BTreeMap::values).flat_map(TemplateTree::terms));
    }
    found.extend(binding.read.iter().filter_map(|read| read.each.as_ref()).flat_map(Template::terms));
    let calls = [&binding.create, &binding.update, &binding.delete].into_iter().flat_map(|calls| calls.iter());
    let calls = calls.chain(binding.subresources.iter().flat_map(Subresource::calls).map(|(_, call)| call));
    found.extend(calls.filter_map(|call| call.each.as_ref()).flat_map(Template::terms));
    let reads = binding.read.iter().chain(binding.subresources.iter().filter_map(|one| one.read.as_ref()));
    found.extend(reads.flat_map(|read| read.filter.values()).flat_map(TemplateTree::terms));
    found
}

/// One mention of an operation.
struct OperationUse<'a> {
    place: String,
    call: &'a str,
    input: &'a TemplateTree,
    at: Vec<&'a MemberPath>,
}

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

fn hint(bound: &BoundType, path: &PropPath) -> String {
    let names = bound.def.root.properties.iter().map(|property| property.aws.as_str());
    gpb_base::diag::nearest(path.head(), names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
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
pub(super) fn display_path(path: &MemberPath) -> String {
    let step = |step: &PathStep| match step {
        PathStep::Name(name) => name.clone(),
        PathStep::Index(index) => index.to_string(),
        PathStep::Each => "*".to_owned(),
        PathStep::Where { key, value } => format!("[{key}={value}]"),
    };
    let one = |steps: &Vec<PathStep>| steps.iter().map(step).collect::<Vec<_>>().join(".");
    format!("`{}`", path.alternatives.iter().map(one).collect::<Vec<_>>().join("|"))
}

fn uses(bound: &BoundType) -> Vec<OperationUse<'_>> {
    let binding = &bound.binding;
    let mut found = Vec::new();
    for (name, calls) in [("create", &binding.create), ("update", &binding.update), ("delete", &binding.delete)] {
        found.extend(calls.iter().flat_map(|call| of_call(name, call)));
    }
    found.extend(binding.read.iter().flat_map(|read| of_read("read", read)));
    for listing in binding.list.iter() {
        let at = vec![&listing.at];
        found.push(OperationUse { place: "list".to_owned(), call: &listing.call, input: &listing.input, at });
    }
    for children in &binding.children {
        let (place, at) = ("children".to_owned(), vec![&children.at]);
        found.push(OperationUse { place, call: &children.call, input: &children.input, at });
        found.extend(of_call("children", &children.delete));
    }
    if let Some(revival) = &binding.revive {
        let (place, at) = ("revive".to_owned(), vec![&revival.until]);
        found.push(OperationUse { place, call: &revival.call, input: &revival.input, at });
        found.extend(revival.restore.iter().flat_map(|call| of_call("revive", call)));
    }
    for rule in binding.locks.iter() {
        found.extend(rule.clear.iter().flat_map(|call| of_call("locks", call)));
        if let Some(call) = &rule.call {
            let at = rule.at.iter().collect();
            found.push(OperationUse { place: "locks".to_owned(), call, input: &rule.input, at });
        }
    }
    for subresource in &binding.subresources {
        let place = format!("subresources of {}", subresource.properties.join(", "));
        found.extend(subresource.calls().flat_map(|(_, call)| of_call(&place, call)));
        found.extend(subresource.read.iter().flat_map(|read| of_read(&place, read)));
    }
    if let Some(tags) = &bound.tags {
        for call in tags.tag.iter().chain(&tags.untag) {
            found.push(OperationUse { place: "tags".to_owned(), call: &call.call, input: &call.input, at: Vec::new() });
        }
        if let Some(read) = &tags.read {
            let at = read.at.iter().collect();
            found.push(OperationUse { place: "tags".to_owned(), call: &read.call, input: &read.input, at });
        }
    }
    found
}

fn of_call<'a>(place: &str, call: &'a ApiCall) -> Vec<OperationUse<'a>> {
    let at = call.at.iter().chain(&call.failed_at).collect();
    let mut found = vec![OperationUse { place: place.to_owned(), call: &call.call, input: &call.input, at }];
    if let Some(wait) = &call.operation {
        let at = std::iter::once(&wait.path).chain(&wait.reason).collect();
        found.push(OperationUse { place: place.to_owned(), call: &wait.call, input: &wait.input, at });
    }
    found
}

fn of_read<'a>(place: &str, read: &'a ReadCall) -> Vec<OperationUse<'a>> {
    let at =
        read.at.iter().chain(&read.list).filter(|path| !path.absolute && (read.at.is_none() || read.list.is_none()));
    let mut found =
        vec![OperationUse { place: place.to_owned(), call: &read.call, input: &read.input, at: at.collect() }];
    if let Some(batch) = &read.batch {
        found.push(OperationUse {
            place: place.to_owned(),
            call: &read.call,
            input: &batch.input,
            at: vec![&batch.at],
        });
    }
    if let Some(confirm) = &read.confirm {
        let (call, input) = (&confirm.call, &confirm.input);
        found.push(OperationUse { place: place.to_owned(), call, input, at: Vec::new() });
    }
    if let Some(detail) = &read.detail {
        let at = detail.at.iter().collect();
        found.push(OperationUse { place: place.to_owned(), call: &detail.call, input: &detail.input, at });
    }
    found
}

/// Lists every property path that a binding mentions by name, with its place.
fn property_mentions(bound: &BoundType) -> Vec<(String, PropPath)> {
    let binding = &bound.binding;
    let mut found = Vec::new();
    let mut all = |place: &str, names: &mut dyn Iterator<Item = &String>| {
        found.extend(names.map(|name| (place.to_owned(), PropPath(name.as_str().into()))));
    };
    all("name", &mut binding.name.iter().map(|name| &name.property));
    all("defaults", &mut binding.defaults.keys());
    all("unsupported", &mut binding.unsupported.iter().chain(&binding.update_only));
    all("upsert_key", &mut binding.upsert_key.iter());
    all("locks", &mut locks::properties(bound).iter());
    let heads: Vec<String> =
        binding.vacant.keys().map(|path| path.split('.').next().unwrap_or(path).to_owned()).collect();
    all("vacant", &mut heads.iter());
    let calls = [&binding.create, &binding.update, &binding.delete].into_iter().flat_map(|calls| calls.iter());
    for call in calls {
        all(&call.call, &mut call.properties.iter().flatten().chain(&call.if_increased).chain(&call.if_decreased));
        all(&call.call, &mut call.if_changed.iter().chain(&call.unless_changed));
    }
    for read in binding.read.iter() {
        all(&read.call, &mut read.set.keys());
    }
    for subresource in &binding.subresources {
        all("subresources", &mut subresource.properties.iter());
        for (_, call) in subresource.calls() {
            all(&call.call, &mut call.properties.iter().flatten());
        }
        if let Some(read) = &subresource.read {
            let parts = read.properties.iter().flatten().map(|(path, _)| path.0.to_string()).collect::<Vec<_>>();
            all(&read.call, &mut parts.iter());
        }
    }
    all("properties", &mut binding.properties.values().flat_map(|place| &place.carried_by));
    found.extend(binding.properties.keys().map(|path| ("properties".to_owned(), path.clone())));
    found
}

/// Lists what the conditions of calls and reads test, with their places.
fn tested(bound: &BoundType) -> Vec<(String, &String)> {
    let binding = &bound.binding;
    let calls = [&binding.create, &binding.update, &binding.delete].into_iter().flat_map(|calls| calls.iter());
    let calls = calls.chain(binding.subresources.iter().flat_map(Subresource::calls).map(|(_, call)| call));
    let calls = calls.map(|call| (&call.call, call.conditions()));
    let reads = binding.read.iter().chain(binding.subresources.iter().filter_map(|one| one.read.as_ref()));
    let all = calls.chain(reads.map(|read| (&read.call, read.conditions())));
    all.flat_map(|(call, conditions)| conditions.tested().map(move |name| (call.clone(), name))).collect()
}

/// Checks that a binding does not forbid to write a property.
pub(super) fn written(bound: &BoundType, property: &str) -> bool {
    let place = bound.binding.properties.get(&PropPath(property.into())).map(|place| &place.write);
    !matches!(place, Some(PropertySide::Nowhere))
}
