//! Reads the fields of facts into typed values, for all checks.
//!
//! A malformed field is reported with the code of its check.

mod prose;
mod reader;
mod typed;

pub use prose::prose;
pub use reader::{FactReader, FactSyntax, FieldError};
