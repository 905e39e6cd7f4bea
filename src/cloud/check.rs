//! Whether a document may be sent: what the catalog alone can tell.

use super::Properties;
use crate::catalog::{PropPath, TypeDef};

/// What is wrong with the properties of a creation, one sentence each; nothing when they are right.
pub fn check(def: &TypeDef, desired: &Properties) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in desired.keys() {
        if def.root.by_aws(name).is_none() && !def.root.open {
            wrong.push(format!("{} has no property {name}", def.aws));
        } else if def.is_read_only(&PropPath(String::new()).child(name)) {
            wrong.push(format!("{name} is set by the cloud alone"));
        }
    }
    for name in def.root.required.iter().filter(|name| !desired.contains_key(*name)) {
        wrong.push(format!("{name} is missing"));
    }
    wrong
}
