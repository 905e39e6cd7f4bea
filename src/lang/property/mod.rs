//! The body of a resource as the model's properties: names in AWS's spelling, values in the catalog's shapes.

use crate::catalog::{PropPath, TypeDef};
use crate::diag::Diagnostic;
use crate::lang::ty::Context;
use crate::lang::value::Value;
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
    let _ = (body, def, partial, head, cx);
    Properties::default()
}

/// A value outside any shape (an output, an argument of a call): quantities as text, resources refused.
///
/// # Errors
/// When the value has no JSON form.
pub fn plain(value: &Value) -> Result<model::Value, Diagnostic> {
    Err(Diagnostic::error("GPB1101", "not yet").at(value.span, ""))
}
