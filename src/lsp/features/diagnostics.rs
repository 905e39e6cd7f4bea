//! Diagnostics of the programs whose files are open.

use crate::lsp::position::{LineIndex, TextRange};
use gpb_base::diag::{Diagnostic, Severity};
use gpb_base::source::{FileId, SourceMap, Span};
use gpb_catalog::Catalog;
use gpb_lang as lang;
use gpb_lang::{Compilation, CompileInputs};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The path the compiler knows the file by.
    pub path: String,
    /// The range in the file.
    pub extent: TextRange,
}

/// A diagnostic at a place that an editor can show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDiagnostic {
    /// The code, `GPB1201`.
    pub code: &'static str,
    /// The severity.
    pub severity: Severity,
    /// The message, with the label of its place and the help.
    pub message: String,
    /// The place of the mistake.
    pub place: Location,
    /// Other places with their labels, such as the declaration that is contradicted.
    pub related: Vec<(Location, String)>,
    /// The edit that corrects it, where one is certain.
    pub fix: Option<QuickFix>,
}

/// A change to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuickFix {
    /// The title that the editor offers.
    pub title: String,
    /// The range to replace.
    pub place: Location,
    /// The new text.
    pub replacement: String,
}

/// Checks a program in all its environments, with the prices of a day.
pub fn check(entry: &str, inputs: &CompileInputs<'_>, day: &str) -> Compilation {
    let mut compilation = lang::check(entry, inputs, None);
    let types = &|name: &str| Catalog::embedded().get(name);
    crate::analysis::analyze(&mut compilation, inputs.library, types, day);
    compilation
}

/// Returns the diagnostics of a compilation by file.
///
/// One without a place in a file of the user's is reported at the start of the entry.
pub fn notes(compilation: &Compilation) -> BTreeMap<String, Vec<FileDiagnostic>> {
    let places = LineIndexes::new(&compilation.sources);
    let mut notes: BTreeMap<String, Vec<FileDiagnostic>> = BTreeMap::new();
    for diagnostic in &compilation.diagnostics {
        if let Some(note) = places.note(diagnostic) {
            notes.entry(note.place.path.clone()).or_default().push(note);
        }
    }
    notes
}

/// The line index of each file of the user's.
struct LineIndexes<'s> {
    files: BTreeMap<FileId, (&'s str, LineIndex<'s>)>,
}

impl<'s> LineIndexes<'s> {
    fn new(sources: &'s SourceMap) -> Self {
        let own = sources.iter().filter(|(_, file)| !file.path.starts_with("std:"));
        Self { files: own.map(|(id, file)| (id, (file.path.as_str(), LineIndex::new(&file.text)))).collect() }
    }

    /// Returns the location of a span.
    ///
    /// `None` in the standard library, which an editor cannot open.
    fn place(&self, span: Span) -> Option<Location> {
        let (path, lines) = self.files.get(&span.file)?;
        Some(Location { path: (*path).to_owned(), extent: lines.extent(span.range()) })
    }

    /// Converts a diagnostic; labels that have no location become part of the message.
    fn note(&self, diagnostic: &Diagnostic) -> Option<FileDiagnostic> {
        let primary = diagnostic.labels.iter().position(|label| self.place(label.span).is_some());
        let place = match primary.and_then(|at| diagnostic.labels.get(at)) {
            Some(label) => self.place(label.span)?,
            None => self.place(Span::default())?,
        };
        let mut message = diagnostic.message.clone();
        let mut related = Vec::new();
        for (at, label) in diagnostic.labels.iter().enumerate().filter(|(_, label)| !label.text.is_empty()) {
            match self.place(label.span) {
                Some(place) if Some(at) != primary => related.push((place, label.text.clone())),
                _ => {
                    let _ = write!(message, "\n{}", label.text);
                }
            }
        }
        if let Some(help) = &diagnostic.help {
            let _ = write!(message, "\nhelp: {help}");
        }
        let fix = diagnostic.fix.as_ref().and_then(|fix| {
            let place = self.place(fix.span)?;
            Some(QuickFix { title: fix.title.clone(), place, replacement: fix.replacement.clone() })
        });
        Some(FileDiagnostic { code: diagnostic.code, severity: diagnostic.severity, message, place, related, fix })
    }
}
