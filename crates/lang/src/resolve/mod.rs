//! Name resolution: every name of every body, used or not, is looked up before anything is evaluated.

mod body;
mod cycles;
mod expr;
mod members;
mod scope;

use super::modules::ModuleId;
use super::names::{Global, Kind, Named, duplicate};
use super::world::World;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_syntax::ast::{Binding, Body, Facts, FnItem, Layer, Name};
pub use scope::AMBIENT;

use cycles::Edges;
use scope::View;
use std::collections::HashSet;

/// What resolution found that evaluation must know.
#[derive(Debug, Default)]
pub struct Resolved {
    /// Functions and components that lead back to themselves, by address of their tree: they are not evaluated.
    pub recursive: HashSet<usize>,
}

/// Resolves the whole program.
pub fn resolve(world: &World<'_>) -> Resolved {
    let mut functions = Edges::default();
    let mut components = Edges::default();
    for item in &world.names.items {
        let mut resolver = Resolver::new(world, *item, &mut functions, &mut components);
        match item {
            Named::Const(global) => resolver.constant(global.item),
            Named::Fn(global) => resolver.function(global.item),
            Named::Type(global) => resolver.type_item(global.item),
            Named::Component(global) => resolver.component(global.item),
            Named::Stack(global) => resolver.stack(global.item),
            Named::Environment(environment) => resolver.environment(environment.of, environment.body),
        }
    }
    for facts in &world.names.facts {
        Resolver::of_facts(world, *facts, &mut functions, &mut components).facts(facts.item);
    }
    let mut recursive =
        functions.report(world, "GPB1009", "function", "every program must end, so functions cannot call themselves");
    recursive.extend(components.report(world, "GPB1010", "component", "its expansion would never end"));
    Resolved { recursive }
}

/// The key of an item in the graph of who needs whom.
pub fn key<T>(item: &T) -> usize {
    std::ptr::from_ref(item) as usize
}

/// What repeats or chooses the statements inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    /// `if` or `in`
    Once,
    For,
}

/// One item being resolved.
struct Resolver<'w, 'p> {
    world: &'w World<'p>,
    module: ModuleId,
    /// Innermost last.
    views: Vec<View<'p>>,
    /// The layer being resolved: it sees itself and the layers it uses.
    layer: Option<&'p Layer>,
    /// The function or component being resolved.
    item: usize,
    /// The innermost group around: what has one value for the whole body cannot stand in it.
    group: Option<Group>,
    functions: &'w mut Edges,
    components: &'w mut Edges,
}

impl<'w, 'p> Resolver<'w, 'p> {
    fn new(world: &'w World<'p>, item: Named<'p>, functions: &'w mut Edges, components: &'w mut Edges) -> Self {
        let (module, item) = match item {
            Named::Const(global) => (global.module, key(global.item)),
            Named::Fn(global) => (global.module, key(global.item)),
            Named::Type(global) => (global.module, key(global.item)),
            Named::Component(global) | Named::Stack(global) => (global.module, key(global.item)),
            Named::Environment(environment) => (environment.module, key(environment.body)),
        };
        Self { world, module, views: Vec::new(), layer: None, item, group: None, functions, components }
    }

    fn of_facts(
        world: &'w World<'p>,
        facts: Global<'p, Facts>,
        functions: &'w mut Edges,
        components: &'w mut Edges,
    ) -> Self {
        let (module, item) = (facts.module, key(facts.item));
        Self { world, module, views: Vec::new(), layer: None, item, group: None, functions, components }
    }

    fn facts(&mut self, facts: &'p Facts) {
        self.world.check_type_name(&facts.ty);
        self.views.push(View::Vars(vec!["self", "usage"]));
        self.object(&facts.stmts, body::Place::Facts);
        self.views.pop();
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
        self.views.push(View::Vars(item.params.iter().map(|param| param.name.text.as_str()).collect()));
        self.expr(&item.value);
        self.views.pop();
    }

    fn type_item(&mut self, item: &'p gpb_syntax::ast::TypeItem) {
        self.world.check_type(self.module, item);
        self.type_defaults(&item.ty);
    }

    fn component(&mut self, body: &'p Body) {
        self.components.node(self.item, &body.name);
        self.body(&body.stmts, body::Place::Component);
    }

    fn stack(&mut self, body: &'p Body) {
        self.body(&body.stmts, body::Place::Stack);
        self.layers(body);
    }

    fn environment(&mut self, of: &'p Name, body: &'p Body) {
        // A name that is missing has been reported as such.
        if !of.text.is_empty() && self.world.names.stack(self.module, &of.text).is_none() {
            let diagnostic =
                Diagnostic::error("GPB1006", format!("there is no stack `{}`", of.text)).at(of.span, "unknown stack");
            let near = self.world.names.nearest(self.module, Kind::Stack, &of.text, &[]);
            self.report(self.hint(diagnostic, Kind::Stack, of, near));
        }
        self.object(&body.stmts, body::Place::Environment);
    }

    /// Adds the nearest right name, or the file that has the name but is not used here.
    fn hint(&self, diagnostic: Diagnostic, kind: Kind, name: &Name, near: Option<&str>) -> Diagnostic {
        if let Some(found) = self.world.names.elsewhere(kind, &name.text) {
            let span = found.name().span;
            let path = self.world.program.sources.get(span.file).map_or("", |file| file.path.as_str());
            return diagnostic.at(span, "there is one here").help(format!("draw it in with `use \"{path}\"`"));
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
