//! The pages behind the codes: one file a code in `crates/base/src/diag/codes/`, embedded at build time.

/// What `gpb explain CODE` prints.
#[derive(Debug, Clone, Copy)]
pub struct CodePage {
    pub code: &'static str,
    /// Markdown: a title line `# GPB0101: …`, prose, a fenced block `gpb fail` and one `gpb pass`.
    pub text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// All pages, by code.
pub fn pages() -> &'static [CodePage] {
    PAGES
}

pub fn page(code: &str) -> Option<&'static CodePage> {
    let index = PAGES.binary_search_by(|page| page.code.cmp(code)).ok()?;
    PAGES.get(index)
}
