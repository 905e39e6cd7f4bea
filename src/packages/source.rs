//! The source of a package, as a `use` writes it.

use crate::files;
use std::fmt;
use std::path::Path;

/// The source of a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PackageSource {
    /// `file:../shared`: a folder, relative to that of the lock file.
    Folder(String),
    /// `git:host/org/repo//path?ref=v1.2`
    Git {
        /// The repository, as it is written.
        repository: String,
        /// The folder inside of it; empty for the whole.
        path: String,
        /// The tag, the branch or the commit.
        reference: String,
    },
}

impl PackageSource {
    /// Reads a source; `folder` is that of the file with the `use`, relative to that of the lock file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(written: &str, folder: &Path) -> Result<Self, String> {
        if let Some(path) = written.strip_prefix("file:") {
            let path = path.trim_end_matches('/');
            if path.is_empty() {
                return Err("the folder is missing: `file:../shared`".to_owned());
            }
            return Ok(Self::Folder(files::normalize(&folder.join(path)).display().to_string()));
        }
        let rest = written.strip_prefix("git:").ok_or("a package is `git:…` or `file:…`")?;
        let (place, reference) = match rest.split_once("?ref=") {
            Some((place, reference)) if is_reference(reference) => (place, reference),
            Some((_, reference)) => return Err(format!("`{reference}` is no tag, branch or commit")),
            None => return Err("the version is missing: end it with `?ref=` and a tag or a commit".to_owned()),
        };
        let scheme = place.find("://").map_or(0, |at| at + 3);
        let (repository, path) = match place.get(scheme..).and_then(|rest| rest.find("//")) {
            Some(at) => {
                (place.get(..scheme + at).unwrap_or_default(), place.get(scheme + at + 2..).unwrap_or_default())
            }
            None => (place, ""),
        };
        let path = path.trim_matches('/');
        let is_plain = |part: &str| !part.is_empty() && !part.starts_with('.');
        if !path.is_empty() && !path.split('/').all(is_plain) {
            return Err(format!("`{path}` is no folder inside the repository"));
        }
        let repository = repository.trim_end_matches('/').to_owned();
        url(&repository)?;
        Ok(Self::Git { repository, path: path.to_owned(), reference: reference.to_owned() })
    }

    /// Returns the last name in the source, of which the package's folder is called.
    pub fn name(&self) -> String {
        let whole = match self {
            Self::Git { repository, path, .. } if path.is_empty() => {
                repository.strip_suffix(".git").unwrap_or(repository)
            }
            Self::Folder(path) | Self::Git { path, .. } => path,
        };
        let last = whole.rsplit(['/', ':']).next().unwrap_or(whole);
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
        let name: String = last.chars().map(plain).collect();
        let name = name.trim_matches('-');
        if name.is_empty() { "package".to_owned() } else { name.to_owned() }
    }
}

impl fmt::Display for PackageSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "file:{path}"),
            Self::Git { repository, path, reference } if path.is_empty() => {
                write!(f, "git:{repository}?ref={reference}")
            }
            Self::Git { repository, path, reference } => write!(f, "git:{repository}//{path}?ref={reference}"),
        }
    }
}

fn is_reference(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+');
    !text.is_empty() && !text.starts_with('-') && !text.contains("..") && text.chars().all(plain)
}

/// Returns the URL of a repository: without a scheme it is reached by HTTPS.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn url(repository: &str) -> Result<String, String> {
    let clean = |text: &str| {
        !text.is_empty() && !text.starts_with('-') && !text.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    if !clean(repository) {
        return Err("the repository is missing: `git:host/org/repo?ref=v1.2`".to_owned());
    }
    match repository.split_once("://") {
        Some(("https" | "ssh" | "file", rest)) if clean(rest) => Ok(repository.to_owned()),
        Some((scheme, _)) => Err(format!("`{scheme}` is no way to a repository: `https`, `ssh` and `file` are")),
        None if repository.starts_with('/') || repository.contains('@') => Ok(repository.to_owned()),
        None => Ok(format!("https://{repository}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_read_and_written() {
        for (written, folder, shown, name) in [
            ("file:../shared", "", "file:../shared", "shared"),
            ("file:../../shared/", "envs", "file:../shared", "shared"),
            ("git:example.com/org/repo.git?ref=v1.2", "", "git:example.com/org/repo.git?ref=v1.2", "repo"),
            ("git:example.com/org/repo//net/vpc?ref=main", "a", "git:example.com/org/repo//net/vpc?ref=main", "vpc"),
            ("git:file:///srv/repo//net?ref=v1", "", "git:file:///srv/repo//net?ref=v1", "net"),
            ("git:git@example.com:org/repo?ref=0a1b", "", "git:git@example.com:org/repo?ref=0a1b", "repo"),
        ] {
            let source = PackageSource::parse(written, Path::new(folder)).unwrap();
            assert_eq!((source.to_string().as_str(), source.name().as_str()), (shown, name), "{written}");
        }
    }

    #[test]
    fn what_is_no_source_is_refused() {
        for wrong in [
            "file:",
            "git:example.com/org/repo",
            "git:example.com/org/repo?ref=",
            "git:example.com/org/repo?ref=-x",
            "git:example.com/org/repo?ref=a b",
            "git:example.com/org/repo//../x?ref=v1",
            "git:example.com/org/repo//a/./x?ref=v1",
            "git:?ref=v1",
            "git:-upload?ref=v1",
            "git:ext://sh?ref=v1",
            "git:http://example.com/x?ref=v1",
        ] {
            assert!(PackageSource::parse(wrong, Path::new("")).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_host_is_reached_by_https() {
        assert_eq!(url("example.com/org/repo").unwrap(), "https://example.com/org/repo");
        assert_eq!(url("ssh://git@example.com/repo").unwrap(), "ssh://git@example.com/repo");
        assert_eq!(url("/srv/repo").unwrap(), "/srv/repo");
    }
}
