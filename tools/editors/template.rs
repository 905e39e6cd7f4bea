//! Fills the `<<placeholders>>` of a template.

use super::grammar::{Dialect, Grammar, group};
use std::collections::BTreeSet;

/// Returns the text with every placeholder filled: `<<rule>>` and `<<rule|rule>>` from the grammar, `<<types>>` and `<<functions>>` from
/// the compiler.
///
/// # Errors
/// When a placeholder names no rule, and when the template leaves out a keyword or an operator of the grammar.
pub fn expand(template: &str, grammar: &Grammar, dialect: Dialect) -> Result<String, String> {
    let mut used = BTreeSet::new();
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("<<") {
        let (placeholder, after) = after.split_once(">>").ok_or("a placeholder is not closed")?;
        out.push_str(before);
        out.push_str(&match placeholder {
            "types" => words(gpb_model::ty::names(), dialect),
            "functions" => words(gpb_lang::builtins::names(), dialect),
            rules => {
                let names: Vec<&str> = rules.split('|').collect();
                used.extend(names.iter().copied());
                grammar.regex(&names, dialect)?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    let wanted = grammar.named("kw_").chain(grammar.named("op_"));
    let left_out: Vec<&str> = wanted.filter(|name| !used.contains(name)).collect();
    if left_out.is_empty() {
        Ok(out)
    } else {
        Err(format!("the {dialect:?} template leaves out {}", left_out.join(", ")))
    }
}

fn words<'a>(names: impl IntoIterator<Item = &'a str>, dialect: Dialect) -> String {
    let sorted: BTreeSet<&str> = names.into_iter().collect();
    group(&sorted.into_iter().collect::<Vec<_>>().join("|"), dialect)
}
