//! Finds the files of a target by its `mod` declarations.

use super::file::RustFile;
use super::strip::strip;
use crate::AuditError;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, Meta};

/// Modules that are test code by their name, whatever their `#[cfg(…)]`.
const TEST_MODULES: [&str; 2] = ["tests", "fixtures"];

/// Loads the targets of one package, each file once.
pub struct TreeLoader<'a> {
    root: &'a Path,
    test_features: &'a [String],
    read: &'a dyn Fn(&Path) -> Result<String, AuditError>,
    targets: usize,
    seen: BTreeSet<PathBuf>,
    files: Vec<RustFile>,
}

/// The place from which the children of a module are looked up.
struct ModuleDir {
    /// The folder that holds `name.rs` or `name/mod.rs`.
    dir: PathBuf,
    /// The file with the declarations.
    file: PathBuf,
    module: Vec<String>,
}

impl<'a> TreeLoader<'a> {
    /// Starts with nothing loaded; paths are kept relative to `root`, and `read` gives the text of a file.
    pub fn new(
        root: &'a Path,
        test_features: &'a [String],
        read: &'a dyn Fn(&Path) -> Result<String, AuditError>,
    ) -> Self {
        Self { root, test_features, read, targets: 0, seen: BTreeSet::new(), files: Vec::new() }
    }

    /// Loads the target whose root file is `file`, and all files it declares; `is_layered` says that its folders are layers.
    ///
    /// # Errors
    /// When a declared file is missing or is not valid Rust.
    pub fn load(&mut self, file: &Path, is_layered: bool) -> Result<(), AuditError> {
        let dir = file.parent().unwrap_or(Path::new("")).to_path_buf();
        let text = (self.read)(file)?;
        self.file(
            &text,
            &ModuleDir { dir: dir.clone(), file: file.to_path_buf(), module: Vec::new() },
            is_layered.then_some(&dir),
        )?;
        self.targets += 1;
        Ok(())
    }

    /// Returns the loaded files.
    pub fn finish(self) -> Vec<RustFile> {
        self.files
    }

    fn file(&mut self, text: &str, place: &ModuleDir, layers_dir: Option<&Path>) -> Result<(), AuditError> {
        let path = place.file.strip_prefix(self.root).unwrap_or(&place.file).to_path_buf();
        if !self.seen.insert(path.clone()) {
            return Ok(());
        }
        let mut syntax = syn::parse_file(text)
            .map_err(|error| AuditError::Syntax { path: path.clone(), reason: error.to_string() })?;
        strip(&mut syntax, self.test_features);
        let index = self.files.len();
        self.files.push(RustFile {
            path,
            layers_dir: layers_dir.map(|dir| dir.strip_prefix(self.root).unwrap_or(dir).to_path_buf()),
            target: self.targets,
            module: place.module.clone(),
            syntax: syn::File { shebang: None, attrs: Vec::new(), items: Vec::new() },
        });
        self.children(&syntax.items, place, layers_dir)?;
        if let Some(file) = self.files.get_mut(index) {
            file.syntax = syntax;
        }
        Ok(())
    }

    fn children(&mut self, items: &[Item], place: &ModuleDir, layers_dir: Option<&Path>) -> Result<(), AuditError> {
        for item in items {
            let Item::Mod(declaration) = item else { continue };
            let name = module_name(declaration);
            if TEST_MODULES.contains(&name.as_str()) {
                continue;
            }
            let module: Vec<String> = place.module.iter().cloned().chain([name.clone()]).collect();
            if let Some((_, inner)) = &declaration.content {
                let dir = place.dir.join(&name);
                self.children(inner, &ModuleDir { dir, file: place.file.clone(), module }, layers_dir)?;
                continue;
            }
            let (file, text) = self.declared(declaration, &name, place)?;
            // A file of its own name keeps its children in a folder beside it; `mod.rs` and `#[path]` beside themselves.
            let beside = file.file_name().is_some_and(|base| base == "mod.rs") || path_of(&declaration.attrs).is_some();
            let dir = if beside { file.parent().map(Path::to_path_buf) } else { Some(place.dir.join(&name)) };
            let place = ModuleDir { dir: dir.unwrap_or_default(), file, module };
            self.file(&text, &place, layers_dir)?;
        }
        Ok(())
    }

    fn declared(&self, declaration: &ItemMod, name: &str, place: &ModuleDir) -> Result<(PathBuf, String), AuditError> {
        let candidates = match path_of(&declaration.attrs) {
            Some(path) => vec![place.file.parent().unwrap_or(Path::new("")).join(path)],
            None => vec![place.dir.join(format!("{name}.rs")), place.dir.join(name).join("mod.rs")],
        };
        for file in candidates {
            if let Ok(text) = (self.read)(&file) {
                return Ok((file, text));
            }
        }
        let line = declaration.ident.span().start().line;
        Err(AuditError::NoModule { path: place.file.clone(), line, name: name.to_string() })
    }
}

fn module_name(declaration: &ItemMod) -> String {
    let name = declaration.ident.to_string();
    name.strip_prefix("r#").map(String::from).unwrap_or(name)
}

/// Returns the file that `#[path = "…"]` names.
fn path_of(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::crate_of;

    #[test]
    fn files_are_found_by_their_declarations() {
        let files = [
            (
                "src/lib.rs",
                "mod a; mod b; #[cfg(test)] mod tests; #[path = \"odd/c.rs\"] mod c; mod d { mod e; } mod fixtures;",
            ),
            ("src/a.rs", "mod deep;"),
            ("src/a/deep.rs", ""),
            ("src/b/mod.rs", "mod deep;"),
            ("src/b/deep.rs", ""),
            ("src/odd/c.rs", ""),
            ("src/d/e.rs", ""),
        ];
        let found: Vec<(String, String)> = crate_of("gpb", &files)
            .files
            .iter()
            .map(|file| (file.path.display().to_string(), file.module.join("::")))
            .collect();
        let expected = [
            ("src/lib.rs", ""),
            ("src/a.rs", "a"),
            ("src/a/deep.rs", "a::deep"),
            ("src/b/mod.rs", "b"),
            ("src/b/deep.rs", "b::deep"),
            ("src/odd/c.rs", "c"),
            ("src/d/e.rs", "d::e"),
        ];
        assert_eq!(found, expected.map(|(path, module)| (path.to_string(), module.to_string())));
    }
}
