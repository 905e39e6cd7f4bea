//! Generates the editors' grammars from `grammar/gpb.pest` and the names that are built into the compiler.
//!
//! A template assigns scopes to tokens; the form of a token (`<<kw_layer>>`, `<<number>>`) is read from the pest grammar, and the names of the built-in types and functions from the compiler. So the editors cannot fall
//! behind the language: a keyword that no template mentions is an error.

mod grammar;
mod template;
mod textmate;

use grammar::{Dialect, Grammar};
use std::path::{Path, PathBuf};

/// A generated file.
pub struct Generated {
    /// The path to write it to.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
}

/// Generates all files for the editors of the repository at `root`.
///
/// # Errors
/// A sentence that names the mistake in the grammar or in a template.
pub fn generate(root: &Path) -> Result<Vec<Generated>, String> {
    let read = |path: &str| std::fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"));
    let grammar = Grammar::parse(&read("grammar/gpb.pest")?)?;
    let textmate = template::expand(&read("tools/editors/textmate.toml")?, &grammar, Dialect::Oniguruma)?;
    let vim = template::expand(&read("tools/editors/syntax.vim")?, &grammar, Dialect::Vim)?;
    let made = |path: &str, text| Generated { path: root.join(path), text };
    Ok(vec![
        made("editors/vscode/syntaxes/generated/gpb.tmLanguage.json", textmate::json(&textmate)?),
        made("editors/vim/syntax/gpb.vim", vim),
    ])
}
