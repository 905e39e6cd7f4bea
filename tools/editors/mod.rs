//! Writes the editors' grammars from `grammar/gpb.pest` and from what the compiler knows by name.
//!
//! A template says which scope a piece of text has; what the piece looks like (`<<kw_layer>>`, `<<number>>`) is read from
//! the pest grammar, and the names of the built-in types and functions from the compiler. So the editors cannot fall
//! behind the language: a keyword that no template mentions is an error.

mod grammar;
mod template;
mod textmate;

use grammar::{Dialect, Grammar};
use std::path::{Path, PathBuf};

/// A generated file.
pub struct Generated {
    pub path: PathBuf,
    pub text: String,
}

/// Everything that is generated for the editors of the repository at `root`.
///
/// # Errors
/// A sentence that says what in the grammar or in a template does not fit.
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
