//! Reads values as the types that users write.

mod article;
mod conform;
mod context;
mod object;
mod secret;
#[cfg(test)]
pub(crate) mod testing;
mod text;

pub(crate) use article::article;
pub use conform::conform;
pub(crate) use conform::{borrow_unit, check_order};
pub use context::{ActionFact, CloudFacts, ConditionKeyFact, ConditionType, NameFact, TypeContext};
pub(crate) use object::unknown_field;
pub(crate) use secret::secret_as_text;
pub(crate) use text::check as check_text;
pub use text::cidr;

#[cfg(test)]
mod tests;
