//! The names under which files use others.

use super::duplicate::duplicate;
use super::kind::ItemKind;
use super::table::ItemTable;
use crate::modules::{ModuleId, UsedModule};
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_syntax::ast::Ident;

/// The files used under a name, each with the place where the name is written.
pub(super) type AliasTable<'p> = HashMap<&'p str, (ModuleId, Span)>;

/// Returns the files that a module uses under a name; one name with two meanings is reported.
pub(super) fn alias_table<'p>(
    uses: &'p [UsedModule],
    seen: &ItemTable<'p>,
    diagnostics: &mut Vec<Diagnostic>,
) -> AliasTable<'p> {
    let mut table = AliasTable::default();
    for UsedModule { module, alias, .. } in uses {
        let Some(alias) = alias.as_ref().filter(|alias| !alias.text.is_empty()) else { continue };
        let name = alias.text.as_str();
        let constant = seen.get(&(ItemKind::Const, name)).map(|item| item.name().span);
        if let Some((_, first)) = table.get(name) {
            diagnostics.push(duplicate("file", alias, *first));
        } else if let Some(first) = constant {
            diagnostics.push(taken(alias, "a constant has this name").with_label(first, "this constant"));
        } else if name == "aws" {
            diagnostics.push(taken(alias, "the names of resource types begin so, which are `aws.service.type`"));
        } else {
            table.insert(name, (*module, alias.span));
        }
    }
    table
}

/// Returns the diagnostic for a file that is used under a name which is taken.
fn taken(alias: &Ident, why: &str) -> Diagnostic {
    Diagnostic::error("GPB1022", format!("a file cannot be used as `{}`", alias.text))
        .with_label(alias.span, why.to_owned())
        .help("use it under another name")
}
