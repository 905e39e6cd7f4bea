//! Lowers the items at the top of a file.

use super::super::ast::{Binding, Body, FactsItem, FnItem, Ident, Item, Module, TypeExpr, TypeItem, TypeKind, UseItem};
use super::super::tree::{Rule, SyntaxNode, aliases};
use super::{DocLines, Lowering, doc_line, is_name};
use compact_str::CompactString;

impl Lowering {
    pub(super) fn module(&mut self, root: Option<SyntaxNode<'_>>) -> Module {
        let mut module = Module { file: self.file, doc: None, items: Vec::new(), deprecations: Vec::new() };
        let mut docs = DocLines::default();
        let mut about: Vec<&str> = Vec::new();
        self.aliases = root.map(aliases).unwrap_or_default().into_iter().map(str::to_owned).collect();
        for node in root.into_iter().flat_map(SyntaxNode::children) {
            match node.rule() {
                Rule::comment => {
                    about.extend(doc_line(node.text(), "//!"));
                    docs.see(node);
                }
                // What other languages write for it means the same.
                Rule::kw_pub | Rule::compat_pub => self.public = true,
                Rule::attribute => self.attribute(node),
                _ => {
                    if node.is(Rule::EOI) {
                        self.end_of_attributes();
                    }
                    self.give_attribute(node);
                    module.items.extend(self.item(node, &mut docs));
                    self.public = false;
                }
            }
        }
        module.items.append(&mut self.nested);
        self.end_of_attributes();
        module.deprecations = std::mem::take(&mut self.deprecations);
        module.doc = (!about.is_empty()).then(|| about.join("\n").into());
        module
    }

    fn item(&mut self, node: SyntaxNode<'_>, docs: &mut DocLines<'_>) -> Option<Item> {
        match node.rule() {
            Rule::use_item => {
                docs.take();
                let path = node.children().find(|child| matches!(child.rule(), Rule::text | Rule::compat_single))?;
                let reported = self.diagnostics.len();
                let text = self.plain_text(path);
                let is_whole = self.diagnostics.len() == reported && !path.has(Rule::missing_quote);
                let alias = node.has(Rule::kw_as).then(|| self.name_in(node));
                is_whole.then(|| Item::Use(UseItem { path: text, alias, span: self.span(node) }))
            }
            Rule::const_item => Some(Item::Const(self.binding(node, docs.take()))),
            Rule::fn_item => Some(Item::Fn(self.fn_item(node, docs.take()))),
            Rule::type_item => Some(Item::Type(self.type_item(node, docs.take()))),
            Rule::component_item => Some(Item::Component(self.item_body(node, docs.take()))),
            Rule::stack_item => Some(Item::Stack(self.item_body(node, docs.take()))),
            // Nothing is known of what such an item would add to.
            Rule::extend_item if node.has(Rule::compat_extended) => {
                docs.take();
                None
            }
            Rule::extend_item => Some(Item::Extend(self.item_body(node, docs.take()))),
            Rule::environment_item => {
                let of = node.children().filter(|child| is_name(*child)).nth(1);
                let of = match of {
                    Some(of) => self.name(of),
                    None => Ident { text: CompactString::default(), span: self.end_of(node), quoted: false },
                };
                Some(Item::Environment { of, body: self.item_body(node, docs.take()) })
            }
            Rule::facts_item => {
                let doc = docs.take();
                let ty = self.first_path(node);
                Some(Item::Facts(FactsItem { doc, ty, stmts: self.body_in(node), span: self.span(node) }))
            }
            Rule::policy_item => Some(Item::Policy(self.item_body(node, docs.take()))),
            Rule::test_item => {
                let of = node.children().skip_while(|child| !child.is(Rule::kw_of)).nth(1);
                let of = of.filter(|of| is_name(*of)).map(|of| self.name(of));
                Some(Item::Test { of, body: self.item_body(node, docs.take()) })
            }
            // Documentation above something that is not an item belongs to nothing.
            Rule::misplaced | Rule::junk_item | Rule::stray_rbrace => {
                docs.take();
                None
            }
            _ => None,
        }
    }

    fn item_body(&mut self, node: SyntaxNode<'_>, doc: Option<Box<str>>) -> Body {
        Body { doc, public: self.public, name: self.name_in(node), stmts: self.body_in(node), span: self.span(node) }
    }

    /// Lowers `name: type = value`, whatever keyword leads it.
    pub(super) fn binding(&mut self, node: SyntaxNode<'_>, doc: Option<Box<str>>) -> Binding {
        let ty = node.children().find(|child| matches!(child.rule(), Rule::type_expr | Rule::missing_type));
        let ty = ty
            .map(|ty| self.type_expr(ty))
            .map(|ty| if node.has(Rule::missing_colon) { TypeExpr { kind: TypeKind::Missing, ..ty } } else { ty });
        let assigned = if node.has(Rule::compat_assign) { Rule::compat_assign } else { Rule::eq };
        let value = match node.child(Rule::compat_fields) {
            Some(fields) => Some(self.missing(fields)),
            None => self.value_after(node, assigned).map(|value| self.unless_cut(node, value)),
        };
        Binding {
            doc,
            public: node.is(Rule::const_item) && self.public,
            name: self.name_in(node),
            ty,
            value,
            after: node.child(Rule::output_after).map(|after| self.paths(after)).unwrap_or_default(),
            span: self.span(node),
        }
    }

    pub(super) fn fn_item(&mut self, node: SyntaxNode<'_>, doc: Option<Box<str>>) -> FnItem {
        let mut params = Vec::new();
        let mut docs = DocLines::default();
        for part in node.child(Rule::params).into_iter().flat_map(SyntaxNode::children) {
            match part.rule() {
                Rule::comment => docs.see(part),
                Rule::fn_param => params.push(self.binding(part, docs.take())),
                _ => {}
            }
        }
        let result = node.children().find(|child| matches!(child.rule(), Rule::type_expr | Rule::missing_type));
        let assigned = if node.has(Rule::compat_assign) { Rule::compat_assign } else { Rule::eq };
        FnItem {
            doc,
            public: self.public,
            name: self.name_in(node),
            params,
            result: result.map(|ty| self.type_expr(ty)),
            value: self.value_after(node, assigned).unwrap_or_else(|| self.missing(node)),
            span: self.span(node),
        }
    }

    fn type_item(&mut self, node: SyntaxNode<'_>, doc: Option<Box<str>>) -> TypeItem {
        let ty = node.children().find(|child| {
            matches!(child.rule(), Rule::type_object | Rule::type_expr | Rule::missing_type | Rule::missing_eq)
        });
        let ty = match ty {
            Some(ty) => self.type_expr(ty),
            None => TypeExpr { kind: TypeKind::Missing, span: self.end_of(node) },
        };
        TypeItem { doc, public: self.public, name: self.name_in(node), ty, span: self.span(node) }
    }
}
