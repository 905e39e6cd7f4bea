//! Conditions that nothing can change: what is tested or required by them holds always, or never.

use super::resolver::Resolver;
use crate::graph_functions;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_syntax::ast::{BinaryOp, Expr, ExprKind, Stmt, TextPart};

impl<'p> Resolver<'_, 'p> {
    /// Reports a condition, or a part of it that decides, which depends on nothing of the environment.
    pub(super) fn can_fail(&self, condition: &'p Expr, what: &str) {
        let Some((span, why)) = self.fixed_part(condition) else { return };
        self.report(
            Diagnostic::error("GPB1923", format!("{what} depends on nothing: it holds always, or never"))
                .with_label(span, why)
                .help("ask about a resource, a parameter, `environment` or what a function of the program returns"),
        );
    }

    fn fixed_part(&self, condition: &'p Expr) -> Option<(Span, &'static str)> {
        match &*condition.kind {
            ExprKind::Not(inner) => self.fixed_part(inner),
            ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, left, right } => {
                self.fixed_part(left).or_else(|| self.fixed_part(right))
            }
            ExprKind::Binary { op, left, right } if is_comparison(*op) && !self.is_fixed(condition) => {
                let slice = |side: &Expr| self.world.program.sources.slice(side.span);
                if slice(left) == slice(right) {
                    return Some((condition.span, "both sides are the same"));
                }
                let is_zero = |side: &Expr| matches!(&*side.kind, ExprKind::Number(zero) if zero.is_zero());
                let never_below = matches!(op, BinaryOp::GreaterEqual | BinaryOp::Less)
                    && is_zero(right)
                    && is_number_of(left)
                    || matches!(op, BinaryOp::LessEqual | BinaryOp::Greater) && is_zero(left) && is_number_of(right);
                never_below.then_some((condition.span, "a number of things is never below 0"))
            }
            _ => self.is_fixed(condition).then_some((condition.span, "nothing here can change")),
        }
    }

    /// Checks whether a value is the same in every environment and in every version of the program's functions and constants.
    fn is_fixed(&self, expr: &'p Expr) -> bool {
        match &*expr.kind {
            ExprKind::Number(_) | ExprKind::Quantity { .. } | ExprKind::Bool(_) | ExprKind::None => true,
            ExprKind::Text(parts) => parts.iter().all(|part| match part {
                TextPart::Text(_) => true,
                TextPart::Interpolation(inner) => self.is_fixed(inner),
            }),
            ExprKind::List(items) => items.iter().all(|item| self.is_fixed(item)),
            ExprKind::Object(stmts) => stmts.iter().all(|stmt| match stmt {
                Stmt::Field(field) => self.is_fixed(&field.value),
                _ => false,
            }),
            ExprKind::Call { callee, args } => {
                let is_about_resources =
                    args.first().is_some_and(|arg| graph_functions::spelt_type(&arg.value).is_some());
                let is_of_graph = graph_functions::find(&callee.text).is_some()
                    && (is_about_resources || crate::builtins::lookup(&callee.text).is_none());
                !is_of_graph
                    && self.world.names.function(self.module, &callee.text).is_none()
                    && args.iter().all(|arg| self.is_fixed(&arg.value))
            }
            ExprKind::Tagged { value: inner, .. }
            | ExprKind::Member { of: inner, .. }
            | ExprKind::Not(inner)
            | ExprKind::Negate(inner)
            | ExprKind::Spread(inner) => self.is_fixed(inner),
            ExprKind::Index { of: left, index: right }
            | ExprKind::Binary { left, right, .. }
            | ExprKind::Range { low: left, high: right } => self.is_fixed(left) && self.is_fixed(right),
            ExprKind::If { condition, then, otherwise } => {
                [condition, then, otherwise].into_iter().all(|part| self.is_fixed(part))
            }
            ExprKind::Name(_) | ExprKind::Missing | ExprKind::Comprehension(_) | ExprKind::Policy(_) => false,
        }
    }
}

fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp as Op;
    matches!(op, Op::Equal | Op::NotEqual | Op::Less | Op::LessEqual | Op::Greater | Op::GreaterEqual)
}

/// Checks for a number of things: `count(…)`, `length(…)`.
fn is_number_of(expr: &Expr) -> bool {
    matches!(&*expr.kind, ExprKind::Call { callee, .. } if matches!(callee.text.as_str(), "count" | "length"))
}
