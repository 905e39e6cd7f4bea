//! The foundation of every stage: source files and spans, diagnostics, units, threads, the files of the standard library.

pub mod archive;
pub mod diag;
pub mod foreign;
pub mod hex;
pub mod json;
pub mod nearest;
pub mod source;
pub mod stdlib;
pub mod threads;
pub mod unit;
