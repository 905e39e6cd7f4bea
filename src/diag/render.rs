//! The one place where diagnostics become text: for people by miette, for machines as JSON.

use crate::diag::{Diagnostic, Severity};
use crate::source::{SourceFile, SourceMap, Span};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode};
use miette::{SourceSpan, SpanContents};
use std::borrow::Cow;
use std::fmt;

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

/// All diagnostics, each followed by an empty line.
pub fn human(diagnostics: &[Diagnostic], sources: &SourceMap, style: Style) -> String {
    let theme = match (style.color, style.unicode) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => {
            GraphicalTheme { characters: miette::ThemeCharacters::ascii(), styles: miette::ThemeStyles::ansi() }
        }
        (false, true) => GraphicalTheme::unicode_nocolor(),
        (false, false) => GraphicalTheme::none(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(style.width.max(40)).with_links(false);
    let mut out = String::new();
    for diagnostic in diagnostics {
        // Each file a diagnostic points into is shown by a report of its own: the primary file first.
        for part in by_file(diagnostic, sources) {
            if handler.render_report(&mut out, &part).is_err() {
                out.push_str(&diagnostic.message);
            }
        }
        out.push('\n');
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
struct Part<'a> {
    diagnostic: &'a Diagnostic,
    source: Option<Excerpt<'a>>,
    labels: Vec<LabeledSpan>,
    primary: bool,
}

fn by_file<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Vec<Part<'a>> {
    let mut files: Vec<_> = Vec::new();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    if files.is_empty() {
        return vec![Part { diagnostic, source: None, labels: Vec::new(), primary: true }];
    }
    let primary = diagnostic.span();
    let part = |(index, file): (usize, crate::source::FileId)| {
        let labels = diagnostic.labels.iter().filter(|label| label.span.file == file);
        Part {
            source: sources.get(file).map(|source| Excerpt::of(source, labels.clone().map(|label| label.span))),
            labels: labels
                .map(|label| {
                    let text = Some(label.text.clone()).filter(|text| !text.is_empty());
                    if primary == Some(label.span) {
                        LabeledSpan::new_primary_with_span(text, label.span.range())
                    } else {
                        LabeledSpan::new_with_span(text, label.span.range())
                    }
                })
                .collect(),
            primary: index == 0,
            diagnostic,
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
}

/// How many lines around a label are shown at most.
const AROUND: usize = 2;

impl<'a> Excerpt<'a> {
    fn of(file: &'a SourceFile, spans: impl Iterator<Item = Span> + Clone) -> Self {
        let first = spans.clone().map(|span| span.start as usize).min().unwrap_or_default();
        let last = spans.map(|span| span.end as usize).max().unwrap_or_default();
        let line = file.line(first).0.saturating_sub(AROUND);
        let (start, end) = (file.line_start(line), file.line_start(file.line(last).0 + AROUND + 1));
        Self { path: &file.path, text: ended(file.text.get(start..end).unwrap_or_default()), start, line }
    }
}

/// The text with a newline at its end: miette draws nothing behind the last character.
fn ended(text: &str) -> Cow<'_, str> {
    if text.ends_with('\n') { Cow::Borrowed(text) } else { Cow::Owned(format!("{text}\n")) }
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
        // miette counts the lines up to the end, not those between.
        let (line, column, lines) = (read.line() + self.line, read.column(), read.line_count() + self.line);
        Ok(Box::new(MietteSpanContents::new_named(self.path.to_owned(), read.data(), span, line, column, lines)))
    }
}

impl fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.primary { &self.diagnostic.message } else { "see also" })
    }
}

impl std::error::Error for Part<'_> {}

impl miette::Diagnostic for Part<'_> {
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
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
