//! The lines of a file that a diagnostic shows.

use crate::source::{SourceFile, Span};
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::borrow::Cow;
use std::ops::Range;

/// The part of a file that a diagnostic may show.
///
/// miette counts lines from the start of the text it has, so that a thousand diagnostics on a large file would read it a
/// thousand times.
pub(super) struct Excerpt<'a> {
    path: &'a str,
    text: Cow<'a, str>,
    /// Its place in the file, in bytes.
    start: usize,
    /// Its first line, from 0.
    line: usize,
    /// Its place in its first line, in bytes.
    column: usize,
}

/// The most lines around a label that are shown.
const AROUND: usize = 2;
/// The longest line that is shown whole, in bytes.
pub(super) const MAX_LINE: usize = 1_000;
/// The part of a longer line that is shown, in bytes on each side of the label.
const WINDOW: usize = 60;

/// The most lines between the surroundings of two labels that are shown.
///
/// A frame of its own for the second takes as many.
const MAX_GAP: usize = 3;

/// The most lines of a label that are shown; of a longer one its first line stands for it.
const MAX_LABEL: usize = 8;

impl<'a> Excerpt<'a> {
    /// Returns the lines from the first to the last of the spans, with those around.
    pub fn covering(file: &'a SourceFile, spans: impl Iterator<Item = Span> + Clone) -> Self {
        let first = spans.clone().map(|span| span.start as usize).min().unwrap_or_default();
        let last = spans.map(|span| span.end as usize).max().unwrap_or_default();
        let line = file.line(first).0.saturating_sub(AROUND);
        let (start, end) = (file.line_start(line), file.line_start(file.line(last).0 + AROUND + 1));
        let text = file.text.get(start..end).unwrap_or_default();
        if text.lines().any(|line| line.len() > MAX_LINE) {
            return Self::within_a_line(file, first);
        }
        // miette draws nothing behind the last character of a text.
        let text = if text.ends_with('\n') { Cow::Borrowed(text) } else { Cow::Owned(format!("{text}\n")) };
        Self { path: &file.path, text, start, line, column: 0 }
    }

    /// Returns the text around a place, of its own line alone.
    fn within_a_line(file: &'a SourceFile, at: usize) -> Self {
        let line = file.line(at).0;
        let (from, next) = (file.line_start(line), file.line_start(line + 1));
        let start = file.text.floor_char_boundary(at.saturating_sub(WINDOW).max(from));
        let end = file.text.ceil_char_boundary((at + WINDOW).min(next));
        let text = file.text.get(start..end).unwrap_or_default().trim_end_matches('\n');
        Self { path: &file.path, text: Cow::Owned(format!("{text}\n")), start, line, column: start - from.min(start) }
    }

    /// Returns the part of a span that the excerpt has and shows.
    pub fn shown(&self, span: Span) -> Option<Range<usize>> {
        let end = self.start + self.text.len();
        let range = span.range();
        if range.start >= end || range.end < self.start {
            return None;
        }
        let shown = range.start.max(self.start)..range.end.min(end - 1);
        let inside = shown.start - self.start..shown.end.max(shown.start) - self.start;
        match self.text.get(inside).map(|text| (text.lines().count(), text.find('\n'))) {
            Some((lines, Some(first))) if lines > MAX_LABEL => Some(shown.start..shown.start + first),
            _ => Some(shown),
        }
    }
}

impl SourceCode for Excerpt<'_> {
    fn read_span<'s>(
        &'s self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'s> + 's>, MietteError> {
        let at = span.offset().checked_sub(self.start).ok_or(MietteError::OutOfBounds)?;
        let read = self.text.read_span(&(at, span.len()).into(), before, after)?;
        let span = (read.span().offset() + self.start, read.span().len()).into();
        let shift = if read.line() == 0 { self.column } else { 0 };
        // miette joins what it shows of two labels when the lines of the first reach those of the second.
        let lines = read.data().split_inclusive(|byte| *byte == b'\n').count() + MAX_GAP;
        let (line, column) = (read.line() + self.line, read.column() + shift);
        Ok(Box::new(MietteSpanContents::new_named(self.path.to_owned(), read.data(), span, line, column, lines)))
    }
}
