//! The lock file: which packages there are, and what they hold.
#![expect(clippy::disallowed_methods, reason = "this file reads and writes the lock file")]

use crate::files;
use gpb_engine::state::io_message;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// The name of the lock file.
pub const LOCK_FILE: &str = "gpb.lock";
/// The version of its format.
const VERSION: u32 = 1;
/// The most folders upwards in which a lock file is looked for.
const MAX_FOLDERS: usize = 64;

/// The content of a lock file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lock {
    version: u32,
    /// The packages, by source.
    pub packages: Vec<LockedPackage>,
}

/// A package as it was when it was locked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LockedPackage {
    /// The source, relative to the folder of the lock file.
    pub source: String,
    /// The name of its folder below `vendor`.
    pub name: String,
    /// The commit that the version was, for one of git.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The SHA-256 of its commit and its files, in hexadecimal digits.
    pub sha256: String,
}

impl Lock {
    /// Returns a lock of some packages.
    pub fn of(mut packages: Vec<LockedPackage>) -> Self {
        packages.sort();
        Self { version: VERSION, packages }
    }

    /// Reads the lock file of a folder; one that is not there holds nothing.
    ///
    /// # Errors
    /// A sentence, when it cannot be read or is none.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(LOCK_FILE);
        if !path.exists() {
            return Ok(Self::of(Vec::new()));
        }
        let text = files::text(&path).map_err(|why| format!("`{}` cannot be read: {why}", path.display()))?;
        let lock: Self =
            serde_json::from_str(&text).map_err(|why| format!("`{}` is not a lock file: {why}", path.display()))?;
        if lock.version != VERSION {
            return Err(format!("`{}` has version {}, and {VERSION} is known", path.display(), lock.version));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        match lock.packages.iter().find(|one| one.name.is_empty() || !one.name.chars().all(plain)) {
            Some(odd) => {
                Err(format!("`{}` names a package `{}`, which is no name of a folder", path.display(), odd.name))
            }
            None => Ok(lock),
        }
    }

    /// Writes the lock file of a folder.
    ///
    /// # Errors
    /// A sentence, when it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        let path = folder.join(LOCK_FILE);
        let text = serde_json::to_string_pretty(self).map_err(|why| why.to_string())?;
        fs::write(&path, text + "\n")
            .map_err(|why| format!("`{}` cannot be written: {}", path.display(), io_message(&why)))
    }

    /// Returns the package of a source.
    pub fn find(&self, source: &str) -> Option<&LockedPackage> {
        self.packages.iter().find(|one| one.source == source)
    }
}

/// Returns the folder of the lock file that holds for a file: the nearest one upwards; `None` without one.
pub(super) fn folder_of(file: &str) -> Option<PathBuf> {
    let mut folder = Path::new(file).parent().unwrap_or(Path::new("")).to_owned();
    for _ in 0..MAX_FOLDERS {
        if folder.join(LOCK_FILE).is_file() {
            return Some(folder);
        }
        let is_top = fs::canonicalize(if folder.as_os_str().is_empty() { Path::new(".") } else { &folder })
            .map_or(true, |whole| whole.parent().is_none());
        if is_top {
            return None;
        }
        folder = files::normalize(&folder.join(".."));
    }
    None
}
