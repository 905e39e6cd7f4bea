//! Lowers expressions: chains of operands become trees by precedence.

use super::super::ast::{BinaryOp, Expr, ExprKind};
use super::super::error_recovery;
use super::super::tree::{Rule, SyntaxNode};
use super::Lowering;
use std::iter::Peekable;

/// The kind of expression that an operator makes of its two sides.
#[derive(Clone, Copy)]
enum Operator {
    Binary(BinaryOp),
    Range,
}

/// Checks for the word before a condition.
pub(super) fn begins_branch(rule: Rule) -> bool {
    matches!(rule, Rule::kw_if | Rule::compat_elif)
}

/// Returns an operator and its precedence; a higher one binds tighter.
///
/// `??` binds looser than `..`, which binds looser than sums.
fn operator(rule: Rule) -> Option<(u8, Operator)> {
    let binary = |level, op| Some((level, Operator::Binary(op)));
    match rule {
        Rule::op_or | Rule::compat_or => binary(1, BinaryOp::Or),
        Rule::op_and | Rule::compat_and => binary(2, BinaryOp::And),
        _ => match comparison(rule) {
            Some(op) => binary(3, op),
            None => match rule {
                Rule::op_coalesce => binary(4, BinaryOp::Coalesce),
                Rule::op_range | Rule::compat_range => Some((5, Operator::Range)),
                Rule::op_add => binary(6, BinaryOp::Add),
                Rule::op_subtract => binary(6, BinaryOp::Subtract),
                Rule::op_multiply => binary(7, BinaryOp::Multiply),
                Rule::op_divide => binary(7, BinaryOp::Divide),
                Rule::op_remainder => binary(7, BinaryOp::Remainder),
                _ => None,
            },
        },
    }
}

/// Returns the precedence of a binary operator.
///
/// The formatter breaks long chains by it.
pub(in super::super) fn precedence(rule: Rule) -> Option<u8> {
    operator(rule).map(|(level, _)| level)
}

pub(super) fn comparison(rule: Rule) -> Option<BinaryOp> {
    match rule {
        Rule::op_equal | Rule::compat_equal | Rule::compat_is | Rule::compat_in => Some(BinaryOp::Equal),
        Rule::op_not_equal | Rule::compat_not_equal => Some(BinaryOp::NotEqual),
        Rule::op_less => Some(BinaryOp::Less),
        Rule::op_less_equal => Some(BinaryOp::LessEqual),
        Rule::op_greater => Some(BinaryOp::Greater),
        Rule::op_greater_equal => Some(BinaryOp::GreaterEqual),
        _ => None,
    }
}

pub(super) fn is_prefix(rule: Rule) -> bool {
    matches!(rule, Rule::op_not | Rule::op_negate | Rule::compat_not)
}

/// Reports whether a rule's node is a value by itself.
pub(super) fn is_value(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::chain
            | Rule::free_chain
            | Rule::sum
            | Rule::phrase_value
            | Rule::bounds_value
            | Rule::postfix
            | Rule::bound_numeric
            | Rule::spread
            | Rule::if_expr
            | Rule::bad_value
            | Rule::bad_element
            | Rule::missing_value
            | Rule::text
            | Rule::block_text
    )
}

impl Lowering {
    /// Lowers the first value among the children; a missing one where there is none.
    pub(super) fn expr_in(&mut self, node: SyntaxNode<'_>) -> Expr {
        match node.children().find(|child| is_value(child.rule())) {
            Some(value) => self.value(value),
            None => self.missing(node),
        }
    }

    /// Lowers a value; a missing one where `=` was written for `==` behind it, which is reported.
    pub(super) fn value(&mut self, node: SyntaxNode<'_>) -> Expr {
        if node.after().is_some_and(|next| next.is(Rule::compat_condition_equal)) {
            return self.missing(node);
        }
        self.expr(node)
    }

    /// Lowers the first value behind a child made by `mark`, if that child is there.
    pub(super) fn value_after(&mut self, node: SyntaxNode<'_>, mark: Rule) -> Option<Expr> {
        let mut rest = node.children().skip_while(|child| !child.is(mark));
        rest.next()?;
        Some(match rest.find(|child| is_value(child.rule())) {
            Some(value) => self.value(value),
            None => self.missing(node),
        })
    }

    pub(super) fn expr(&mut self, node: SyntaxNode<'_>) -> Expr {
        match node.rule() {
            Rule::chain | Rule::free_chain | Rule::sum | Rule::phrase_value | Rule::bounds_value => self.chain(node),
            Rule::bound_numeric => Expr::new(self.numeric(node), self.span(node)),
            Rule::if_expr => self.if_expr(node),
            Rule::text | Rule::block_text => Expr::new(ExprKind::Text(self.text_parts(node)), self.span(node)),
            Rule::postfix => self.postfix(node),
            Rule::spread => {
                let value = self.deeper(1, node, |lower| lower.expr_in(node)).unwrap_or_else(|| self.missing(node));
                Expr::new(ExprKind::Spread(value), self.span(node))
            }
            _ => Expr::new(ExprKind::Missing, self.span(node)),
        }
    }

