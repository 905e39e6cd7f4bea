//! The words and signs that messages quote.

use super::super::tree::{Rule, SyntaxNode};

/// Returns the word or sign that ends right before `at`.
pub(super) fn word_before(node: SyntaxNode<'_>, at: usize) -> &str {
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
pub(super) fn first_word(text: &str) -> &str {
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    let length = text.find(|character| !is_word(character)).unwrap_or(text.len());
    let length = if length > 0 { length } else { text.chars().next().map_or(0, char::len_utf8) };
    text.get(..length).unwrap_or_default()
}

/// Returns ` after …` for a message, or nothing without a word.
pub(super) fn after(word: &str) -> String {
    if word.is_empty() { String::new() } else { format!(" after `{word}`") }
}

/// Checks for a comment, `# …` included.
pub(super) fn is_comment(node: SyntaxNode<'_>) -> bool {
    matches!(node.rule(), Rule::comment | Rule::compat_hash)
}
