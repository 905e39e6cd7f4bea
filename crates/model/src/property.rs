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
pub type ValueMap = LiteMap<CompactString, Value>;

/// A property's value: JSON with unknowns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Json", into = "Json")]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that is not whole, or beyond 64 bits.
    Number(Number),
    /// A string.
    Text(CompactString),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name.
    Map(ValueMap),
    /// A property of another resource that is known only when that resource is.
    Ref(Reference),
    /// A string with unknown parts: the parts joined.
    Concat(Vec<Value>),
    /// A pure function that waits for its arguments.
    ///
    /// `lang::builtins::call` computes it.
    Call {
        /// The function's name.
        function: String,
        /// Its arguments, in order.
        args: Vec<Value>,
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

impl Value {
    /// Returns the values directly inside.
    ///
    /// Items, entries, parts of a concatenation, arguments of a call.
    pub fn parts(&self) -> impl Iterator<Item = &Value> {
        let (items, entries) = match self {
            Value::List(items) | Value::Concat(items) | Value::Call { args: items, .. } => (items.as_slice(), None),
            Value::Map(entries) => (&[][..], Some(entries)),
            Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Text(_) | Value::Ref(_) | Value::Secret(_) => {
                (&[][..], None)
            }
        };
        items.iter().chain(entries.into_iter().flat_map(LiteMap::values))
    }

    /// Returns the value and every value inside, each before its parts.
    pub fn walk(&self) -> impl Iterator<Item = &Value> {
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
    pub fn any(&self, test: &dyn Fn(&Value) -> bool) -> bool {
        test(self) || self.parts().any(|part| part.any(test))
    }

    /// Checks whether every part is known now.
    ///
    /// A secret counts as known: it is read when it is needed.
    pub fn is_known(&self) -> bool {
        !self.any(&|value| matches!(value, Value::Ref(_) | Value::Call { .. }))
    }

    /// Checks whether a secret is anywhere inside.
    ///
    /// That may be in a concatenation or an argument too.
    pub fn holds_secret(&self) -> bool {
        self.any(&|value| matches!(value, Value::Secret(_)))
    }

    /// Returns the string it is, where it is one and whole.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Adds every reference inside to `found`, in order.
    pub fn references<'a>(&'a self, found: &mut Vec<&'a Reference>) {
        found.extend(self.walk().filter_map(|value| match value {
            Value::Ref(reference) => Some(reference),
            _ => None,
        }));
    }
}
