//! Text to tree and back.
//!
//! [`parse`] cannot fail: it returns a tree whatever the text, with the diagnostics of everything that was not right.

pub mod ast;
mod lower;
mod report;
mod shape;
mod tree;

#[cfg(test)]
mod tests;

use crate::diag::Diagnostic;
use crate::source::FileId;

/// What became of one file's text.
#[derive(Debug, Clone)]
pub struct Parsed {
    pub module: ast::Module,
    pub diagnostics: Vec<Diagnostic>,
}

/// The tree of `text`, with a diagnostic for each mistake in it.
pub fn parse(file: FileId, text: &str) -> Parsed {
    let Some(tree) = tree::Tree::parse(text) else {
        return Parsed { module: ast::Module { file, doc: None, items: Vec::new() }, diagnostics: Vec::new() };
    };
    let (module, mut diagnostics) = lower::module(file, &tree);
    crate::diag::sort(&mut diagnostics);
    Parsed { module, diagnostics }
}
