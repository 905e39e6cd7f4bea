//! What the catalog says of properties that are whole.

use crate::catalog::{PropPath, TypeDef};
use crate::diag::Diagnostic;
use crate::model;
use crate::source::Span;
use std::collections::BTreeMap;

pub(super) fn check(
    def: &TypeDef,
    values: &BTreeMap<String, model::Value>,
    spans: &BTreeMap<PropPath, Span>,
    head: Span,
) -> Vec<Diagnostic> {
    let _ = (def, values, spans, head);
    Vec::new()
}
