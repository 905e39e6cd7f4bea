//! Lowers the entries between braces.

use super::super::ast::{BlockStmt, Expr, ExprKind, FieldStmt, Ident, Item, Stmt};
use super::super::error_recovery;
use super::super::tree::{Rule, SyntaxNode};
use super::exprs::is_value;
use super::{DocLines, Lowering, is_name};

pub(super) fn is_entry(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::direct
            | Rule::labelled
            | Rule::qualified_use
            | Rule::compat_pub_entry
            | Rule::compat_hcl
            | Rule::phrase
            | Rule::incomplete
            | Rule::odd_key
            | Rule::spread_entry
            | Rule::param_stmt
            | Rule::let_stmt
            | Rule::output_stmt
            | Rule::layer_stmt
            | Rule::resource_stmt
            | Rule::for_stmt
            | Rule::if_stmt
            | Rule::in_stmt
            | Rule::after_stmt
            | Rule::ignore_stmt
            | Rule::protect_stmt
            | Rule::replace_stmt
            | Rule::moved_stmt
            | Rule::keep_stmt
            | Rule::replace_when_stmt
            | Rule::removed_stmt
            | Rule::override_stmt
            | Rule::when_stmt
            | Rule::recover_stmt
            | Rule::derived_stmt
            | Rule::budget_stmt
            | Rule::needs_stmt
            | Rule::each_stmt
            | Rule::waive_stmt
            | Rule::expect_stmt
            | Rule::require_stmt
            | Rule::compat_else
            | Rule::compat_fn
            | Rule::compat_assert
            | Rule::compat_for
            | Rule::compat_moved
            | Rule::nested_fn
    )
}

fn is_foreign(node: SyntaxNode<'_>) -> bool {
    match node.rule() {
        Rule::compat_hcl
        | Rule::odd_key
        | Rule::compat_else
        | Rule::compat_fn
        | Rule::compat_assert
        | Rule::compat_for
        | Rule::compat_moved => true,
        Rule::direct => {
            error_recovery::is_else(node)
                || error_recovery::is_policy_block(node)
                || node.has(Rule::compat_assign) && (error_recovery::is_walrus(node) || error_recovery::is_yaml(node))
        }
        Rule::labelled => error_recovery::is_hcl(node),
        _ => false,
    }
}

/// Returns the braces of `tags {for k, v in m: k = v}`: one computed map.
fn map_body(node: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let body = node.child(Rule::body).filter(|_| !node.has(Rule::place))?;
    super::values::map_for(body).map(|_| body)
}

impl Lowering {
    pub(super) fn body(&mut self, node: SyntaxNode<'_>) -> Vec<Stmt> {
        // Statements are large, and there are more of them than of anything: no room is taken for some that never come.
        let mut stmts = Vec::with_capacity(node.children().filter(|part| is_entry(part.rule())).count());
        let mut docs = DocLines::default();
        for part in node.children() {
            if part.is(Rule::comment) {
                docs.see(part);
            } else if part.is(Rule::attribute) {
                self.attribute(part);
            } else if is_entry(part.rule()) && part.start() >= self.skip_until {
                let doc = docs.take();
                self.give_attribute(part);
                self.entry(part, doc, &mut stmts);
            }
        }
        self.end_of_attributes();
        stmts
    }

