//! Makes policy documents from evaluated statements.

mod arn;
mod condition;
mod document;
mod operand;
mod principals;
mod sid;
mod statement;
mod values;

pub(crate) use arn::no_principal;
pub(crate) use condition::operator;
pub use document::document;
pub(crate) use sid::twice;
pub use statement::{ClauseValue, PolicyStatementValue, Principal};
pub(crate) use values::absent;

#[cfg(test)]
mod tests;
