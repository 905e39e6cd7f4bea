//! Which files a program is made of: the entry, what it `use`s, and the part of the standard library it mentions.

use super::names::Kind;
use crate::diag::Diagnostic;
use crate::source::{FileId, Loader, SourceMap, Span};
use crate::stdlib::Library;
use crate::syntax::ast::{Item, Module};
use crate::syntax::{parse, parse_all};
use foldhash::HashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The number of a module in [`Program::modules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub usize);

/// One file's tree and what it draws in.
#[derive(Debug)]
pub struct Loaded {
    pub module: Module,
    /// Part of the standard library: its items are in scope everywhere.
    pub std: bool,
    /// The modules it names by `use`, each with the place of that statement.
    pub uses: Vec<(ModuleId, Span)>,
}

/// Every file of a compilation, parsed.
#[derive(Debug, Default)]
pub struct Program {
    pub sources: SourceMap,
    pub modules: Vec<Loaded>,
    pub diagnostics: Vec<Diagnostic>,
    /// Every item of the library, read or not: what a misspelt name may mean.
    pub library: Vec<(Kind, String)>,
}

/// Reads the entry and all it needs. A file that cannot be read is a diagnostic, and the rest goes on.
pub fn load(entry: &str, loader: &dyn Loader, library: &Library) -> Program {
    let mut program = Program::default();
    let mut known: BTreeMap<String, ModuleId> = BTreeMap::new();
    match loader.load("", entry) {
        Ok((path, text)) => {
            let id = program.add(path.clone(), &text, false);
            known.insert(path, id);
        }
        Err(reason) => {
            let message = format!("cannot read `{entry}`: {reason}");
            program.diagnostics.push(Diagnostic::error("GPB1001", message));
            return program;
        }
    }
    let mut next = 0;
    while next < program.modules.len() {
        program.follow(ModuleId(next), loader, &mut known);
        next += 1;
    }
    program.add_library(library);
    program
}

impl Program {
    fn add(&mut self, path: String, text: &Arc<str>, std: bool) -> ModuleId {
        let file = self.sources.add(path, text.clone());
        let parsed = parse(file, text);
        self.diagnostics.extend(parsed.diagnostics);
        self.modules.push(Loaded { module: parsed.module, std, uses: Vec::new() });
        ModuleId(self.modules.len() - 1)
    }

    pub fn get(&self, id: ModuleId) -> Option<&Loaded> {
        self.modules.get(id.0)
    }

    pub fn path(&self, id: ModuleId) -> &str {
        let file = self.get(id).map_or(FileId::default(), |loaded| loaded.module.file);
        self.sources.get(file).map_or("", |source| source.path.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = (ModuleId, &Loaded)> {
        self.modules.iter().enumerate().map(|(index, loaded)| (ModuleId(index), loaded))
    }

    fn follow(&mut self, id: ModuleId, loader: &dyn Loader, known: &mut BTreeMap<String, ModuleId>) {
        let from = self.path(id).to_owned();
        let wanted: Vec<(String, Span)> = self.get(id).map_or_else(Vec::new, |loaded| {
            let uses = loaded.module.items.iter().filter_map(|item| match item {
                Item::Use { path, span } => Some((path.clone(), *span)),
                _ => None,
            });
            uses.collect()
        });
        for (path, span) in wanted {
            let target = match loader.load(&from, &path) {
                Ok((known_as, text)) => {
                    *known.entry(known_as.clone()).or_insert_with(|| self.add(known_as, &text, false))
                }
                Err(reason) => {
                    let message = format!("cannot read `{path}`: {reason}");
                    let help = "the path is relative to the file that uses it";
                    self.diagnostics.push(Diagnostic::error("GPB1001", message).at(span, "used here").help(help));
                    continue;
                }
            };
            if let Some(loaded) = self.modules.get_mut(id.0) {
                loaded.uses.push((target, span));
            }
        }
    }

    /// Parses the files of the standard library that define something the program mentions. A mention is any word of the
    /// text, so this may read too much and never too little; it is what keeps start-up independent of the library's size.
    fn add_library(&mut self, library: &Library) {
        let files: Vec<(&str, &Arc<str>)> = library
            .below("", ".gpb")
            .filter(|(path, _)| !path.starts_with("aws/") && !path.starts_with("catalog/"))
            .collect();
        let mut definers: HashMap<&[u8], Vec<usize>> = HashMap::default();
        for (file, (_, text)) in files.iter().enumerate() {
            for name in known_types(text) {
                definers.entry(name.as_bytes()).or_default().push(file);
            }
            for (kind, name) in items_of(text) {
                definers.entry(name.as_bytes()).or_default().push(file);
                self.library.push((kind, name.to_owned()));
            }
        }
        let mut needed: BTreeSet<usize> = BTreeSet::new();
        let mut pending: Vec<usize> = Vec::new();
        // Nearly every word of a long text begins as no name of the library does.
        let mut begins = [false; 256];
        for first in definers.keys().filter_map(|name| name.first().copied()) {
            begins[usize::from(first)] = true;
        }
        let mut mention = |text: &str, pending: &mut Vec<usize>| {
            for word in text.as_bytes().split(|byte| !WORD[usize::from(*byte)]) {
                if !word.first().is_some_and(|first| begins[usize::from(*first)]) {
                    continue;
                }
                let files = definers.get(word).into_iter().flatten();
                pending.extend(files.filter(|file| needed.insert(**file)));
            }
            for ty in types_in(text) {
                let files = definers.get(ty.as_bytes()).into_iter().flatten();
                pending.extend(files.filter(|file| needed.insert(**file)));
            }
        };
        if definers.is_empty() {
            return;
        }
        for source in self.modules.iter().filter_map(|loaded| self.sources.get(loaded.module.file)) {
            mention(&source.text, &mut pending);
        }
        while let Some(file) = pending.pop() {
            if let Some((_, text)) = files.get(file) {
                mention(text, &mut pending);
            }
        }
        let mut texts = Vec::with_capacity(needed.len());
        for (path, text) in needed.iter().filter_map(|file| files.get(*file)) {
            texts.push((self.sources.add(format!("std:{path}"), (*text).clone()), &***text));
        }
        for parsed in parse_all(&texts) {
            self.diagnostics.extend(parsed.diagnostics);
            self.modules.push(Loaded { module: parsed.module, std: true, uses: Vec::new() });
        }
    }
}

/// The names of the items of a library file, seen without parsing it: its items start at the margin.
pub fn defined(text: &str) -> impl Iterator<Item = &str> {
    items_of(text).map(|(_, name)| name)
}

fn items_of(text: &str) -> impl Iterator<Item = (Kind, &str)> {
    text.lines().filter_map(|line| {
        let (keyword, rest) = line.split_once(' ')?;
        let kind = match keyword {
            "component" => Kind::Component,
            "fn" => Kind::Fn,
            "type" => Kind::Type,
            "const" => Kind::Const,
            _ => return None,
        };
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        rest.get(..end).filter(|name| !name.is_empty()).map(|name| (kind, name))
    })
}

/// The resource types that a library file has facts about.
fn known_types(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let rest = line.strip_prefix("facts ")?;
        let end = rest.find(|c: char| !is_word(c) && c != '.')?;
        rest.get(..end)
    })
}

/// The resource types a text mentions.
fn types_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("aws.").filter_map(|(at, _)| {
        let rest = text.get(at..)?;
        let end = rest.find(|c: char| !is_word(c) && c != '.').unwrap_or(rest.len());
        let dots = rest.get(..end)?.match_indices('.');
        // What comes after a third dot is a property.
        let end = dots.map(|(dot, _)| dot).nth(2).unwrap_or(end);
        rest.get(..end)
    })
}

/// The bytes of words, which are looked at by the million.
static WORD: [bool; 256] = {
    let mut word = [false; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        word[byte as usize] = is_word(byte as char);
        byte += 1;
    }
    word
};

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}
