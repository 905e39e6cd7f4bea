//! Made-up crates for the tests of the measurements.

use super::TreeLoader;
use crate::AuditError;
use crate::workspace::OwnCrate;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Makes a crate of files in memory; the first one is the root of its only target.
///
/// # Panics
/// When a declared file is missing or is not valid Rust.
pub fn crate_of(name: &str, files: &[(&str, &str)]) -> OwnCrate {
    let texts: BTreeMap<PathBuf, String> =
        files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_string())).collect();
    let read = |path: &Path| {
        texts
            .get(path)
            .cloned()
            .ok_or_else(|| AuditError::Read { path: path.to_path_buf(), reason: "no such file".to_string() })
    };
    let mut loader = TreeLoader::new(Path::new(""), &[], &read);
    loader.load(Path::new(files[0].0), true).unwrap();
    OwnCrate { name: name.to_string(), dependencies: BTreeSet::new(), files: loader.finish() }
}
