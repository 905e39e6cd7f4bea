//! The state of reading one body.

use super::violation;
use crate::ty::TypeContext;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model::PropPath;

/// A body on its way into the model.
pub(super) struct BodyReader<'a> {
    pub def: &'a TypeDef,
    pub partial: bool,
    pub cx: &'a TypeContext<'a>,
    pub spans: Vec<(PropPath, Span)>,
    /// Where the names of properties stand.
    pub keys: Vec<(PropPath, Span)>,
    pub blamed: violation::ReportedPaths,
    pub diagnostics: Vec<Diagnostic>,
}

impl BodyReader<'_> {
    /// A place for messages, in gpb's spelling.
    pub fn name(&self, path: &PropPath) -> String {
        self.def.display(path)
    }

    pub fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }
}
