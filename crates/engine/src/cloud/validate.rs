//! Validates properties before they are sent, by the catalog alone.

use super::Properties;
use gpb_catalog::validate::{Violation, ViolationKind};
use gpb_catalog::{TypeDef, check_json};
use gpb_model::{PropPath, PropertyMap};

/// Returns what is wrong with the properties of a creation, one sentence each; nothing when they are right.
pub fn check(def: &TypeDef, desired: &Properties) -> Vec<String> {
    sentences(def, check_json(def, desired), &[])
}

/// Returns what is wrong with known values, as [`check`] does with JSON.
///
/// The values at the places in `secrets` stand here in clear, and in no sentence.
pub fn check_values(def: &TypeDef, desired: &PropertyMap, secrets: &[PropPath]) -> Vec<String> {
    sentences(def, gpb_catalog::check(def, desired), secrets)
}

fn sentences(def: &TypeDef, violations: Vec<Violation>, secrets: &[PropPath]) -> Vec<String> {
    let wrong = violations.into_iter().filter(|violation| !violation.kind.is_warning());
    let told = |violation: &Violation| {
        let is_secret = secrets.iter().any(|secret| may_quote(violation, secret));
        if is_secret { without_value(violation) } else { violation.message.clone() }
    };
    wrong.map(|violation| format!("{}: {}", def.display(&violation.path), told(&violation))).collect()
}

/// Checks whether a message may hold the value at a place, or a piece of it.
fn may_quote(violation: &Violation, secret: &PropPath) -> bool {
    match violation.kind {
        // A length says nothing of the value.
        ViolationKind::Bounds => false,
        // An item is told by its list.
        ViolationKind::NotUnique => violation.path.covers(secret),
        _ => violation.path == *secret,
    }
}

fn without_value(violation: &Violation) -> String {
    match &violation.help {
        Some(help) => format!("the secret does not have the form of this property; {help}"),
        None => "the secret is not valid here".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fixtures::types;
    use gpb_catalog::{Shape, TextShape};
    use gpb_model::PropertyValue;
    use std::sync::Arc;

    /// A value that does not fit is quoted in a message, shortened and with its escapes: a secret never is.
    #[test]
    fn a_secret_that_does_not_fit_is_in_no_message() {
        let mut def = Arc::unwrap_or_clone(types("aws.data.store").unwrap());
        let digits = TextShape { pattern: Some("^[0-9]+$".into()), ..TextShape::default() };
        for property in &mut def.root.properties {
            if property.aws == "Password" || property.aws == "Engine" {
                property.shape = Shape::Text(digits.clone());
            }
        }
        let text = |text: &str| PropertyValue::Text(text.into());
        let desired: PropertyMap =
            [("Engine".into(), text("postgres")), ("Password".into(), text("hunter\"2"))].into_iter().collect();
        let found = check_values(&def, &desired, &[PropPath("Password".into())]);
        let expected = [
            "engine: the value \"postgres\" does not have the form of `engine`",
            "password: the secret does not have the form of this property; AWS asks that it match ^[0-9]+$",
        ];
        assert_eq!(found, expected);
    }
}
