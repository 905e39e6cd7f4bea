//! Bare words as the values of properties, without evaluating.

use super::messages;
use crate::ty::TypeContext;
use gpb_base::diag::Diagnostic;
use gpb_catalog::{Shape, TypeDef};
use gpb_model::PropPath;
use gpb_model::value::BareWord;

/// Checks whether a property may take a word as it is, so that it need not be a name.
pub fn takes_word(def: &TypeDef, path: &PropPath, word: &str) -> bool {
    match def.shape_at(path) {
        Some(Shape::Text(shape)) => {
            shape.one_of.iter().any(|one| one == word || (shape.any_case && one.eq_ignore_ascii_case(word)))
        }
        Some(Shape::Any(_)) => true,
        _ => false,
    }
}

/// Returns the diagnostic for a word that a string property does not take.
///
/// None where it takes it, and where a value of another kind is expected.
pub fn misread_word(def: &TypeDef, path: &PropPath, word: &BareWord, cx: &TypeContext) -> Option<Diagnostic> {
    let Shape::Text(shape) = def.shape_at(path)? else { return None };
    let takes = |one: &String| **one == *word.text || (shape.any_case && one.eq_ignore_ascii_case(&word.text));
    if shape.one_of.iter().any(takes) {
        return None;
    }
    Some(messages::word(&def.display(path), word, shape, word.written, cx))
}
