//! Fixtures of these tests: the binary in a folder of its own, its cloud and state, random programs.

pub mod cloud;
mod folder;
pub mod random_specs;

pub use folder::{Folder, InMemoryLoader, Ran, root};
