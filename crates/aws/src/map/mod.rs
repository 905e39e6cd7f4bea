//! Properties to members and back: by name, by the conversions that both types call for, and by what a binding says.

mod from_output;
mod to_input;

#[cfg(test)]
mod tests;

pub use from_output::matches;
pub use to_input::merge;

use super::binding::PropertyMappings;
use super::path::MemberPath;
use gpb_catalog::{Property, Shape, TypeDef};

/// What mapping the properties of one type needs to know.
#[derive(Clone, Copy)]
pub struct Mapping<'a> {
    pub def: &'a TypeDef,
    pub places: &'a PropertyMappings,
    /// The map in the input that takes what has no member of its own.
    pub attributes: Option<&'a MemberPath>,
    /// Fills the templates inside paths.
    pub fill: &'a dyn Fn(&str) -> Option<String>,
}

/// A property that cannot be written as the binding and the API stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    #[error("`{path}` has no member `{member}` to be written to")]
    NoMember { path: String, member: String },
    #[error("`{path}` is {found}, and the API takes {expected}")]
    Kind { path: String, found: &'static str, expected: &'static str },
}

/// The properties of an element that is a key and a value, and nothing else.
fn pair(shape: &Shape) -> Option<(&Property, &Property)> {
    let Shape::Object(object) = shape else { return None };
    let find = |names: [&str; 2]| {
        object
            .properties
            .iter()
            .find(|property| names.iter().any(|name| super::name_matching::same(name, &property.aws)))
    };
    (object.properties.len() == 2).then_some(())?;
    Some((find(["Key", "TagKey"])?, find(["Value", "TagValue"])?))
}
