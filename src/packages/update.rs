//! Finds the packages that the files of a folder use, copies them, and locks what was copied.
#![expect(clippy::disallowed_methods, reason = "this file writes packages")]

use super::lock::{Lock, LockedPackage};
use super::source::PackageSource;
use super::vendored::linked;
use super::{FIRST_FILE, VENDOR, git, tree};
use crate::files;
use gpb_engine::state::io_message;
use gpb_syntax as syntax;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The work that `gpb vendor` is asked for.
#[derive(Debug, Clone, Copy)]
pub struct VendorRequest<'a> {
    /// The folder of the lock file.
    pub root: &'a Path,
    /// The specs below it.
    pub specs: &'a [PathBuf],
    /// Nothing is fetched or written, only compared.
    pub check: bool,
    /// Versions are looked up again, rather than those that are locked.
    pub update: bool,
}

/// The outcome for one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageChange {
    /// The source, `git:host/org/repo?ref=v1`.
    pub source: String,
    /// The sentence about it: what was done, or what is wrong with it.
    pub what: String,
}

/// The outcome of `gpb vendor`.
#[derive(Debug, Default)]
pub struct VendorResult {
    /// The number of packages in use.
    pub packages: usize,
    /// The changes that were made; with `check`, those that are to be made.
    pub changes: Vec<PackageChange>,
}

/// A use of a package: its source as written, and the folder of the file, relative to the root.
type PackageUse = (String, PathBuf);

/// The vendoring of one folder.
struct Vendoring<'a> {
    request: VendorRequest<'a>,
    before: Lock,
    locked: Vec<LockedPackage>,
    result: VendorResult,
}

/// Brings `vendor` and the lock file of a folder up to date with what its files use, or compares them.
///
/// # Errors
/// A sentence, when a file cannot be read or written, or a package not be had. Packages that were copied stay.
pub fn vendor(request: VendorRequest<'_>) -> Result<VendorResult, String> {
    if let Some(why) = linked(request.root) {
        return Err(format!("{why}: remove it, and run `gpb vendor` again"));
    }
    let mut work =
        Vendoring { request, before: Lock::read(request.root)?, locked: Vec::new(), result: VendorResult::default() };
    let mut seen = BTreeSet::new();
    let mut pending = uses_below(request)?;
    while let Some((written, folder)) = pending.pop() {
        let source = PackageSource::parse(&written, &folder)
            .map_err(|why| format!("`{written}` is not the source of a package: {why}"))?;
        if !seen.insert(source.clone()) {
            continue;
        }
        let locked = work.package(&source)?;
        let at = work.folder(&locked.name);
        if at.join(FIRST_FILE).is_file() {
            let of_package = uses_in(&at, &tree::files_of(&at)?)?;
            // Folders of the machine that a package was made on are refused when it is checked.
            pending.extend(of_package.into_iter().filter(|(written, _)| written.starts_with("git:")));
        } else if !request.check {
            return Err(format!("the package `{source}` has no `{FIRST_FILE}`, which a `use` of it reads"));
        }
        work.locked.push(locked);
    }
    work.result.packages = work.locked.len();
    work.clean()?;
    Ok(work.result)
}

