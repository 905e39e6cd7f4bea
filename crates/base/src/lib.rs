//! What every stage needs: source files and spans, diagnostics, units, threads, the files of the standard library.

pub mod diag;
pub mod source;
pub mod stdlib;
pub mod threads;
pub mod unit;
