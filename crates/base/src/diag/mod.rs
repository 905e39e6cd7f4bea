//! Diagnostics: what was found, what was expected, where that expectation comes from, and the fix.
//!
//! Every stage returns [`Diagnostic`]s; only [`render`] turns them into text. A code is declared by its page in
//! `crates/base/src/diag/codes/`, which `gpb explain` prints and whose examples a test runs.

mod code_pages;
mod diagnostic;
mod excerpt;
pub mod render;

pub use crate::nearest::nearest;
pub use code_pages::{CodePage, page, pages};
pub use diagnostic::{Diagnostic, Fix, Label, Severity, sort};
