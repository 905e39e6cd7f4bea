//! The inputs of the checks besides the environments.

use gpb_base::stdlib::Library;
use gpb_catalog::TypeLookup;
use gpb_model::FactEvaluator;

/// The inputs of the checks besides the compiled environments.
#[derive(Clone, Copy)]
pub struct CheckInputs<'a> {
    /// The standard library, with the price book.
    pub library: &'a Library,
    /// Evaluates the facts of the program for proposed changes.
    pub facts: &'a dyn FactEvaluator,
    /// The schemas of resource types.
    pub types: TypeLookup<'a>,
    /// The day prices are for, `2026-11-23`.
    pub day: &'a str,
}
