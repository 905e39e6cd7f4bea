//! Parses text to a tree, and formats it.
//!
//! [`parse`] cannot fail: it returns a tree whatever the text, with the diagnostics of everything that was not right.

// The parser that pest writes names it so.
extern crate alloc;

pub mod ast;
mod dump;
mod error_recovery;
mod format;
mod lower;
mod messages;
mod parser;
mod pieces;
mod scan;
mod stack;
mod template;
mod tree;
mod upgrade;

#[cfg(test)]
mod tests;

pub use format::{FormatError, format};
pub use template::{ParsedTemplate, parse_template};
pub use upgrade::{UpgradedText, functions, upgrade, upgrade_used, uses, uses_without_name};

use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileId, Span};
use gpb_base::threads::join_if;
use tree::SyntaxTree;

/// The number of bytes from which a file is worth a second thread.
const LARGE: usize = 64 * 1024;

/// The result of parsing one file.
#[derive(Debug, Clone)]
pub struct ParsedModule {
    /// The tree; empty where the text could not be read at all.
    pub module: ast::Module,
    /// The mistakes in the text, in its order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses several texts; the results are in their order.
///
/// Half of them, by length, are parsed on a second thread where that pays.
pub fn parse_all(files: &[(FileId, &str)]) -> Vec<ParsedModule> {
    let size: usize = files.iter().map(|(_, text)| text.len()).sum();
    let ends = files.iter().scan(0, |end, (_, text)| {
        *end += text.len();
        Some(*end)
    });
    let (first, second) = files.split_at(ends.take_while(|end| *end <= size / 2).count());
    let read = |files: &[(FileId, &str)]| files.iter().map(|(file, text)| parse(*file, text)).collect::<Vec<_>>();
    let (rest, mut parsed) = join_if(size >= LARGE, || read(second), || read(first));
    parsed.extend(rest);
    parsed
}

/// Parses a value that stands alone, from an offset to the end of `text`: one that the command line gives a parameter.
///
/// # Errors
/// The mistakes in it, in the order of the text.
pub fn parse_value(file: FileId, text: &str, from: usize) -> Result<ast::Expr, Vec<Diagnostic>> {
    let mut scan = scan::scan(file, text);
    let Some(clean) = scan.text.take() else { return Err(scan.diagnostics) };
    let read = stack::with_stack(scan.depth, || {
        let tree = SyntaxTree::parse_value(&clean, from)?;
        let (value, mut diagnostics) = lower::value(file, &tree);
        diagnostics.extend(error_recovery::diagnostics(file, &tree));
        Some((value?, diagnostics))
    });
    let Some((value, diagnostics)) = read else {
        return Err(vec![messages::too_deep(Span::new(file, from, text.len()))]);
    };
    scan.diagnostics.extend(diagnostics);
    gpb_base::diag::sort(&mut scan.diagnostics);
    if scan.diagnostics.iter().any(Diagnostic::is_error) { Err(scan.diagnostics) } else { Ok(value) }
}

/// Parses `text`, with a diagnostic for each mistake in it.
pub fn parse(file: FileId, text: &str) -> ParsedModule {
    let nothing = ast::Module { file, doc: None, items: Vec::new(), deprecations: Vec::new() };
    let mut scan = scan::scan(file, text);
    let Some(clean) = scan.text.take() else { return ParsedModule { module: nothing, diagnostics: scan.diagnostics } };
    let read = stack::with_stack(scan.depth, || {
        // Text that nests deep has a large stack on one thread only.
        let tree = SyntaxTree::parse(&clean, text.len() >= LARGE && stack::is_shallow(scan.depth))?;
        if let Some(pasted) = error_recovery::pasted(file, &tree, text) {
            return Some(Err(pasted));
        }
        let (structure, (module, mut diagnostics)) =
            join_if(text.len() >= LARGE, || error_recovery::diagnostics(file, &tree), || lower::module(file, &tree));
        diagnostics.extend(structure);
        Some(Ok((module, diagnostics)))
    });
    let Some(read) = read else {
        let whole = Span::new(file, 0, text.len());
        return ParsedModule { module: nothing, diagnostics: vec![messages::too_deep(whole)] };
    };
    let (module, diagnostics) = match read {
        Ok(read) => read,
        // What else is wrong with it says nothing to whoever wrote it for another tool.
        Err(pasted) => return ParsedModule { module: nothing, diagnostics: vec![pasted] },
    };
    // A comment without an end has taken closing brackets with it.
    let comment = scan.diagnostics.iter().find(|one| one.code == "GPB0014").and_then(Diagnostic::span);
    let hidden = |diagnostic: &Diagnostic| {
        let at = diagnostic.span().map_or(0, |span| span.start as usize);
        let swallowed = diagnostic.code == "GPB0034" && comment.is_some_and(|comment| at < comment.start as usize);
        swallowed || scan.hidden.iter().any(|range| range.contains(&at))
    };
    scan.diagnostics.extend(diagnostics.into_iter().filter(|diagnostic| !hidden(diagnostic)));
    gpb_base::diag::sort(&mut scan.diagnostics);
    ParsedModule { module, diagnostics: scan.diagnostics }
}
