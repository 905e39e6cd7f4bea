//! Where in an input something stands, and why it was refused.

use std::fmt::{self, Display};

use super::Json;

/// Deeper than any shape of AWS's, and far from the end of the stack.
const DEEPEST: usize = 100;

/// A place in an input. It lives on the stack and becomes text only when something is refused.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: MemberStep<'a>,
    depth: usize,
}

#[derive(Debug, Clone, Copy)]
enum MemberStep<'a> {
    Top,
    Member(&'a str),
    Item(usize),
}

/// Why an input was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// `Rules[0].Destination.Bucket`; empty for the input as a whole.
    pub path: String,
    pub reason: String,
}

impl<'a> At<'a> {
    pub fn top() -> Self {
        Self { parent: None, step: MemberStep::Top, depth: 0 }
    }

    pub fn member(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: MemberStep::Member(name), depth: self.depth + 1 }
    }

    pub fn item(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: MemberStep::Item(index), depth: self.depth + 1 }
    }

    /// Shapes that contain themselves must not exhaust the stack.
    pub fn check_depth(&self) -> Result<(), Refused> {
        if self.depth > DEEPEST { Err(self.refuse(format!("nested deeper than {DEEPEST}"))) } else { Ok(()) }
    }

    pub fn refuse(&self, reason: impl Into<String>) -> Refused {
        Refused { path: self.to_string(), reason: reason.into() }
    }

    /// Refuses a value that is of another kind than what is wanted.
    pub fn unlike(&self, wanted: &str, found: &Json) -> Refused {
        self.refuse(format!("expected {wanted}, found {}", kind(found)))
    }
}

impl Display for At<'_> {
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

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.reason) } else { write!(f, "{}: {}", self.path, self.reason) }
    }
}

/// What a builder of the SDK says of its last step.
pub fn built<T, E: Display>(result: Result<T, E>, at: &At<'_>) -> Result<T, Refused> {
    result.map_err(|error| at.refuse(error.to_string()))
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "nothing",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
