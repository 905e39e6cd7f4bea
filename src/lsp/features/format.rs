//! Formatting of a document.

use crate::lsp::position::{LineIndex, TextRange};
use gpb_syntax as syntax;

/// Returns the edit that formats a text.
///
/// `None` when it is formatted already, and for a text with syntax errors, which the diagnostics report.
pub fn format(text: &str) -> Option<(TextRange, String)> {
    let formatted = syntax::format(text).ok().filter(|formatted| formatted != text)?;
    // Only what lies between the first and the last difference, so that the editor keeps its marks elsewhere.
    let (old, new) = (text.as_bytes(), formatted.as_bytes());
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let start = line_start(text, same);
    let rest = old.len().min(new.len()) - start;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let tail = tail_start(text, text.len() - tail).map_or(0, |at| text.len() - at);
    let replacement = formatted.get(start..formatted.len() - tail)?.to_owned();
    Some((LineIndex::new(text).extent(start..text.len() - tail), replacement))
}

/// Returns the start of the line a byte lies in.
fn line_start(text: &str, at: usize) -> usize {
    text.as_bytes().get(..at).and_then(|head| head.iter().rposition(|byte| *byte == b'\n')).map_or(0, |end| end + 1)
}

/// Returns the start of the first line that begins at or after a byte.
fn tail_start(text: &str, at: usize) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?;
    rest.iter().position(|byte| *byte == b'\n').map(|end| at + end + 1)
}
