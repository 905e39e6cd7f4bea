//! The built-in functions of the language, in one table.
//!
//! Each is written once, for known values. What is unknown until apply makes a call wait in the plan; at apply
//! [`resolve`] computes it with the same function.
#![expect(clippy::unnecessary_wraps, reason = "every function of the table has the same signature")]

mod at_apply;
mod bind;
mod builtin;
mod call;
mod collection;
mod files;
mod format;
mod glob;
mod json;
mod lists;
mod location;
mod network;
mod number;
mod pattern;
mod table;
mod text;
mod yaml;

pub use at_apply::resolve;
pub use builtin::{Builtin, CallArg, Param};
pub use call::call;
pub(crate) use call::{TEMPLATE, TemplateCall, template};
pub(crate) use collection::MERGED_POLICIES;
pub use table::{all, called, lookup, names, unknown};
pub use text::sha256;

#[cfg(test)]
mod tests;
