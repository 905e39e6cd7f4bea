//! The words of templates and conditions, and the paths behind them.

use super::problem::{BindingProblem, hint};
use super::shape_path::{display_path, resolves, walk};
use crate::binding::{ReadCall, Subresource};
use crate::bound_type::BoundType;
use crate::path::{MemberPath, PathStep};
use crate::shapes::MemberShape;
use crate::template::{COMPARED, TemplateTerm};
use crate::template_scope::WORDS;
use gpb_base::diag::nearest;
use gpb_catalog::Shape;
use gpb_model::PropPath;

/// Returns the problem of a word that a template refers to, or of the path behind it.
pub(super) fn problem(bound: &BoundType, term: &TemplateTerm) -> Option<BindingProblem> {
    let shown = written(term);
    let refuse = |message: String| Some(BindingProblem::new("templates", &shown, message));
    if term.literal.is_some() {
        return None;
    }
    if COMPARED.contains(&term.word.as_str()) && !term.is_of_read() {
        let message = compared(bound, term)?;
        return refuse(format!("`${{{shown}}}`: {message}"));
    }
    if let Some(property) = bound.def.root.by_aws(&term.word) {
        let steps = term.path.as_ref().map_or(&[][..], MemberPath::steps);
        let lost = lost_step(bound, &property.shape, steps)?;
        return refuse(format!("`${{{shown}}}`: `{}` has no `{lost}`", term.word));
    }
    if !WORDS.contains(&term.word.as_str()) {
        let path = PropPath(term.word.as_str().into());
        let near = nearest(&term.word, WORDS.iter().copied()).map(|word| format!("; did you mean `{word}`?"));
        let near = near.unwrap_or_else(|| hint(bound, &path));
        let message = format!("`${{{shown}}}` is neither a property of `{}` nor a reserved word{near}", bound.ty);
        return refuse(message);
    }
    let path = term.path.as_ref()?;
    let steps: Vec<&[PathStep]> = path.alternatives.iter().map(Vec::as_slice).collect();
    let (what, shapes) = match term.word.as_str() {
        "read" => ("no read", reads(bound)),
        "before" => {
            let inner: Vec<&[PathStep]> = steps.iter().filter_map(|steps| steps.get(1..)).collect();
            let shapes = if term.property().as_deref() == Some("read") { reads(bound) } else { objects(bound) };
            let known =
                shapes.is_empty() || shapes.iter().any(|shape| inner.iter().any(|steps| resolves(*shape, steps)));
            return if known {
                None
            } else {
                refuse(format!("no read of the type answers with {}", display_path(path)))
            };
        }
        "object" => ("no read", objects(bound)),
        "out" => ("no call", outputs(bound)),
        _ => return None,
    };
    let known = shapes.is_empty() || shapes.iter().any(|shape| steps.iter().any(|steps| resolves(*shape, steps)));
    if known { None } else { refuse(format!("{what} of the type answers with {}", display_path(path))) }
}

/// Returns the problem of what a condition tests.
pub(super) fn condition(bound: &BoundType, place: &str, name: &str) -> Option<BindingProblem> {
    let problem = match TemplateTerm::parse(name) {
        Ok(term) => problem(bound, &term).map(|problem| problem.message),
        Err(message) => Some(message),
    };
    problem.map(|message| BindingProblem::new(place, name, message.replace("${", "").replace("}`", "`")))
}

fn written(term: &TemplateTerm) -> String {
    match &term.path {
        Some(path) => format!("{}.{}", term.word, display_path(path).trim_matches('`')),
        None => term.word.clone(),
    }
}

fn compared(bound: &BoundType, term: &TemplateTerm) -> Option<String> {
    let Some(name) = term.property() else {
        return Some(format!("`{}` is of a property: write it behind a dot", term.word));
    };
    let Some(property) = bound.def.root.by_aws(&name) else {
        let path = PropPath(name.as_str().into());
        return Some(format!("`{}` has no property `{name}`{}", bound.ty, hint(bound, &path)));
    };
    let steps = term.path.as_ref().and_then(|path| path.steps().get(1..)).unwrap_or_default();
    if matches!(term.word.as_str(), "before" | "changed") {
        return lost_step(bound, &property.shape, steps).map(|lost| format!("`{name}` has no `{lost}`"));
    }
    if !steps.is_empty() {
        return Some(format!("`{}` is of a whole property", term.word));
    }
    match bound.def.resolve(&property.shape) {
        Shape::List(_) => None,
        _ => Some(format!("`{name}` is no list, so that it has no elements")),
    }
}

/// Returns the first step of a path that the catalog does not know.
fn lost_step(bound: &BoundType, shape: &Shape, steps: &[PathStep]) -> Option<String> {
    let [step, rest @ ..] = steps else { return None };
    match (bound.def.resolve(shape), step) {
        (Shape::Object(object), PathStep::Name(name)) if !object.properties.is_empty() && !object.open => {
            let found = object.properties.iter().find(|property| crate::name_matching::same(&property.aws, name));
            match found {
                Some(property) => lost_step(bound, &property.shape, rest),
                None => Some(name.clone()),
            }
        }
        (Shape::List(list), PathStep::Each | PathStep::Index(_) | PathStep::Where { .. }) => {
            lost_step(bound, &list.item, rest)
        }
        (Shape::List(_) | Shape::Bool | Shape::Int { .. } | Shape::Number { .. }, PathStep::Name(name)) => {
            Some(name.clone())
        }
        _ => None,
    }
}

fn reads(bound: &BoundType) -> Vec<MemberShape<'_>> {
    bound.binding.read.iter().filter_map(|read| output(bound, &read.call)).collect()
}

/// Lists the shapes of the objects that the type's reads find.
pub(super) fn objects(bound: &BoundType) -> Vec<MemberShape<'_>> {
    bound.binding.read.iter().filter_map(|read| object(bound, read)).collect()
}

/// Returns the shape of the object that a read finds.
pub(super) fn object<'a>(bound: &'a BoundType, read: &ReadCall) -> Option<MemberShape<'a>> {
    let root = output(bound, &read.call)?;
    let found = match &read.at {
        Some(path) => path.alternatives.iter().find_map(|steps| walk(root, steps))?,
        None => root,
    };
    Some(if let (list @ MemberShape::List(..), true) = (found, read.list.is_none()) { list.element()? } else { found })
}

/// Returns the shape of an operation's output.
pub(super) fn output<'a>(bound: &'a BoundType, call: &str) -> Option<MemberShape<'a>> {
    let (api, _) = bound.operation(call)?;
    Some(api.output(bound.split(call).1))
}

fn outputs(bound: &BoundType) -> Vec<MemberShape<'_>> {
    let binding = &bound.binding;
    let calls = binding.create.iter().chain(&*binding.update).chain(&*binding.delete);
    let calls = calls.chain(binding.subresources.iter().flat_map(Subresource::calls).map(|(_, call)| call));
    let calls = calls.chain(binding.revive.iter().flat_map(|revival| revival.restore.iter()));
    calls.filter_map(|call| output(bound, &call.call)).collect()
}
