//! Properties that may hold a secret although the type's schema does not call them write-only.

use gpb_base::stdlib::Library;
use gpb_model::PropPath;
use std::collections::BTreeMap;
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
