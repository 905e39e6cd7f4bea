//! The names that each module defines or imports.

use crate::source::RustFile;
use std::collections::{BTreeMap, BTreeSet};
use syn::{Ident, Item, UseTree};

/// Holds the names of every module of a crate.
#[derive(Default)]
pub struct ModuleNames {
    /// The modules, in files and inline.
    pub modules: Vec<NameTable>,
    by_path: BTreeMap<(usize, Vec<String>), usize>,
}

/// Holds the names of one module.
#[derive(Default)]
pub struct NameTable {
    /// The index of the file with the module's items.
    pub file: usize,
    /// The index of the module around it.
    pub parent: Option<usize>,
    /// The index of its target's root module.
    pub root: usize,
    /// The modules it declares, by name.
    pub children: BTreeMap<String, usize>,
    /// The other items it defines.
    pub items: BTreeSet<String>,
    /// The names it imports, each with the paths behind it.
    pub imports: BTreeMap<String, Vec<Vec<String>>>,
    /// The paths of its globs.
    pub globs: Vec<Vec<String>>,
}

/// Describes one leaf of a `use` tree.
pub struct UseLeaf {
    /// The path, without a `self` at its end.
    pub path: Vec<String>,
    /// The name it is bound to; none for a glob.
    pub name: Option<String>,
    /// The line of the leaf, by number from 1.
    pub line: usize,
}

impl ModuleNames {
    /// Reads the names of all files; parents come before their children.
    pub fn of(files: &[RustFile]) -> Self {
        let mut names = Self::default();
        for (index, file) in files.iter().enumerate() {
            let module = names.add(file.target, &file.module, index);
            names.fill(file.target, &file.module, module, &file.syntax.items);
        }
        names
    }

    /// Returns the module at a path of a target.
    pub fn at(&self, target: usize, path: &[String]) -> Option<usize> {
        self.by_path.get(&(target, path.to_vec())).copied()
    }

    fn add(&mut self, target: usize, path: &[String], file: usize) -> usize {
        let index = self.modules.len();
        let parent = path.split_last().and_then(|(name, above)| Some((name, self.at(target, above)?)));
        let root = self.at(target, &[]).unwrap_or(index);
        if let Some((name, parent)) = parent
            && let Some(table) = self.modules.get_mut(parent)
        {
            table.children.insert(name.clone(), index);
        }
        self.modules.push(NameTable { file, parent: parent.map(|(_, parent)| parent), root, ..NameTable::default() });
        self.by_path.insert((target, path.to_vec()), index);
        index
    }

    fn fill(&mut self, target: usize, path: &[String], module: usize, items: &[Item]) {
        let file = self.modules.get(module).map_or(0, |table| table.file);
        for item in items {
            if let Item::Mod(inner) = item {
                let Some((_, content)) = &inner.content else { continue };
                let path: Vec<String> = path.iter().cloned().chain([text(&inner.ident)]).collect();
                let inner = self.add(target, &path, file);
                self.fill(target, &path, inner, content);
                continue;
            }
            let Some(table) = self.modules.get_mut(module) else { continue };
            if let Item::Use(import) = item {
                for leaf in use_leaves(import) {
                    match leaf.name {
                        Some(name) => table.imports.entry(name).or_default().push(leaf.path),
                        None => table.globs.push(leaf.path),
                    }
                }
            } else if let Some(name) = item_name(item) {
                table.items.insert(text(name));
            }
        }
    }
}

/// Returns an identifier without `r#`.
pub fn text(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(String::from).unwrap_or(text)
}

/// Returns the leaves of a `use`; none where it begins with `::`, which names another crate.
pub fn use_leaves(import: &syn::ItemUse) -> Vec<UseLeaf> {
    let mut leaves = Vec::new();
    if import.leading_colon.is_none() {
        collect(&import.tree, &mut Vec::new(), &mut leaves);
    }
    leaves
}

fn collect(tree: &UseTree, prefix: &mut Vec<String>, leaves: &mut Vec<UseLeaf>) {
    match tree {
        UseTree::Path(path) => {
            prefix.push(text(&path.ident));
            collect(&path.tree, prefix, leaves);
            prefix.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, prefix, leaves)),
        UseTree::Name(name) => leaves.push(leaf(prefix, &name.ident, None)),
        UseTree::Rename(rename) => leaves.push(leaf(prefix, &rename.ident, Some(&rename.rename))),
        UseTree::Glob(glob) => {
            let line = glob.star_token.spans.first().map_or(0, |span| span.start().line);
            leaves.push(UseLeaf { path: prefix.clone(), name: None, line });
        }
    }
}

fn leaf(prefix: &[String], last: &Ident, rename: Option<&Ident>) -> UseLeaf {
    let mut path = prefix.to_vec();
    if last != "self" || prefix.is_empty() {
        path.push(text(last));
    }
    let name = rename.map(text).or_else(|| path.last().cloned());
    UseLeaf { path, name, line: last.span().start().line }
}

fn item_name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}
