//! The files of a crate, parsed, with the test code left out.

mod cfg;
mod docs;
mod file;
mod strip;
#[cfg(test)]
pub mod testing;
mod tree;

pub use docs::{doc_lines, is_hidden, item_attributes};
pub use file::{RustFile, read};
pub use tree::TreeLoader;
