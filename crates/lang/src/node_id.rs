//! The identity of the nodes of a program's trees.

use gpb_base::source::Span;
use gpb_syntax::ast::Stmt;

/// Identifies a node by the text it was parsed from: no two nodes of one kind share it, over all files of a compilation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(Span);

impl NodeId {
    /// Returns the identity of the node that stands at `span`.
    pub fn new(span: Span) -> Self {
        Self(span)
    }

    /// Returns the identity of a body by its first statement, which stands in no other; none for an empty body.
    pub fn of_body(stmts: &[Stmt]) -> Option<Self> {
        stmts.first().map(|first| Self(span_of(first)))
    }
}

/// Returns the text a statement was parsed from.
pub fn span_of(stmt: &Stmt) -> Span {
    match stmt {
        Stmt::Param(binding) | Stmt::Let(binding) | Stmt::Output(binding) => binding.span,
        Stmt::Layer(layer) => layer.span,
        Stmt::Resource(resource) => resource.span,
        Stmt::Block(block) => block.span,
        Stmt::Field(field) => field.span,
        Stmt::When(when) => when.span,
        Stmt::Policy(statement) => statement.span,
        Stmt::For(group) => group.span,
        Stmt::If(group) => group.span,
        Stmt::Recover(recover) => recover.span,
        Stmt::Budget(budget) => budget.span,
        Stmt::Each(each) => each.span,
        Stmt::Waive(waive) => waive.span,
        Stmt::Expect(expect) => expect.span,
        Stmt::Require(require) => require.span,
        Stmt::In { span, .. }
        | Stmt::Extension { span, .. }
        | Stmt::After { span, .. }
        | Stmt::Protect { span, .. }
        | Stmt::Ignore { span, .. }
        | Stmt::Replace { span, .. }
        | Stmt::Moved { span, .. }
        | Stmt::Keep { span, .. }
        | Stmt::ReplaceWhen { span, .. }
        | Stmt::Removed { span, .. }
        | Stmt::Override { span, .. }
        | Stmt::Derived { span, .. }
        | Stmt::Needs { span, .. }
        | Stmt::Spread { span, .. } => *span,
    }
}
