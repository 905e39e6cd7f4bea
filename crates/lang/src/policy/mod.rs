//! Makes policy documents from evaluated statements.

mod condition;
mod document;
mod principals;
mod statement;
mod values;

pub use document::document;
pub use statement::{PolicyStatementValue, Principal};

#[cfg(test)]
mod tests;
