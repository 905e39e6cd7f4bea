//! The codes of diagnostics that a condition of a test asks about.

use super::PLAN;
use gpb_syntax::ast::{Arg, Expr, ExprKind, Stmt, TextPart};

/// The lists of codes that `plan` has.
const LISTS: [&str; 3] = ["errors", "warnings", "refused"];

/// The reads of a condition, as far as they concern codes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct CodeReads {
    /// The codes that it names, `"GPB4001"`.
    pub codes: Vec<String>,
    /// True if it looks at lists of codes.
    pub looks_at_lists: bool,
    /// True if it looks at anything else of the environment.
    pub looks_elsewhere: bool,
}

impl CodeReads {
    /// Returns the reads of a condition.
    pub fn of(condition: &Expr) -> Self {
        let mut reads = CodeReads::default();
        reads.expr(condition);
        reads
    }

    /// Checks for a condition that needs no finished environment: it looks at codes alone.
    pub fn is_about_codes(&self) -> bool {
        self.looks_at_lists && !self.looks_elsewhere
    }

    fn expr(&mut self, expr: &Expr) {
        match &*expr.kind {
            ExprKind::Member { of, name, .. } if matches!(&*of.kind, ExprKind::Name(head) if head.text == PLAN) => {
                let is_list = LISTS.contains(&name.text.as_str());
                self.looks_at_lists |= is_list;
                self.looks_elsewhere |= !is_list;
            }
            ExprKind::Text(parts) => parts.iter().for_each(|part| match part {
                TextPart::Text(text) if text.starts_with("GPB") => self.codes.push(text.clone()),
                TextPart::Text(_) => {}
                TextPart::Interpolation(inner) => self.expr(inner),
            }),
            ExprKind::Number(_)
            | ExprKind::Quantity { .. }
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Missing => {}
            ExprKind::List(items) => items.iter().for_each(|item| self.expr(item)),
            ExprKind::Call { args, .. } => args.iter().for_each(|Arg { value, .. }| self.expr(value)),
            ExprKind::Tagged { value: inner, .. }
            | ExprKind::Member { of: inner, .. }
            | ExprKind::Not(inner)
            | ExprKind::Negate(inner)
            | ExprKind::Spread(inner) => self.expr(inner),
            ExprKind::Index { of: left, index: right }
            | ExprKind::Binary { left, right, .. }
            | ExprKind::Range { low: left, high: right } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::If { condition, then, otherwise } => {
                for part in [condition, then, otherwise] {
                    self.expr(part);
                }
            }
            ExprKind::Object(stmts) => stmts.iter().for_each(|stmt| match stmt {
                Stmt::Field(field) => self.expr(&field.value),
                _ => self.looks_elsewhere = true,
            }),
            ExprKind::Name(_) | ExprKind::Comprehension(_) | ExprKind::Policy(_) => self.looks_elsewhere = true,
        }
    }
}
