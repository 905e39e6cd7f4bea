//! Reads files for the compiler: specs by path, the standard library from a folder.
#![expect(clippy::disallowed_methods, reason = "this file reads specs")]

pub use gpb_engine::state::io_message;

use crate::{files, packages, workspace};
use gpb_base::diag::Diagnostic;
use gpb_base::source::{FileContent, FolderFile, Loader, UnreadableFile};
use gpb_base::stdlib::Library;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads specs from the file system.
///
/// A `use` is relative to the file that contains it.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileLoader;

impl Loader for FileLoader {
    fn load(&self, from: &str, path: &str) -> Result<(String, Arc<str>), String> {
        let path = files::relative_to(from, path);
        if let Some(why) = packages::outside(from, &path) {
            return Err(why);
        }
        files::text(&path).map(|text| (path.display().to_string(), text))
    }

    fn identity(&self, path: &str) -> String {
        files::identity(path)
    }

    fn package(&self, from: &str, source: &str) -> Result<(String, Arc<str>), Box<Diagnostic>> {
        packages::package(from, source)
    }

    fn read(&self, from: &str, path: &str, most: usize) -> Result<FileContent, UnreadableFile> {
        workspace::read(from, path, most)
    }

    fn list(&self, from: &str, path: &str, most: usize) -> Result<Vec<FolderFile>, UnreadableFile> {
        workspace::list(from, path, most)
    }
}

/// Reads a file of UTF-8 text.
///
/// # Errors
/// A sentence with its name, when it does not exist, is a folder, is too large, is not UTF-8, or may not be read.
pub fn read(path: &Path) -> Result<Arc<str>, String> {
    files::text(path).map_err(|why| format!("`{}` cannot be read: {why}", path.display()))
}

/// Reads a standard library from a folder.
///
/// # Errors
/// When the folder or one of its files cannot be read.
pub fn library(folder: &Path) -> Result<Library, String> {
    let mut files = below(folder, &["gpb", "toml", "json", "csv"])?;
    // The catalog's data is packed into the binary and not read from a folder.
    files.retain(|path| !path.starts_with(folder.join("catalog")) || path.extension().is_some_and(|end| end == "toml"));
    if files.is_empty() {
        return Err(format!("`{}` is not a standard library: it has no .gpb and no .toml file", folder.display()));
    }
    let entry = |path: &PathBuf| {
        let name = path.strip_prefix(folder).unwrap_or(path).display().to_string();
        read(path).map(|text| (name, text))
    };
    files.iter().map(entry).collect()
}

/// Lists the files below a folder with one of the endings, sorted.
///
/// Hidden folders and `node_modules` are left out.
///
/// # Errors
/// When a folder cannot be read.
pub fn below(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, String> {
    let cannot = |error: &std::io::Error| format!("`{}` cannot be read: {}", folder.display(), io_message(error));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| cannot(&error))? {
        let path = entry.map_err(|error| cannot(&error))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        // Packages are as they are locked.
        let is_vendored = path.ends_with(packages::VENDOR) && folder.join(packages::LOCK_FILE).is_file();
        if hidden || is_vendored || path.ends_with("node_modules") {
            continue;
        }
        if path.is_dir() {
            found.extend(below(&path, endings)?);
        } else if path.extension().is_some_and(|end| endings.iter().any(|wanted| end == *wanted)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
