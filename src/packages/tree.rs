//! The files of a package: which they are, what they hold, and a copy of them.
#![expect(clippy::disallowed_methods, reason = "this file reads and writes packages")]

use gpb_engine::state::io_message;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The most files in a package.
const MAX_FILES: usize = 10_000;
/// The most bytes in all files of a package.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Lists the files below a folder by their paths from there, with `/`, sorted; hidden ones are left out.
///
/// # Errors
/// A sentence, when a folder cannot be read, holds a link or something else than files, or holds too much.
pub(super) fn files_of(folder: &Path) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    gather(folder, "", false, &mut found, &mut 0)?;
    found.sort();
    Ok(found)
}

fn gather(folder: &Path, prefix: &str, all: bool, found: &mut Vec<String>, bytes: &mut u64) -> Result<(), String> {
    let cannot = |error: &std::io::Error| format!("`{}` cannot be read: {}", folder.display(), io_message(error));
    for entry in fs::read_dir(folder).map_err(|error| cannot(&error))? {
        let entry = entry.map_err(|error| cannot(&error))?;
        let name = entry.file_name();
        let shown = entry.path().display().to_string();
        let name = name.to_str().ok_or_else(|| format!("`{shown}` has a name that is not UTF-8"))?;
        // What git, editors and gpb keep for themselves is no part of a package, nor are its own packages.
        if !all && (name.starts_with('.') || (prefix.is_empty() && matches!(name, super::VENDOR | super::LOCK_FILE))) {
            continue;
        }
        let path = format!("{prefix}{name}");
        let meta = entry.path().symlink_metadata().map_err(|error| cannot(&error))?;
        if meta.is_dir() {
            gather(&entry.path(), &format!("{path}/"), all, found, bytes)?;
            continue;
        }
        if !meta.is_file() {
            return Err(format!("`{shown}` is a link, a pipe or a device: a package holds files alone"));
        }
        *bytes += meta.len();
        found.push(path);
        if found.len() > MAX_FILES || *bytes > MAX_BYTES {
            return Err(format!("it has more than {MAX_FILES} files or {MAX_BYTES} bytes"));
        }
    }
    Ok(())
}

/// Returns the SHA-256 of a package that was copied: of its commit, and of the path, the length and the bytes of each file
/// there is, in order.
///
/// With the commit in it, a lock file names no other than the one the files were copied from. Nothing hidden was copied, so
/// what is hidden there came later.
///
/// # Errors
/// As [`files_of`], and when a file cannot be read.
pub(super) fn hash(folder: &Path, commit: Option<&str>) -> Result<String, String> {
    if folder.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
        return Err(format!("`{}` is a link, and a package is a folder of files", folder.display()));
    }
    let mut hash = Sha256::new();
    if let Some(commit) = commit {
        hash.update(b"commit\0");
        hash.update(commit.as_bytes());
        hash.update([0]);
    }
    let mut files = Vec::new();
    gather(folder, "", true, &mut files, &mut 0)?;
    files.sort();
    for path in files {
        let bytes = fs::read(folder.join(&path))
            .map_err(|error| format!("`{}` cannot be read: {}", folder.join(&path).display(), io_message(&error)))?;
        hash.update(path.as_bytes());
        hash.update([0]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(&bytes);
    }
    let mut hex = String::with_capacity(64);
    for byte in hash.finalize() {
        let _ = write!(hex, "{byte:02x}");
    }
    Ok(hex)
}

/// Copies the files of a package to a folder that is not there yet.
///
/// # Errors
/// As [`files_of`], and when a file cannot be copied.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let files = files_of(from)?;
    fs::create_dir_all(to).map_err(|error| format!("`{}` cannot be made: {}", to.display(), io_message(&error)))?;
    for path in files {
        let target = to.join(&path);
        let copied = target.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
            // Without the rights of the file it comes from: a package is text.
            fs::write(&target, fs::read(from.join(&path))?)
        });
        copied.map_err(|error| format!("`{}` cannot be written: {}", target.display(), io_message(&error)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_of_names_and_bytes_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let make = |name: &str, files: &[(&str, &str)]| {
            let root = dir.path().join(name);
            for (path, text) in files {
                fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
                fs::write(root.join(path), text).unwrap();
            }
            hash(&root, None).unwrap()
        };
        let plain = make("a", &[("lib.gpb", "x"), ("in/b.gpb", "y")]);
        assert_eq!(plain, make("b", &[("in/b.gpb", "y"), ("lib.gpb", "x")]));
        assert_ne!(plain, make("e", &[("in/b.gpb", "y"), ("lib.gpb", "x"), (".hidden", "z")]));
        assert_ne!(plain, make("c", &[("lib.gpb", "xy"), ("in/b.gpb", "")]));
        assert_ne!(plain, make("d", &[("lib.gpb", "x"), ("b.gpb", "y")]));
        let at = |commit| hash(&dir.path().join("a"), Some(commit)).unwrap();
        assert_ne!(plain, at("1a"));
        assert_ne!(at("1a"), at("1b"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("lib.gpb"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("b.gpb")).unwrap();
        assert!(hash(dir.path(), None).unwrap_err().contains("is a link"));
    }
}
