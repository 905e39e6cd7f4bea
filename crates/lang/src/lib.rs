//! The language: names, types, values, and the model that a program evaluates to.
//!
//! [`check()`] looks at every environment of a program; [`compile()`] makes the model of one. Both report everything that is
//! wrong and never stop at the first mistake.

pub mod builtins;
pub mod ops;
pub mod policy;
pub mod property;
pub mod ty;

mod attribution;
mod body_index;
mod compile;
mod compile_context;
mod deep_stack;
mod embedded;
mod environment;
mod eval;
mod expand;
mod extensions;
mod facts;
mod file_cache;
mod graph_functions;
mod inputs;
mod library_index;
mod literal;
mod modules;
mod names;
mod node_id;
mod policy_items;
mod qualified;
mod resolve;
mod static_check;
mod template_files;
mod test_items;
mod type_table;

#[cfg(test)]
mod tests;

pub use compile::{Compilation, CompileInputs, check, compile, compile_at};
pub use embedded::EmbeddedCloudFacts;
pub use facts::FactProgram;
pub use inputs::{ProgramInputs, SetInput};
pub use library_index::{LibraryIndex, defined};
pub use test_items::{CodeReads, ListedExpectation, ListedTest, TestSuite, tests as list_tests};
