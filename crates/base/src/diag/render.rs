//! The one place where diagnostics become text: for people by miette, for machines as JSON.

use crate::diag::{Diagnostic, Severity};
use crate::source::{SourceFile, SourceMap, Span};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode};
use miette::{SourceSpan, SpanContents};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::Range;

/// How a report is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    pub color: bool,
    pub unicode: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Style {
    /// No colour, ASCII, 100 columns: what snapshots hold.
    pub const PLAIN: Style = Style { color: false, unicode: false, width: 100 };
}

/// The most diagnostics of one code that are drawn: whoever made one mistake a thousand times has seen it by then, and what
/// else there is must not drown.
const MOST: usize = 20;

/// The diagnostics, each followed by an empty line. Of a code that comes up again and again the first are shown, and the rest
/// counted.
pub fn human(diagnostics: &[Diagnostic], sources: &SourceMap, style: Style) -> String {
    let theme = match (style.color, style.unicode) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => {
            GraphicalTheme { characters: miette::ThemeCharacters::ascii(), styles: miette::ThemeStyles::ansi() }
        }
        (false, true) => GraphicalTheme::unicode_nocolor(),
        (false, false) => GraphicalTheme::none(),
    };
    // Lines end between words alone, so that addresses and commands can be copied.
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width.max(40))
        .with_links(false)
        .with_break_words(false)
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut out = String::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        let count = seen.entry(diagnostic.code).or_default();
        *count += 1;
        if *count > MOST {
            continue;
        }
        // Each file a diagnostic points into is shown by a report of its own: the primary file first.
        for part in by_file(diagnostic, sources) {
            if handler.render_report(&mut out, &part).is_err() {
                out.push_str(&diagnostic.message);
            }
        }
        out.push('\n');
    }
    for (code, count) in seen.into_iter().filter(|(_, count)| *count > MOST) {
        let _ = writeln!(out, "and {} more of {code}; `--json` lists them all\n", count - MOST);
    }
    out
}

/// The diagnostic as one JSON object; spans with byte offsets, line and column.
pub fn json(diagnostic: &Diagnostic, sources: &SourceMap) -> serde_json::Value {
    let place = |span: Span| {
        let (line, column) = sources.line_column(span);
        serde_json::json!({
            "file": sources.get(span.file).map_or("", |file| file.path.as_str()),
            "start": span.start, "end": span.end, "line": line, "column": column,
        })
    };
    let mut object = serde_json::json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "labels": diagnostic.labels.iter()
            .map(|label| serde_json::json!({ "at": place(label.span), "text": label.text }))
            .collect::<Vec<_>>(),
    });
    if let Some(help) = &diagnostic.help {
        object["help"] = help.as_str().into();
    }
    if let Some(fix) = &diagnostic.fix {
        object["fix"] =
            serde_json::json!({ "title": fix.title, "at": place(fix.span), "replacement": fix.replacement });
    }
    object
}

/// A diagnostic seen from one file, in miette's terms.
struct FileReport<'a> {
    diagnostic: &'a Diagnostic,
    message: Cow<'a, str>,
    source: Option<Excerpt<'a>>,
    labels: Vec<LabeledSpan>,
    primary: bool,
}

fn by_file<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Vec<FileReport<'a>> {
    let mut files: Vec<_> = Vec::new();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    if files.is_empty() {
        let message = short(&diagnostic.message);
        return vec![FileReport { diagnostic, message, source: None, labels: Vec::new(), primary: true }];
    }
    let primary = diagnostic.span();
    let part = |(index, file): (usize, crate::source::FileId)| {
        let labels = diagnostic.labels.iter().filter(|label| label.span.file == file);
        let excerpt = sources.get(file).map(|source| Excerpt::covering(source, labels.clone().map(|label| label.span)));
        let shown = |span: Span| excerpt.as_ref().map_or_else(|| Some(span.range()), |excerpt| excerpt.shown(span));
        FileReport {
            labels: labels
                .filter_map(|label| {
                    let text = Some(short(&label.text).into_owned()).filter(|text| !text.is_empty());
                    let range = shown(label.span)?;
                    Some(if primary == Some(label.span) {
                        LabeledSpan::new_primary_with_span(text, range)
                    } else {
                        LabeledSpan::new_with_span(text, range)
                    })
                })
                .collect(),
            source: excerpt,
            primary: index == 0,
            diagnostic,
            message: short(&diagnostic.message),
        }
    };
    files.into_iter().enumerate().map(part).collect()
}

