//! The imports between the files of a crate.
//!
//! An import is a `use` or a path in the code, in types, expressions and macro arguments alike. It points to the file that
//! defines what is named, through re-exports as far as they can be followed; where they cannot, to the file of the longest
//! prefix that is a module. A glob points to the module it opens, and each name used through it to the file that defines
//! the name. A `mod` declaration is no import, and neither is a module's `pub use` of what lies inside it: both say what the
//! module consists of, and whoever uses the name is led to its definition. Calls of methods name no path and are no imports.

mod names;
mod references;
mod resolve;

use crate::source::RustFile;
use crate::workspace::OwnCrate;
use names::ModuleNames;
use std::collections::BTreeMap;

/// Holds the graph of imports of one crate.
pub struct CrateImports {
    /// The name of the crate.
    pub name: String,
    /// The files, in the order of the crate's.
    pub files: Vec<FileNode>,
    /// The first import from one file to another, by the indices of both in `files`.
    pub edges: BTreeMap<(usize, usize), ImportSite>,
}

/// Describes one file in the graph.
pub struct FileNode {
    /// The path from the root of the workspace.
    pub path: String,
    /// The path of its module from the root of its target.
    pub module: Vec<String>,
    /// The part of the crate it belongs to; none for the root file, and for build scripts.
    pub part: Option<CratePart>,
}

/// Names a top folder of a crate, or a file beside the root file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CratePart {
    /// The name of the folder, or of the file without `.rs`.
    pub name: String,
    /// Tells a folder from a single file.
    pub is_folder: bool,
}

/// Names the place of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSite {
    /// The line in the importing file, by number from 1.
    pub line: usize,
    /// The path as it is written, such as `super::Name`.
    pub path: String,
}

impl CrateImports {
    /// Resolves the imports of a crate.
    pub fn of(own: &OwnCrate) -> Self {
        let names = ModuleNames::of(&own.files);
        let mut edges = BTreeMap::new();
        for (from, file) in own.files.iter().enumerate() {
            for reference in references::of(file, &names) {
                for to in resolve::files(&names, &reference) {
                    let own_part = reference.is_re_export && own.files.get(to).is_some_and(|to| is_below(file, to));
                    if to != from && !own_part {
                        let site = ImportSite { line: reference.line, path: reference.path.join("::") };
                        edges.entry((from, to)).or_insert(site);
                    }
                }
            }
        }
        let node = |file: &RustFile| FileNode {
            path: file.path.display().to_string(),
            module: file.module.clone(),
            part: part(file),
        };
        Self { name: own.name.clone(), files: own.files.iter().map(node).collect(), edges }
    }

    /// Returns an edge as text: `a.rs:3 → b.rs (super::Name)`.
    pub fn edge_text(&self, from: usize, to: usize) -> String {
        let path = |index: usize| self.files.get(index).map_or("?", |file| file.path.as_str());
        match self.edges.get(&(from, to)) {
            Some(site) => format!("{}:{} → {} ({})", path(from), site.line, path(to), site.path),
            None => format!("{} → {}", path(from), path(to)),
        }
    }
}

/// Checks that a file's module is declared in the other's, or further down.
fn is_below(file: &RustFile, other: &RustFile) -> bool {
    other.module.len() > file.module.len() && other.module.starts_with(&file.module)
}

fn part(file: &RustFile) -> Option<CratePart> {
    if file.module.is_empty() {
        return None;
    }
    let inner = file.path.strip_prefix(file.layers_dir.as_ref()?).ok()?;
    let first = inner.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first).to_string();
    Some(CratePart { is_folder: name == first, name })
}

#[cfg(test)]
mod tests;
