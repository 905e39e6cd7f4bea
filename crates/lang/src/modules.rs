//! The files a program is made of: the entry, what it `use`s, and the part of the standard library it mentions.

use super::library_index::LibraryIndex;
use super::policy_items;
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileId, Loader, SourceMap, Span};
use gpb_base::stdlib::Library;
use gpb_base::threads::join;
use gpb_syntax::ast::{Item, Module};
use gpb_syntax::parse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The number of a module in [`Program::modules`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub usize);

/// One file's tree and the files it uses.
#[derive(Debug, Clone)]
pub struct LoadedModule {
    /// The tree.
    pub module: Arc<Module>,
    /// True if it is part of the standard library: its items are in scope everywhere.
    pub std: bool,
    /// The modules it names by `use`, each with the place of that statement.
    pub uses: Vec<(ModuleId, Span)>,
}

/// Every file of a compilation, parsed.
#[derive(Debug, Default)]
pub struct Program {
    /// The texts.
    pub sources: SourceMap,
    /// The trees: the entry first, then the files it uses, then the library's.
    pub modules: Vec<LoadedModule>,
    /// The diagnostics of the texts.
    pub diagnostics: Vec<Diagnostic>,
    /// The library, read or not: what a misspelt name may mean, and facts about other types.
    pub library: Arc<LibraryIndex>,
    /// The numbers of the library's files that are read.
    read: BTreeSet<usize>,
}

/// Reads the entry and all it needs. A file that cannot be read is a diagnostic, and the rest goes on.
pub fn load(entry: &str, loader: &dyn Loader, library: &Library) -> Program {
    let mut program = Program::default();
    let mut known: BTreeMap<String, ModuleId> = BTreeMap::new();
    let (index, needed);
    match loader.load("", entry) {
        Ok((path, text)) => {
            // The part of the library that a text needs is found without parsing it.
            let mentions = || {
                let index = library.derived(LibraryIndex::new);
                let needed = index.files_mentioned(&text);
                (index, needed)
            };
            let ((found, mentioned), id) = join(mentions, || program.add(path.clone(), &text));
            (index, needed) = (found, mentioned);
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
        program.load_uses(ModuleId(next), loader, &mut known);
        next += 1;
    }
    program.add_library(index, needed);
    program
}

impl Program {
    fn add(&mut self, path: String, text: &Arc<str>) -> ModuleId {
        let file = self.sources.add(path, text.clone());
        let parsed = parse(file, text);
        self.diagnostics.extend(parsed.diagnostics);
        self.modules.push(LoadedModule { module: parsed.module.into(), std: false, uses: Vec::new() });
        ModuleId(self.modules.len() - 1)
    }

    /// Returns the module of a number.
    pub fn get(&self, id: ModuleId) -> Option<&LoadedModule> {
        self.modules.get(id.0)
    }

    /// Returns the path of a module's file.
    pub fn path(&self, id: ModuleId) -> &str {
        let file = self.get(id).map_or(FileId::default(), |loaded| loaded.module.file);
        self.sources.get(file).map_or("", |source| source.path.as_str())
    }

    /// Returns the modules with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (ModuleId, &LoadedModule)> {
        self.modules.iter().enumerate().map(|(index, loaded)| (ModuleId(index), loaded))
    }

    fn load_uses(&mut self, id: ModuleId, loader: &dyn Loader, known: &mut BTreeMap<String, ModuleId>) {
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
                Ok((known_as, text)) => *known.entry(known_as.clone()).or_insert_with(|| self.add(known_as, &text)),
                Err(reason) => {
                    let message = format!("cannot read `{path}`: {reason}");
                    let help = "the path is relative to the file that uses it";
                    self.diagnostics
                        .push(Diagnostic::error("GPB1001", message).with_label(span, "used here").help(help));
                    continue;
                }
            };
            if let Some(loaded) = self.modules.get_mut(id.0) {
                loaded.uses.push((target, span));
            }
        }
    }

    /// Parses the files of the standard library that define something the program mentions; what its first file mentions is
    /// known.
    fn add_library(&mut self, index: Arc<LibraryIndex>, mut needed: BTreeSet<usize>) {
        for source in self.modules.iter().skip(1).filter_map(|loaded| self.sources.get(loaded.module.file)) {
            needed.extend(index.files_mentioned(&source.text));
        }
        let asked: Vec<&str> = self.modules.iter().flat_map(|loaded| policy_items::asked(&loaded.module)).collect();
        if !asked.is_empty() {
            let is_asked = |pack: &str| asked.iter().any(|one| *one == policy_items::STANDARD || *one == pack);
            needed.extend(index.packs().filter(|(pack, _)| is_asked(pack)).map(|(_, number)| number));
        }
        index.add_dependencies(&mut needed);
        self.library = index;
        self.read_library(needed);
    }

    fn read_library(&mut self, needed: BTreeSet<usize>) {
        for (number, file, read) in self.library.read(&needed) {
            self.sources.add_library(number, format!("std:{}", file.path), file.text.clone());
            self.diagnostics.extend(read.diagnostics.iter().cloned());
            self.modules.push(LoadedModule { module: read.module.clone(), std: true, uses: Vec::new() });
        }
        self.read = needed;
    }

    /// Returns the program with the library's facts about more types, in the order in which it would have read them; none
    /// where it has them.
    pub fn with_facts_about<'t>(&self, types: impl IntoIterator<Item = &'t str>) -> Option<Program> {
        let needed = self.library.files_about(types);
        if needed.is_subset(&self.read) {
            return None;
        }
        let mut program = Program {
            sources: self.sources.clone(),
            modules: self.modules.iter().filter(|loaded| !loaded.std).cloned().collect(),
            library: self.library.clone(),
            ..Program::default()
        };
        program.read_library(&needed | &self.read);
        Some(program)
    }
}
