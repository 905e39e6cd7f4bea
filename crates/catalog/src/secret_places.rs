//! Properties that may hold a secret although the type's schema does not call them write-only, and those that hold nothing
//! else.

use crate::types::TypeDef;
use gpb_base::stdlib::Library;
use gpb_model::PropPath;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Returns the properties of one type, by AWS's name, that may hold a secret.
pub fn is_secret_safe(aws: &str) -> Option<&'static [PropPath]> {
    static PLACES: OnceLock<BTreeMap<String, Vec<PropPath>>> = OnceLock::new();
    let places = PLACES.get_or_init(|| {
        // The file is in the binary and a test reads it; a type it does not name is judged by its schema alone.
        let text = Library::embedded().get("catalog/secret_safe.toml").cloned().unwrap_or_default();
        toml::from_str(&text).unwrap_or_default()
    });
    places.get(aws).map(Vec::as_slice)
}

/// Checks whether a property holds a credential in clear.
///
/// Only a secret may be written there. That is where the type's schema calls it write-only and its name says so, and wherever a secret may go besides.
pub fn is_credential(def: &TypeDef, path: &PropPath) -> bool {
    credentials(def).any(|place| place.covers(path))
}

/// Checks whether a type has properties that hold credentials.
pub fn has_credentials(def: &TypeDef) -> bool {
    credentials(def).next().is_some()
}

fn credentials(def: &TypeDef) -> impl Iterator<Item = &PropPath> {
    static NAMES: OnceLock<BTreeSet<String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let text = Library::embedded().get("catalog/credentials.toml").cloned().unwrap_or_default();
        let names: BTreeMap<String, BTreeSet<String>> = toml::from_str(&text).unwrap_or_default();
        names.into_values().flatten().collect()
    });
    let is_named = |place: &&PropPath| place.segments().last().is_some_and(|name| names.contains(name));
    let safe = is_secret_safe(&def.aws).unwrap_or_default();
    def.write_only.iter().filter(is_named).chain(safe)
}
