//! Comparison: finds changes and drift, that is, what differs between desired and observed, by the semantics the catalog gives each place.
//!
//! Only places present in what is desired are compared; a place that was applied before and is desired no longer is a
//! removal; what a read never returns is compared with what was applied.

mod document;
mod filled;
mod lists;
mod raised;
mod satisfies;
mod scalar;
#[cfg(test)]
mod tests;
mod walk;

pub use document::{canonical as canonical_document, equal as documents_equal, parse as parse_document};
pub use lists::{align, identity, identity_of};
pub use walk::differences;

use crate::cloud::Properties;
use gpb_catalog::{ListShape, ObjectShape, Shape, TypeDef, ValueForm};
use gpb_model::PropPath;
use gpb_model::{PropertyValue, Reference, SecretSource};

/// The rules of one comparison.
#[derive(Clone, Copy)]
pub struct CompareRules<'a> {
    /// The type; `None` for one the catalog does not know.
    pub def: Option<&'a TypeDef>,
    /// The places whose differences are left alone.
    pub ignore: &'a [PropPath],
    /// Returns the keyed hash of a secret, `None` when it cannot be known now.
    pub secret: &'a dyn Fn(&SecretSource) -> Option<String>,
    /// Returns true when a reference leads to something that could not be read, so that nothing can be said of it.
    pub unseen: &'a dyn Fn(&Reference) -> bool,
}

/// The sides that desired values are compared with.
#[derive(Clone, Copy)]
pub struct CurrentState<'a> {
    /// As the cloud says it is.
    pub observed: &'a Properties,
    /// As last applied, secrets as hashes.
    pub applied: Option<&'a Properties>,
    /// As the cloud answered when it was last applied.
    pub recorded: Option<&'a Properties>,
}

impl<'a> CompareRules<'a> {
    /// Returns rules without a catalog: for an unknown type, and for tests.
    pub fn bare() -> CompareRules<'static> {
        CompareRules { def: None, ignore: &[], secret: &|_| None, unseen: &|_| false }
    }

    fn is_ignored(&self, path: &PropPath) -> bool {
        self.ignore.iter().any(|one| one.covers(path))
    }

    fn is_write_only(&self, path: &PropPath) -> bool {
        self.def.is_some_and(|def| def.is_write_only(path))
    }

    fn is_create_only(&self, path: &PropPath) -> bool {
        self.def.is_some_and(|def| def.is_create_only(path))
    }

    /// Returns the form that the cloud gives a place back in; none where it comes back as it was given.
    fn form(&self, path: &PropPath) -> Option<ValueForm> {
        self.def?.form(path)
    }

    /// Returns the shape of a value among those a place allows.
    fn pick(&self, shape: Option<&'a Shape>, value: &PropertyValue) -> Option<&'a Shape> {
        let def = self.def?;
        let shape = def.resolve(shape?);
        let Shape::Any(alternatives) = shape else { return Some(shape) };
        let fits = |one: &&Shape| {
            matches!(
                (value, def.resolve(one)),
                (PropertyValue::Map(_), Shape::Object(_) | Shape::Map { .. } | Shape::Json)
                    | (PropertyValue::List(_), Shape::List(_))
                    | (PropertyValue::Text(_), Shape::Text(_))
            )
        };
        alternatives.iter().find(fits).map(|one| def.resolve(one))
    }

    /// Checks for a list of `{Key, Value}` pairs to which others than gpb add: tags, attributes.
    fn is_pairs(&self, path: &PropPath) -> bool {
        let tags = self.def.and_then(|def| def.tagging.as_ref()).map(|tagging| tagging.property.as_str());
        tags == Some(path.0.as_str()) || self.form(path) == Some(ValueForm::Pairs)
    }
}

/// Returns the shape of an object's entry, and its default.
fn entry<'a>(
    object: Option<&'a ObjectShape>,
    map: Option<&'a Shape>,
    key: &str,
) -> (Option<&'a Shape>, Option<&'a serde_json::Value>) {
    match object.and_then(|object| object.by_aws(key)) {
        Some(property) => (Some(&property.shape), property.default.as_ref()),
        None => (map, None),
    }
}

/// Returns the shapes of an object's entries: each its own, or all the same.
fn entries_of(shape: Option<&Shape>) -> (Option<&ObjectShape>, Option<&Shape>) {
    match shape {
        Some(Shape::Object(object)) => (Some(object), None),
        Some(Shape::Map { value, .. }) => (None, Some(value)),
        _ => (None, None),
    }
}

fn list_of(shape: Option<&Shape>) -> Option<&ListShape> {
    match shape {
        Some(Shape::List(list)) => Some(list),
        _ => None,
    }
}
