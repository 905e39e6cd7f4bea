//! The data of a mapping between properties and members, and its errors.

use crate::binding::PropertyMappings;
use crate::name_matching::same;
use crate::path::MemberPath;
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
pub(super) fn pair(shape: &Shape) -> Option<(&Property, &Property)> {
    let Shape::Object(object) = shape else { return None };
    let find =
        |names: [&str; 2]| object.properties.iter().find(|property| names.iter().any(|name| same(name, &property.aws)));
    (object.properties.len() == 2).then_some(())?;
    Some((find(["Key", "TagKey"])?, find(["Value", "TagValue"])?))
}
