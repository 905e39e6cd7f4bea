//! Reads a whole body, and applies changes to one.

use super::reader::BodyReader;
use super::violation;
use crate::ty::{CloudFacts, TypeContext};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::Spans;
use gpb_model::value::{Value, ValueKind};

/// The properties of a body, as far as they could be read.
#[derive(Debug, Default)]
pub struct BodyProperties {
    /// The properties by AWS's names.
    pub values: model::PropertyMap,
    /// The place where each was written.
    pub spans: Spans,
    /// The mistakes in the body.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the body of a resource of type `def`.
///
/// `body` is the object of everything written in it; `head` is the place that reports what is missing. With `partial`
/// (an `existing` resource, an `override`) nothing is required and read-only properties may be given.
pub fn to_model(body: &Value, def: &TypeDef, partial: bool, head: Span, cx: &TypeContext) -> BodyProperties {
    let reported = violation::ReportedPaths::default();
    let mut reading =
        BodyReader { def, partial, cx, spans: Vec::new(), keys: Vec::new(), reported, diagnostics: Vec::new() };
    let values = match &body.kind {
        ValueKind::Map(entries) => reading.object(entries, &def.root, &PropPath::default()),
        _ => model::PropertyMap::default(),
    };
    let BodyReader { spans, keys, mut diagnostics, reported, .. } = reading;
    let spans: Spans = spans.into_iter().collect();
    if !partial {
        diagnostics.extend(violation::check(def, &values, (&spans, keys), &reported, head));
    }
    BodyProperties { values, spans, diagnostics }
}

/// Returns the properties of a resource once those of `set`, an object, are set.
///
/// Other entries of an object stay.
///
/// # Errors
/// What is wrong with `set`.
pub fn changed(
    resource: &model::Resource,
    def: &TypeDef,
    set: &Value,
    facts: &dyn CloudFacts,
) -> Result<model::PropertyMap, Vec<Diagnostic>> {
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

fn overlay(before: &mut model::PropertyValue, after: model::PropertyValue) {
    match (before, after) {
        (model::PropertyValue::Map(before), model::PropertyValue::Map(after)) => {
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
