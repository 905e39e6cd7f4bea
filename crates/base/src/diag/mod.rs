//! Diagnostics: what was found, what was expected, where that expectation comes from, and the fix.
//!
//! Every stage returns [`Diagnostic`]s; only [`render`] turns them into text. A code is declared by its page in
//! `crates/base/src/diag/codes/`, which `gpb explain` prints and whose examples a test runs.

mod code_pages;
pub mod render;

pub use code_pages::{CodePage, page, pages};

use crate::source::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    Advice,
}

/// A piece of text the diagnostic points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// An edit that is certain to mend the mistake; the editor offers it as a quick fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the edit does, as an imperative: "rename to `engine_version`".
    pub title: String,
    pub span: Span,
    pub replacement: String,
}

/// One mistake, as the user is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// `GPB` and four digits: 0xxx syntax, 1xxx names and types, 2xxx catalog, 3xxx graph, 4xxx recovery, 5xxx cost,
    /// 6xxx scaling, 7xxx plan and state, 8xxx cloud, 9xxx policy and lint.
    pub code: &'static str,
    pub severity: Severity,
    pub message: String,
    /// The first label is the primary one: it says where the mistake is.
    pub labels: Vec<Label>,
    pub help: Option<String>,
    pub fix: Option<Fix>,
}

impl Diagnostic {
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self { code, severity, message: message.into(), labels: Vec::new(), help: None, fix: None }
    }

    #[must_use]
    pub fn with_label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), span, replacement: replacement.into() });
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Where the mistake is, when it is in a source file.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Errors first come first: by file, place, severity and code, without repetitions.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics
        .sort_by(|a, b| (a.span(), a.severity, a.code, &a.message).cmp(&(b.span(), b.severity, b.code, &b.message)));
    diagnostics.dedup();
}

/// The candidate nearest to `name`, if one is near enough that a person may have meant it.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit && *candidate != name)
        .min()
        .map(|(_, candidate)| candidate)
}
