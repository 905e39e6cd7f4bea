//! The tests that see gpb from outside, in one binary (linking is slow).
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used, clippy::panic)] // Tests touch the world and may fail.

// The parser that pest writes names it so.
extern crate alloc;

mod bad_specs;
mod cli;
mod components;
mod cost;
mod editors;
mod lsp;
mod pages;
mod policies;
mod properties;
mod readme;
mod recovery;
mod rules;
mod scaling;
mod services;
mod specs;
mod standard_policies;
mod static_check;
mod suggested_fixes;
mod support;
#[cfg(feature = "_sdk")]
mod wire;
