//! Types as users write them, and reading a value as one.

mod conform;
mod context;
mod object;
#[cfg(test)]
pub(crate) mod testing;
mod text;

pub use conform::conform;
pub(crate) use conform::{article, borrow_unit, check_order, secret_as_text};
pub use context::{ActionFact, CloudFacts, TypeContext};
pub use text::cidr;

#[cfg(test)]
mod tests;
