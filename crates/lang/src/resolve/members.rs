//! Checks `head.name`, where the head is a layer or a component.
//!
//! Their members are known without evaluating.

use super::resolver::{Resolver, suggest};
use super::static_type::StaticType;
use crate::body_index::{BodyIndex, DeclKind, Declaration};
use crate::names::GlobalItem;
use crate::ty::unknown_field;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_model::ty::Type;
use gpb_syntax::ast::{Body, Expr, Ident};

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

    /// Reports `of?.name` where the type of `of` declares no such field: it would be absent for ever.
    pub(super) fn optional_member(&self, of: &'p Expr, name: &Ident) {
        let Some(StaticType::Type(ty)) = self.static_type(of) else { return };
        if let Type::Object(object) = ty.required()
            && !name.text.is_empty()
            && !object.fields.contains_key(name.text.as_str())
        {
            self.report(unknown_field(&name.text, name.span, object));
        }
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
