//! Hovers: the documentation of a name.

use crate::item_docs;
use gpb_catalog::Catalog;
use gpb_lang::Compilation;

/// Returns the documentation of the word at a byte of a file, as Markdown.
///
/// It is an item's documentation with its parameters, a function's signature, or a resource type's name.
pub fn hover(compilation: &Compilation, path: &str, offset: usize) -> Option<String> {
    let file = compilation.sources.find(path)?;
    let text = &compilation.sources.get(file)?.text;
    let word = word_at(text, offset)?;
    if let Some(def) = Catalog::embedded().get(word) {
        return Some(format!("`{word}`\n\n{}", def.aws));
    }
    let last = word.rsplit('.').next().unwrap_or(word);
    let items = compilation.modules.iter().flat_map(|module| item_docs::of_items(module, last)).next();
    let declared = || item_docs::of_declarations(compilation.modules.iter().find(|module| module.file == file)?, last);
    items.or_else(declared).or_else(|| item_docs::of_function(last))
}

/// Returns the dotted name around a byte, up to the end of the byte's segment.
fn word_at(text: &str, offset: usize) -> Option<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let (before, after) = (text.get(..offset)?, text.get(offset..)?);
    let back = before
        .rfind(|c: char| !is_word(c) && c != '.')
        .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let end = offset + after.find(|c: char| !is_word(c)).unwrap_or(after.len());
    text.get(back..end).map(|word| word.trim_matches('.')).filter(|word| !word.is_empty())
}
