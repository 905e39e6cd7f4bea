//! The one place where diagnostics become text: for people by miette, for machines as JSON.

use super::diagnostic::{Diagnostic, Severity};
use super::excerpt::{Excerpt, MAX_LINE};
use crate::source::{FileId, SourceMap, Span};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// The look of a report: colours, characters, width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Colours by ANSI escapes.
    pub color: bool,
    /// Frames of Unicode's characters for drawing, not of ASCII's.
    pub unicode: bool,
    /// Width of the terminal, in columns.
    pub width: usize,
}

impl Style {
    /// The look that snapshots hold: no colour, ASCII, 100 columns.
    pub const PLAIN: Style = Style { color: false, unicode: false, width: 100 };
}

/// The most diagnostics of one code that are shown.
///
/// A mistake made a thousand times has been seen by then, and the others must not drown.
const MOST: usize = 20;

/// Returns the diagnostics as text for people, each followed by an empty line.
///
/// Of a code that is there again and again the first twenty are shown, and the rest counted.
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

/// Returns the diagnostic as one JSON object.
///
/// Spans have byte offsets, line and column (both from 1).
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
    let part = |(index, file): (usize, FileId)| {
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

/// Returns a sentence; one with a name of thousands of letters without its middle.
fn short(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_LINE {
        return Cow::Borrowed(text);
    }
    let (head, tail) = (text.floor_char_boundary(MAX_LINE / 2), text.ceil_char_boundary(text.len() - MAX_LINE / 4));
    Cow::Owned(format!("{} … {}", &text[..head], &text[tail..]))
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

    fn lines_shown(spans: &[(usize, usize)]) -> String {
        let mut sources = SourceMap::default();
        let text = (0..1000).map(|line| format!("line {line:03}\n")).collect::<Vec<_>>().concat();
        let file = sources.add("far.gpb", text);
        let label = |one: Diagnostic, (from, to): &(usize, usize)| {
            one.with_label(Span::new(file, from * 9, to * 9 + 8), format!("here {from}"))
        };
        let diagnostic = spans.iter().fold(Diagnostic::error("GPB1105", "far apart"), label);
        human(&[diagnostic], &sources, Style::PLAIN)
    }

    #[test]
    fn of_labels_far_apart_only_the_lines_around_each_are_drawn() {
        let text = lines_shown(&[(10, 10), (900, 900), (500, 500)]);
        assert!(text.lines().count() < 30, "{text}");
        for label in ["here 10", "here 500", "here 900"] {
            assert!(text.contains(label), "{text}");
        }
        assert!(!text.contains("line 700"), "{text}");
    }

    #[test]
    fn of_a_label_over_many_lines_the_first_line_is_drawn() {
        let text = lines_shown(&[(10, 900), (700, 700)]);
        assert!(text.lines().count() < 25, "{text}");
        assert!(text.contains("here 10") && text.contains("here 700") && !text.contains("line 300"), "{text}");
        let text = lines_shown(&[(10, 14)]);
        assert!((10..=14).all(|line| text.contains(&format!("line 0{line}"))), "{text}");
    }
}
