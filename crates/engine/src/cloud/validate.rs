//! Whether a document may be sent: what the catalog alone can tell.

use super::Properties;
use gpb_catalog::{TypeDef, check_json};

/// What is wrong with the properties of a creation, one sentence each; nothing when they are right.
pub fn check(def: &TypeDef, desired: &Properties) -> Vec<String> {
    let wrong = check_json(def, desired).into_iter().filter(|violation| !violation.kind.is_warning());
    wrong.map(|violation| format!("{}: {}", def.display(&violation.path), violation.message)).collect()
}
