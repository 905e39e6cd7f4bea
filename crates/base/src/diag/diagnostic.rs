//! A diagnostic and its parts.

use crate::source::Span;

/// The weight of a diagnostic, the heaviest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The program has no meaning, or a target does not hold.
    Error,
    /// The program is carried out, but something in it is probably wrong.
    Warning,
    /// Something could be better.
    Advice,
}

/// A piece of text the diagnostic points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The piece of text.
    pub span: Span,
    /// The words beside it; empty for none.
    pub text: String,
}

/// An edit that is certain to resolve the mistake.
///
/// The editor offers it as a quick fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The edit as an imperative: "rename to `engine_version`".
    pub title: String,
    /// The text that is replaced; an empty span inserts.
    pub span: Span,
    /// The text that takes its place.
    pub replacement: String,
}

/// One mistake, as the user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// `GPB` and four digits.
    ///
    /// 0xxx syntax, 1xxx names and types, 2xxx catalog, 3xxx graph, 4xxx recovery, 5xxx cost, 6xxx scaling, 7xxx plan
    /// and state, 8xxx cloud, 9xxx policy and lint.
    pub code: &'static str,
    /// Its weight.
    pub severity: Severity,
    /// One sentence without a full stop.
    pub message: String,
    /// The first label is the primary one: it says where the mistake is.
    pub labels: Vec<Label>,
    /// A way to resolve it, in words.
    pub help: Option<String>,
    /// A way to resolve it, as an edit.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// Returns an error without labels, help or fix.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// Returns a warning without labels, help or fix.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self { code, severity, message: message.into(), labels: Vec::new(), help: None, fix: None }
    }

    /// Adds a label behind those it has; the first is the primary one.
    #[must_use]
    pub fn with_label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Sets the fix.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { title: title.into(), span, replacement: replacement.into() });
        self
    }

    /// Checks whether it is an error, which ends a command with a failure.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Returns the place of the mistake, when it is in a source file.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Sorts diagnostics by file, place, severity and code, and drops repetitions.
///
/// Of one place, errors come first.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics
        .sort_by(|a, b| (a.span(), a.severity, a.code, &a.message).cmp(&(b.span(), b.severity, b.code, &b.message)));
    diagnostics.dedup();
}
