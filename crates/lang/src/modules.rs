//! The files a program is made of: the entry, what it `use`s, and the part of the standard library it mentions.

use super::extensions;
use super::library_index::LibraryIndex;
use super::policy_items;
use super::template_files::TemplateFiles;
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileId, Loader, SourceMap, Span};
use gpb_base::stdlib::Library;
use gpb_base::threads::join;
use gpb_syntax::ast::{Ident, Item, Module, UseItem};
use gpb_syntax::parse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The number of a module in [`Program::modules`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub usize);

/// One file's tree and the files it uses.
#[derive(Debug, Clone)]
pub struct LoadedModule {
    /// The tree.
    pub module: Arc<Module>,
    /// True if it is part of the standard library: its items are in scope everywhere.
    pub std: bool,
    /// True if it is a file of a package, which is not edited here.
    pub of_package: bool,
    /// The modules it names by `use`.
    pub uses: Vec<UsedModule>,
    /// The names of the files that it uses under one, and that could not be read.
    pub unread: Vec<Ident>,
    /// True if it uses a file without a name that could not be read: any unknown name may be one of that file's.
    pub is_open: bool,
}

/// A file that another one uses.
#[derive(Debug, Clone)]
pub struct UsedModule {
    /// The module.
    pub module: ModuleId,
    /// The name that its items are reached by; without one they are in scope by their own names.
    pub alias: Option<Ident>,
    /// Source range of the `use`.
    pub span: Span,
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
    /// The places of the errors of the texts: what is read there may not be what was meant.
    pub broken: Vec<Span>,
    /// The library, read or not: what a misspelt name may mean, and facts about other types.
    pub library: Arc<LibraryIndex>,
    /// The module whose environments may be chosen: the entry, or that of an environment under test.
    pub environments_of: ModuleId,
    /// The templates that evaluation has read.
    pub templates: TemplateFiles,
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
            known.insert(loader.identity(&path), id);
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
    extensions::merge(&mut program);
    program.add_library(index, needed);
    program
}

impl Program {
    /// Takes the diagnostics of the texts, and keeps the places of the errors.
    pub fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        let errors = self.diagnostics.iter().filter(|one| one.is_error());
        self.broken = errors.filter_map(Diagnostic::span).collect();
        std::mem::take(&mut self.diagnostics)
    }

    /// Checks for an error of the text in a range.
    pub fn is_broken(&self, item: Span) -> bool {
        self.broken.iter().any(|one| one.file == item.file && item.start <= one.start && one.start <= item.end)
    }

    fn add(&mut self, path: String, text: &Arc<str>) -> ModuleId {
        let file = self.sources.add(path, text.clone());
        let parsed = parse(file, text);
        self.diagnostics.extend(parsed.diagnostics);
        self.modules.push(LoadedModule {
            module: parsed.module.into(),
            std: false,
            of_package: false,
            uses: Vec::new(),
            unread: Vec::new(),
            is_open: false,
        });
        ModuleId(self.modules.len() - 1)
    }

    /// Adds the texts of the templates that evaluation has read.
    pub fn add_templates(&mut self) {
        for (number, template) in self.templates.iter().enumerate() {
            self.sources.add_template(number, template.path.clone(), template.text.clone());
        }
    }

    /// Returns the module of a file.
    pub fn module_of(&self, file: FileId) -> Option<ModuleId> {
        self.modules.iter().position(|loaded| loaded.module.file == file).map(ModuleId)
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
        let wanted: Vec<UseItem> = self.get(id).map_or_else(Vec::new, |loaded| {
            let uses = loaded.module.items.iter().filter_map(|item| match item {
                Item::Use(used) => Some(used.clone()),
                _ => None,
            });
            uses.collect()
        });
        for UseItem { path, alias, span } in wanted {
            // A package is looked at once, which takes a hash of all its files.
            let package = is_package(&path).then(|| format!("{}\0{path}", folder(&from)));
            let read_before = package.as_ref().and_then(|package| known.get(package)).copied();
            let read = match (read_before, &package) {
                (Some(module), _) => Ok(module),
                (None, Some(_)) => {
                    loader.package(&from, &path).map_err(|why| *why).map(|file| self.once(file, loader, known))
                }
                (None, None) => {
                    loader.load(&from, &path).map(|file| self.once(file, loader, known)).map_err(|reason| {
                        let message = format!("cannot read `{path}`: {reason}");
                        Diagnostic::error("GPB1001", message).help("the path is relative to the file that uses it")
                    })
                }
            };
            let module = match read {
                Ok(module) => module,
                Err(diagnostic) => {
                    self.diagnostics.push(diagnostic.with_label(span, "used here"));
                    if let Some(loaded) = self.modules.get_mut(id.0) {
                        loaded.is_open |= alias.is_none();
                        loaded.unread.extend(alias);
                    }
                    continue;
                }
            };
            let is_of_package = package.is_some() || self.get(id).is_some_and(|loaded| loaded.of_package);
            if let Some(loaded) = self.modules.get_mut(module.0).filter(|_| is_of_package) {
                loaded.of_package = true;
            }
            known.extend(package.map(|package| (package, module)));
            if let Some(loaded) = self.modules.get_mut(id.0) {
                loaded.uses.push(UsedModule { module, alias, span });
            }
        }
    }

    /// Returns the module of a file, parsed the first time.
    fn once(
        &mut self,
        (known_as, text): (String, Arc<str>),
        loader: &dyn Loader,
        known: &mut BTreeMap<String, ModuleId>,
    ) -> ModuleId {
        *known.entry(loader.identity(&known_as)).or_insert_with(|| self.add(known_as, &text))
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
            self.modules.push(LoadedModule {
                module: read.module.clone(),
                std: true,
                of_package: false,
                uses: Vec::new(),
                unread: Vec::new(),
                is_open: false,
            });
        }
        self.read = needed;
    }

    /// Returns the program with another tree in the place of a module's, whose environments may then be chosen.
    pub fn with_module(&self, id: ModuleId, module: Arc<Module>) -> Program {
        let mut modules = self.modules.clone();
        if let Some(loaded) = modules.get_mut(id.0) {
            loaded.module = module;
        }
        Program {
            sources: self.sources.clone(),
            modules,
            environments_of: id,
            library: self.library.clone(),
            read: self.read.clone(),
            ..Program::default()
        }
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

/// Returns the folder of a file.
fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |at| path.get(..at).unwrap_or_default())
}

/// Checks whether a `use` names a package, `git:…` or `file:…`, and no file.
fn is_package(path: &str) -> bool {
    path.starts_with("git:") || path.starts_with("file:")
}
