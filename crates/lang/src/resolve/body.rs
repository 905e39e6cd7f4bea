//! Resolves statements: which ones a body may hold, and the names in them.

use super::body_kind::BodyKind;
use super::cycles::ReferenceGraph;
use super::foreign::listed;
use super::resolver::{GroupKind, Resolver, suggest};
use super::ribs::{Resolution, RibVar, ScopeRib};
use super::word_reader::WordReader;
use crate::body_index::{BodyIndex, DeclKind};
use crate::names::{ItemKind, NamedItem};
use crate::node_id::{NodeId, span_of};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_syntax::ast::{
    BlockStmt, Body, Expr, FieldStmt, ForStmt, Ident, IfStmt, LayerStmt, NamePath, PathSegment, ResourceStmt, Stmt,
};

impl<'p> Resolver<'_, 'p> {
    /// Resolves the statements of a stack, a layer, a component, or of a group in one.
    pub(super) fn body(&mut self, stmts: &'p [Stmt], place: BodyKind) {
        let index = self.world.indexes.get_or_build(stmts);
        for duplicate in &index.duplicates {
            self.report(duplicate.clone());
        }
        self.declared_names(&index);
        self.ribs.push(ScopeRib::Body(index));
        for stmt in stmts {
            self.declaration(stmt, place);
        }
        self.ribs.pop();
    }

    fn declaration(&mut self, stmt: &'p Stmt, place: BodyKind) {
        match stmt {
            Stmt::Param(binding) if place != BodyKind::Layer && self.group.is_none() => {
                self.may_read_variables = place == BodyKind::Stack;
                self.binding(binding);
                self.may_read_variables = false;
            }
            Stmt::Output(binding) if self.group != Some(GroupKind::For) => {
                self.binding(binding);
                binding.after.iter().for_each(|path| self.path(path));
            }
            Stmt::Let(binding) => self.binding(binding),
            Stmt::Layer(layer) if place == BodyKind::Stack && self.group != Some(GroupKind::For) => self.layer(layer),
            Stmt::Resource(resource) => self.resource(resource),
            Stmt::Block(block) => self.component_use(block, place),
            Stmt::For(group) => self.for_each(group, |this| this.grouped(&group.stmts, place, GroupKind::For)),
            Stmt::If(group) => self.choose_branch(group, |this, branch| this.grouped(branch, place, GroupKind::Once)),
            Stmt::In { place: expr, stmts, .. } => {
                self.place(expr);
                self.grouped(stmts, place, GroupKind::Once);
            }
            Stmt::Extension { stmts, span } => {
                let Some(module) = self.world.program.module_of(span.file) else { return };
                let outer = std::mem::replace(&mut self.module, module);
                self.grouped(stmts, place, GroupKind::Extension);
                self.module = outer;
            }
            Stmt::After { paths, .. } => paths.iter().for_each(|path| self.path(path)),
            Stmt::Require(require) => self.requirement(require),
            Stmt::Moved { .. } if place == BodyKind::Stack => {}
            Stmt::Removed { stmts, .. } if place == BodyKind::Stack => self.removed(stmts),
            Stmt::Waive(waive) => self.waive(waive),
            Stmt::Recover(recover) => self.object(&recover.stmts, BodyKind::Object, &WordReader::Evaluation),
            Stmt::Derived { from, stmts, .. } => {
                self.path(from);
                self.object(stmts, BodyKind::Object, &WordReader::Evaluation);
            }
            other => self.misplaced(other, place),
        }
    }

    fn grouped(&mut self, stmts: &'p [Stmt], place: BodyKind, group: GroupKind) {
        let outer = self.group;
        self.group = if outer == Some(GroupKind::For) { outer } else { Some(group) };
        self.body(stmts, place);
        self.group = outer;
    }

    fn layer(&mut self, layer: &'p LayerStmt) {
        layer.place.iter().for_each(|place| self.place(place));
        let outer = (self.layer.replace(layer), self.group.take());
        self.body(&layer.stmts, BodyKind::Layer);
        (self.layer, self.group) = outer;
    }

    fn resource(&mut self, resource: &'p ResourceStmt) {
        self.world.check_type_name(&resource.ty);
        resource.place.iter().for_each(|place| self.place(place));
        self.object(&resource.stmts, BodyKind::Resource, &WordReader::Resource(&resource.ty));
    }

    fn component_use(&mut self, block: &'p BlockStmt, place: BodyKind) {
        block.place.iter().for_each(|place| self.place(place));
        let mut reader = WordReader::Evaluation;
        match self.world.names.component(self.module, &block.head.text) {
            Some(component) => {
                self.item_met(&block.head, &NamedItem::Component(component));
                let index = self.world.indexes.get_or_build(&component.item.stmts);
                reader = WordReader::Params(component.module, index);
                self.components.edge(self.item, NodeId::new(component.item.span), block.head.span);
                if block.label.is_none() {
                    self.unlabelled(block);
                }
            }
            None if block.label.is_none() && self.keyword_alone(block, place) => return,
            None if self.item_in_a_body(&block.head, block.label.as_deref(), place) => return,
            // What another tool has inside means as little here.
            None if self.foreign_block(block) => return,
            None if self.world.unknown_qualified(self.module, ItemKind::Component, &block.head) => {}
            None => self.unknown_component(block, place),
        }
        self.object(&block.stmts, BodyKind::Use, &reader);
    }

    /// Reports `layer {` and the like: something is missing before the braces.
    fn keyword_alone(&mut self, block: &'p BlockStmt, place: BodyKind) -> bool {
        let keyword = block.head.text.as_str();
        let (code, what, inside) = match keyword {
            "layer" => ("GPB0031", "a name", Some(BodyKind::Layer)),
            "in" => ("GPB0030", "a value", Some(place)),
            "resource" | "existing" => ("GPB0032", "a type", None),
            "param" | "let" | "output" => ("GPB0031", "a name", None),
            _ => return false,
        };
        let after = Span { start: block.head.span.end, ..block.head.span };
        let diagnostic = Diagnostic::error(code, format!("expected {what} after `{keyword}`"));
        self.report(diagnostic.with_label(after, format!("{what} is missing here")));
        if let Some(inside) = inside {
            self.grouped(&block.stmts, inside, GroupKind::Once);
        }
        true
    }

    fn unlabelled(&self, block: &BlockStmt) {
        let message = format!("this use of the component `{}` has no name", block.head.text);
        self.report(
            Diagnostic::error("GPB1015", message)
                .with_label(block.head.span, "a name must follow")
                .help(format!("write `{} main {{ … }}`: the name is part of every address inside", block.head.text)),
        );
    }

    fn unknown_component(&self, block: &BlockStmt, place: BodyKind) {
        let head = &block.head;
        let diagnostic = Diagnostic::error("GPB1005", format!("there is no component `{}`", head.text))
            .with_label(head.span, format!("a block in {} uses a component", place.describe()));
        let near = self.world.names.nearest(self.module, ItemKind::Component, &head.text, &[]);
        self.report(self.hint(diagnostic, ItemKind::Component, head, near));
    }

    fn place(&mut self, place: &'p Expr) {
        self.expr(place, &WordReader::of(&Type::Place, None));
    }

    /// Resolves the entries of a resource, a component's use, or an environment.
    ///
    /// Also those of an object. `reader` reads the words of the whole.
    pub(super) fn object(&mut self, stmts: &'p [Stmt], place: BodyKind, reader: &WordReader<'p>) {
        let depth = self.ribs.len();
        for stmt in stmts {
            match stmt {
                Stmt::Field(field) if place == BodyKind::Environment && self.asks_for_policies(field, reader) => {}
                Stmt::Field(field) => self.entry(field, reader),
                Stmt::Block(block) => self.entry_block(block, reader),
                Stmt::Policy(statement) if place == BodyKind::Policy => self.policy(statement),
                Stmt::Spread { value, .. } if place == BodyKind::Object => self.head(value),
                Stmt::When(when) => {
                    let reader = reader.block("when", self.world);
                    self.expr(&when.threshold, &reader.field("threshold", self.world));
                    when.actions.iter().for_each(|action| self.entry(action, &reader));
                }
                Stmt::Let(binding) => {
                    self.binding(binding);
                    self.value_name(&binding.name, "value");
                    self.shadows(&binding.name, "value");
                    self.ribs.push(ScopeRib::Vars(vec![RibVar::bound(binding)]));
                }
                Stmt::For(group) => self.for_each(group, |this| this.object(&group.stmts, place, reader)),
                Stmt::If(group) => self.choose_branch(group, |this, branch| this.object(branch, place, reader)),
                Stmt::Moved { .. } if place == BodyKind::Environment => {}
                Stmt::Removed { stmts, .. } if place == BodyKind::Environment => self.removed(stmts),
                Stmt::Override { stmts, .. } if place == BodyKind::Environment => {
                    self.object(stmts, BodyKind::Object, &WordReader::Evaluation);
                }
                Stmt::Budget(budget) if place == BodyKind::Environment => {
                    budget.at.iter().for_each(|(value, _)| self.expr(value, &WordReader::Evaluation));
                    self.expr(&budget.amount, &WordReader::Evaluation);
                }
                other => self.about(other, place),
            }
        }
        self.ribs.truncate(depth);
    }

    fn entry(&mut self, field: &'p FieldStmt, reader: &WordReader<'p>) {
        if reader.is_of_the_catalog() && !self.may_hold_words(&field.value) {
            self.expr(&field.value, &WordReader::Evaluation);
            return;
        }
        self.argument_met(&field.head, reader);
        let whole = reader.field(&field.head.text, self.world);
        match &field.label {
            Some(label) => self.expr(&field.value, &whole.field(&label.text, self.world)),
            None => self.expr(&field.value, &whole),
        }
    }

    /// Notes that a parameter is given a value.
    fn argument_met(&self, name: &Ident, reader: &WordReader<'p>) {
        if let WordReader::Params(_, index) | WordReader::Environment(_, index) = reader
            && let Some(declared) = index.names.get(name.text.as_str())
        {
            self.world.check_deprecated(name.span, declared.name.span);
        }
    }

    fn entry_block(&mut self, block: &'p BlockStmt, reader: &WordReader<'p>) {
        block.place.iter().for_each(|place| self.place(place));
        self.argument_met(&block.head, reader);
        let whole = match &block.label {
            Some(label) => reader.field(&block.head.text, self.world).block(&label.text, self.world),
            None => reader.block(&block.head.text, self.world),
        };
        self.object(&block.stmts, BodyKind::Object, &whole);
    }

    /// Resolves a statement about a resource, a component's use or an environment.
    fn about(&mut self, stmt: &'p Stmt, place: BodyKind) {
        let is_resource = place == BodyKind::Resource;
        let is_item = is_resource || place == BodyKind::Use;
        match stmt {
            Stmt::After { paths, .. } if is_item => paths.iter().for_each(|path| self.path(path)),
            Stmt::Protect { word, .. } if is_item => self.known_word(word, &["always", "never"], "protect"),
            Stmt::Replace { word, .. } if is_resource => {
                self.known_word(word, &["create_first", "delete_first"], "replace");
            }
            Stmt::Keep { word, .. } if is_item => self.keep_word(word.as_ref()),
            Stmt::ReplaceWhen { value, .. } if is_resource => self.expr(value, &WordReader::Evaluation),
            Stmt::Ignore { .. } if is_resource => {}
            Stmt::Waive(waive) if is_item || place == BodyKind::Environment => self.waive(waive),
            Stmt::Recover(recover) if is_item || place == BodyKind::Environment => {
                self.object(&recover.stmts, BodyKind::Object, &WordReader::Evaluation);
            }
            Stmt::Derived { from, stmts, .. } if is_item => {
                self.path(from);
                self.object(stmts, BodyKind::Object, &WordReader::Evaluation);
            }
            Stmt::Needs { amount, of, .. } if is_item => {
                self.expr(amount, &WordReader::Nobody);
                self.path(of);
            }
            other => self.misplaced(other, place),
        }
    }

    fn keep_word(&self, word: Option<&Ident>) {
        if let Some(word) = word {
            self.known_word(word, &["true", "false"], "keep");
        }
    }

    /// Checks the entries of a `removed`: `keep true`, once.
    fn removed(&self, stmts: &'p [Stmt]) {
        let mut first = None;
        for stmt in stmts {
            let diagnostic = match stmt {
                Stmt::Keep { word, span } if first.is_none() => {
                    self.keep_word(word.as_ref());
                    first = Some(*span);
                    continue;
                }
                Stmt::Keep { span, .. } => Diagnostic::error("GPB1421", "`keep` is said of one `removed` twice")
                    .with_label(*span, "again here")
                    .with_label(first.unwrap_or(*span), "first here")
                    .help("remove one of the two"),
                other => Diagnostic::error("GPB1421", "a `removed` says `keep true`, or nothing")
                    .with_label(span_of(other), "means nothing here")
                    .help("write `removed old.address { keep true }`: it stays on AWS, and gpb lets go of it"),
            };
            self.report(diagnostic);
        }
    }

    fn known_word(&self, word: &Ident, known: &[&str], statement: &str) {
        if known.contains(&word.text.as_str()) {
            return;
        }
        let diagnostic = Diagnostic::error("GPB1708", format!("`{statement}` does not know `{}`", word.text))
            .with_label(
                word.span,
                format!("expected {}", known.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(" or ")),
            );
        self.report(match nearest(&word.text, known.iter().copied()) {
            Some(near) => suggest(diagnostic, near, word.span),
            None => diagnostic,
        });
    }

    fn for_each(&mut self, group: &'p ForStmt, body: impl FnOnce(&mut Self)) {
        self.head(&group.over);
        self.variables(&group.names);
        self.ribs.push(ScopeRib::Vars(RibVar::of_iteration(&group.names, &group.over)));
        if let Some(key) = &group.key {
            self.expr(key, &WordReader::Nobody);
        }
        body(self);
        self.ribs.pop();
    }

    fn choose_branch(&mut self, group: &'p IfStmt, mut body: impl FnMut(&mut Self, &'p [Stmt])) {
        self.head(&group.condition);
        body(self, &group.then);
        body(self, &group.otherwise);
    }

    /// Resolves the path after `after`.
    ///
    /// Its head is a name in scope, and the members of a layer or a component are known.
    fn path(&mut self, path: &'p NamePath) {
        let mut segments = path.segments.iter();
        let Some(PathSegment::Name(head)) = segments.next() else { return };
        if self.find(&head.text).is_none()
            && self.nearest_name(&head.text).is_none()
            && self.other_meaning(&head.text).is_none()
            && let Some(names) = self.items_in_scope()
        {
            let diagnostic = Diagnostic::error("GPB1003", format!("there is no `{}` in scope", head.text));
            self.report(diagnostic.with_label(head.span, "unknown name").help(format!("in scope are {names}")));
            return;
        }
        let found = self.require(head);
        if let (Some(Resolution::Declared(declared)), Some(PathSegment::Name(name))) = (found, segments.next()) {
            self.member_of(&declared, name);
        }
        for segment in &path.segments {
            if let PathSegment::Index(expr) = segment {
                self.expr(expr, &WordReader::Nobody);
            }
        }
    }

    /// Checks that the layers of a stack use known layers, and without a cycle.
    pub(super) fn layers(&mut self, body: &'p Body) {
        let index = self.world.indexes.get_or_build(&body.stmts);
        let mut edges = ReferenceGraph::default();
        for declared in index.in_order() {
            let DeclKind::Layer(layer) = declared.what else { continue };
            edges.node(NodeId::new(layer.span), &layer.name);
            for used in &layer.uses {
                match index.names.get(used.text.as_str()).map(|declared| declared.what) {
                    Some(DeclKind::Layer(target)) => {
                        edges.edge(NodeId::new(layer.span), NodeId::new(target.span), used.span);
                    }
                    _ => self.unknown_layer(used, &index),
                }
            }
        }
        edges.report(self.world, "GPB1602", "layer", "of two layers only one can be built on the other");
    }

    fn unknown_layer(&self, used: &Ident, index: &BodyIndex<'p>) {
        let diagnostic = Diagnostic::error("GPB1601", format!("there is no layer `{}` in this stack", used.text))
            .with_label(used.span, "unknown layer");
        let layers = index.names.values().filter(|declared| matches!(declared.what, DeclKind::Layer(_)));
        let layers: Vec<&str> = layers.map(|declared| declared.name.text.as_str()).collect();
        self.report(match nearest(&used.text, layers.iter().copied()) {
            Some(near) => suggest(diagnostic, near, used.span),
            None => match listed(layers) {
                Some(layers) => diagnostic.help(format!("the layers of this stack are {layers}")),
                None => diagnostic.help("this stack has no layers yet: `layer name { … }` declares one"),
            },
        });
    }
}
