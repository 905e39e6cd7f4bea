//! The state of resolving one item.

use super::cycles::ReferenceGraph;
use super::ribs::ScopeRib;
use crate::compile_context::CompileContext;
use crate::modules::ModuleId;
use crate::names::{GlobalItem, ItemKind, NamedItem};
use crate::node_id::NodeId;
use foldhash::HashSet;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_syntax::ast::{FactsItem, Ident, LayerStmt};

/// The findings about the items resolved so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The calls between functions.
    pub functions: ReferenceGraph,
    /// The uses of components in components.
    pub components: ReferenceGraph,
    /// The names that have been reported and mean nothing.
    pub unknown: HashSet<NodeId>,
}

/// The kinds of groups around a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupKind {
    /// `if` or `in`
    Once,
    /// `extend stack`
    Extension,
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
    /// True inside the default of a stack's parameter, which may read environment variables.
    pub may_read_variables: bool,
    /// The calls between functions.
    pub functions: &'w mut ReferenceGraph,
    /// The uses of components in components.
    pub components: &'w mut ReferenceGraph,
    /// The names that have been reported and mean nothing.
    pub unknown: &'w mut HashSet<NodeId>,
    /// True in policies and tests, which look at an environment and stand at no place of it.
    pub placeless: bool,
    /// The declarations of this item that shadow others.
    pub shadowing: HashSet<NodeId>,
}

impl<'w, 'p> Resolver<'w, 'p> {
    pub(super) fn new(cx: &'w CompileContext<'p>, item: NamedItem<'p>, found: &'w mut Findings) -> Self {
        let (module, item) = match item {
            NamedItem::Const(global) => (global.module, NodeId::new(global.item.span)),
            NamedItem::Fn(global) => (global.module, NodeId::new(global.item.span)),
            NamedItem::Type(global) => (global.module, NodeId::new(global.item.span)),
            NamedItem::Component(global) | NamedItem::Stack(global) | NamedItem::Policy(global) => {
                (global.module, NodeId::new(global.item.span))
            }
            NamedItem::Test(test) => (test.module, NodeId::new(test.body.span)),
            NamedItem::Environment(environment) => (environment.module, NodeId::new(environment.body.span)),
        };
        Self::at(cx, module, item, found)
    }

    pub(super) fn of_facts(
        cx: &'w CompileContext<'p>,
        facts: GlobalItem<'p, FactsItem>,
        found: &'w mut Findings,
    ) -> Self {
        Self::at(cx, facts.module, NodeId::new(facts.item.span), found)
    }

    /// Returns the resolver of what stands in a file and in none of its items.
    pub(super) fn of_file(cx: &'w CompileContext<'p>, module: ModuleId, found: &'w mut Findings) -> Self {
        Self::at(cx, module, NodeId::new(Span::default()), found)
    }

    fn at(cx: &'w CompileContext<'p>, module: ModuleId, item: NodeId, found: &'w mut Findings) -> Self {
        Self {
            world: cx,
            module,
            ribs: Vec::new(),
            layer: None,
            item,
            group: None,
            may_read_variables: false,
            functions: &mut found.functions,
            components: &mut found.components,
            unknown: &mut found.unknown,
            placeless: false,
            shadowing: HashSet::default(),
        }
    }

    pub(super) fn report(&self, diagnostic: Diagnostic) {
        self.world.reports.add(diagnostic);
    }

    /// Adds the nearest right name, or the file that has the name.
    pub(super) fn hint(&self, diagnostic: Diagnostic, kind: ItemKind, name: &Ident, near: Option<&str>) -> Diagnostic {
        if let Some(found) = self.world.names.elsewhere(kind, &name.text) {
            let span = found.name().span;
            if let Some(alias) = self.world.names.alias_of(self.module, found.module()) {
                let form = format!("{alias}.{}", name.text);
                return diagnostic
                    .with_label(span, format!("the file used as `{alias}` has one"))
                    .help(format!("write `{form}`"))
                    .fix(format!("write `{form}`"), name.span, form);
            }
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
