//! The items of a program.

use super::body_kind::BodyKind;
use super::foreign::listed;
use super::resolver::{Findings, Resolver, suggest};
use super::ribs::{RibVar, ScopeRib, VarSource};
use super::word_reader::WordReader;
use crate::compile_context::CompileContext;
use crate::names::{ItemKind, NamedItem, duplicate};
use crate::node_id::NodeId;
use gpb_base::diag::Diagnostic;
use gpb_syntax::ast::{Binding, Body, FactsItem, FnItem, Ident, TypeItem};
use std::collections::HashSet;

/// The results of resolution that evaluation needs.
#[derive(Debug, Default)]
pub struct ResolveOutput {
    /// The items that are not evaluated.
    ///
    /// Functions and components that lead back to themselves, by address of their tree.
    pub recursive: HashSet<NodeId>,
    /// The names that have been reported as unknown or ambiguous.
    ///
    /// They have no value, and nothing more is said about them.
    pub unknown: foldhash::HashSet<NodeId>,
}

/// Resolves the whole program.
pub fn resolve(cx: &CompileContext<'_>) -> ResolveOutput {
    let mut found = Findings::default();
    for (module, loaded) in cx.program.iter().filter(|(_, loaded)| !loaded.std) {
        let resolver = Resolver::of_file(cx, module, &mut found);
        let used = loaded.uses.iter().filter_map(|used| used.alias.as_ref());
        used.chain(&loaded.unread).for_each(|alias| resolver.alias_name(alias));
    }
    for item in &cx.names.items {
        let mut resolver = Resolver::new(cx, *item, &mut found);
        resolver.item_name(item.kind(), item.name());
        match item {
            NamedItem::Const(global) => resolver.constant(global.item),
            NamedItem::Fn(global) => resolver.function(global.item),
            NamedItem::Type(global) => resolver.type_item(global.item),
            NamedItem::Component(global) => resolver.component(global.item),
            NamedItem::Stack(global) => resolver.stack(global.item),
            NamedItem::Policy(global) => resolver.policy_item(global.item),
            NamedItem::Test(test) => resolver.test_item(*test),
            NamedItem::Environment(environment) => resolver.environment(environment.of, environment.body),
        }
    }
    for facts in &cx.names.facts {
        Resolver::of_facts(cx, *facts, &mut found).facts(facts.item);
    }
    let Findings { functions, components, unknown } = found;
    let mut recursive =
        functions.report(cx, "GPB1009", "function", "every program must end, so functions cannot call themselves");
    recursive.extend(components.report(cx, "GPB1010", "component", "its expansion would never end"));
    ResolveOutput { recursive, unknown }
}

impl<'p> Resolver<'_, 'p> {
    fn facts(&mut self, facts: &'p FactsItem) {
        self.world.check_type_name(&facts.ty);
        self.ribs.push(ScopeRib::Vars(vec![
            RibVar::of_facts("self", VarSource::Resource(&facts.ty)),
            RibVar::of_facts("usage", VarSource::Evaluation),
        ]));
        self.object(&facts.stmts, BodyKind::Facts, &WordReader::Evaluation);
        self.ribs.pop();
    }

    fn constant(&mut self, binding: &'p Binding) {
        self.binding(binding);
    }

    fn function(&mut self, item: &'p FnItem) {
        self.functions.node(self.item, &item.name);
        for (at, param) in item.params.iter().enumerate() {
            self.binding(param);
            self.value_name(&param.name, "parameter");
            self.shadows_alias(&param.name, "parameter");
            let earlier = item.params.iter().take(at).find(|earlier| earlier.name.text == param.name.text);
            if let Some(first) = earlier.filter(|first| !first.name.text.is_empty()) {
                self.report(duplicate("parameter", &param.name, first.name.span));
            }
        }
        let declared = item.result.as_ref().map_or(item.name.span, |result| result.span);
        let reader = self.reader_of(self.module, item.result.as_ref(), declared);
        self.ribs.push(ScopeRib::Vars(item.params.iter().map(RibVar::bound).collect()));
        self.expr(&item.value, &reader);
        self.ribs.pop();
    }

    fn type_item(&mut self, item: &'p TypeItem) {
        self.world.check_type(self.module, item);
        self.type_defaults(&item.ty);
    }

    fn component(&mut self, body: &'p Body) {
        self.components.node(self.item, &body.name);
        self.body(&body.stmts, BodyKind::Component);
    }

    fn stack(&mut self, body: &'p Body) {
        self.body(&body.stmts, BodyKind::Stack);
        self.layers(body);
    }

    fn environment(&mut self, of: &'p Ident, body: &'p Body) {
        let stack = self.world.names.stack(self.module, &of.text);
        if let Some(stack) = stack {
            self.item_met(of, &NamedItem::Stack(stack));
        } else if !self.world.unknown_qualified(self.module, ItemKind::Stack, of) && !of.text.is_empty() {
            // A name that is missing has been reported as such.
            let diagnostic = Diagnostic::error("GPB1006", format!("there is no stack `{}`", of.text))
                .with_label(of.span, "unknown stack");
            let near = self.world.names.nearest(self.module, ItemKind::Stack, &of.text, &[]);
            self.report(match (near, self.world.names.of_kind(self.module, ItemKind::Stack).as_slice()) {
                (None, [only]) => suggest(diagnostic, only, of.span),
                (None, several) => match listed(several.to_vec()) {
                    Some(stacks) => diagnostic.help(format!("the stacks are {stacks}")),
                    None => self.hint(
                        diagnostic.help(format!(
                            "no stack is in sight: declare `stack {} {{ … }}`, or import its file with `use`",
                            of.text
                        )),
                        ItemKind::Stack,
                        of,
                        None,
                    ),
                },
                (near, _) => self.hint(diagnostic, ItemKind::Stack, of, near),
            });
        }
        let reader = match stack {
            Some(stack) => WordReader::Environment(stack.module, self.world.indexes.get_or_build(&stack.item.stmts)),
            None => WordReader::Evaluation,
        };
        self.object(&body.stmts, BodyKind::Environment, &reader);
    }
}
