//! Quick fixes: edits that certainly correct a mistake.

use crate::lsp::features::diagnostics::FileDiagnostic;
use crate::lsp::position::TextRange;

/// Returns the diagnostics at a place that have a quick fix.
pub fn fixes(notes: &[FileDiagnostic], at: TextRange) -> impl Iterator<Item = &FileDiagnostic> {
    notes.iter().filter(move |note| note.fix.is_some() && note.place.extent.touches(at))
}
