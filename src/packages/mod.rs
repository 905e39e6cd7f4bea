//! Packages: folders of files that are used by a source, `git:host/org/repo//path?ref=v1.2` or `file:../shared`.
//!
//! `gpb vendor` copies each into `vendor/` and writes down what it copied in `gpb.lock`. Everything else only reads what is
//! there, and refuses what is not as it was locked.

mod git;
mod lock;
mod source;
mod tree;
mod update;
mod vendored;

pub use lock::LOCK_FILE;
pub use update::{PackageChange, VendorRequest, vendor};
pub use vendored::{outside, package};

/// The folder beside the lock file that holds the packages.
pub const VENDOR: &str = "vendor";
/// The file of a package that a `use` of it reads.
const FIRST_FILE: &str = "lib.gpb";
