//! What an expression of a fact depends on.
//!
//! Most fields of most facts are fixed: a figure, who says so, what it means. Others look at properties of the resource
//! itself. In facts only `self`, `usage`, a `let` and the functions that look at the graph differ from resource to resource;
//! what uses none of them does not.

use super::super::eval::Interpreter;
use super::functions::is_function;
use crate::modules::ModuleId;
use foldhash::HashMap;
use gpb_syntax::ast::{Comprehension, Expr, ExprKind, Ident, Stmt, TextPart};
use std::collections::BTreeSet;

/// The properties of its own resource, as they are written after `self.`; `None` for what depends on more than those.
pub type Dependencies<'p> = Option<BTreeSet<&'p str>>;

/// What the names that a fact binds depend on.
pub type NameDependencies<'p> = HashMap<&'p str, Dependencies<'p>>;

/// How deep expressions and the functions they call are looked into; what lies deeper is taken to depend on anything.
const DEPTH: usize = 24;

/// The word for the resource that a fact is about.
pub const SELF: &str = "self";

/// An expression and where it stands.
struct DependencyScan<'m, 'w, 'p> {
    machine: &'m Interpreter<'w, 'p>,
    module: ModuleId,
    names: &'m NameDependencies<'p>,
}

impl<'p> Interpreter<'_, 'p> {
    /// What an expression depends on, in a module where facts have bound these names.
    pub(super) fn reads(&self, expr: &'p Expr, module: ModuleId, names: &NameDependencies<'p>) -> Dependencies<'p> {
        DependencyScan { machine: self, module, names }.expr(expr, DEPTH)
    }

    /// What the statements of a block depend on together.
    pub(super) fn reads_of(
        &self,
        stmts: &'p [Stmt],
        module: ModuleId,
        names: &NameDependencies<'p>,
    ) -> Dependencies<'p> {
        DependencyScan { machine: self, module, names }.of_stmts(stmts, DEPTH)
    }
}

impl<'p> DependencyScan<'_, '_, 'p> {
    fn expr(&self, expr: &'p Expr, depth: usize) -> Dependencies<'p> {
        let depth = depth.checked_sub(1)?;
        let all = |exprs: &[&'p Expr]| join(exprs.iter().map(|expr| self.expr(expr, depth)));
        match &*expr.kind {
            ExprKind::Number(_) | ExprKind::Quantity { .. } | ExprKind::Bool(_) | ExprKind::Missing => nothing(),
            ExprKind::Name(name) if name.text == SELF => None,
            ExprKind::Name(name) => self.names.get(name.text.as_str()).cloned().unwrap_or_else(nothing),
            ExprKind::Text(parts) => join(parts.iter().map(|part| match part {
                TextPart::Text(_) => nothing(),
                TextPart::Interpolation(expr) => self.expr(expr, depth),
            })),
            ExprKind::Tagged { value, .. } => self.expr(value, depth),
            ExprKind::List(items) => join(items.iter().map(|item| self.expr(item, depth))),
            ExprKind::Object(stmts) => self.of_stmts(stmts, depth),
            ExprKind::Call { callee, args } => {
                let args = args.iter().map(|arg| self.expr(&arg.value, depth));
                join(args.chain([self.of_function(callee, depth)]))
            }
            ExprKind::Member { of, name, .. } => match &*of.kind {
                ExprKind::Name(of) if of.text == SELF => Some(BTreeSet::from([name.text.as_str()])),
                _ => self.expr(of, depth),
            },
            ExprKind::Index { of, index } => all(&[of, index]),
            ExprKind::Not(inner) | ExprKind::Negate(inner) => self.expr(inner, depth),
            ExprKind::Binary { left, right, .. } => all(&[left, right]),
            ExprKind::Range { low, high } => all(&[low, high]),
            ExprKind::If { condition, then, otherwise } => all(&[condition, then, otherwise]),
            ExprKind::Comprehension(comprehension) => self.of_comprehension(comprehension, depth),
            ExprKind::Policy(_) => None,
        }
    }

    /// What is bound for each turn comes from what is gone over, which counts by itself.
    fn of_comprehension(&self, comprehension: &'p Comprehension, depth: usize) -> Dependencies<'p> {
        let mut names = self.names.clone();
        names.extend(comprehension.names.iter().map(|name| (name.text.as_str(), nothing())));
        let inner = DependencyScan { names: &names, ..*self };
        let parts = [&comprehension.condition, &comprehension.key].into_iter().flatten().chain([&comprehension.value]);
        join(parts.map(|part| inner.expr(part, depth)).chain([self.expr(&comprehension.over, depth)]))
    }

    /// What a function depends on besides its arguments.
    fn of_function(&self, callee: &'p Ident, depth: usize) -> Dependencies<'p> {
        let Some(function) = self.machine.cx.names.function(self.module, &callee.text) else {
            return if is_function(&callee.text) { None } else { nothing() };
        };
        let names = NameDependencies::default();
        let inside = DependencyScan { machine: self.machine, module: function.module, names: &names };
        let defaults = function.item.params.iter().filter_map(|param| param.value.as_ref());
        join(defaults.chain([&function.item.value]).map(|expr| inside.expr(expr, depth)))
    }

    fn of_stmts(&self, stmts: &'p [Stmt], depth: usize) -> Dependencies<'p> {
        let depth = depth.checked_sub(1)?;
        join(stmts.iter().map(|stmt| match stmt {
            Stmt::Field(field) => self.expr(&field.value, depth),
            Stmt::Block(block) => self.of_stmts(&block.stmts, depth),
            _ => None,
        }))
    }
}

/// What depends on nothing of any resource.
pub fn nothing<'p>() -> Dependencies<'p> {
    Some(BTreeSet::new())
}

/// What several parts depend on together.
pub fn join<'p>(parts: impl Iterator<Item = Dependencies<'p>>) -> Dependencies<'p> {
    let mut all = BTreeSet::new();
    for part in parts {
        all.extend(part?);
    }
    Some(all)
}
