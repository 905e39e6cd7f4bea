//! Files as the compiler sees them: specs by path, the standard library from a folder.
#![allow(clippy::disallowed_methods)] // This is the room that reads files.

pub use gpb_engine::state::io_message;

use gpb_base::source::{Loader, MAX_FILE_BYTES};
use gpb_base::stdlib::Library;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Reads specs from the file system; a `use` is relative to the file it stands in.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileLoader;

impl Loader for FileLoader {
    fn load(&self, from: &str, path: &str) -> Result<(String, Arc<str>), String> {
        let folder = Path::new(from).parent().unwrap_or(Path::new(""));
        let path = normalize(&folder.join(path));
        text(&path).map(|text| (path.display().to_string(), text))
    }
}

/// The text of a file, or a sentence that says why there is none.
///
/// # Errors
/// When it does not exist, is a folder, is too large, is not UTF-8, or may not be read.
pub fn read(path: &Path) -> Result<Arc<str>, String> {
    text(path).map_err(|why| format!("`{}` cannot be read: {why}", path.display()))
}

/// The text of a file, or why there is none, without its name.
fn text(path: &Path) -> Result<Arc<str>, String> {
    let meta = fs::metadata(path).map_err(|error| io_message(&error))?;
    if meta.is_dir() {
        return Err("it is a folder, and a file is expected".to_owned());
    }
    if meta.len() > MAX_FILE_BYTES as u64 {
        return Err(format!("it has {} bytes; a spec has at most {MAX_FILE_BYTES}", meta.len()));
    }
    let bytes = fs::read(path).map_err(|error| io_message(&error))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Err(format!("it is not UTF-8 text: the byte at offset {at} belongs to no character"))
        }
    }
}

/// A standard library in a folder.
///
/// # Errors
/// When the folder or one of its files cannot be read.
pub fn library(folder: &Path) -> Result<Library, String> {
    let mut files = below(folder, &["gpb", "toml", "json", "csv"])?;
    // The catalog's data is packed into the binary and not read from here.
    files.retain(|path| !path.starts_with(folder.join("catalog")) || path.extension().is_some_and(|end| end == "toml"));
    if files.is_empty() {
        return Err(format!("`{}` holds no standard library: no .gpb and no .toml file is in it", folder.display()));
    }
    let entry = |path: &PathBuf| {
        let name = path.strip_prefix(folder).unwrap_or(path).display().to_string();
        read(path).map(|text| (name, text))
    };
    files.iter().map(entry).collect()
}

/// The files below a folder with one of the endings, sorted; hidden folders are left out.
///
/// # Errors
/// When a folder cannot be read.
pub fn below(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, String> {
    let cannot = |error: &std::io::Error| format!("`{}` cannot be read: {}", folder.display(), io_message(error));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| cannot(&error))? {
        let path = entry.map_err(|error| cannot(&error))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden || path.ends_with("node_modules") {
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

/// The path without `.` and with `..` resolved by name, so that a file has one name however it is reached.
fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}
