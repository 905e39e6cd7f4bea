//! Tests of a program: environments with other values, and what is expected of them.
//!
//! A test never changes what the program means: its environment is compiled by itself.

mod address_tree;
mod codes;
mod expectations;
mod suite;
mod target;
mod with;

pub use codes::CodeReads;
pub use suite::{ListedExpectation, ListedTest, TestSuite, tests};
pub(crate) use target::{TargetError, target};
pub(crate) use with::{WITH, given};

/// The name of what came out, in the conditions of tests: `plan.cost.expected`.
pub(crate) const PLAN: &str = "plan";

/// The kinds of diagnostics that a test may expect.
pub(crate) const KINDS: [&str; 3] = ["error", "warning", "refused"];
