//! Places in an input, and the errors that name them.

use std::fmt::{self, Display};

use serde_json::Value as Json;

/// Deeper than any shape of AWS's, and far from the end of the stack.
const MAX_DEPTH: usize = 100;

/// A place in an input, such as `Rules[0].Destination`.
///
/// It lives on the stack and becomes a string only when something is refused.
#[derive(Debug, Clone, Copy)]
pub struct InputPath<'a> {
    parent: Option<&'a InputPath<'a>>,
    step: MemberStep<'a>,
    depth: usize,
}

/// The last step of a path.
#[derive(Debug, Clone, Copy)]
enum MemberStep<'a> {
    Top,
    Member(&'a str),
    Item(usize),
}

/// A refused input: the place and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputError {
    /// The place, `Rules[0].Destination.Bucket`; empty for the input as a whole.
    pub path: String,
    /// The reason, such as "expected a string, found a number".
    pub reason: String,
}

impl<'a> InputPath<'a> {
    /// Returns the place of the input as a whole.
    pub fn top() -> Self {
        Self { parent: None, step: MemberStep::Top, depth: 0 }
    }

    /// Returns the place of a member below this one.
    pub fn member(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: MemberStep::Member(name), depth: self.depth + 1 }
    }

    /// Returns the place of a list's element below this one, counted from zero.
    pub fn item(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: MemberStep::Item(index), depth: self.depth + 1 }
    }

    /// Checks that shapes which contain themselves do not exhaust the stack.
    ///
    /// # Errors
    /// A place that is nested too deep.
    pub fn check_depth(&self) -> Result<(), InputError> {
        if self.depth > MAX_DEPTH { Err(self.error(format!("nested deeper than {MAX_DEPTH}"))) } else { Ok(()) }
    }

    /// Returns an error at this place.
    pub fn error(&self, reason: impl Into<String>) -> InputError {
        InputError { path: self.to_string(), reason: reason.into() }
    }

    /// Returns the error for a value of another kind than expected.
    pub fn mismatch(&self, wanted: &str, found: &Json) -> InputError {
        self.error(format!("expected {wanted}, found {}", json_kind(found)))
    }
}

impl Display for InputPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            MemberStep::Top => Ok(()),
            MemberStep::Member(name) if self.parent.is_none_or(|parent| matches!(parent.step, MemberStep::Top)) => {
                f.write_str(name)
            }
            MemberStep::Member(name) => write!(f, ".{name}"),
            MemberStep::Item(index) => write!(f, "[{index}]"),
        }
    }
}

impl Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.reason) } else { write!(f, "{}: {}", self.path, self.reason) }
    }
}

/// Names the place of an error that a builder of the SDK reports.
///
/// # Errors
/// The builder's own.
pub fn built<T, E: Display>(result: Result<T, E>, path: &InputPath<'_>) -> Result<T, InputError> {
    result.map_err(|error| path.error(error.to_string()))
}

/// Names the kind of a JSON value, with its article.
///
/// This crate depends on no other of the workspace, so it has words of its own.
fn json_kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "nothing",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
