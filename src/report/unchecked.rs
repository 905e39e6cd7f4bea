//! Values that a check could not look at.

use gpb_lang::Compilation;
use gpb_syntax::ast::{Item, Module};

/// Returns what a check leaves open where no environment gives the parameters their values.
///
/// None where one does.
pub fn unchecked_values(compilation: &Compilation) -> Option<String> {
    // The library's files are not the program's, and a file that could not be read has been reported.
    let is_own =
        |module: &&Module| compilation.sources.get(module.file).is_some_and(|file| !file.path.starts_with(LIBRARY));
    let mut own = compilation.modules.iter().map(AsRef::as_ref).filter(is_own);
    let entry = own.next().filter(|_| compilation.environments.is_empty())?;
    let used: Vec<&Module> = own.collect();
    let has_bodies =
        |module: &Module| module.items.iter().any(|item| matches!(item, Item::Stack(_) | Item::Component(_)));
    let elsewhere: Vec<&str> = used
        .iter()
        .filter(|module| module.items.iter().any(|item| matches!(item, Item::Environment { .. })))
        .filter_map(|module| Some(compilation.sources.get(module.file)?.path.as_str()))
        .collect();
    if let [first, ..] = elsewhere.as_slice() {
        return Some(format!("No environment: those of a file are checked with that file, as `gpb check {first}`."));
    }
    Some(if has_bodies(entry) || used.iter().any(|module| has_bodies(module)) {
        "No environment: values that depend on parameters were not checked.".to_owned()
    } else {
        "No environment, no stack and no component: nothing is made here, and only the items were checked.".to_owned()
    })
}

/// The beginning of the paths of the library's files.
const LIBRARY: &str = "std:";
