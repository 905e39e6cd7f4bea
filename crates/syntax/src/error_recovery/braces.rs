//! Reports brackets that are not closed, or closed twice.

use super::super::tree::{Rule, SyntaxNode};
use super::finder::ErrorFinder;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;

impl ErrorFinder {
    pub(super) fn missing_bracket(&self, node: SyntaxNode<'_>) -> Option<Diagnostic> {
        let (open, close) = match node.rule() {
            Rule::missing_rbrace => ("{", "}"),
            Rule::missing_rparen => ("(", ")"),
            Rule::missing_rbracket => ("[", "]"),
            Rule::missing_rangle => ("<", ">"),
            _ => return None,
        };
        let brackets = node.parent()?;
        let suspect = if node.is(Rule::missing_rbrace) { misaligned(brackets) } else { None };
        let rest = node.source().get(node.start()..).unwrap_or_default();
        let is_slice = brackets.is(Rule::index) && rest.trim_start().starts_with(':');
        let opening = suspect.unwrap_or(brackets).start();
        let diagnostic = Diagnostic::error("GPB0034", format!("this `{open}` is not closed"))
            .with_label(Span::new(self.file, opening, opening + 1), "opened here")
            .with_label(self.point(node.start()), format!("expected `{close}` before this point"));
        let diagnostic = if is_slice {
            diagnostic.help("an index is one value: `xs[0]`; a part of a list is `[for x in xs if c: x]`")
        } else {
            diagnostic
        };
        Some(match suspect.and_then(closing) {
            Some(close) => diagnostic.with_label(self.span(close), "this one is indented as if it closed another"),
            None => diagnostic,
        })
    }
}

pub(super) fn stray(at: Span, sign: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("GPB0037", format!("this `{sign}` closes nothing"));
    diagnostic.with_label(at, "no bracket is open here").fix("remove it", at, "")
}

fn closing(brackets: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    brackets.child(Rule::rbrace)
}

/// Returns the first braces inside that close at another indentation.
///
/// Most likely their own closing brace is the forgotten one, and each brace after it closed the wrong block.
fn misaligned(brackets: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let source = brackets.source();
    let inside = brackets.descendants().filter(|node| node.is(Rule::body));
    let wrong = inside.filter(|body| {
        let closed = closing(*body).and_then(|close| line_before(source, close.start()));
        let opened = line_before(source, body.start());
        match (opened, closed) {
            (Some(opened), Some(closed)) => indent(closed) == closed.len() && indent(opened) != closed.len(),
            _ => false,
        }
    });
    wrong.min_by_key(|body| body.end())
}

fn indent(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Returns the line's text before `at`.
///
/// `None` where the line is longer than anyone writes.
fn line_before(source: &str, at: usize) -> Option<&[u8]> {
    let near = source.as_bytes().get(at.saturating_sub(400)..at)?;
    match near.iter().rposition(|byte| *byte == b'\n') {
        Some(newline) => near.get(newline + 1..),
        None => (near.len() == at).then_some(near),
    }
}
