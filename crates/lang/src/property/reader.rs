//! The state of reading one body.

use super::violation;
use crate::ty::TypeContext;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model::PropPath;

/// The state of reading one body into the model.
pub(super) struct BodyReader<'a> {
    /// The resource type.
    pub def: &'a TypeDef,
    /// Nothing is required, and read-only properties may be given.
    pub partial: bool,
    /// The surroundings of the body.
    pub cx: &'a TypeContext<'a>,
    /// The places of the values.
    pub spans: Vec<(PropPath, Span)>,
    /// The places of the names of properties.
    pub keys: Vec<(PropPath, Span)>,
    /// The places whose mistakes have been reported.
    pub reported: violation::ReportedPaths,
    /// The mistakes so far.
    pub diagnostics: Vec<Diagnostic>,
}

impl BodyReader<'_> {
    /// Returns the name of a property for messages, in gpb's spelling.
    pub fn name(&self, path: &PropPath) -> String {
        self.def.display(path)
    }

    /// Reports a mistake; there is no value then.
    pub fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }
}
