//! The body of a resource as the model's properties: names in AWS's spelling, values in the catalog's shapes.

mod object;
mod plain;
mod problem;
mod shape;
mod violation;

pub use plain::{plain, strict};
pub use problem::{aws_spelling, resource_as_text};

use crate::catalog::{PropPath, TypeDef};
use crate::diag::Diagnostic;
use crate::lang::ty::Context;
use crate::lang::value::{Kind, Value};
use crate::model;
use crate::source::Span;
use std::collections::BTreeMap;

/// What a body came to.
#[derive(Debug, Default)]
pub struct Properties {
    pub values: BTreeMap<String, model::Value>,
    /// Where each was written.
    pub spans: BTreeMap<PropPath, Span>,
    pub diagnostics: Vec<Diagnostic>,
}

/// The properties of a resource of type `def`. `body` is the object of everything written in it; `head` is what to
/// blame for what is missing. With `partial` (an `existing` resource, an `override`) nothing is required and
/// read-only properties may be given.
pub fn to_model(body: &Value, def: &TypeDef, partial: bool, head: Span, cx: &Context) -> Properties {
    let blamed = violation::Blamed::default();
    let mut reading =
        Reading { def, partial, cx, spans: BTreeMap::new(), keys: BTreeMap::new(), blamed, diagnostics: Vec::new() };
    let values = match &body.kind {
        Kind::Map(entries) => reading.object(entries, &def.root, &PropPath(String::new())),
        _ => BTreeMap::new(),
    };
    let Reading { spans, keys, mut diagnostics, blamed, .. } = reading;
    if !partial {
        diagnostics.extend(violation::check(def, &values, (&spans, &keys), &blamed, head));
    }
    Properties { values, spans, diagnostics }
}

/// What the catalog finds wrong with properties that are whole: also of use after an `override` changed some.
pub fn check(
    def: &TypeDef,
    values: &BTreeMap<String, model::Value>,
    spans: &BTreeMap<PropPath, Span>,
    head: Span,
) -> Vec<Diagnostic> {
    violation::check(def, values, (spans, spans), &violation::Blamed::default(), head)
}

/// A body on its way into the model.
struct Reading<'a> {
    def: &'a TypeDef,
    partial: bool,
    cx: &'a Context<'a>,
    spans: BTreeMap<PropPath, Span>,
    /// Where the names of properties stand.
    keys: BTreeMap<PropPath, Span>,
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
