//! Values of properties: JSON with unknowns.

use crate::address::Address;
use crate::number::Number;
use crate::path::PropPath;
use compact_str::CompactString;
use litemap::LiteMap;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Values by name, in the order of the names.
///
/// Most hold a handful, and a model has very many of them, so they lie side by side; one of unbounded size is best
/// collected at once.
pub type PropertyMap = LiteMap<CompactString, PropertyValue>;

/// A property's value: JSON with unknowns.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Json")]
pub enum PropertyValue {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that is not whole, or beyond 64 bits.
    Number(Number),
    /// A string.
    Text(CompactString),
    /// Values in order.
    List(Vec<PropertyValue>),
    /// Values by name.
    Map(PropertyMap),
    /// A property of another resource that is known only when that resource is.
    Ref(Reference),
    /// A string with unknown parts: the parts joined.
    Concat(Vec<PropertyValue>),
    /// A pure function that waits for its arguments.
    ///
    /// `lang::builtins::call` computes it.
    Call {
        /// The function's name.
        function: String,
        /// Its arguments, in order.
        args: Vec<PropertyValue>,
    },
    /// A secret: it has no text form here.
    Secret(SecretSource),
}

/// A property of a resource, named from another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reference {
    /// The resource.
    pub to: Address,
    /// In AWS's spelling. The empty path is the resource's identifier.
    pub path: PropPath,
}

/// The source of a secret.
///
/// The secret itself exists only in memory, between being read and being sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum SecretSource {
    /// `secret("stripe/key")`: the cloud's own secret store.
    Store {
        /// The secret's name in the store.
        name: String,
    },
    /// `env_secret("NAME")`: the environment of the process.
    Env {
        /// The variable's name.
        name: String,
    },
    /// A random secret: `generated(length: 32)`.
    ///
    /// It is made once, when the resource is created, and never known afterwards.
    Generated {
        /// Number of characters.
        length: u32,
    },
}

impl PropertyValue {
    /// Returns the values directly inside.
    ///
    /// Items, entries, parts of a concatenation, arguments of a call.
    pub fn parts(&self) -> impl Iterator<Item = &PropertyValue> {
        let (items, entries) = match self {
            PropertyValue::List(items) | PropertyValue::Concat(items) | PropertyValue::Call { args: items, .. } => {
                (items.as_slice(), None)
            }
            PropertyValue::Map(entries) => (&[][..], Some(entries)),
            PropertyValue::Bool(_)
            | PropertyValue::Int(_)
            | PropertyValue::Number(_)
            | PropertyValue::Text(_)
            | PropertyValue::Ref(_)
            | PropertyValue::Secret(_) => (&[][..], None),
        };
        items.iter().chain(entries.into_iter().flat_map(LiteMap::values))
    }

    /// Returns the value and every value inside, each before its parts.
    pub fn walk(&self) -> impl Iterator<Item = &PropertyValue> {
        let (mut next, mut later) = (Some(self), Vec::new());
        std::iter::from_fn(move || {
            let value = next.take().or_else(|| later.pop())?;
            let first = later.len();
            later.extend(value.parts());
            later.get_mut(first..).unwrap_or_default().reverse();
            Some(value)
        })
    }

    /// Checks whether a test holds for the value or for any value inside.
    pub fn any(&self, test: &dyn Fn(&PropertyValue) -> bool) -> bool {
        test(self) || self.parts().any(|part| part.any(test))
    }

    /// Checks whether every part is known now.
    ///
    /// A secret counts as known: it is read when it is needed.
    pub fn is_known(&self) -> bool {
        !self.any(&|value| matches!(value, PropertyValue::Ref(_) | PropertyValue::Call { .. }))
    }

    /// Checks whether a secret is anywhere inside.
    ///
    /// That may be in a concatenation or an argument too.
    pub fn holds_secret(&self) -> bool {
        self.any(&|value| matches!(value, PropertyValue::Secret(_)))
    }

    /// Returns the string it is, where it is one and whole.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            PropertyValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Adds every reference inside to `found`, in order.
    pub fn references<'a>(&'a self, found: &mut Vec<&'a Reference>) {
        found.extend(self.walk().filter_map(|value| match value {
            PropertyValue::Ref(reference) => Some(reference),
            _ => None,
        }));
    }
}
