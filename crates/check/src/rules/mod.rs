//! Checks resources against the refusals that AWS documents beyond its schemas.
//!
//! The rules are data, `stdlib/rules/<service>.toml`; docs/rules.md describes their form. A rule refuses where its
//! condition surely holds and its requirement surely does not: what is absent or known only after apply decides nothing.

mod condition;
mod forms;
mod held_value;
mod lookup;
mod message;
mod names;
mod parse;
mod path;
mod place;
mod requirement;
mod rule;
mod rule_book;
mod rule_check;
mod siblings;
mod term;
#[cfg(test)]
mod tests;
mod trigger;
mod value_test;

pub use rule_check::{check, check_creations};
