//! Hovers: the documentation of a name.

use gpb_base::source::{FileId, SourceMap};
use gpb_catalog::Catalog;
use gpb_lang::{Compilation, builtins};
use gpb_syntax::ast::{Binding, Body, Item, Module, Stmt, TypeKind};
use std::fmt::Write as _;

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
    let found = in_order(compilation, file, word).flat_map(|module| documented(module, sources, last)).next();
    found.or_else(|| {
        let builtin = builtins::lookup(last)?;
        Some(format!("```gpb\n{}\n```\n\n{}", builtin.signature(), builtin.doc))
    })
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

/// Returns the documentation of the items of a module that have the name.
fn documented<'m>(module: &'m Module, sources: &'m SourceMap, name: &'m str) -> impl Iterator<Item = String> + 'm {
    module.items.iter().filter_map(move |item| match item {
        Item::Component(body) if body.name.text == name => Some(component("component", body, sources)),
        Item::Stack(body) if body.name.text == name => Some(component("stack", body, sources)),
        Item::Fn(item) if item.name.text == name => {
            let params: Vec<&str> = item.params.iter().map(|param| param.name.text.as_str()).collect();
            Some(page(&format!("fn {name}({})", params.join(", ")), item.doc.as_deref(), &[], sources))
        }
        Item::Type(item) if item.name.text == name => {
            let fields: &[Binding] = if let TypeKind::Object { fields, .. } = &item.ty.kind { fields } else { &[] };
            Some(page(&format!("type {name}"), item.doc.as_deref(), &fields.iter().collect::<Vec<_>>(), sources))
        }
        Item::Const(item) if item.name.text == name => {
            Some(page(&format!("const {name}"), item.doc.as_deref(), &[], sources))
        }
        _ => None,
    })
}

/// Documents a component or a stack with its parameters.
fn component(kind: &str, body: &Body, sources: &SourceMap) -> String {
    let params: Vec<&Binding> = body
        .stmts
        .iter()
        .filter_map(|stmt| if let Stmt::Param(param) = stmt { Some(&**param) } else { None })
        .collect();
    page(&format!("{kind} {}", body.name.text), body.doc.as_deref(), &params, sources)
}

/// Returns a page: a head, its documentation and its fields, each with its type and bounds as they are written.
fn page(head: &str, doc: Option<&str>, fields: &[&Binding], sources: &SourceMap) -> String {
    let mut out = format!("```gpb\n{head}\n```\n");
    if let Some(doc) = doc {
        let _ = writeln!(out, "\n{}", doc.trim());
    }
    for (at, field) in fields.iter().enumerate() {
        let required = if field.value.is_none() { "" } else { " (optional)" };
        let doc = field.doc.as_deref().map(|doc| format!(": {}", doc.split_whitespace().collect::<Vec<_>>().join(" ")));
        let gap = if at == 0 { "\n" } else { "" };
        let ty = field.ty.as_ref().map(|ty| sources.slice(ty.span).split_whitespace().collect::<Vec<_>>().join(" "));
        let ty = ty.map(|ty| format!(": {ty}")).unwrap_or_default();
        let _ = writeln!(out, "{gap}- `{}{ty}`{required}{}", field.name.text, doc.unwrap_or_default());
    }
    out
}