/// The lines of a file that a diagnostic shows. miette counts lines from the start of what it is given, so that a thousand
/// diagnostics on a large file would read it a thousand times.
struct Excerpt<'a> {
    path: &'a str,
    text: Cow<'a, str>,
    /// Where it begins in the file.
    start: usize,
    line: usize,
    /// Where it begins in its first line.
    column: usize,
}

/// How many lines around a label are shown at most.
const AROUND: usize = 2;
/// The longest line that is shown whole, in bytes.
const MAX_LINE: usize = 1_000;
/// What is shown of a longer one around the first label, in bytes.
const WINDOW: usize = 60;

/// A sentence with a name of thousands of letters in it, without its middle.
fn short(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_LINE {
        return Cow::Borrowed(text);
    }
    let (head, tail) = (text.floor_char_boundary(MAX_LINE / 2), text.ceil_char_boundary(text.len() - MAX_LINE / 4));
    Cow::Owned(format!("{} … {}", &text[..head], &text[tail..]))
}

impl<'a> Excerpt<'a> {
    fn covering(file: &'a SourceFile, spans: impl Iterator<Item = Span> + Clone) -> Self {
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

    /// What stands around a place, of its own line alone.
    fn within_a_line(file: &'a SourceFile, at: usize) -> Self {
        let line = file.line(at).0;
        let (from, next) = (file.line_start(line), file.line_start(line + 1));
        let start = file.text.floor_char_boundary(at.saturating_sub(WINDOW).max(from));
        let end = file.text.ceil_char_boundary((at + WINDOW).min(next));
        let text = file.text.get(start..end).unwrap_or_default().trim_end_matches('\n');
        Self { path: &file.path, text: Cow::Owned(format!("{text}\n")), start, line, column: start - from.min(start) }
    }

    /// The part of a span that the excerpt has.
    fn shown(&self, span: Span) -> Option<Range<usize>> {
        let end = self.start + self.text.len();
        let range = span.range();
        (range.start < end && range.end >= self.start).then(|| range.start.max(self.start)..range.end.min(end - 1))
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
        // miette counts the lines up to the end, not those between.
        let lines = read.line_count() + self.line;
        let (line, column) = (read.line() + self.line, read.column() + shift);
        Ok(Box::new(MietteSpanContents::new_named(self.path.to_owned(), read.data(), span, line, column, lines)))
    }
}

impl fmt::Debug for FileReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl fmt::Display for FileReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.primary { self.message.as_ref() } else { "see also" })
    }
}

impl std::error::Error for FileReport<'_> {}

impl miette::Diagnostic for FileReport<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.primary.then(|| Box::new(self.diagnostic.code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match (self.primary, self.diagnostic.severity) {
            (true, Severity::Error) => miette::Severity::Error,
            (true, Severity::Warning) => miette::Severity::Warning,
            _ => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.diagnostic.help.as_ref().filter(|_| self.primary)?;
        Some(Box::new(short(help)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_code_that_comes_up_again_and_again_the_first_are_drawn() {
        let again = (0..MOST + 5).map(|n| Diagnostic::warning("GPB4005", format!("nothing proves {n}")));
        let all: Vec<Diagnostic> = again.chain([Diagnostic::error("GPB1105", "the other")]).collect();
        let text = human(&all, &SourceMap::default(), Style::PLAIN);
        assert_eq!(text.matches("nothing proves").count(), MOST);
        assert!(text.contains("the other"), "{text}");
        assert!(text.ends_with("and 5 more of GPB4005; `--json` lists them all\n\n"), "{text}");
        assert!(!human(&all[..MOST], &SourceMap::default(), Style::PLAIN).contains("more of"));
    }
}