impl Vendoring<'_> {
    fn folder(&self, name: &str) -> PathBuf {
        self.request.root.join(VENDOR).join(name)
    }

    fn note(&mut self, source: &str, what: impl Into<String>) {
        self.result.changes.push(PackageChange { source: source.to_owned(), what: what.into() });
    }

    /// Returns the package of a source, copied if it is not there as it is locked.
    fn package(&mut self, source: &PackageSource) -> Result<LockedPackage, String> {
        let shown = source.to_string();
        let before = self.before.find(&shown).cloned();
        let state = match &before {
            None => Some("it is not locked"),
            Some(locked) if !self.folder(&locked.name).is_dir() => Some("it is not there"),
            Some(locked) => match tree::hash(&self.folder(&locked.name), locked.commit.as_deref()) {
                Ok(hash) if hash == locked.sha256 => None,
                _ => Some("it is not as it was locked"),
            },
        };
        // A folder may have changed since it was copied, and is here to be compared.
        let is_folder = matches!(source, PackageSource::Folder(_));
        if self.request.check {
            if let Some(state) = state {
                self.note(&shown, state);
            }
            return Ok(before.unwrap_or(LockedPackage {
                source: shown,
                name: String::new(),
                commit: None,
                sha256: String::new(),
            }));
        }
        if let (Some(locked), None, false, false) = (&before, state, self.request.update, is_folder) {
            return Ok(locked.clone());
        }
        let name = before.as_ref().map_or_else(|| self.free_name(source), |locked| locked.name.clone());
        let (commit, sha256) = self.copy(source, &name, before.as_ref())?;
        let locked = LockedPackage { source: shown.clone(), name, commit, sha256 };
        if before.as_ref() != Some(&locked) || state.is_some() {
            let what = match &locked.commit {
                Some(commit) => format!("copied at the commit {commit}"),
                None => "copied".to_owned(),
            };
            self.note(&shown, what);
        }
        Ok(locked)
    }

    /// Returns a name for the folder of a package that no other has.
    fn free_name(&self, source: &PackageSource) -> String {
        let name = source.name();
        let taken: BTreeSet<&str> =
            self.before.packages.iter().chain(&self.locked).map(|locked| locked.name.as_str()).collect();
        let numbered = (2_u32..).map(|number| format!("{name}-{number}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        names.find(|one| !taken.contains(one.as_str())).unwrap_or(name)
    }

    /// Copies a package, and returns its commit and its hash.
    fn copy(
        &self,
        source: &PackageSource,
        name: &str,
        before: Option<&LockedPackage>,
    ) -> Result<(Option<String>, String), String> {
        let cannot = |error: std::io::Error| format!("`{VENDOR}` cannot be written: {}", io_message(&error));
        let vendor = self.request.root.join(VENDOR);
        fs::create_dir_all(&vendor).map_err(cannot)?;
        // Made beside its place and moved there whole: what is interrupted leaves no half of a package.
        let fresh = vendor.join(format!(".new-{name}"));
        remove(&fresh).map_err(cannot)?;
        let clone = vendor.join(format!(".clone-{name}"));
        let made = self.fill(source, before, &clone, &fresh);
        let cleaned = remove(&clone).map_err(cannot);
        let commit = made.map_err(|why| format!("the package `{source}` cannot be had: {why}"))?;
        cleaned?;
        let hash = tree::hash(&fresh, commit.as_deref())?;
        let same_commit = before.is_some_and(|locked| commit.is_some() && locked.commit == commit);
        if let Some(locked) = before.filter(|locked| same_commit && locked.sha256 != hash) {
            return Err(format!(
                "the package `{source}` has the hash {hash} at its commit, and {} is locked",
                locked.sha256
            ));
        }
        let place = self.folder(name);
        remove(&place).and_then(|()| fs::rename(&fresh, &place)).map_err(cannot)?;
        Ok((commit, hash))
    }

    fn fill(
        &self,
        source: &PackageSource,
        before: Option<&LockedPackage>,
        clone: &Path,
        fresh: &Path,
    ) -> Result<Option<String>, String> {
        match source {
            PackageSource::Folder(path) => {
                let folder = self.request.root.join(path);
                let whole = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
                if whole(self.request.root).starts_with(whole(&folder)) {
                    return Err("the folder holds the program itself".to_owned());
                }
                tree::copy(&folder, fresh).map(|()| None)
            }
            PackageSource::Git { repository, path, reference } => {
                remove(clone).and_then(|()| fs::create_dir_all(clone)).map_err(|error| io_message(&error))?;
                let locked = before.and_then(|locked| locked.commit.as_deref()).filter(|_| !self.request.update);
                let commit = git::fetch(repository, reference, locked, clone)?;
                let folder = if path.is_empty() { clone.to_owned() } else { clone.join(path) };
                if folder.symlink_metadata().is_ok_and(|meta| !meta.is_dir()) || !folder.is_dir() {
                    return Err(format!("it has no folder `{path}`"));
                }
                tree::copy(&folder, fresh).map(|()| Some(commit))
            }
        }
    }

    /// Removes packages that nothing uses, and writes the lock file.
    fn clean(&mut self) -> Result<(), String> {
        let used: BTreeSet<String> = self.locked.iter().map(|locked| locked.name.clone()).collect();
        let gone: Vec<String> = self
            .before
            .packages
            .iter()
            .map(|one| &one.source)
            .filter(|source| !self.locked.iter().any(|one| one.source == **source))
            .cloned()
            .collect();
        for source in gone {
            self.note(&source, if self.request.check { "nothing uses it" } else { "removed: nothing uses it" });
        }
        let vendor = self.request.root.join(VENDOR);
        let there = fs::read_dir(&vendor).map(|entries| entries.flatten().map(|entry| entry.file_name()).collect());
        let there: Vec<std::ffi::OsString> = there.unwrap_or_default();
        for name in there.iter().map(|name| name.to_string_lossy()).filter(|name| !used.contains(&**name)) {
            let path = format!("{VENDOR}/{name}");
            let is_known = self.before.packages.iter().any(|locked| locked.name == *name);
            if self.request.check {
                if !is_known {
                    self.note(&path, "it is no package that is locked");
                }
            } else if is_known {
                remove(&vendor.join(&*name))
                    .map_err(|error| format!("`{path}` cannot be removed: {}", io_message(&error)))?;
            }
        }
        self.result.changes.sort_by(|a, b| a.source.cmp(&b.source));
        let lock = Lock::of(std::mem::take(&mut self.locked));
        if self.request.check || lock == self.before && !(lock.packages.is_empty()) {
            return Ok(());
        }
        if lock.packages.is_empty() && self.before.packages.is_empty() {
            return Ok(());
        }
        lock.write(self.request.root)
    }
}

fn remove(folder: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Returns the uses of packages in some specs, those of packages aside.
fn uses_below(request: VendorRequest<'_>) -> Result<Vec<PackageUse>, String> {
    let mut found = BTreeMap::new();
    for path in request.specs {
        let inner = path.strip_prefix(request.root).unwrap_or(path);
        if inner.starts_with(VENDOR) {
            continue;
        }
        let folder = inner.parent().unwrap_or(Path::new("")).to_owned();
        found.insert(inner.to_owned(), uses_of(path, &folder)?);
    }
    // The first file's are asked for first.
    Ok(found.into_values().rev().flatten().collect())
}

/// Returns the uses of packages in the files of a package.
fn uses_in(package: &Path, files: &[String]) -> Result<Vec<PackageUse>, String> {
    let specs = files.iter().filter(|path| Path::new(path).extension().is_some_and(|end| end == "gpb"));
    let mut found = Vec::new();
    for path in specs {
        found.extend(uses_of(&package.join(path), Path::new(""))?);
    }
    Ok(found)
}

fn uses_of(path: &Path, folder: &Path) -> Result<Vec<PackageUse>, String> {
    let text = files::text(path).map_err(|why| format!("`{}` cannot be read: {why}", path.display()))?;
    let packages = syntax::uses(&text).into_iter().filter(|used| used.starts_with("git:") || used.starts_with("file:"));
    Ok(packages.map(|used| (used, folder.to_owned())).collect())
}
