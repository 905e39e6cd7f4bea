//! Compiles the grammar into a parser.
#![allow(clippy::disallowed_methods)] // A build script is there to read and write files.

#[path = "build/grammar.rs"]
mod grammar;

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let rules = root.join("../../grammar/gpb.pest");
    println!("cargo::rerun-if-changed={}", rules.display());
    fs::write(out.join("grammar.rs"), grammar::generate(&fs::read_to_string(&rules)?)?)
}
