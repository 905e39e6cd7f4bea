//! Formats a file in the one style there is.
//!
//! There are no options: two blanks a level, `=` aligned within a run of fields, at most one empty line, 100 columns. What
//! the writer decides is where lines break: brackets with a newline behind the opening one stay open.

mod blocks;
mod brackets;
mod exprs;
mod printer;

use super::ast::Module;
use super::tree::{Rule, SyntaxTree};
use super::{ParsedModule, dump, parse, scan, stack};
use gpb_base::diag::Diagnostic;
use gpb_base::source::FileId;

/// The reasons why a text is not formatted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The text has mistakes; only a text without any is formatted.
    #[error("the text has mistakes")]
    Invalid(Vec<Diagnostic>),
    /// The result would mean something else: a fault of the formatter.
    ///
    /// The text is better left as it is.
    #[error("formatting would change what the text means")]
    WouldChangeMeaning,
}

/// Returns `text` in gpb's style.
///
/// # Errors
/// When the text has mistakes, or, by a fault of the formatter, the result would mean something else.
pub fn format(text: &str) -> Result<String, FormatError> {
    let before = parse(FileId(0), text);
    if before.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(FormatError::Invalid(before.diagnostics));
    }
    let formatted = print(text).ok_or(FormatError::WouldChangeMeaning)?;
    let after = parse(FileId(0), &formatted);
    let same = after.diagnostics.is_empty() && same_meaning(&before, &after) && comments(text) == comments(&formatted);
    if same { Ok(formatted) } else { Err(FormatError::WouldChangeMeaning) }
}

fn print(text: &str) -> Option<String> {
    let depth = scan::scan(FileId(0), text).depth;
    stack::with_stack(depth, || {
        let tree = SyntaxTree::parse(text, false)?;
        Some(printer::Printer::new().file(tree.root()?))
    })
}

fn same_meaning(before: &ParsedModule, after: &ParsedModule) -> bool {
    let meaning = |module: &Module| dump::dump(module);
    meaning(&before.module) == meaning(&after.module)
}

/// Returns the comments of a text, in order.
fn comments(text: &str) -> Option<Vec<String>> {
    let depth = scan::scan(FileId(0), text).depth;
    stack::with_stack(depth, || {
        let tree = SyntaxTree::parse(text, false)?;
        let comments = tree.nodes().filter(|node| node.is(Rule::comment));
        Some(comments.map(|comment| comment.text().to_owned()).collect())
    })
}
