//! Validates properties before they are sent, by the catalog alone.

use super::Properties;
use gpb_catalog::{TypeDef, Violation, check_json};
use gpb_model::PropertyMap;

/// Returns what is wrong with the properties of a creation, one sentence each; nothing when they are right.
pub fn check(def: &TypeDef, desired: &Properties) -> Vec<String> {
    sentences(def, check_json(def, desired))
}

/// Returns what is wrong with known values, as [`check`] does with JSON.
pub fn check_values(def: &TypeDef, desired: &PropertyMap) -> Vec<String> {
    sentences(def, gpb_catalog::check(def, desired))
}

fn sentences(def: &TypeDef, violations: Vec<Violation>) -> Vec<String> {
    let wrong = violations.into_iter().filter(|violation| !violation.kind.is_warning());
    wrong.map(|violation| format!("{}: {}", def.display(&violation.path), violation.message)).collect()
}
