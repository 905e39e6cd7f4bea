//! Lowers policy documents.

use super::super::ast::{PolicyClause, PolicyStatement, PrincipalExpr, Stmt, WhenClause};
use super::super::tree::{Rule, SyntaxNode};
use super::Lowering;
use super::exprs::is_value;
use compact_str::CompactString;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;

impl Lowering {
    pub(super) fn policy(&mut self, node: SyntaxNode<'_>) -> Vec<Stmt> {
        node.child(Rule::policy_body).map(|body| self.policy_body(body)).unwrap_or_default()
    }

    /// Lowers the statements between braces, and `if` and `for` around them.
    pub(super) fn policy_body(&mut self, node: SyntaxNode<'_>) -> Vec<Stmt> {
        let lowered = self.deeper(1, node, |lower| {
            let statements = node.children().filter_map(|child| match child.rule() {
                Rule::policy_stmt => Some(Stmt::Policy(Box::new(lower.policy_statement(child)))),
                Rule::policy_if | Rule::policy_for => lower.statement(child, None),
                _ => None,
            });
            statements.collect()
        });
        lowered.unwrap_or_default()
    }

    fn policy_statement(&mut self, node: SyntaxNode<'_>) -> PolicyStatement {
        let mut statement = PolicyStatement {
            allow: node.has(Rule::kw_allow),
            sid: None,
            actions: PolicyClause::default(),
            principals: PolicyClause::default(),
            resources: PolicyClause::default(),
            conditions: None,
            span: self.span(node),
        };
        statement.actions.not = self.leading_not(node);
        let mut before: Vec<SyntaxNode<'_>> = Vec::new();
        for part in node.children() {
            self.clause_again(part, &before);
            before.push(part);
            match part.rule() {
                Rule::to_clause => {
                    statement.principals.not = statement.principals.not.or(self.leading_not(part));
                    let principals = part.children().filter(|child| child.is(Rule::principal));
                    statement.principals.values.extend(principals.map(|principal| self.principal(principal)));
                }
                Rule::on_clause => {
                    statement.resources.not = statement.resources.not.or(self.leading_not(part));
                    let values = part.children().filter(|child| is_value(child.rule()));
                    statement.resources.values.extend(values.map(|value| self.expr(value)));
                }
                Rule::sid_clause => statement.sid = Some(self.after_keyword(part, Rule::kw_sid)),
                Rule::when_clause if part.has(Rule::body) => {
                    statement.conditions = Some(WhenClause { stmts: self.body_in(part), span: self.span(part) });
                }
                rule if is_value(rule) => statement.actions.values.push(self.expr(part)),
                _ => {}
            }
        }
        statement
    }

    /// Reports a clause that a statement can have only once: `sid`, `when`, and `to` or `on` with `not`.
    fn clause_again(&mut self, clause: SyntaxNode<'_>, before: &[SyntaxNode<'_>]) {
        let Some(first) = before.iter().find(|other| other.is(clause.rule())) else { return };
        let diagnostic = match clause.rule() {
            Rule::sid_clause => {
                Diagnostic::error("GPB1409", "one statement has one `sid`").help("remove one of the two")
            }
            Rule::when_clause => Diagnostic::error("GPB1409", "one statement has one `when`")
                .help("write all conditions in one `when { … }`: all of them have to hold"),
            Rule::to_clause | Rule::on_clause
                if [*first, clause].iter().any(|one| self.leading_not(*one).is_some()) =>
            {
                Diagnostic::error("GPB1160", "a clause with `not` stands once in a statement")
                    .help("`not` excludes all that the clause names: write another statement for the rest")
            }
            _ => return,
        };
        let (again, first) = (self.span(clause), self.span(*first));
        self.report(diagnostic.with_label(again, "again here").with_label(first, "first here"));
    }

    /// Returns the `not` right behind the word that begins a clause.
    fn leading_not(&self, node: SyntaxNode<'_>) -> Option<Span> {
        node.children().nth(1).filter(|second| second.is(Rule::kw_not)).map(|not| self.span(not))
    }

    fn principal(&mut self, node: SyntaxNode<'_>) -> PrincipalExpr {
        let values = node.children().filter(|child| child.is(Rule::chain));
        let mut kind = self.name_in(node);
        if node.has(Rule::bad_name) {
            // A message asks for the kind; the name in its place is none.
            kind.text = CompactString::default();
        }
        PrincipalExpr { values: values.map(|value| self.expr(value)).collect(), kind }
    }
}
