//! gpb: a declarative reconciliation engine for AWS.
//!
//! The command and its faces. The stages from text to cloud are the crates below; `ARCHITECTURE.md` lists the rules that
//! hold between them.

pub mod analysis;
mod calendar;
pub mod cli;
mod files;
mod item_docs;
mod keywords;
pub mod lsp;
mod packages;
pub mod report;
pub mod workspace;
