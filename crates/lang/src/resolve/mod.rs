//! Name resolution: every name of every body, used or not, is looked up before anything is evaluated.

mod body;
mod cycles;
mod expr;
mod members;
mod scope;

use super::compile_context::CompileContext;
use super::modules::ModuleId;
use super::names::{GlobalItem, ItemKind, NamedItem, duplicate};
use super::node_id::NodeId;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_syntax::ast::{Binding, Body, FactsItem, FnItem, Ident, LayerStmt};
pub use scope::AMBIENT;

use cycles::ReferenceGraph;
use scope::ScopeRib;
use std::collections::HashSet;

/// What resolution found that evaluation must know.
#[derive(Debug, Default)]
pub struct ResolveOutput {
    /// Functions and components that lead back to themselves, by the identity of their tree: they are not evaluated.
    pub recursive: HashSet<NodeId>,
}

/// Resolves the whole program.
pub fn resolve(cx: &CompileContext<'_>) -> ResolveOutput {
    let mut functions = ReferenceGraph::default();
    let mut components = ReferenceGraph::default();
    for item in &cx.names.items {
        let mut resolver = Resolver::new(cx, *item, &mut functions, &mut components);
        match item {
            NamedItem::Const(global) => resolver.constant(global.item),
            NamedItem::Fn(global) => resolver.function(global.item),
            NamedItem::Type(global) => resolver.type_item(global.item),
            NamedItem::Component(global) => resolver.component(global.item),
            NamedItem::Stack(global) => resolver.stack(global.item),
            NamedItem::Environment(environment) => resolver.environment(environment.of, environment.body),
        }
    }
    for facts in &cx.names.facts {
        Resolver::of_facts(cx, *facts, &mut functions, &mut components).facts(facts.item);
    }
    let mut recursive =
        functions.report(cx, "GPB1009", "function", "every program must end, so functions cannot call themselves");
    recursive.extend(components.report(cx, "GPB1010", "component", "its expansion would never end"));
    ResolveOutput { recursive }
}

/// What repeats or chooses the statements inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GroupKind {
    /// `if` or `in`
    Once,
    For,
}

/// One item being resolved.
struct Resolver<'w, 'p> {
    world: &'w CompileContext<'p>,
    module: ModuleId,
    /// Innermost last.
    ribs: Vec<ScopeRib<'p>>,
    /// The layer being resolved: it sees itself and the layers it uses.
    layer: Option<&'p LayerStmt>,
    /// The function or component being resolved.
    item: NodeId,
    /// The innermost group around: what has one value for the whole body cannot stand in it.
    group: Option<GroupKind>,
    functions: &'w mut ReferenceGraph,
    components: &'w mut ReferenceGraph,
}

impl<'w, 'p> Resolver<'w, 'p> {
    fn new(
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

    fn of_facts(
        cx: &'w CompileContext<'p>,
        facts: GlobalItem<'p, FactsItem>,
        functions: &'w mut ReferenceGraph,
        components: &'w mut ReferenceGraph,
    ) -> Self {
        let (module, item) = (facts.module, NodeId::new(facts.item.span));
        Self { world: cx, module, ribs: Vec::new(), layer: None, item, group: None, functions, components }
    }

    fn facts(&mut self, facts: &'p FactsItem) {
        self.world.check_type_name(&facts.ty);
        self.ribs.push(ScopeRib::Vars(vec!["self", "usage"]));
        self.object(&facts.stmts, body::BodyKind::Facts);
        self.ribs.pop();
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.world.reports.add(diagnostic);
    }

    fn constant(&mut self, binding: &'p Binding) {
        self.binding(binding);
    }

    fn function(&mut self, item: &'p FnItem) {
        self.functions.node(self.item, &item.name);
        for (at, param) in item.params.iter().enumerate() {
            self.binding(param);
            let earlier = item.params.iter().take(at).find(|earlier| earlier.name.text == param.name.text);
            if let Some(first) = earlier.filter(|first| !first.name.text.is_empty()) {
                self.report(duplicate("parameter", &param.name, first.name.span));
            }
        }
        if let Some(result) = &item.result {
            // The type's own mistakes are reported as it is read.
            let _ = self.world.ty(self.module, result);
        }
        self.ribs.push(ScopeRib::Vars(item.params.iter().map(|param| param.name.text.as_str()).collect()));
        self.expr(&item.value);
        self.ribs.pop();
    }

    fn type_item(&mut self, item: &'p gpb_syntax::ast::TypeItem) {
        self.world.check_type(self.module, item);
        self.type_defaults(&item.ty);
    }

    fn component(&mut self, body: &'p Body) {
        self.components.node(self.item, &body.name);
        self.body(&body.stmts, body::BodyKind::Component);
    }

    fn stack(&mut self, body: &'p Body) {
        self.body(&body.stmts, body::BodyKind::Stack);
        self.layers(body);
    }

    fn environment(&mut self, of: &'p Ident, body: &'p Body) {
        // A name that is missing has been reported as such.
        if !of.text.is_empty() && self.world.names.stack(self.module, &of.text).is_none() {
            let diagnostic = Diagnostic::error("GPB1006", format!("there is no stack `{}`", of.text))
                .with_label(of.span, "unknown stack");
            let near = self.world.names.nearest(self.module, ItemKind::Stack, &of.text, &[]);
            self.report(self.hint(diagnostic, ItemKind::Stack, of, near));
        }
        self.object(&body.stmts, body::BodyKind::Environment);
    }

    /// Adds the nearest right name, or the file that has the name but is not used here.
    fn hint(&self, diagnostic: Diagnostic, kind: ItemKind, name: &Ident, near: Option<&str>) -> Diagnostic {
        if let Some(found) = self.world.names.elsewhere(kind, &name.text) {
            let span = found.name().span;
            let path = self.world.program.sources.get(span.file).map_or("", |file| file.path.as_str());
            return diagnostic.with_label(span, "there is one here").help(format!("draw it in with `use \"{path}\"`"));
        }
        match near {
            Some(near) => suggest(diagnostic, near, name.span),
            None => diagnostic,
        }
    }
}

/// "did you mean", with its fix.
fn suggest(diagnostic: Diagnostic, near: &str, span: Span) -> Diagnostic {
    diagnostic.help(format!("did you mean `{near}`?")).fix(format!("change it to `{near}`"), span, near)
}
