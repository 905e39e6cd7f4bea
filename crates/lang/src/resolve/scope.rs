//! Looks names up in scope, as far as possible without evaluating.

use super::resolver::Resolver;
use super::ribs::{AMBIENT, Resolution, ScopeRib};
use crate::body_index::DeclKind;
use crate::builtins;
use crate::modules::ModuleId;
use crate::names::ItemKind;
use crate::node_id::NodeId;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_syntax::ast::{Ident, LayerStmt};

impl<'p> Resolver<'_, 'p> {
    pub(super) fn find(&self, name: &str) -> Option<Resolution<'p>> {
        self.find_in(&self.ribs, self.module, name).map(|(found, _)| found)
    }

    /// Looks a name up from the innermost of some rings outwards, then among the module's constants.
    ///
    /// Returns its meaning, and how many of the rings are around its value.
    pub(super) fn find_in(
        &self,
        ribs: &[ScopeRib<'p>],
        module: ModuleId,
        name: &str,
    ) -> Option<(Resolution<'p>, usize)> {
        for (depth, view) in ribs.iter().enumerate().rev() {
            match view {
                ScopeRib::Vars(vars) => {
                    if let Some(var) = vars.iter().find(|var| var.name == name) {
                        return Some((Resolution::Var(*var), depth));
                    }
                }
                ScopeRib::Body(index) => {
                    if let Some(declared) = index.names.get(name) {
                        return Some((Resolution::Declared(*declared), depth + 1));
                    }
                }
            }
        }
        let constant = self.world.names.constant(module, name).map(Resolution::Const);
        constant.or_else(|| AMBIENT.contains(&name).then_some(Resolution::Ambient)).map(|found| (found, 0))
    }

    /// Returns every name in scope but the constants.
    pub(super) fn names_in_scope(&self) -> Vec<&'p str> {
        let mut names: Vec<&str> = AMBIENT.to_vec();
        for view in &self.ribs {
            match view {
                ScopeRib::Vars(vars) => names.extend(vars.iter().map(|var| var.name)),
                ScopeRib::Body(index) => {
                    names.extend(index.in_order().iter().map(|declared| declared.name.text.as_str()));
                }
            }
        }
        names
    }

    /// Returns the name in scope that is nearest to a wrong one.
    pub(super) fn nearest_name(&self, name: &str) -> Option<String> {
        let mut names = self.names_in_scope();
        names.extend(self.world.names.nearest(self.module, ItemKind::Const, name, &[]));
        nearest(name, names).map(str::to_owned)
    }

    /// Takes note of a name that is found; a layer must be one this layer uses.
    pub(super) fn met(&mut self, name: &Ident, found: &Resolution<'p>) {
        if let Resolution::Declared(declared) = found
            && let DeclKind::Layer(layer) = declared.what
        {
            self.may_use(layer, name);
        }
        self.constant_met(name, found);
        self.hides_constant(name, found);
        self.silence_shadowing(name, found);
    }

    /// Resolves a name that must exist.
    pub(super) fn require(&mut self, name: &Ident) -> Option<Resolution<'p>> {
        if let Some(found) = self.find(&name.text) {
            self.met(name, &found);
            Some(found)
        } else {
            let diagnostic = Diagnostic::error("GPB1003", format!("there is no `{}` in scope", name.text))
                .with_label(name.span, "unknown name");
            if self.world.unknown_qualified(self.module, ItemKind::Const, name) {
                self.unknown.insert(NodeId::new(name.span));
                return None;
            }
            if let Some(help) = self.other_meaning(&name.text) {
                self.report(diagnostic.help(help));
                return None;
            }
            if let Some(help) = Self::foreign_name(&name.text) {
                self.report(diagnostic.help(help));
                return None;
            }
            let near = self.nearest_name(&name.text);
            self.report(self.hint(diagnostic, ItemKind::Const, name, near.as_deref()));
            None
        }
    }

    /// Returns a hint about the function, or the layer's item, of that name.
    pub(super) fn other_meaning(&self, name: &str) -> Option<String> {
        if self.world.names.function(self.module, name).is_some() || builtins::lookup(name).is_some() {
            return Some(format!("`{name}` is a function: call it, `{name}(…)`"));
        }
        let bodies = self.ribs.iter().filter_map(|view| match view {
            ScopeRib::Body(index) => Some(index),
            ScopeRib::Vars(_) => None,
        });
        let mut layers = bodies.flat_map(|index| index.in_order().into_iter().copied().collect::<Vec<_>>());
        let found = layers.find_map(|declared| match declared.what {
            DeclKind::Layer(layer) => {
                let inside = self.world.indexes.get_or_build(&layer.stmts);
                let item = inside.names.get(name).is_some_and(|item| !matches!(item.what, DeclKind::Let(_)));
                (item || inside.outputs.contains_key(name)).then_some(layer)
            }
            _ => None,
        });
        found.map(|layer| format!("the layer `{0}` has one: write `{0}.{name}`", layer.name.text))
    }

    /// Reports a layer that this layer does not use.
    ///
    /// A layer sees only the layers it uses, so that the order of layers is written where a reader looks for it.
    pub(super) fn may_use(&self, target: &'p LayerStmt, name: &Ident) {
        let Some(layer) = self.layer else { return };
        if std::ptr::eq(layer, target) || layer.uses.iter().any(|used| used.text == target.name.text) {
            return;
        }
        // A misspelt layer may be this one; that has been reported.
        let is_layer = |used: &Ident| matches!(self.find(&used.text), Some(Resolution::Declared(declared)) if matches!(declared.what, DeclKind::Layer(_)));
        if !layer.uses.iter().all(is_layer) {
            return;
        }
        let (at, text) = match layer.uses.last() {
            Some(last) => (last.span, format!("{}, {}", last.text, target.name.text)),
            None => (layer.name.span, format!("{} uses {}", layer.name.text, target.name.text)),
        };
        self.report(
            Diagnostic::error(
                "GPB1603",
                format!("the layer `{}` does not use `{}`", layer.name.text, target.name.text),
            )
            .with_label(name.span, format!("an item of the layer `{}`", target.name.text))
            .with_label(layer.name.span, "used in this layer")
            .help(format!("add `{}` to what the layer uses", target.name.text))
            .fix(format!("use the layer `{}`", target.name.text), at, text),
        );
    }
}
