//! The mapping between the properties of a type and the members of an API.

use crate::binding::PropertyMappings;
use crate::name_matching::same;
use crate::path::MemberPath;
use gpb_catalog::{Property, Shape, TypeDef};

/// The properties of one type, with their places in the API.
#[derive(Clone, Copy)]
pub struct Mapping<'a> {
    /// The type's schema.
    pub def: &'a TypeDef,
    /// The places that the binding gives.
    pub places: &'a PropertyMappings,
    /// The map in the input that takes properties without a member of their own.
    pub attributes: Option<&'a MemberPath>,
    /// Fills the templates inside paths.
    pub fill: &'a dyn Fn(&str) -> Option<String>,
}

/// A property that cannot be written with this binding and this API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// The API has no member for it.
    #[error("`{path}` has no member `{member}` to be written to")]
    NoMember {
        /// The property, as the user spells it.
        path: String,
        /// The name that was looked for.
        member: String,
    },
    /// The API takes another kind of value.
    #[error("`{path}` is {found}, and the API takes {expected}")]
    Kind {
        /// The property, as the user spells it.
        path: String,
        /// The kind of the value, with its article.
        found: &'static str,
        /// The kind that the API takes, with its article.
        expected: &'static str,
    },
}

/// Returns the properties of an element that is a key and a value alone.
pub(super) fn pair(shape: &Shape) -> Option<(&Property, &Property)> {
    let Shape::Object(object) = shape else { return None };
    let find =
        |names: [&str; 2]| object.properties.iter().find(|property| names.iter().any(|name| same(name, &property.aws)));
    (object.properties.len() == 2).then_some(())?;
    Some((find(["Key", "TagKey"])?, find(["Value", "TagValue"])?))
}
