//! Lowers policy documents.

use super::super::ast::{PolicyStatement, PrincipalExpr, WhenClause};
use super::super::tree::{Rule, SyntaxNode};
use super::Lowering;
use super::exprs::is_value;

impl Lowering {
    pub(super) fn policy(&mut self, node: SyntaxNode<'_>) -> Vec<PolicyStatement> {
        let body = node.child(Rule::policy_body).into_iter().flat_map(SyntaxNode::children);
        let statements = body.filter(|child| child.is(Rule::policy_stmt)).collect::<Vec<_>>();
        let lowered = self.deeper(1, node, |lower| {
            statements.into_iter().map(|statement| lower.policy_statement(statement)).collect()
        });
        lowered.unwrap_or_default()
    }

    fn policy_statement(&mut self, node: SyntaxNode<'_>) -> PolicyStatement {
        let mut statement = PolicyStatement {
            allow: node.has(Rule::kw_allow),
            actions: Vec::new(),
            principals: Vec::new(),
            resources: Vec::new(),
            conditions: None,
            span: self.span(node),
        };
        for part in node.children() {
            match part.rule() {
                Rule::to_clause => {
                    let principals = part.children().filter(|child| child.is(Rule::principal));
                    statement.principals.extend(principals.map(|principal| self.principal(principal)));
                }
                Rule::on_clause => {
                    let values = part.children().filter(|child| is_value(child.rule()));
                    statement.resources.extend(values.map(|value| self.expr(value)));
                }
                Rule::when_clause if part.has(Rule::body) => {
                    statement.conditions = Some(WhenClause { stmts: self.body_in(part), span: self.span(part) });
                }
                rule if is_value(rule) => statement.actions.push(self.expr(part)),
                _ => {}
            }
        }
        statement
    }

    fn principal(&mut self, node: SyntaxNode<'_>) -> PrincipalExpr {
        let value = node.child(Rule::chain).map(|value| self.expr(value));
        PrincipalExpr { kind: self.name_in(node), value }
    }
}
