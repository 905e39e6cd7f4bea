//! Hovers: the documentation of a name.

use crate::{item_docs, keywords};
use gpb_base::source::FileId;
use gpb_catalog::Catalog;
use gpb_lang::Compilation;
use gpb_syntax::ast::{Item, Module};

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
    let sources = &compilation.sources;
    let items = in_order(compilation, file, word).flat_map(|module| item_docs::of_items(module, sources, last)).next();
    let own = || compilation.modules.iter().find(|module| module.file == file);
    let declared = || item_docs::of_declarations(own()?, sources, last);
    let keyword = || keywords::of_keyword(word).map(str::to_owned);
    items.or_else(declared).or_else(|| item_docs::of_function(last)).or_else(keyword)
}

/// Returns the modules in which a name is looked for, the one that it means first: that of `net` for `net.queue`, the own one,
/// then the others.
fn in_order<'c>(compilation: &'c Compilation, file: FileId, word: &str) -> impl Iterator<Item = &'c Module> {
    let own = compilation.modules.iter().find(|module| module.file == file);
    let alias = word.split_once('.').map(|(alias, _)| alias);
    let uses = own.into_iter().flat_map(|module| &module.items).filter_map(|item| match item {
        Item::Use(used) => Some(used),
        _ => None,
    });
    let named = uses.into_iter().find(|used| used.alias.as_ref().is_some_and(|name| Some(name.text.as_str()) == alias));
    let of_file = |module: &&Module| {
        let path = compilation.sources.get(module.file).map_or("", |source| source.path.as_str());
        named.is_some_and(|used| path.ends_with(used.path.trim_start_matches(['.', '/'])))
    };
    let meant = compilation.modules.iter().map(AsRef::as_ref).find(of_file);
    meant.into_iter().chain(own.map(AsRef::as_ref)).chain(compilation.modules.iter().map(AsRef::as_ref))
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
