//! Checks `head.name`, where the head is a layer or a component.
//!
//! Their members are known without evaluating.

use super::resolver::{Resolver, suggest};
use super::static_type::StaticType;
use crate::body_index::{BodyIndex, DeclKind, Declaration};
use crate::names::GlobalItem;
use crate::ty::unknown_field;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_catalog::{ObjectShape, Shape};
use gpb_model::ty::Type;
use gpb_syntax::ast::{Body, Expr, ExprKind, Ident};

impl<'p> Resolver<'_, 'p> {
    pub(super) fn member_of(&self, declared: &Declaration<'p>, name: &Ident) {
        // A keyed item is a map: its members are its keys.
        if declared.keyed > 0 {
            return;
        }
        match declared.what {
            DeclKind::Layer(layer) => {
                let index = self.world.indexes.get_or_build(&layer.stmts);
                self.member_in(&index, &format!("the layer `{}`", layer.name.text), layer.name.span, name);
            }
            DeclKind::Use(block) => {
                if let Some(component) =
                    self.world.names.component(self.world.home_of(block.span, self.module), &block.head.text)
                {
                    self.member_of_component(component, name);
                }
            }
            DeclKind::Param(_) | DeclKind::Let(_) | DeclKind::Resource(_) => {}
        }
    }

    /// Reports `of?.name` where the type of `of` knows no such field or property: it would be absent for ever.
    ///
    /// In policies and tests `of.name` too, which are evaluated only where there is such a resource.
    pub(super) fn known_member(&self, of: &'p Expr, name: &Ident) {
        // The library is checked as it is built: its types need not be decoded for a program.
        let is_own = self.world.program.get(self.module).is_some_and(|loaded| !loaded.std);
        if name.text.is_empty() || !is_own {
            return;
        }
        if self.placeless
            && !matches!(*of.kind, ExprKind::Name(_))
            && let Some((declared, keys)) = self.declaration_of(of)
            && keys == declared.keyed
        {
            self.member_of(&Declaration { keyed: 0, ..declared }, name);
        }
        match self.static_type(of) {
            Some(StaticType::Type(ty)) => match ty.required() {
                Type::Object(object) if !object.fields.contains_key(name.text.as_str()) => {
                    self.report(unknown_field(&name.text, name.span, object));
                }
                Type::Resource(Some(ty)) => {
                    if let Some(def) = self.world.def(ty).filter(|_| name.text != "id") {
                        self.property_in(&def.root, &def.name, name);
                    }
                }
                _ => {}
            },
            Some(StaticType::Property(def, path)) => {
                // Inside a property, a value has gpb's names alone.
                if let Some(Shape::Object(object)) = def.shape_at(&path)
                    && object.by_name(&name.text).is_none()
                    && let Some(property) = object.by_aws(&name.text)
                {
                    let what = def.display(&path).replace("[0]", "");
                    let diagnostic = Diagnostic::error("GPB1702", format!("`{what}` has no property `{}`", name.text))
                        .with_label(name.span, "this is AWS's spelling");
                    self.report(suggest(diagnostic, &property.name, name.span));
                } else if let Some(Shape::Object(object)) = def.shape_at(&path) {
                    self.property_in(object, &def.display(&path).replace("[0]", ""), name);
                }
            }
            None => {}
        }
    }

    /// Checks that an object of the catalog has a property.
    pub(super) fn property_in(&self, object: &ObjectShape, what: &str, name: &Ident) {
        if object.by_name(&name.text).is_some() || object.by_aws(&name.text).is_some() {
            return;
        }
        let diagnostic = Diagnostic::error("GPB1702", format!("`{what}` has no property `{}`", name.text))
            .with_label(name.span, "unknown property");
        let names: Vec<&str> = object.properties.iter().map(|property| property.name.as_str()).collect();
        self.report(match nearest(&name.text, names.iter().copied()) {
            Some(near) => suggest(diagnostic, near, name.span),
            None if names.len() <= 12 => diagnostic.help(format!("it has {}", names.join(", "))),
            None => diagnostic.help(format!("`gpb explain {what}` lists its properties")),
        });
    }

    fn member_of_component(&self, component: GlobalItem<'p, Body>, name: &Ident) {
        let index = self.world.indexes.get_or_build(&component.item.stmts);
        let what = format!("the component `{}`", component.item.name.text);
        self.member_in(&index, &what, component.item.name.span, name);
    }

    fn member_in(&self, index: &BodyIndex<'p>, what: &str, declared_at: gpb_base::source::Span, name: &Ident) {
        let shown = |declared: &Declaration<'_>| !matches!(declared.what, DeclKind::Let(_));
        let member = index.names.get(name.text.as_str());
        let output = index.outputs.get(name.text.as_str()).map(|(binding, _)| &binding.name);
        let shown_member = member.filter(|declared| shown(declared)).map(|declared| declared.name);
        if let Some(declared) = output.or(shown_member) {
            self.world.check_deprecated(name.span, declared.span);
            return;
        }
        let diagnostic = Diagnostic::error("GPB1701", format!("{what} has no `{}`", name.text))
            .with_label(name.span, "not one of its items or outputs");
        if let Some(private) = member {
            self.report(
                diagnostic.with_label(private.name.span, "a `let` is seen inside only").help("give it as an `output`"),
            );
            return;
        }
        let mut names: Vec<&str> = index.outputs.keys().copied().collect();
        names.extend(
            index.names.values().filter(|declared| shown(declared)).map(|declared| declared.name.text.as_str()),
        );
        names.sort_unstable();
        names.dedup();
        let diagnostic = diagnostic.with_label(declared_at, "declared here");
        self.report(match nearest(&name.text, names.iter().copied()) {
            Some(near) => suggest(diagnostic, near, name.span),
            None if names.is_empty() => diagnostic,
            None => diagnostic.help(format!("it has {}", names.join(", "))),
        });
    }
}
