//! Applies operators.
//!
//! An operator with a side that is unknown until apply becomes a call of itself that waits: its name is the operator.
#![expect(clippy::needless_pass_by_value, reason = "operators consume their operands, whatever they then need of them")]

mod access;
mod documents;
mod equal;
mod join;
mod operators;
mod typed;
mod wait;

pub(crate) use access::position;
pub use access::{index, member};
pub(crate) use documents::is_document;
pub use equal::equal;
pub(crate) use join::part_text;
pub use join::{choose, text};
pub use operators::{binary, decided, negate, not, range};
pub(crate) use typed::{ANY_KEY, arithmetic_type, check_comparable, negated_type, symbol};
pub(crate) use wait::wait;

#[cfg(test)]
mod tests;
