//! The crates of the workspace, as cargo describes them.

use crate::AuditError;
use crate::source::{RustFile, TreeLoader};
use cargo_metadata::{DependencyKind, MetadataCommand, Package, TargetKind};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Holds one crate of the workspace with its files.
pub struct OwnCrate {
    /// The name of the package, such as `gpb-aws-facade`.
    pub name: String,
    /// The crates of the workspace it depends on; development dependencies are left out.
    pub dependencies: BTreeSet<String>,
    /// Its files in the order of their `mod` declarations, target by target.
    pub files: Vec<RustFile>,
}

/// Describes where the crates of a workspace lie.
pub struct Layout {
    /// The folder with the workspace's `Cargo.toml`.
    pub root: PathBuf,
    packages: Vec<Package>,
}

impl Layout {
    /// Asks cargo for the workspace that contains `dir`.
    ///
    /// # Errors
    /// When `dir` is in no workspace.
    pub fn of(dir: &Path) -> Result<Self, AuditError> {
        let metadata = MetadataCommand::new().current_dir(dir).no_deps().exec()?;
        let mut packages: Vec<Package> = metadata.workspace_packages().into_iter().cloned().collect();
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { root: metadata.workspace_root.into_std_path_buf(), packages })
    }

    /// Reads and parses the files of every crate, without the test code.
    ///
    /// # Errors
    /// When a file is missing or is not valid Rust.
    pub fn load(&self, test_features: &[String]) -> Result<Vec<OwnCrate>, AuditError> {
        let names: BTreeSet<String> = self.packages.iter().map(|package| package.name.to_string()).collect();
        self.packages
            .iter()
            .map(|package| {
                let mut loader = TreeLoader::new(&self.root, test_features, &crate::source::read);
                for target in package.targets.iter().filter(|target| is_product(&target.kind)) {
                    loader.load(target.src_path.as_std_path(), !target.kind.contains(&TargetKind::CustomBuild))?;
                }
                let dependencies = dependencies(package, &names);
                Ok(OwnCrate { name: package.name.to_string(), dependencies, files: loader.finish() })
            })
            .collect()
    }
}

/// Returns the crates of the workspace that `package` is built with. Build scripts count: they bind just as much.
fn dependencies(package: &Package, own: &BTreeSet<String>) -> BTreeSet<String> {
    let bound = package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    bound.map(|dependency| dependency.name.clone()).filter(|name| own.contains(name)).collect()
}

/// Checks that a target is part of the product: no test, bench or example.
fn is_product(kinds: &[TargetKind]) -> bool {
    !kinds.iter().any(|kind| matches!(kind, TargetKind::Test | TargetKind::Bench | TargetKind::Example))
}
