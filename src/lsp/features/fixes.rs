//! The edits that are certain to mend a mistake.

use crate::lsp::features::diagnostics::FileDiagnostic;
use crate::lsp::position::TextRange;

/// The mistakes at a place that have such an edit.
pub fn fixes(notes: &[FileDiagnostic], at: TextRange) -> impl Iterator<Item = &FileDiagnostic> {
    notes.iter().filter(move |note| note.fix.is_some() && note.place.extent.touches(at))
}
