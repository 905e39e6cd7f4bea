//! One file of a crate.

use crate::AuditError;
use std::path::{Path, PathBuf};

/// Holds one parsed file and its place in the module tree.
pub struct RustFile {
    /// The path from the root of the workspace.
    pub path: PathBuf,
    /// The folder of the target's root file, from the root of the workspace; none in a build script, whose folders are no
    /// layers of the crate.
    pub layers_dir: Option<PathBuf>,
    /// The index of the target in its package, in cargo's order.
    pub target: usize,
    /// The path of the module from the target's root: `["lang", "eval"]`, and nothing for `lib.rs`.
    pub module: Vec<String>,
    /// The syntax tree without test code.
    pub syntax: syn::File,
}

impl RustFile {
    /// Checks that a generator wrote the file: it lies in a folder named `generated`.
    pub fn is_generated(&self) -> bool {
        self.path.components().any(|part| part.as_os_str() == "generated")
    }

    /// Returns `path:line` as the compiler prints it.
    pub fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }
}

/// Reads a text file.
///
/// # Errors
/// When the file cannot be read.
#[allow(clippy::disallowed_methods, reason = "the audit reads the sources")]
pub fn read(path: &Path) -> Result<String, AuditError> {
    std::fs::read_to_string(path)
        .map_err(|error| AuditError::Read { path: path.to_path_buf(), reason: error.to_string() })
}
