//! Addresses of resources, and the scopes they lie in.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A resource's identity.
///
/// The path of names that leads to it, `network.subnet["us-east-1a"]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Address(pub Arc<str>);

impl Address {
    /// Returns the address that a text spells; nothing is checked.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// Returns its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Address {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0.as_ref().to_owned()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the rest of an address after its scope: `""`, `.cluster` or `["a"]`.
///
/// None outside the scope.
pub fn below<'a>(scope: &str, address: &'a str) -> Option<&'a str> {
    address.strip_prefix(scope).filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Checks whether an address is the scope or lies in it.
///
/// The empty scope is everything.
pub fn covers(scope: &str, address: &str) -> bool {
    scope.is_empty() || below(scope, address).is_some()
}
