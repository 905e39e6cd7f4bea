//! Names such as `net.queue`, of the items of a file that is used under a name.

use super::compile_context::CompileContext;
use super::modules::ModuleId;
use super::names::ItemKind;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_syntax::ast::Ident;

/// The kinds of items that another file may use.
const KINDS: [ItemKind; 5] = [ItemKind::Const, ItemKind::Fn, ItemKind::Type, ItemKind::Component, ItemKind::Stack];

impl CompileContext<'_> {
    /// Reports `net.name` where the file used as `net` has no such item, and returns true for such a name.
    ///
    /// True, too, for a name that may be one of a file that could not be read. False for any other name without a dot, and
    /// where a type may be one of a resource.
    pub fn unknown_qualified(&self, from: ModuleId, kind: ItemKind, used: &Ident) -> bool {
        let Some((alias, name)) = used.text.split_once('.') else { return self.names.is_open(from) };
        let diagnostic = match self.names.alias(from, alias) {
            Some((module, at)) => self.unknown_member(used, kind, (alias, at), (module, name)),
            // The file could not be read, which has been reported.
            None if self.names.is_unread(from, alias) => return true,
            None if kind == ItemKind::Type => return false,
            None => self.unknown_alias(from, used, alias),
        };
        self.reports.add(diagnostic);
        true
    }

    fn unknown_member(
        &self,
        used: &Ident,
        kind: ItemKind,
        (alias, at): (&str, Span),
        (module, name): (ModuleId, &str),
    ) -> Diagnostic {
        let what = kind.as_str();
        let item =
            Span { start: used.span.end.saturating_sub(u32::try_from(name.len()).unwrap_or_default()), ..used.span };
        let diagnostic = Diagnostic::error("GPB1023", format!("`{alias}` has no {what} `{name}`"))
            .with_label(item, format!("not a {what} of this file"))
            .with_label(at, format!("`{}`", self.program.path(module)));
        let is_of = |other: &&ItemKind| self.names.public_items(module, **other).contains(&name);
        if let Some(other) = KINDS.iter().find(is_of) {
            return diagnostic.help(format!("`{}` is a {}", used.text, other.as_str()));
        }
        let known = self.names.public_items(module, kind);
        match nearest(name, known.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{alias}.{near}`?")).fix(
                format!("change it to `{near}`"),
                item,
                near,
            ),
            None if known.is_empty() => diagnostic,
            None => diagnostic.help(format!("it has `{}`", known.join("`, `"))),
        }
    }

    fn unknown_alias(&self, from: ModuleId, used: &Ident, alias: &str) -> Diagnostic {
        let length = u32::try_from(alias.len()).unwrap_or_default();
        let head = Span { end: used.span.start + length, ..used.span };
        let diagnostic = Diagnostic::error("GPB1023", format!("no file is used as `{alias}`"))
            .with_label(head, "not the name of a file");
        match nearest(alias, self.names.alias_names(from)) {
            Some(near) => {
                diagnostic.help(format!("did you mean `{near}`?")).fix(format!("change it to `{near}`"), head, near)
            }
            None => diagnostic.help(format!("at the top of the file, write `use \"{alias}.gpb\" as {alias}`")),
        }
    }
}
