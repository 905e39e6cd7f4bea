//! What is the same for every resource a fact is about, evaluated once.
//!
//! Most fields of most facts are fixed: a figure, who says so, what it means. In facts only `self`, `usage`, a `let` and the
//! functions that look at the graph differ from resource to resource; what uses none of them does not.

use super::super::eval::{Expect, Given, Machine, Scope};
use super::super::value::Value;
use super::super::world::Outcome;
use super::Judge;
use super::functions::is_function;
use crate::lang::modules::ModuleId;
use crate::syntax::ast::{Expr, ExprKind, Stmt, TextPart};

/// How deep expressions and the functions they call are looked into; what lies deeper is evaluated each time.
const DEPTH: usize = 24;

impl<'p> Machine<'_, 'p> {
    /// The value of a fact's field.
    pub(super) fn field_of_fact(&self, judge: &Judge, name: &str, given: &[Given<'p>]) -> Outcome<Value> {
        let [Given::Field(field, scope)] = given else { return self.given(name, given, Expect::Any) };
        if field.label.is_some() {
            return self.given(name, given, Expect::Any);
        }
        let key = std::ptr::from_ref(&field.value) as usize;
        let known = judge.constants.borrow().get(&key).cloned();
        match known {
            Some(Some(value)) => return Ok(value),
            Some(None) => return self.eval(&field.value, scope, Expect::Any),
            None => {}
        }
        let value = self.eval(&field.value, scope, Expect::Any)?;
        let fixed = self.is_fixed(&field.value, scope.frame.around.module, Some(scope), DEPTH);
        judge.constants.borrow_mut().insert(key, fixed.then(|| value.clone()));
        Ok(value)
    }

    /// Whether an expression is the same for every resource. `scope` is that of the fact; a function's body has none of it.
    fn is_fixed(&self, expr: &'p Expr, module: ModuleId, scope: Option<&Scope<'p>>, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let fixed = |expr: &'p Expr| self.is_fixed(expr, module, scope, depth);
        match &*expr.kind {
            ExprKind::Number(_) | ExprKind::Quantity { .. } | ExprKind::Bool(_) | ExprKind::Missing => true,
            ExprKind::Name(name) => scope.is_none_or(|scope| scope.local(&name.text).is_none()),
            ExprKind::Text(parts) => parts.iter().all(|part| match part {
                TextPart::Text(_) => true,
                TextPart::Hole(expr) => fixed(expr),
            }),
            ExprKind::Tagged { value, .. } => fixed(value),
            ExprKind::List(items) => items.iter().all(fixed),
            ExprKind::Object(stmts) => stmts.iter().all(|stmt| match stmt {
                Stmt::Field(field) => fixed(&field.value),
                _ => false,
            }),
            ExprKind::Call { callee, args } => {
                let function = self.world.names.function(module, &callee.text);
                let own = function.is_none_or(|function| {
                    let defaults = function.item.params.iter().filter_map(|param| param.value.as_ref());
                    let mut inside = defaults.chain([&function.item.value]);
                    inside.all(|expr| self.is_fixed(expr, function.module, None, depth))
                });
                own && (function.is_some() || !is_function(&callee.text)) && args.iter().all(|arg| fixed(&arg.value))
            }
            ExprKind::Member { of, .. } => fixed(of),
            ExprKind::Index { of, index } => fixed(of) && fixed(index),
            ExprKind::Not(inner) | ExprKind::Negate(inner) => fixed(inner),
            ExprKind::Binary { left, right, .. } => fixed(left) && fixed(right),
            ExprKind::Range { low, high } => fixed(low) && fixed(high),
            ExprKind::If { condition, then, otherwise } => fixed(condition) && fixed(then) && fixed(otherwise),
            ExprKind::Comprehension(_) | ExprKind::Policy(_) => false,
        }
    }
}
