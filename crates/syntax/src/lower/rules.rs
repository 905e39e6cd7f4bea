//! Lowers the rules of policies, the statements that waive them, and the expectations of tests.

use super::super::ast::{EachStmt, ExpectStmt, Expected, RequireClause, WaiveStmt};
use super::super::tree::{Rule, SyntaxNode};
use super::{Lowering, is_name};

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

    pub(super) fn expect(&mut self, node: SyntaxNode<'_>) -> ExpectStmt {
        let what = match node.child(Rule::expected_code) {
            Some(code) => self.expected_code(code),
            None => Expected::Condition(self.after_keyword(node, Rule::kw_expect)),
        };
        let why = node.has(Rule::kw_else).then(|| self.after_keyword(node, Rule::kw_else));
        ExpectStmt { what, why, span: self.span(node) }
    }

    fn expected_code(&mut self, node: SyntaxNode<'_>) -> Expected {
        let mut names: Vec<_> = node.children().filter(|child| is_name(*child)).map(|name| self.name(name)).collect();
        let code = names.pop().unwrap_or_else(|| self.name_in(node));
        let kind = names.pop().unwrap_or_else(|| self.name_in(node));
        Expected::Code { no: names.pop(), kind, code }
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
