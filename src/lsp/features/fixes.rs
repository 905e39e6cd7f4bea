//! The edits that are certain to mend a mistake.

use crate::lsp::features::check::Note;
use crate::lsp::position::Extent;

/// The mistakes at a place that have such an edit.
pub fn fixes(notes: &[Note], at: Extent) -> impl Iterator<Item = &Note> {
    notes.iter().filter(move |note| note.fix.is_some() && note.place.extent.touches(at))
}
