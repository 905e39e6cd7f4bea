//! Lowers the rules of policies, and the statements that waive them.

use super::super::ast::{EachStmt, RequireClause, WaiveStmt};
use super::super::tree::{Rule, SyntaxNode};
use super::Lowering;

impl Lowering {
    pub(super) fn each(&mut self, node: SyntaxNode<'_>) -> EachStmt {
        let requires = node.children().filter(|child| child.is(Rule::require_clause));
        EachStmt {
            ty: self.first_path(node),
            name: self.name_in(node),
            condition: node.has(Rule::kw_if).then(|| self.after_keyword(node, Rule::kw_if)),
            requires: requires.map(|clause| self.require_clause(clause)).collect(),
            span: self.span(node),
        }
    }

    fn require_clause(&mut self, node: SyntaxNode<'_>) -> RequireClause {
        RequireClause {
            condition: self.after_keyword(node, Rule::kw_require),
            reason: self.after_keyword(node, Rule::kw_else),
            span: self.span(node),
        }
    }

    pub(super) fn waive(&mut self, node: SyntaxNode<'_>) -> WaiveStmt {
        WaiveStmt {
            policy: self.name_in(node),
            until: self.after_keyword(node, Rule::kw_until),
            because: self.after_keyword(node, Rule::kw_because),
            span: self.span(node),
        }
    }
}
