//! The pages behind the codes: one file a code in `crates/base/src/diag/codes/`, embedded at build time.

/// The page of a code, which `gpb explain CODE` prints.
#[derive(Debug, Clone, Copy)]
pub struct CodePage {
    /// `GPB` and four digits.
    pub code: &'static str,
    /// The page in Markdown.
    ///
    /// A title line `# GPB0101: …`, prose, a fenced block `gpb fail` and one `gpb pass`.
    pub text: &'static str,
}

impl CodePage {
    /// Checks whether its diagnostics never are errors, which the page says in the line `Severity: warning` or `Severity: advice`.
    pub fn is_never_an_error(&self) -> bool {
        self.text.lines().any(|line| matches!(line, "Severity: warning" | "Severity: advice"))
    }
}

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Returns all pages, by code.
pub fn pages() -> &'static [CodePage] {
    PAGES
}

/// Returns the page of a code; none where there is no such code.
pub fn page(code: &str) -> Option<&'static CodePage> {
    let index = PAGES.binary_search_by(|page| page.code.cmp(code)).ok()?;
    PAGES.get(index)
}
