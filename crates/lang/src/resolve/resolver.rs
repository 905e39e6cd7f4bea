//! The state of resolving one item.

use super::cycles::ReferenceGraph;
use super::ribs::ScopeRib;
use crate::compile_context::CompileContext;
use crate::modules::ModuleId;
use crate::names::{GlobalItem, ItemKind, NamedItem};
use crate::node_id::NodeId;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_syntax::ast::{FactsItem, Ident, LayerStmt};

/// Returns the key of an item in the graph of references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupKind {
    /// `if` or `in`
    Once,
    For,
}

/// One item being resolved.
pub(super) struct Resolver<'w, 'p> {
    /// The program.
    pub world: &'w CompileContext<'p>,
    /// The module that holds the item.
    pub module: ModuleId,
    /// Innermost last.
    pub ribs: Vec<ScopeRib<'p>>,
    /// The layer being resolved: it sees itself and the layers it uses.
    pub layer: Option<&'p LayerStmt>,
    /// The function or component being resolved.
    pub item: NodeId,
    /// The innermost group around: what has one value for the whole body cannot stand in it.
    pub group: Option<GroupKind>,
    /// The calls between functions.
    pub functions: &'w mut ReferenceGraph,
    /// The uses of components in components.
    pub components: &'w mut ReferenceGraph,
}

impl<'w, 'p> Resolver<'w, 'p> {
    pub(super) fn new(
        cx: &'w CompileContext<'p>,
        item: NamedItem<'p>,
        functions: &'w mut ReferenceGraph,
        components: &'w mut ReferenceGraph,
    ) -> Self {
        let (module, item) = match item {
            NamedItem::Const(global) => (global.module, NodeId::new(global.item.span)),
            NamedItem::Fn(global) => (global.module, NodeId::new(global.item.span)),
            NamedItem::Type(global) => (global.module, NodeId::new(global.item.span)),
            NamedItem::Component(global) | NamedItem::Stack(global) => (global.module, NodeId::new(global.item.span)),
            NamedItem::Environment(environment) => (environment.module, NodeId::new(environment.body.span)),
        };
        Self { world: cx, module, ribs: Vec::new(), layer: None, item, group: None, functions, components }
    }

    pub(super) fn of_facts(
        cx: &'w CompileContext<'p>,
        facts: GlobalItem<'p, FactsItem>,
        functions: &'w mut ReferenceGraph,
        components: &'w mut ReferenceGraph,
    ) -> Self {
        let (module, item) = (facts.module, NodeId::new(facts.item.span));
        Self { world: cx, module, ribs: Vec::new(), layer: None, item, group: None, functions, components }
    }

    pub(super) fn report(&self, diagnostic: Diagnostic) {
        self.world.reports.add(diagnostic);
    }

    /// Adds the nearest right name, or the file that has the name.
    pub(super) fn hint(&self, diagnostic: Diagnostic, kind: ItemKind, name: &Ident, near: Option<&str>) -> Diagnostic {
        if let Some(found) = self.world.names.elsewhere(kind, &name.text) {
            let span = found.name().span;
            let path = self.world.program.sources.get(span.file).map_or("", |file| file.path.as_str());
            return diagnostic.with_label(span, "there is one here").help(format!("import it with `use \"{path}\"`"));
        }
        match near {
            Some(near) => suggest(diagnostic, near, name.span),
            None => diagnostic,
        }
    }
}

/// Adds "did you mean", with its fix.
pub(super) fn suggest(diagnostic: Diagnostic, near: &str, span: Span) -> Diagnostic {
    diagnostic.help(format!("did you mean `{near}`?")).fix(format!("change it to `{near}`"), span, near)
}
