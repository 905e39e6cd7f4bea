//! The files that programs read: they stay inside the workspace.
#![expect(clippy::disallowed_methods, reason = "this file reads the files of a workspace")]

use crate::files::{normalize, relative_to};
use crate::packages;
use gpb_base::source::{FileContent, FolderFile, UnreadableFile};
use gpb_engine::state::io_message;
use std::fs::{self, File, Metadata};
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

/// The names that make the folder they stand in the workspace of all below it.
const MARKS: [&str; 2] = [".git", "gpb.lock"];
/// The number of names that are looked at for a suggestion.
const MAX_NAMES: usize = 1_000;
/// The depth to which a folder is listed, in folders.
const MAX_DEPTH: usize = 32;

/// Reads a file that the program at `from` names.
///
/// # Errors
/// A path that leads out of the workspace, and a file that is missing, is none, or has more than `most` bytes.
pub fn read(from: &str, path: &str, most: usize) -> Result<FileContent, UnreadableFile> {
    let found = inside(from, path)?;
    if found.meta.is_dir() {
        return Err(UnreadableFile::new("it is a folder, and a file is expected"));
    }
    if !found.meta.is_file() {
        return Err(UnreadableFile::new("it is not a regular file"));
    }
    let too_large = |length: u64| UnreadableFile::new(format!("it has {length} bytes, and at most {most} are read"));
    if found.meta.len() > most as u64 {
        return Err(too_large(found.meta.len()));
    }
    let cannot = |error: std::io::Error| UnreadableFile::new(io_message(&error));
    let mut bytes = Vec::new();
    // It may have grown since it was looked at.
    File::open(&found.real).and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes)).map_err(cannot)?;
    if bytes.len() > most {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(FileContent { path: found.shown.display().to_string(), bytes: bytes.into() })
}

/// The folders that are no part of a program: gpb's state, and the history.
const KEPT_APART: [&str; 2] = [".gpb", ".git"];

/// Lists the files of a folder that the program at `from` names.
///
/// # Errors
/// A path that leads out of the workspace, a folder that is missing, a link in it, and more than `most` files.
pub fn list(from: &str, path: &str, most: usize) -> Result<Vec<FolderFile>, UnreadableFile> {
    let found = inside(from, path)?;
    if !found.meta.is_dir() {
        return Err(UnreadableFile::new("it is a file, and a folder is expected"));
    }
    let mut files = Vec::new();
    add_files(&found.real, "", 0, most, &mut files)?;
    files.sort();
    Ok(files)
}

fn add_files(
    folder: &Path,
    prefix: &str,
    depth: usize,
    most: usize,
    files: &mut Vec<FolderFile>,
) -> Result<(), UnreadableFile> {
    if depth > MAX_DEPTH {
        return Err(UnreadableFile::new(format!("`{prefix}` lies more than {MAX_DEPTH} folders deep")));
    }
    let cannot = |error: std::io::Error| UnreadableFile::new(format!("`{prefix}`: {}", io_message(&error)));
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        let Ok(name) = entry.file_name().into_string() else {
            return Err(UnreadableFile::new(format!("a name in `{prefix}` is not UTF-8")));
        };
        // What gpb and git keep for themselves is no part of a program, and holds keys.
        if KEPT_APART.contains(&name.as_str()) {
            continue;
        }
        let name = format!("{prefix}{name}");
        let meta = fs::symlink_metadata(entry.path()).map_err(cannot)?;
        if meta.is_dir() {
            add_files(&entry.path(), &format!("{name}/"), depth + 1, most, files)?;
        } else if meta.is_file() {
            if files.len() >= most {
                return Err(UnreadableFile::new(format!("it has more than {most} files")));
            }
            files.push(FolderFile { name, executable: is_executable(&meta) });
        } else if meta.is_symlink() {
            return Err(UnreadableFile::new(format!("`{name}` is a symbolic link, which no archive holds")));
        } else {
            return Err(UnreadableFile::new(format!("`{name}` is not a regular file")));
        }
    }
    Ok(())
}

#[cfg(unix)]
fn is_executable(meta: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    meta.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_meta: &Metadata) -> bool {
    false
}

/// A file or a folder of the workspace.
struct WorkspaceEntry {
    /// The path in messages.
    shown: PathBuf,
    /// The path without links.
    real: PathBuf,
    meta: Metadata,
}

/// Looks for what a path leads to, and checks that it stays inside the workspace.
fn inside(from: &str, path: &str) -> Result<WorkspaceEntry, UnreadableFile> {
    let is_plain =
        |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir);
    if !Path::new(path).components().all(is_plain) {
        return Err(UnreadableFile::outside("the path is absolute"));
    }
    if from.starts_with("std:") {
        return Err(UnreadableFile::outside("the standard library reads no files"));
    }
    let cannot = |error: &std::io::Error| UnreadableFile::new(io_message(error));
    let folder = Path::new(from).parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).map_err(|error| cannot(&error))?;
    let root = folder.ancestors().find(|above| MARKS.iter().any(|mark| above.join(mark).exists())).unwrap_or(&folder);
    let wanted = normalize(&folder.join(path));
    if !wanted.starts_with(root) {
        return Err(UnreadableFile::outside("it leads out of the workspace"));
    }
    let shown = relative_to(from, path);
    // What a package reads is part of the package, and locked with it.
    if let Some(why) = packages::outside(from, &shown) {
        return Err(UnreadableFile::outside(why));
    }
    let real = fs::canonicalize(&wanted).map_err(|error| {
        let is_missing = error.kind() == std::io::ErrorKind::NotFound;
        let beside = if is_missing { names_beside(&wanted) } else { Vec::new() };
        UnreadableFile { beside, ..cannot(&error) }
    })?;
    if !real.starts_with(root) {
        return Err(UnreadableFile::outside("a link in it leads out of the workspace"));
    }
    let meta = fs::metadata(&real).map_err(|error| cannot(&error))?;
    Ok(WorkspaceEntry { shown, real, meta })
}

/// Returns the names in the folder of a file that is missing, sorted.
fn names_beside(wanted: &Path) -> Vec<String> {
    let Some(entries) = wanted.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return Vec::new() };
    let names = entries.take(MAX_NAMES).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}
