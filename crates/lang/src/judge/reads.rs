//! What an expression of a fact depends on.
//!
//! Most fields of most facts are fixed: a figure, who says so, what it means. Others look at properties of the resource
//! itself. In facts only `self`, `usage`, a `let` and the functions that look at the graph differ from resource to resource;
//! what uses none of them does not.

use super::super::eval::Machine;
use super::functions::is_function;
use crate::modules::ModuleId;
use foldhash::HashMap;
use gpb_syntax::ast::{Comprehension, Expr, ExprKind, Name, Stmt, TextPart};
use std::collections::BTreeSet;

/// The properties of its own resource, as they are written after `self.`; `None` for what depends on more than those.
pub type Reads<'p> = Option<BTreeSet<&'p str>>;

/// What the names that a fact binds depend on.
pub type Names<'p> = HashMap<&'p str, Reads<'p>>;

/// How deep expressions and the functions they call are looked into; what lies deeper is taken to depend on anything.
const DEPTH: usize = 24;

/// The word for the resource that a fact is about.
pub const SELF: &str = "self";

/// An expression and where it stands.
struct Reading<'m, 'w, 'p> {
    machine: &'m Machine<'w, 'p>,
    module: ModuleId,
    names: &'m Names<'p>,
}

impl<'p> Machine<'_, 'p> {
    /// What an expression depends on, in a module where facts have bound these names.
    pub(super) fn reads(&self, expr: &'p Expr, module: ModuleId, names: &Names<'p>) -> Reads<'p> {
        Reading { machine: self, module, names }.of(expr, DEPTH)
    }

    /// What the statements of a block depend on together.
    pub(super) fn reads_of(&self, stmts: &'p [Stmt], module: ModuleId, names: &Names<'p>) -> Reads<'p> {
        Reading { machine: self, module, names }.of_stmts(stmts, DEPTH)
    }
}

impl<'p> Reading<'_, '_, 'p> {
    fn of(&self, expr: &'p Expr, depth: usize) -> Reads<'p> {
        let depth = depth.checked_sub(1)?;
        let all = |exprs: &[&'p Expr]| join(exprs.iter().map(|expr| self.of(expr, depth)));
        match &*expr.kind {
            ExprKind::Number(_) | ExprKind::Quantity { .. } | ExprKind::Bool(_) | ExprKind::Missing => nothing(),
            ExprKind::Name(name) if name.text == SELF => None,
            ExprKind::Name(name) => self.names.get(name.text.as_str()).cloned().unwrap_or_else(nothing),
            ExprKind::Text(parts) => join(parts.iter().map(|part| match part {
                TextPart::Text(_) => nothing(),
                TextPart::Hole(expr) => self.of(expr, depth),
            })),
            ExprKind::Tagged { value, .. } => self.of(value, depth),
            ExprKind::List(items) => join(items.iter().map(|item| self.of(item, depth))),
            ExprKind::Object(stmts) => self.of_stmts(stmts, depth),
            ExprKind::Call { callee, args } => {
                let args = args.iter().map(|arg| self.of(&arg.value, depth));
                join(args.chain([self.of_function(callee, depth)]))
            }
            ExprKind::Member { of, name, .. } => match &*of.kind {
                ExprKind::Name(of) if of.text == SELF => Some(BTreeSet::from([name.text.as_str()])),
                _ => self.of(of, depth),
            },
            ExprKind::Index { of, index } => all(&[of, index]),
            ExprKind::Not(inner) | ExprKind::Negate(inner) => self.of(inner, depth),
            ExprKind::Binary { left, right, .. } => all(&[left, right]),
            ExprKind::Range { low, high } => all(&[low, high]),
            ExprKind::If { condition, then, otherwise } => all(&[condition, then, otherwise]),
            ExprKind::Comprehension(comprehension) => self.of_comprehension(comprehension, depth),
            ExprKind::Policy(_) => None,
        }
    }

    /// What is bound for each turn comes from what is gone over, which counts by itself.
    fn of_comprehension(&self, comprehension: &'p Comprehension, depth: usize) -> Reads<'p> {
        let mut names = self.names.clone();
        names.extend(comprehension.names.iter().map(|name| (name.text.as_str(), nothing())));
        let inner = Reading { names: &names, ..*self };
        let parts = [&comprehension.condition, &comprehension.key].into_iter().flatten().chain([&comprehension.value]);
        join(parts.map(|part| inner.of(part, depth)).chain([self.of(&comprehension.over, depth)]))
    }

    /// What a function depends on besides its arguments.
    fn of_function(&self, callee: &'p Name, depth: usize) -> Reads<'p> {
        let Some(function) = self.machine.world.names.function(self.module, &callee.text) else {
            return if is_function(&callee.text) { None } else { nothing() };
        };
        let names = Names::default();
        let inside = Reading { machine: self.machine, module: function.module, names: &names };
        let defaults = function.item.params.iter().filter_map(|param| param.value.as_ref());
        join(defaults.chain([&function.item.value]).map(|expr| inside.of(expr, depth)))
    }

    fn of_stmts(&self, stmts: &'p [Stmt], depth: usize) -> Reads<'p> {
        let depth = depth.checked_sub(1)?;
        join(stmts.iter().map(|stmt| match stmt {
            Stmt::Field(field) => self.of(&field.value, depth),
            Stmt::Block(block) => self.of_stmts(&block.stmts, depth),
            _ => None,
        }))
    }
}

/// What depends on nothing of any resource.
pub fn nothing<'p>() -> Reads<'p> {
    Some(BTreeSet::new())
}

/// What several parts depend on together.
pub fn join<'p>(parts: impl Iterator<Item = Reads<'p>>) -> Reads<'p> {
    let mut all = BTreeSet::new();
    for part in parts {
        all.extend(part?);
    }
    Some(all)
}
