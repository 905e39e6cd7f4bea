//! The properties that an expression of a fact depends on.
//!
//! Most fields of most facts are fixed: a figure, who says so, what it means. Others look at properties of the resource
//! itself. In facts only `self`, `usage`, a `let` and the functions that look at the graph differ from resource to resource;
//! what uses none of them does not.

use crate::graph_functions;
use crate::modules::ModuleId;
use crate::names::Names;
use foldhash::HashMap;
use gpb_syntax::ast::{Comprehension, Expr, ExprKind, Ident, Stmt, TextPart};
use std::collections::BTreeSet;

/// The properties of its own resource, as they are written after `self.`; `None` for what depends on more than those.
pub type Dependencies<'p> = Option<BTreeSet<&'p str>>;

/// The dependencies of the names that a fact binds.
pub type NameDependencies<'p> = HashMap<&'p str, Dependencies<'p>>;

/// The depth to which expressions and the functions they call are looked into; what lies deeper is taken to depend on anything.
const DEPTH: usize = 24;

/// The block where the facts of a type begin: it says what a resource's `usage` may hold.
pub const USAGE: &str = "usage";

/// The word for the resource that a fact is about.
pub const SELF: &str = "self";

/// Scans an expression that stands in a module.
struct DependencyScan<'m, 'p> {
    program: &'m Names<'p>,
    module: ModuleId,
    names: &'m NameDependencies<'p>,
}

/// Returns what an expression depends on, in a module where facts have bound these names.
pub fn of_expr<'p>(
    program: &Names<'p>,
    expr: &'p Expr,
    module: ModuleId,
    names: &NameDependencies<'p>,
) -> Dependencies<'p> {
    DependencyScan { program, module, names }.expr(expr, DEPTH)
}

/// Returns what the statements of a block depend on together.
pub fn of_stmts<'p>(
    program: &Names<'p>,
    stmts: &'p [Stmt],
    module: ModuleId,
    names: &NameDependencies<'p>,
) -> Dependencies<'p> {
    DependencyScan { program, module, names }.of_stmts(stmts, DEPTH)
}

impl<'p> DependencyScan<'_, 'p> {
    fn expr(&self, expr: &'p Expr, depth: usize) -> Dependencies<'p> {
        let depth = depth.checked_sub(1)?;
        let all = |exprs: &[&'p Expr]| join(exprs.iter().map(|expr| self.expr(expr, depth)));
        match &*expr.kind {
            ExprKind::Number(_)
            | ExprKind::Quantity { .. }
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Missing => nothing(),
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
            ExprKind::Not(inner) | ExprKind::Negate(inner) | ExprKind::Spread(inner) => self.expr(inner, depth),
            ExprKind::Binary { left, right, .. } => all(&[left, right]),
            ExprKind::Range { low, high } => all(&[low, high]),
            ExprKind::If { condition, then, otherwise } => all(&[condition, then, otherwise]),
            ExprKind::Comprehension(comprehension) => self.of_comprehension(comprehension, depth),
            ExprKind::Policy(_) => None,
        }
    }

    /// Returns what a comprehension depends on. What is bound for each iteration comes from what is gone over, which counts by itself.
    fn of_comprehension(&self, comprehension: &'p Comprehension, depth: usize) -> Dependencies<'p> {
        let mut names = self.names.clone();
        names.extend(comprehension.names.iter().map(|name| (name.text.as_str(), nothing())));
        let inner = DependencyScan { names: &names, ..*self };
        let parts = [&comprehension.condition, &comprehension.key].into_iter().flatten().chain([&comprehension.value]);
        join(parts.map(|part| inner.expr(part, depth)).chain([self.expr(&comprehension.over, depth)]))
    }

    /// Returns what a function depends on besides its arguments.
    fn of_function(&self, callee: &'p Ident, depth: usize) -> Dependencies<'p> {
        let Some(function) = self.program.function(self.module, &callee.text) else {
            return if graph_functions::find(&callee.text).is_some() { None } else { nothing() };
        };
        let names = NameDependencies::default();
        let inside = DependencyScan { program: self.program, module: function.module, names: &names };
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

/// Returns the dependencies of what depends on nothing of any resource.
#[expect(clippy::unnecessary_wraps, reason = "what depends on more than properties has none")]
pub fn nothing<'p>() -> Dependencies<'p> {
    Some(BTreeSet::new())
}

/// Returns what several parts depend on together.
pub fn join<'p>(parts: impl Iterator<Item = Dependencies<'p>>) -> Dependencies<'p> {
    let mut all = BTreeSet::new();
    for part in parts {
        all.extend(part?);
    }
    Some(all)
}
