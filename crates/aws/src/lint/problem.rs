//! A part of a binding that does not hold.

use crate::bound_type::BoundType;
use gpb_base::diag::nearest;
use gpb_model::PropPath;

/// A part of a binding that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingProblem {
    /// The part of the binding, such as `create` or `templates`.
    pub place: String,
    /// The word that the problem is about, as the file has it.
    pub token: String,
    /// The problem, as the user reads it.
    pub message: String,
}

impl BindingProblem {
    pub(super) fn new(place: &str, token: &str, message: impl Into<String>) -> BindingProblem {
        BindingProblem { place: place.to_owned(), token: token.to_owned(), message: message.into() }
    }
}

/// Returns the property that a path may have meant, as an ending of the message.
pub(super) fn hint(bound: &BoundType, path: &PropPath) -> String {
    let names = bound.def.root.properties.iter().map(|property| property.aws.as_str());
    nearest(path.head(), names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}
