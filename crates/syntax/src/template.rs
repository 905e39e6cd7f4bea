//! Parses templates: files of text with `${…}` in it.
//!
//! A template is the text of a file, so a backslash in it is one; only `\${` stands for the two signs themselves.

use super::ast::TextPart;
use super::tree::SyntaxTree;
use super::{error_recovery, lower, messages, scan, stack};
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileId, Span};

/// The result of parsing one template.
#[derive(Debug, Clone)]
pub struct ParsedTemplate {
    /// The text and the expressions in it, in their order.
    pub parts: Vec<TextPart>,
    /// The mistakes in the expressions, in their order.
    pub diagnostics: Vec<Diagnostic>,
}

/// The sign before an expression.
const OPEN: &str = "${";

/// Parses a template, with a diagnostic for each mistake in its expressions.
pub fn parse_template(file: FileId, text: &str) -> ParsedTemplate {
    let (code, unclosed) = code_alone(text);
    let mut scan = scan::scan(file, &code);
    scan.diagnostics.extend(unclosed.into_iter().map(|at| messages::unclosed_interpolation(file, at)));
    let read = scan.text.take().and_then(|clean| {
        stack::with_stack(scan.depth, || {
            let tree = SyntaxTree::parse_template(&clean)?;
            let (values, mut diagnostics) = lower::template(file, &tree);
            diagnostics.extend(error_recovery::diagnostics(file, &tree));
            Some((values, diagnostics))
        })
    });
    let Some((values, diagnostics)) = read else {
        scan.diagnostics.push(messages::too_deep(Span::new(file, 0, text.len())));
        return ParsedTemplate { parts: Vec::new(), diagnostics: scan.diagnostics };
    };
    let is_hidden = |at: usize| scan.hidden.iter().any(|range| range.contains(&at));
    let seen = diagnostics.into_iter().filter(|one| !is_hidden(one.span().map_or(0, |span| span.start as usize)));
    scan.diagnostics.extend(seen);
    gpb_base::diag::sort(&mut scan.diagnostics);
    let mut parts = Vec::new();
    let mut end = 0;
    for (range, value) in values {
        push_text(&mut parts, text.get(end..range.start).unwrap_or_default());
        parts.push(TextPart::Interpolation(value));
        end = range.end;
    }
    push_text(&mut parts, text.get(end..).unwrap_or_default());
    ParsedTemplate { parts, diagnostics: scan.diagnostics }
}

fn push_text(parts: &mut Vec<TextPart>, text: &str) {
    if !text.is_empty() {
        parts.push(TextPart::Text(text.replace("\\${", OPEN)));
    }
}

/// Returns the text with blanks in the place of all but its expressions, every place where it was; and the places of the
/// expressions that nothing closes, which are left out too.
fn code_alone(text: &str) -> (String, Vec<usize>) {
    let mut code = String::with_capacity(text.len());
    let mut unclosed = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        let is_escaped = rest.get(..at).is_some_and(|before| before.ends_with('\\'));
        let end = if is_escaped { at + OPEN.len() } else { at };
        blank(&mut code, rest.get(..end).unwrap_or_default());
        rest = rest.get(end..).unwrap_or_default();
        if !is_escaped {
            let length = closing(rest);
            if length.is_none() {
                unclosed.push(text.len() - rest.len());
            }
            let (expression, after) = rest.split_at(length.unwrap_or(OPEN.len()));
            if length.is_some() {
                code.push_str(expression);
            } else {
                blank(&mut code, expression);
            }
            rest = after;
        }
    }
    blank(&mut code, rest);
    (code, unclosed)
}

fn blank(code: &mut String, text: &str) {
    code.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

/// Returns the length of the expression that a text begins with, in bytes; none for one that is not closed before the next.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // The signs that close what is open.
    let mut open = vec![b'}'];
    let mut at = OPEN.len();
    while let (Some(byte), Some(close)) = (bytes.get(at).copied(), open.last().copied()) {
        let in_text = close == b'"';
        match byte {
            b'\\' if in_text => at += 1,
            b'$' if in_text && bytes.get(at + 1) == Some(&b'{') => {
                open.push(b'}');
                at += 1;
            }
            b'$' if bytes.get(at + 1) == Some(&b'{') => return None,
            b'{' if !in_text => open.push(b'}'),
            b'"' if !in_text => open.push(b'"'),
            _ if byte == close => {
                open.pop();
                if open.is_empty() {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}
