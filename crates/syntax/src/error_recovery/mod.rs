//! Reports mistakes of structure, from the nodes that the grammar makes for them.
//!
//! The grammar matches every text; it has rules of their own for what is missing, foreign or unexpected.

mod braces;
mod foreign_syntax;
mod missing;
mod unexpected;

pub(super) use foreign_syntax::{is_hcl, is_null, is_policy_block};
pub(super) use missing::swallowed_body;
pub(super) use unexpected::is_else;

use super::tree::{Rule, SyntaxNode, SyntaxTree};
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileId, Span};

pub(super) fn diagnostics(file: FileId, tree: &SyntaxTree<'_>) -> Vec<Diagnostic> {
    let mut found =
        ErrorFinder { file, missing_at: None, comments: Vec::new(), after_misplaced: false, silent_until: 0 };
    let mut diagnostics = Vec::new();
    for node in tree.nodes() {
        if is_comment(node) {
            found.comments.push((node.start(), node.end()));
        }
        if node.start() < found.silent_until {
            continue;
        }
        let mut report = || [found.first_missing(node), found.foreign_syntax(node), found.unexpected(node)];
        if is_plain(node.rule()) {
            debug_assert!(report().iter().all(Option::is_none), "there is a message about {:?}", node.rule());
            continue;
        }
        let reported = report();
        if reported.iter().any(Option::is_some) {
            diagnostics.extend(reported.into_iter().flatten());
        }
    }
    diagnostics
}

/// Checks for the rules that most nodes are made by, and no message is about.
fn is_plain(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::body
            | Rule::chain
            | Rule::free_chain
            | Rule::postfix
            | Rule::text
            | Rule::text_raw
            | Rule::numeric
            | Rule::number
            | Rule::list
            | Rule::arg
            | Rule::member
            | Rule::eq
            | Rule::comma
            | Rule::lbrace
            | Rule::rbrace
            | Rule::lbracket
            | Rule::rbracket
            | Rule::lparen
            | Rule::rparen
    )
}

struct ErrorFinder {
    file: FileId,
    /// The last place where something was missing.
    ///
    /// One message is enough for all that is missing in one place.
    missing_at: Option<(usize, Rule)>,
    /// The comments so far, each with its start and its end, in bytes.
    comments: Vec<(usize, usize)>,
    /// The item before was none; one message is enough for a run of them.
    after_misplaced: bool,
    /// The end, in bytes, of an entry that a message explains as a whole.
    silent_until: usize,
}

impl ErrorFinder {
    fn span(&self, node: SyntaxNode<'_>) -> Span {
        Span::new(self.file, node.start(), node.end())
    }

    fn point(&self, at: usize) -> Span {
        Span::new(self.file, at, at)
    }

    /// Returns the end of the text before `at`, comments and blanks aside.
    ///
    /// A missing piece is reported there, and not on a later line.
    fn end_before(&self, node: SyntaxNode<'_>, at: usize) -> usize {
        let mut end = at;
        let mut comments = self.comments.iter().rev();
        loop {
            let before = node.source().get(..end).unwrap_or_default();
            end = before.trim_end_matches([' ', '\t', '\r', '\n']).len();
            match comments.find(|(_, close)| *close <= end) {
                Some((open, close)) if *close == end => end = *open,
                _ => return end,
            }
        }
    }

    /// Returns what was missing right before a node, which then needs no message.
    fn follows_missing(&self, node: SyntaxNode<'_>) -> Option<Rule> {
        let (at, rule) = self.missing_at?;
        let between = node.source().get(at..node.start())?;
        between.trim_matches([' ', '\t', '\r']).is_empty().then_some(rule)
    }
}

/// Returns the word or sign that ends right before `at`.
fn word_before(node: SyntaxNode<'_>, at: usize) -> &str {
    let before = node.source().get(..at).unwrap_or_default().trim_end_matches([' ', '\t', '\r', '\n']);
    last_word(before)
}

/// Signs of more than one character.
const SIGNS: [&str; 12] = ["${", "..", "?.", "??", "==", "!=", "<=", ">=", "&&", "||", "->", "=>"];

fn last_word(text: &str) -> &str {
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    let start = text.trim_end_matches(is_word).len();
    if start < text.len() {
        return text.get(start..).unwrap_or_default();
    }
    if let Some(start) = text.strip_suffix('"').and_then(|inside| inside.rfind(['"', '\n'])) {
        return text.get(start..).unwrap_or_default();
    }
    let sign = match SIGNS.iter().find(|sign| text.ends_with(**sign)) {
        Some(sign) => sign.len(),
        None => text.chars().next_back().map_or(0, char::len_utf8),
    };
    text.get(text.len() - sign..).unwrap_or_default()
}

/// Returns the first word or sign of unexpected text.
fn first_word(text: &str) -> &str {
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    let length = text.find(|character| !is_word(character)).unwrap_or(text.len());
    let length = if length > 0 { length } else { text.chars().next().map_or(0, char::len_utf8) };
    text.get(..length).unwrap_or_default()
}

/// Returns ` after …` for a message, or nothing without a word.
fn after(word: &str) -> String {
    if word.is_empty() { String::new() } else { format!(" after `{word}`") }
}

fn is_comment(node: SyntaxNode<'_>) -> bool {
    matches!(node.rule(), Rule::comment | Rule::compat_hash)
}
