//! gpb: a declarative reconciliation engine for AWS.
//!
//! Each module is one stage of the way from text to cloud; `ARCHITECTURE.md` lists the rules that hold between them.

mod beside;
pub mod catalog;
pub mod check;
pub mod cli;
pub mod cloud;
pub mod diag;
pub mod engine;
pub mod graph;
pub mod lang;
pub mod lsp;
pub mod model;
pub mod plan;
pub mod report;
pub mod simulate;
pub mod source;
pub mod state;
pub mod stdlib;
pub mod syntax;
