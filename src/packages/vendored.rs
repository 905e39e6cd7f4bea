//! Reads packages as `gpb vendor` has left them, and nothing that is not as it was locked.

use super::lock::{self, LOCK_FILE, Lock};
use super::source::PackageSource;
use super::{FIRST_FILE, VENDOR, tree};
use crate::files;
use gpb_base::diag::Diagnostic;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// A file of a package: the folder of the lock file, and that of the package.
struct Inside {
    root: PathBuf,
    package: PathBuf,
}

/// Returns the package that a file is a part of.
fn inside(file: &Path) -> Option<Inside> {
    let parts: Vec<Component<'_>> = file.components().collect();
    // The outermost is the program's; a package has none of its own.
    let at = (0..parts.len().saturating_sub(2)).find(|at| {
        parts.get(*at).is_some_and(|part| part.as_os_str() == VENDOR)
            && parts.iter().take(*at).collect::<PathBuf>().join(LOCK_FILE).is_file()
    })?;
    let root: PathBuf = parts.iter().take(at).collect();
    Some(Inside { package: parts.iter().take(at + 2).collect(), root })
}

/// Returns why a file may not use another by its path: packages are closed in themselves; `None` where it may.
pub fn outside(from: &str, path: &Path) -> Option<String> {
    let name = |package: &Path| package.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match (inside(Path::new(from)), inside(path)) {
        (Some(of), _) if !path.starts_with(&of.package) => Some(format!(
            "it is not in the package `{}`, whose files may use each other and no others",
            name(&of.package)
        )),
        (None, Some(of)) if !from.is_empty() => {
            Some(format!("it is in the package `{}`, which is used by its source", name(&of.package)))
        }
        _ => None,
    }
}

/// Returns the first file of a package that a file uses, with its text.
///
/// # Errors
/// A diagnostic, where it is not locked, not there, or not as it was locked.
pub fn package(from: &str, written: &str) -> Result<(String, Arc<str>), Box<Diagnostic>> {
    let whole = inside(Path::new(from));
    if whole.is_some() && written.starts_with("file:") {
        return Err(Diagnostic::error("GPB1034", format!("a package cannot use `{written}`"))
            .help("folders of one machine are no part of a package: use files inside of it, or a package by `git:…`")
            .into());
    }
    let root = whole.map(|of| of.root).or_else(|| lock::folder_of(from));
    let folder = |root: &Path| {
        let folder = Path::new(from).parent().unwrap_or(Path::new(""));
        between(root, folder)
    };
    let source = PackageSource::parse(written, &root.as_deref().map(folder).unwrap_or_default()).map_err(|why| {
        let diagnostic = Diagnostic::error("GPB1033", format!("`{written}` is not the source of a package: {why}"));
        Box::new(diagnostic.help("write `git:host/org/repo//path?ref=v1.2`, or `file:../folder`"))
    })?;
    let unlocked = || {
        Box::new(
            Diagnostic::error("GPB1030", format!("the package `{source}` is not locked"))
                .help(format!("run `gpb vendor`, and commit `{LOCK_FILE}` and `{VENDOR}`")),
        )
    };
    let root = root.ok_or_else(unlocked)?;
    let lock = Lock::read(&root).map_err(|why| {
        Box::new(
            Diagnostic::error("GPB1033", why).help("take it from the history again, or remove it and run `gpb vendor`"),
        )
    })?;
    let locked = lock.find(&source.to_string()).ok_or_else(unlocked)?;
    let folder = root.join(VENDOR).join(&locked.name);
    if !folder.is_dir() {
        return Err(Diagnostic::error("GPB1031", format!("the package `{source}` is not in `{VENDOR}`"))
            .help("run `gpb vendor`, which copies it there")
            .into());
    }
    let changed = |why: String| {
        let diagnostic = Diagnostic::error("GPB1032", format!("the package `{source}` is not as it was locked: {why}"));
        Box::new(
            diagnostic
                .help(format!("run `gpb vendor`, which copies it again; what is in `{VENDOR}` is not to be edited")),
        )
    };
    if let Some(why) = linked(&root) {
        return Err(changed(why));
    }
    let hash = tree::hash(&folder, locked.commit.as_deref()).map_err(changed)?;
    if hash != locked.sha256 {
        let of = locked.commit.as_ref().map(|commit| format!(" at the commit {commit}")).unwrap_or_default();
        let locked = &locked.sha256;
        return Err(changed(format!("the hash of `{}`{of} is {hash}, and {locked} is locked", folder.display())));
    }
    let first = folder.join(FIRST_FILE);
    let text = files::text(&first).map_err(|why| {
        let message = format!("cannot read `{FIRST_FILE}` of the package `{source}`: {why}");
        Box::new(Diagnostic::error("GPB1001", message).help(format!("a `use` of a package reads its `{FIRST_FILE}`")))
    })?;
    Ok((first.display().to_string(), text))
}

/// Returns what is wrong with the folder of packages where it is a link: what it leads to may be changed from elsewhere.
pub(super) fn linked(root: &Path) -> Option<String> {
    let is_link = root.join(VENDOR).symlink_metadata().is_ok_and(|meta| meta.is_symlink());
    is_link.then(|| format!("`{VENDOR}` is a link, and packages lie in a folder"))
}

/// Returns the path of a folder from one around it.
fn between(root: &Path, folder: &Path) -> PathBuf {
    if let Ok(inner) = folder.strip_prefix(root) {
        return inner.to_owned();
    }
    // One of them goes up from the working directory.
    let whole = |path: &Path| PathBuf::from(files::identity(&files::normalize(path).display().to_string()));
    whole(folder).strip_prefix(whole(root)).map(Path::to_owned).unwrap_or_default()
}
