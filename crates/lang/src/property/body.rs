//! A whole body, and a change of one.

use super::reader::BodyReader;
use super::violation;
use crate::ty::{CloudFacts, TypeContext};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::Spans;
use gpb_model::value::{PropertyValue, ValueKind};

/// What a body came to.
#[derive(Debug, Default)]
pub struct BodyProperties {
    pub values: model::ValueMap,
    /// Where each was written.
    pub spans: Spans,
    pub diagnostics: Vec<Diagnostic>,
}

/// The properties of a resource of type `def`. `body` is the object of everything written in it; `head` is what to
/// blame for what is missing. With `partial` (an `existing` resource, an `override`) nothing is required and
/// read-only properties may be given.
pub fn to_model(body: &PropertyValue, def: &TypeDef, partial: bool, head: Span, cx: &TypeContext) -> BodyProperties {
    let reported = violation::ReportedPaths::default();
    let mut reading =
        BodyReader { def, partial, cx, spans: Vec::new(), keys: Vec::new(), blamed: reported, diagnostics: Vec::new() };
    let values = match &body.kind {
        ValueKind::Map(entries) => reading.object(entries, &def.root, &PropPath::default()),
        _ => model::ValueMap::default(),
    };
    let BodyReader { spans, keys, mut diagnostics, blamed: reported, .. } = reading;
    let spans: Spans = spans.into_iter().collect();
    if !partial {
        diagnostics.extend(violation::check(def, &values, (&spans, keys), &reported, head));
    }
    BodyProperties { values, spans, diagnostics }
}

/// The properties of a resource once those of `set`, an object of them, are set. What an object already holds besides stays.
///
/// # Errors
/// What is wrong with `set`.
pub fn changed(
    resource: &model::Resource,
    def: &TypeDef,
    set: &PropertyValue,
    facts: &dyn CloudFacts,
) -> Result<model::ValueMap, Vec<Diagnostic>> {
    let read = to_model(set, def, true, set.span, &TypeContext::new(facts));
    if !read.diagnostics.is_empty() {
        return Err(read.diagnostics);
    }
    let mut properties = resource.properties.clone();
    for (name, value) in read.values {
        match properties.get_mut(&name) {
            Some(before) => overlay(before, value),
            None => drop(properties.insert(name, value)),
        }
    }
    Ok(properties)
}

fn overlay(before: &mut model::Value, after: model::Value) {
    match (before, after) {
        (model::Value::Map(before), model::Value::Map(after)) => {
            for (name, value) in after {
                match before.get_mut(&name) {
                    Some(inner) => overlay(inner, value),
                    None => drop(before.insert(name, value)),
                }
            }
        }
        (before, after) => *before = after,
    }
}
