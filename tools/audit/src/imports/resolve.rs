//! Follows a path to the files that define what it names.

use super::names::{ModuleNames, NameTable};
use super::references::PathReference;
use std::collections::BTreeSet;

/// Tells a module from anything else; both are an index into the modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Definition {
    /// A module.
    Module(usize),
    /// An item that this module defines, or a name that cannot be followed beyond it.
    ItemOf(usize),
}

/// Returns the indices of the files that a reference points to; none for paths into other crates.
pub fn files(names: &ModuleNames, reference: &PathReference) -> BTreeSet<usize> {
    let mut resolver = PathResolver { names, under_way: BTreeSet::new() };
    let found = resolver.path(reference.module, &reference.path);
    // A name may stand for a module and for a function beside it: then the function is meant, as the module's own names
    // are resolved where they are used.
    let has_item = found.iter().any(|found| matches!(found, Definition::ItemOf(_)));
    let modules = found.iter().filter_map(|found| match *found {
        Definition::ItemOf(module) => Some(module),
        Definition::Module(module) => (!has_item && reference.may_be_module).then_some(module),
    });
    modules.filter_map(|module| names.modules.get(module)).map(|table| table.file).collect()
}

struct PathResolver<'a> {
    names: &'a ModuleNames,
    /// The imports that are being followed: two may point at each other.
    under_way: BTreeSet<(usize, String)>,
}

impl<'a> PathResolver<'a> {
    fn path(&mut self, module: usize, path: &[String]) -> BTreeSet<Definition> {
        let mut rest = path;
        let mut start = None;
        while let Some((first, after)) = rest.split_first() {
            let here = start.unwrap_or(module);
            start = match first.as_str() {
                "crate" => self.table(here).map(|table| table.root),
                "self" => Some(here),
                "super" => self.table(here).and_then(|table| table.parent),
                _ => break,
            };
            if start.is_none() {
                return BTreeSet::new();
            }
            rest = after;
        }
        let mut found = match (start, rest.split_first()) {
            (Some(start), _) => BTreeSet::from([Definition::Module(start)]),
            (None, Some((first, after))) => {
                rest = after;
                self.member(module, first)
            }
            (None, None) => BTreeSet::new(),
        };
        for name in rest {
            found = self.step(&found, name);
        }
        found
    }

    /// Goes one segment on. What is no module keeps its place: the rest are its variants and methods.
    fn step(&mut self, from: &BTreeSet<Definition>, name: &str) -> BTreeSet<Definition> {
        let is_module = |definition: &&Definition| matches!(definition, Definition::Module(_));
        if !from.iter().any(|definition| is_module(&definition)) {
            return from.clone();
        }
        let mut found = BTreeSet::new();
        for definition in from.iter().filter(is_module) {
            let Definition::Module(module) = *definition else { continue };
            let members = self.member(module, name);
            if members.is_empty() {
                found.insert(Definition::ItemOf(module));
            }
            found.extend(members);
        }
        found
    }

    /// Looks a name up in one module: its own first, then its imports, then its globs.
    fn member(&mut self, module: usize, name: &str) -> BTreeSet<Definition> {
        let Some(table) = self.table(module) else { return BTreeSet::new() };
        let mut found = BTreeSet::new();
        if table.items.contains(name) {
            found.insert(Definition::ItemOf(module));
        }
        found.extend(table.children.get(name).map(|child| Definition::Module(*child)));
        let key = (module, name.to_string());
        if !self.under_way.insert(key.clone()) {
            return found;
        }
        for path in table.imports.get(name).into_iter().flatten() {
            found.extend(self.path(module, path));
        }
        if found.is_empty() {
            for path in &table.globs {
                for opened in self.path(module, path) {
                    if let Definition::Module(opened) = opened {
                        found.extend(self.member(opened, name));
                    }
                }
            }
        }
        self.under_way.remove(&key);
        found
    }

    fn table(&self, module: usize) -> Option<&'a NameTable> {
        self.names.modules.get(module)
    }
}
