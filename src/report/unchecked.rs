//! Values that a check could not look at.

use gpb_lang::Compilation;
use gpb_syntax::ast::Item;

/// Returns what a check leaves open where no environment gives the parameters their values.
///
/// None where one does, and where nothing has parameters.
pub fn unchecked_values(compilation: &Compilation) -> Option<&'static str> {
    let has_body = |item: &Item| matches!(item, Item::Stack(_) | Item::Component(_));
    let has_bodies = compilation.modules.first().is_some_and(|module| module.items.iter().any(has_body));
    (has_bodies && compilation.environments.is_empty())
        .then_some("No environment: values that depend on parameters were not checked.")
}
