//! Statements of a stack and its environment about resources that are no longer declared: `removed old.address { keep true }`.

use super::moves::is_cut;
use crate::eval::Scope;
use crate::expand::{Expander, below, is_kept};
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::{Address, Removal};
use gpb_syntax::ast::{NamePath, Stmt};
use std::collections::BTreeMap;

/// A `removed` as it is written: the address, the entries between its braces, and its place.
pub type WrittenRemoval<'p> = (&'p NamePath, &'p [Stmt], Span);

impl<'p> Expander<'_, 'p> {
    /// Returns the removals: nothing that they name is declared any more, and each is named once.
    pub fn removals(&self, written: &[WrittenRemoval<'p>], scope: &Scope<'p>) -> Vec<Removal> {
        let mut first: BTreeMap<String, Span> = BTreeMap::new();
        let mut removals = Vec::new();
        for (path, stmts, span) in written.iter().filter(|(path, ..)| !is_cut(path)) {
            let Ok(text) = self.address(path, scope) else { continue };
            if let Some(still) = below(self.expansion.addresses(), &text).next() {
                self.report(
                    Diagnostic::error("GPB1420", format!("`{text}` is said to be removed, but `{still}` is declared"))
                        .with_label(path.span, "still declared")
                        .help("take the declaration away, or this `removed`"),
                );
            } else if let Some(before) = first.insert(text.clone(), path.span) {
                self.report(
                    Diagnostic::error("GPB1422", format!("`{text}` is said to be removed twice"))
                        .with_label(path.span, "again here")
                        .with_label(before, "first here")
                        .help("remove one of the two"),
                );
            } else {
                let keep = stmts.iter().find_map(|stmt| match stmt {
                    Stmt::Keep { word, .. } => Some(is_kept(word.as_ref())),
                    _ => None,
                });
                removals.push(Removal { address: Address::new(text), keep, span: *span });
            }
        }
        removals
    }
}

/// Returns the removals among some statements.
pub fn removals_of(stmts: &[Stmt]) -> impl Iterator<Item = WrittenRemoval<'_>> {
    stmts.iter().filter_map(|stmt| match stmt {
        Stmt::Removed { path, stmts, span } => Some((path, stmts.as_slice(), *span)),
        _ => None,
    })
}
