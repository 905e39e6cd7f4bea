//! The functions of the language, in one table.

use crate::diag::Diagnostic;
use crate::lang::ty::{Context, Type};
use crate::lang::value::Value;
use crate::source::Span;

/// A function.
#[derive(Debug)]
pub struct Builtin {
    pub name: &'static str,
    pub params: Vec<Param>,
    /// Whether the last parameter takes any number of values.
    pub variadic: bool,
    pub result: Type,
    /// One sentence.
    pub doc: &'static str,
}

/// A parameter of a function.
#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    pub ty: Type,
    /// Whether it may be left out.
    pub optional: bool,
}

/// An argument as it was given.
#[derive(Debug, Clone)]
pub struct Arg {
    pub name: Option<(std::sync::Arc<str>, Span)>,
    pub value: Value,
}

/// The function of that name.
pub fn lookup(name: &str) -> Option<&'static Builtin> {
    let _ = name;
    None
}

/// All functions' names, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}

/// Calls a function.
///
/// # Errors
/// The first mistake in the arguments, or what is impossible about the call.
pub fn call(builtin: &Builtin, args: Vec<Arg>, cx: &Context, span: Span) -> Result<Value, Diagnostic> {
    let _ = (args, cx);
    Err(Diagnostic::error("GPB1201", builtin.name).at(span, ""))
}

/// Computes a call that waited for its arguments, at apply: the same functions, on JSON.
///
/// # Errors
/// A sentence that says why it cannot be computed.
pub fn resolve(function: &str, args: &[serde_json::Value]) -> Result<serde_json::Value, String> {
    let _ = args;
    Err(format!("there is no function `{function}`"))
}
