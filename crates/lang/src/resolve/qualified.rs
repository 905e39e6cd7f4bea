//! The names under which a file uses others, among the names of a body.

use super::resolver::Resolver;
use super::ribs::{Resolution, ScopeRib};
use crate::names::NamedItem;
use crate::node_id::NodeId;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_syntax::ast::Ident;

impl<'p> Resolver<'_, 'p> {
    /// Checks the use of an item: it has to be public where its file is another, and the name of its file must mean that file.
    pub(super) fn item_met(&self, used: &Ident, item: &NamedItem<'p>) {
        self.world.check_visible(self.module, used, item);
        let Some((alias, _)) = used.text.split_once('.') else { return };
        let Some((_, written)) = self.world.names.alias(self.module, alias) else { return };
        // Where the name is declared in this file, that has been reported there.
        let declared = self.inner_name(alias).filter(|declared| declared.file != written.file);
        if let Some(declared) = declared {
            self.report(
                Diagnostic::error("GPB1016", format!("`{alias}` means a file and something else here"))
                    .with_label(used.span, "either may be meant")
                    .with_label(declared, "declared here, in another file")
                    .with_label(written, "the name of a file")
                    .help("use the file under another name"),
            );
        }
    }

    /// Reports a name that another file declares in the same stack, and that is a constant of this file too.
    ///
    /// Neither file shows that it hides the other's, so neither is taken for meant.
    pub(super) fn hides_constant(&mut self, used: &Ident, found: &Resolution<'p>) {
        let Resolution::Declared(declared) = found else { return };
        if declared.name.span.file == used.span.file {
            return;
        }
        let Some(constant) = self.world.names.constant(self.module, &used.text) else { return };
        if self.world.library.contains(&constant.item.name.span.file) {
            return;
        }
        let (name, what) = (&used.text, declared.what.as_str());
        self.report(
            Diagnostic::error("GPB1016", format!("`{name}` means a constant and a {what} here"))
                .with_label(used.span, "either may be meant")
                .with_label(declared.name.span, format!("the {what} of the stack, in another file"))
                .with_label(constant.item.name.span, "the constant")
                .help("give one of them another name"),
        );
        self.unknown.insert(NodeId::new(used.span));
    }

    /// Reports a declaration that has the name under which this file uses another.
    pub(super) fn shadows_alias(&self, name: &Ident, what: &str) {
        let Some((_, written)) = self.world.names.alias(self.module, &name.text) else { return };
        if name.span.file == written.file {
            self.report(
                Diagnostic::error("GPB1016", format!("the {what} `{0}` shadows the file `{0}`", name.text))
                    .with_label(name.span, format!("in here, `{}` means this {what}", name.text))
                    .with_label(written, "the file that is shadowed")
                    .help("give one of them another name"),
            );
        }
    }

    /// Returns the place where a body around declares a name.
    fn inner_name(&self, name: &str) -> Option<Span> {
        self.ribs.iter().rev().find_map(|rib| match rib {
            ScopeRib::Vars(vars) => vars.iter().find(|var| var.name == name).and_then(|var| var.written),
            ScopeRib::Body(index) => index.names.get(name).map(|declared| declared.name.span),
        })
    }

    /// Checks the use of a name that is found among those of the file.
    pub(super) fn constant_met(&self, used: &Ident, found: &Resolution<'p>) {
        if let Resolution::Const(global) = found {
            self.item_met(used, &NamedItem::Const(*global));
        }
    }
}
