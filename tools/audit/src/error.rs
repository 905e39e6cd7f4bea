//! The reasons why an audit cannot be made at all.

use std::path::PathBuf;

/// Names what stopped the audit before anything was measured.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// Cargo could not describe the workspace.
    #[error("cargo metadata: {0}")]
    Metadata(#[from] cargo_metadata::Error),
    /// A file could not be read.
    #[error("{}: {reason}", path.display())]
    Read {
        /// The file that was to be read.
        path: PathBuf,
        /// The operating system's reason.
        reason: String,
    },
    /// A `mod` declaration names a file that is not there.
    #[error("{}:{line}: no file for `mod {name};`", path.display())]
    NoModule {
        /// The file with the declaration.
        path: PathBuf,
        /// The line of the declaration, by number from 1.
        line: usize,
        /// The name of the module.
        name: String,
    },
    /// A file is not valid Rust.
    #[error("{}: {reason}", path.display())]
    Syntax {
        /// The file that was parsed.
        path: PathBuf,
        /// The parser's message.
        reason: String,
    },
    /// `audit.toml` is not valid.
    #[error("audit.toml: {0}")]
    Rules(#[from] toml::de::Error),
}
