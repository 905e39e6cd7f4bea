//! The body of a resource as the model's properties: names in AWS's spelling, values in the catalog's shapes.

mod object;
mod plain;
mod problem;
mod shape;
mod violation;

pub use plain::{plain, strict};
pub use problem::{aws_spelling, resource_as_text};

use crate::ty::{Context, Facts};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::Spans;
use gpb_model::value::{Kind, Value};

/// What a body came to.
#[derive(Debug, Default)]
pub struct Properties {
    pub values: model::Map,
    /// Where each was written.
    pub spans: Spans,
    pub diagnostics: Vec<Diagnostic>,
}

/// The properties of a resource of type `def`. `body` is the object of everything written in it; `head` is what to
/// blame for what is missing. With `partial` (an `existing` resource, an `override`) nothing is required and
/// read-only properties may be given.
pub fn to_model(body: &Value, def: &TypeDef, partial: bool, head: Span, cx: &Context) -> Properties {
    let blamed = violation::Blamed::default();
    let mut reading =
        Reading { def, partial, cx, spans: Vec::new(), keys: Vec::new(), blamed, diagnostics: Vec::new() };
    let values = match &body.kind {
        Kind::Map(entries) => reading.object(entries, &def.root, &PropPath::default()),
        _ => model::Map::default(),
    };
    let Reading { spans, keys, mut diagnostics, blamed, .. } = reading;
    let spans: Spans = spans.into_iter().collect();
    if !partial {
        diagnostics.extend(violation::check(def, &values, (&spans, keys), &blamed, head));
    }
    Properties { values, spans, diagnostics }
}

/// The properties of a resource once those of `set`, an object of them, are set. What an object already holds besides stays.
///
/// # Errors
/// What is wrong with `set`.
pub fn changed(
    resource: &model::Resource,
    def: &TypeDef,
    set: &Value,
    facts: &dyn Facts,
) -> Result<model::Map, Vec<Diagnostic>> {
    let read = to_model(set, def, true, set.span, &Context::new(facts));
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

/// A body on its way into the model.
struct Reading<'a> {
    def: &'a TypeDef,
    partial: bool,
    cx: &'a Context<'a>,
    spans: Vec<(PropPath, Span)>,
    /// Where the names of properties stand.
    keys: Vec<(PropPath, Span)>,
    blamed: violation::Blamed,
    diagnostics: Vec<Diagnostic>,
}

impl Reading<'_> {
    /// A place for messages, in gpb's spelling.
    fn name(&self, path: &PropPath) -> String {
        self.def.display(path)
    }

    fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }
}

#[cfg(test)]
mod tests;