    fn entry(&mut self, node: SyntaxNode<'_>, doc: Option<Box<str>>, stmts: &mut Vec<Stmt>) {
        match node.rule() {
            // The message names the syntax to use instead; what was meant is not guessed.
            _ if is_foreign(node) => {
                if error_recovery::is_yaml(node) {
                    self.skip_until = error_recovery::yaml_end(node);
                }
            }
            Rule::direct | Rule::labelled | Rule::qualified_use => stmts.push(self.head(node, doc)),
            Rule::compat_pub_entry => {
                if let Some(inner) = node.children().find(|inner| is_entry(inner.rule())) {
                    self.entry(inner, doc, stmts);
                }
            }
            Rule::phrase => self.phrase(node, doc, stmts),
            Rule::spread_entry => {
                let value = self.expr_in(node);
                let value = self.unless_cut(node, value);
                stmts.push(Stmt::Spread { value, span: self.span(node) });
            }
            Rule::nested_fn => {
                if let Some(function) = node.child(Rule::fn_item) {
                    let function = self.fn_item(function, doc);
                    self.nested.push(Item::Fn(function));
                }
            }
            Rule::incomplete => {
                let head = self.name_in(node);
                let value = self.missing(node);
                stmts.push(Stmt::Field(FieldStmt { doc, head, label: None, value, span: self.span(node) }));
            }
            _ => stmts.extend(self.statement(node, doc)),
        }
    }

    /// Lowers `head label in place { … }` and `head label = value`.
    fn head(&mut self, node: SyntaxNode<'_>, doc: Option<Box<str>>) -> Stmt {
        let second = || node.children().filter(|child| is_name(*child)).nth(1);
        let label = if node.is(Rule::direct) { None } else { second().map(|label| self.name(label).into()) };
        let head = self.name_in(node);
        let span = self.span(node);
        let assigned = if node.has(Rule::compat_assign) { Rule::compat_assign } else { Rule::eq };
        if let Some(body) = error_recovery::signed_block(node) {
            let stmts = self.deeper(1, body, |lower| lower.body(body)).unwrap_or_default();
            return Stmt::Block(BlockStmt { doc, head, label, place: None, stmts, span });
        }
        if let Some(map) = map_body(node) {
            let value = self.object(map);
            return Stmt::Field(FieldStmt { doc, head, label, value, span });
        }
        if let Some(value) = self.value_after(node, assigned) {
            let value = self.unless_cut(node, value);
            return Stmt::Field(FieldStmt { doc, head, label, value, span });
        }
        let place = self.place(node);
        Stmt::Block(BlockStmt { doc, head, label, place, stmts: self.body_in(node), span })
    }

    pub(super) fn place(&mut self, node: SyntaxNode<'_>) -> Option<Expr> {
        node.child(Rule::place).map(|place| self.expr_in(place))
    }

    fn phrase(&mut self, node: SyntaxNode<'_>, mut doc: Option<Box<str>>, stmts: &mut Vec<Stmt>) {
        let Some(name) = node.child(Rule::name) else { return };
        let head = self.name(name);
        let value = self.expr_in(node);
        let span = head.span.to(value.span);
        stmts.push(Stmt::Field(FieldStmt { doc: doc.take(), head, label: None, value, span }));
        stmts.extend(self.pairs(node).into_iter().map(Stmt::Field));
        // Unexpected text behind the last value says that it was meant otherwise.
        if node.after().is_some_and(|next| next.is(Rule::junk_tail))
            && let Some(Stmt::Field(last)) = stmts.last_mut()
        {
            last.value = self.missing(node);
        }
    }

    pub(super) fn pairs(&mut self, node: SyntaxNode<'_>) -> Vec<FieldStmt> {
        let pairs = node.children().filter(|child| child.is(Rule::pair));
        pairs
            .map(|pair| FieldStmt {
                doc: None,
                head: self.name_in(pair),
                label: None,
                value: self.expr_in(pair),
                span: self.span(pair),
            })
            .collect()
    }

    /// Lowers the one name that a statement such as `protect always` has.
    pub(super) fn word(&mut self, node: SyntaxNode<'_>) -> Ident {
        self.name_in(node)
    }

    /// Lowers the value right behind a keyword, missing or not.
    pub(super) fn after_keyword(&mut self, node: SyntaxNode<'_>, keyword: Rule) -> Expr {
        let mut rest = node.children().skip_while(|child| !child.is(keyword)).skip(1);
        match rest.next().filter(|next| is_value(next.rule())) {
            Some(value) => self.value(value),
            None => Expr::new(ExprKind::Missing, self.end_of(node)),
        }
    }
}
