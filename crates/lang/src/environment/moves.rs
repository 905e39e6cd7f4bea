//! The moves that a stack and its environment declare, checked against what was expanded.

use crate::compile_context::EvalResult;
use crate::eval::{Expectation, Scope, key_segment, scalar};
use crate::expand::{Expander, below};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::{Address, Move};
use gpb_syntax::ast::{NamePath, PathSegment, Stmt};
use std::collections::BTreeSet;

impl<'p> Expander<'_, 'p> {
    /// Returns the moves, resource by resource: moving a component or a layer moves everything in it.
    pub fn moves(&self, written: &[(&'p NamePath, &'p NamePath, Span)], scope: &Scope<'p>) -> Vec<Move> {
        let mut moves = Vec::new();
        for (from, to, span) in written {
            if [from, to].iter().any(|path| is_cut(path)) {
                // What is missing has been reported.
                continue;
            }
            let all = self.expansion.addresses();
            let (Ok(from_text), Ok(to_text)) = (self.address(from, scope), self.address(to, scope)) else { continue };
            if let Some(still) = below(all, &from_text).next() {
                let message = format!("`{from_text}` is said to have moved, but `{still}` is still declared");
                self.report(
                    Diagnostic::error("GPB1904", message)
                        .with_label(from.span, "still declared")
                        .help("remove one of the two"),
                );
                continue;
            }
            let before = moves.len();
            moves.extend(below(all, &to_text).map(|address| {
                let rest = address.as_str().get(to_text.len()..).unwrap_or("");
                let from = Address::new(format!("{from_text}{rest}"));
                Move { from, to: address.clone(), span: *span }
            }));
            if moves.len() == before {
                let diagnostic = Diagnostic::error("GPB1904", format!("nothing is declared at `{to_text}`"))
                    .with_label(to.span, "where it is said to have moved");
                self.report(nearest_address(diagnostic, &to_text, all, to.span));
            }
        }
        moves
    }

    /// Returns the address a path spells: `network.subnet["us-east-1a"]`.
    pub fn address(&self, path: &'p NamePath, scope: &Scope<'p>) -> EvalResult<String> {
        let mut out = String::new();
        for segment in &path.segments {
            match segment {
                PathSegment::Name(name) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(&name.text);
                }
                PathSegment::Index(index) => {
                    let key = self.interpreter().eval(index, scope, Expectation::Any)?;
                    let text = scalar(&key).ok_or_else(|| self.interpreter().no_key(&key))?;
                    out.push_str(&key_segment(&text));
                }
            }
        }
        Ok(out)
    }
}

/// Checks for a path with a name that is missing.
pub(super) fn is_cut(path: &NamePath) -> bool {
    path.segments.iter().any(|segment| matches!(segment, PathSegment::Name(name) if name.text.is_empty()))
}

/// Returns the moves among some statements: from, to, and where they are written.
pub fn moves_of(stmts: &[Stmt]) -> impl Iterator<Item = (&NamePath, &NamePath, Span)> {
    stmts.iter().filter_map(|stmt| match stmt {
        Stmt::Moved { from, to, span } => Some((from, to, *span)),
        _ => None,
    })
}

/// Adds to a diagnostic the address that is nearest to a wrong one.
pub fn nearest_address(diagnostic: Diagnostic, wrong: &str, all: &BTreeSet<Address>, span: Span) -> Diagnostic {
    match nearest(wrong, all.iter().map(Address::as_str)) {
        Some(near) => {
            diagnostic.help(format!("did you mean `{near}`?")).fix(format!("change it to `{near}`"), span, near)
        }
        None => diagnostic.help("name what the text declares now: a resource, the use of a component or a layer"),
    }
}
