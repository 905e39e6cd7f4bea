//! Lowers types.

use super::super::ast::{Binding, Ident, TypeExpr, TypeKind};
use super::super::error_recovery;
use super::super::tree::{Rule, SyntaxNode};
use super::{DocLines, Lowering};
use gpb_base::source::Span;

impl Lowering {
    /// Lowers a `type_expr`, or one of the terms it is made of.
    pub(super) fn type_expr(&mut self, node: SyntaxNode<'_>) -> TypeExpr {
        let span = self.span(node);
        let kind = self.deeper(1, node, |lower| lower.type_kind(node)).unwrap_or(TypeKind::Missing);
        TypeExpr { kind, span }
    }

    fn type_kind(&mut self, node: SyntaxNode<'_>) -> TypeKind {
        match node.rule() {
            Rule::type_expr => self.union(node),
            Rule::type_named => match node.child(Rule::bounds) {
                Some(bounds) => self.bounded(node, bounds),
                None => self.named(node),
            },
            Rule::quoted_key => TypeKind::Words(vec![self.name(node)]),
            Rule::type_object => {
                let requires = node.children().filter(|part| part.is(Rule::require_stmt));
                let requires = requires.map(|stmt| self.requirement(stmt)).collect();
                TypeKind::Object { fields: self.type_fields(node), requires }
            }
            Rule::compat_type_list => {
                let name = Ident { text: "list".into(), span: self.span(node), quoted: false };
                TypeKind::Named { name, args: self.type_args(node) }
            }
            _ => TypeKind::Missing,
        }
    }

    fn union(&mut self, node: SyntaxNode<'_>) -> TypeKind {
        let is_term = |child: &SyntaxNode<'_>| {
            matches!(
                child.rule(),
                Rule::type_named | Rule::type_object | Rule::quoted_key | Rule::compat_type_list | Rule::missing_type
            )
        };
        let terms: Vec<_> = node.children().filter(is_term).collect();
        let kind = match terms.as_slice() {
            _ if error_recovery::null_term(node).is_some() => TypeKind::Missing,
            [only] => self.type_kind(*only),
            words => TypeKind::Words(words.iter().filter_map(|word| self.union_word(*word)).collect()),
        };
        if !node.has(Rule::optional_mark) {
            return kind;
        }
        let start = terms.first().map_or(node, |first| *first);
        let span = self.span(start).to(self.span(terms.last().map_or(node, |last| *last)));
        TypeKind::Optional(Box::new(TypeExpr { kind, span }))
    }

    fn union_word(&mut self, term: SyntaxNode<'_>) -> Option<Ident> {
        match term.rule() {
            Rule::quoted_key => Some(self.name(term)),
            Rule::type_named if !term.has(Rule::type_args) && !term.has(Rule::bounds) => Some(self.type_name(term)),
            Rule::missing_type => None,
            _ => {
                let span = self.span(term);
                self.report(super::super::messages::not_a_union_word(span));
                None
            }
        }
    }

    fn type_name(&mut self, node: SyntaxNode<'_>) -> Ident {
        match node.child(Rule::type_name) {
            Some(name) => self.name(name),
            None => self.name_in(node),
        }
    }

    fn named(&mut self, node: SyntaxNode<'_>) -> TypeKind {
        let name = self.type_name(node);
        if let Some(brackets) = node.child(Rule::compat_type_args) {
            if brackets.has(Rule::lparen) && !matches!(name.text.as_str(), "list" | "map" | "range") {
                return TypeKind::Missing;
            }
            let args = self.type_args(brackets);
            if !args.is_empty() {
                return TypeKind::Named { name, args };
            }
            // `string[]` is how others write `list<string>`.
            let of = TypeExpr { span: name.span, kind: TypeKind::Named { name, args } };
            let list = Ident { text: "list".into(), span: self.span(brackets), quoted: false };
            return TypeKind::Named { name: list, args: vec![of] };
        }
        let args = node.child(Rule::type_args).map(|args| self.type_args(args)).unwrap_or_default();
        TypeKind::Named { name, args }
    }

    fn bounded(&mut self, node: SyntaxNode<'_>, bounds: SyntaxNode<'_>) -> TypeKind {
        let end = bounds.before().map_or(node.start(), SyntaxNode::end);
        let span = Span::new(self.file, node.start(), end);
        let of = TypeExpr { kind: self.named(node), span };
        TypeKind::Bounded { of: of.into(), bounds: self.expr_in(bounds) }
    }

    fn type_args(&mut self, node: SyntaxNode<'_>) -> Vec<TypeExpr> {
        let types = node.children().filter(|child| matches!(child.rule(), Rule::type_expr | Rule::missing_type));
        types.map(|ty| self.type_expr(ty)).collect()
    }

    fn type_fields(&mut self, node: SyntaxNode<'_>) -> Vec<Binding> {
        let mut docs = DocLines::default();
        let mut fields = Vec::new();
        for part in node.children() {
            match part.rule() {
                Rule::comment => docs.see(part),
                Rule::type_field => fields.push(self.binding(part, docs.take())),
                _ => {}
            }
        }
        fields
    }
}
