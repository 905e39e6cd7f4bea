//! Reads files of text, and gives each file one path however it is reached.
#![expect(clippy::disallowed_methods, reason = "this file reads the file system")]

use gpb_base::source::MAX_FILE_BYTES;
use gpb_engine::state::io_message;
use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Reads a file of UTF-8 text. A pipe or a device is none, which might never end.
///
/// # Errors
/// The reason without the file's name: it does not exist, is no regular file, is too large, is not UTF-8, or may not be
/// read.
pub fn text(path: &Path) -> Result<Arc<str>, String> {
    let meta = fs::metadata(path).map_err(|error| io_message(&error))?;
    if meta.is_dir() {
        return Err("it is a folder, and a file is expected".to_owned());
    }
    if !meta.is_file() {
        return Err("it is a pipe or a device, and a regular file is expected".to_owned());
    }
    if meta.len() > MAX_FILE_BYTES as u64 {
        return Err(format!("it has {} bytes; a spec has at most {MAX_FILE_BYTES}", meta.len()));
    }
    // It may have grown since it was looked at.
    let most = MAX_FILE_BYTES as u64 + 1;
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or_default());
    let file = fs::File::open(path).map_err(|error| io_message(&error))?;
    file.take(most).read_to_end(&mut bytes).map_err(|error| io_message(&error))?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(format!("it has more than {MAX_FILE_BYTES} bytes, the most that a spec has"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            Err(format!("it is not UTF-8 text: the byte at offset {at} belongs to no character"))
        }
    }
}

/// Returns what all paths to one file have in common, links included.
pub fn identity(path: &str) -> String {
    fs::canonicalize(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string())
}

/// Returns the path of a file that the one at `from` names relative to its folder.
pub fn relative_to(from: &str, used: &str) -> PathBuf {
    normalize(&Path::new(from).parent().unwrap_or(Path::new("")).join(used))
}

/// Returns a path without `.` and with `..` resolved by name.
///
/// So a file has one name however it is reached.
pub fn normalize(path: &Path) -> PathBuf {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_path_however_it_is_reached() {
        for (from, used, path) in [
            ("a/b/main.gpb", "./other.gpb", "a/b/other.gpb"),
            ("a/b/main.gpb", "../b/.././c.gpb", "a/c.gpb"),
            ("main.gpb", "../c.gpb", "../c.gpb"),
            ("/a/main.gpb", "/b.gpb", "/b.gpb"),
            ("a/main.gpb", "..", "."),
        ] {
            assert_eq!(relative_to(from, used), Path::new(path), "{used} in {from}");
        }
    }
}