    /// Lowers a chain of operands and operators by precedence climbing.
    ///
    /// Operators make a tree as deep as there are operators, so each counts as a level.
    fn chain(&mut self, node: SyntaxNode<'_>) -> Expr {
        let is_operator = |child: &SyntaxNode<'_>| operator(child.rule()).is_some() || is_prefix(child.rule());
        let levels = node.children().filter(is_operator).count();
        // `is` and `in` are reported, and ask what the operator in their place does not.
        let is_asked = |child: SyntaxNode<'_>| matches!(child.rule(), Rule::compat_is | Rule::compat_in);
        if node.children().any(|child| error_recovery::is_dashed_range(child) || is_asked(child)) {
            return self.missing(node);
        }
        self.deeper(levels, node, |lower| {
            let parts = node.children().filter(|child| !matches!(child.rule(), Rule::comment | Rule::compat_hash));
            lower.climb(&mut parts.peekable(), 0, node)
        })
        .unwrap_or_else(|| self.missing(node))
    }

    fn climb<'t>(
        &mut self,
        parts: &mut Peekable<impl Iterator<Item = SyntaxNode<'t>>>,
        floor: u8,
        whole: SyntaxNode<'t>,
    ) -> Expr {
        let mut left = self.operand(parts, whole);
        while let Some((level, operator)) = parts.peek().and_then(|part| operator(part.rule())) {
            if level <= floor {
                break;
            }
            parts.next();
            let right = self.climb(parts, level, whole);
            let span = left.span.to(right.span);
            let kind = match operator {
                Operator::Binary(op) => ExprKind::Binary { op, left, right },
                Operator::Range => ExprKind::Range { low: left, high: right },
            };
            left = Expr::new(kind, span);
        }
        left
    }

    fn operand<'t>(
        &mut self,
        parts: &mut Peekable<impl Iterator<Item = SyntaxNode<'t>>>,
        whole: SyntaxNode<'t>,
    ) -> Expr {
        let mut prefixes = Vec::new();
        while let Some(prefix) = parts.next_if(|part| is_prefix(part.rule())) {
            prefixes.push(prefix);
        }
        let mut value = match parts.next() {
            Some(part) => self.expr(part),
            None => self.missing(whole),
        };
        while let Some(prefix) = prefixes.pop() {
            let span = self.span(prefix).to(value.span);
            let kind = if prefix.is(Rule::op_negate) { ExprKind::Negate(value) } else { ExprKind::Not(value) };
            value = Expr::new(kind, span);
        }
        value
    }

    /// Lowers a condition; a missing one where `=` was written for `==`, which is reported.
    pub(super) fn condition<'t>(
        &mut self,
        condition: SyntaxNode<'t>,
        rest: &mut Peekable<impl Iterator<Item = SyntaxNode<'t>>>,
    ) -> Expr {
        match rest.next_if(|next| next.is(Rule::compat_condition_equal)) {
            Some(_) => self.missing(condition),
            None => self.expr(condition),
        }
    }

    fn if_expr(&mut self, node: SyntaxNode<'_>) -> Expr {
        let levels = node.children().filter(|child| begins_branch(child.rule())).count();
        self.deeper(levels, node, |lower| lower.if_chain(node)).unwrap_or_else(|| self.missing(node))
    }

    /// Lowers `if`, condition, branch, and again, and a last branch.
    ///
    /// It is built from the last to the first.
    fn if_chain(&mut self, node: SyntaxNode<'_>) -> Expr {
        let mut steps: Vec<(SyntaxNode<'_>, Expr, Expr)> = Vec::new();
        let mut last = None;
        let mut parts = node.children().peekable();
        while let Some(part) = parts.next() {
            match part.rule() {
                Rule::kw_if | Rule::compat_elif => {
                    let condition = parts.next().map(|part| self.condition(part, &mut parts));
                    let branch = parts.next().map(|part| self.branch(part));
                    if let (Some(condition), Some(branch)) = (condition, branch) {
                        steps.push((part, condition, branch));
                    }
                }
                Rule::branch | Rule::missing_body => last = Some(self.branch(part)),
                _ => {}
            }
        }
        // Blanks behind the last branch belong to nobody.
        let end = node.children().last().map_or_else(|| self.end_of(node), |part| self.end_of(part));
        let mut value = last.unwrap_or_else(|| Expr::new(ExprKind::None, end));
        while let Some((start, condition, then)) = steps.pop() {
            let kind = ExprKind::If { condition, then, otherwise: value };
            value = Expr::new(kind, self.span(start).to(end));
        }
        value
    }

    fn branch(&mut self, node: SyntaxNode<'_>) -> Expr {
        if node.is(Rule::branch) { self.expr_in(node) } else { self.missing(node) }
    }
}
