//! The rules of policies, checked with symbols for the resources they are about.

use super::worlds::StaticCheck;
use crate::compile_context::{EvalResult, dotted};
use crate::eval::{Expectation, param_symbol, symbol_of};
use crate::expand::Expander;
use crate::modules::ModuleId;
use crate::names::GlobalItem;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::{Body, EachStmt, Expr, Stmt};

/// The code of a loop over what is unknown until apply.
const UNKNOWN_LENGTH: &str = "GPB1405";

impl<'p> StaticCheck<'_, 'p> {
    /// Checks the conditions of a policy against the type of its resources, whether there are such resources or not.
    pub fn policy(&self, policy: GlobalItem<'p, Body>) {
        for stmt in &policy.item.stmts {
            if let Stmt::Each(each) = stmt
                && !each.name.text.is_empty()
                && let Some(ty) = dotted(&each.ty).filter(|ty| self.cx.def(ty).is_some())
            {
                let ty = Type::Resource(Some(ty.as_str().into()));
                self.in_worlds(&[each.span], std::iter::empty(), |expander, _| {
                    rule(expander, policy.module, each, &ty);
                });
            }
        }
    }
}

fn rule<'p>(expander: &Expander<'_, 'p>, module: ModuleId, each: &'p EachStmt, ty: &Type) {
    let Some(world) = &expander.world else { return };
    let resource = symbol_of(world, ty, param_symbol(&each.name.text), each.name.span);
    let interpreter = expander.interpreter();
    let scope = interpreter.root(module).bind(&each.name.text, resource);
    let condition = |condition: &'p Expr| -> EvalResult<()> {
        let value = interpreter.eval(condition, &scope, Expectation::Any)?;
        if is_condition(&value) { Ok(()) } else { Err(interpreter.not_a_condition(&value, condition.span)) }
    };
    let reports = &expander.cx.reports;
    let before = reports.count();
    // A failure has been reported where it happened.
    for part in each.condition.iter().chain(each.requires.iter().map(|clause| &clause.condition)) {
        let _ = condition(part);
    }
    // A policy makes nothing: it may go over a list whose length nobody knows.
    let news = reports.take_after(before).into_iter().filter(|one| one.code != UNKNOWN_LENGTH);
    news.for_each(|one| reports.restore(one));
}

fn is_condition(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Bool(_) | ValueKind::Absent => true,
        ValueKind::Unknown(unknown) => matches!(unknown.ty.required(), Type::Bool | Type::Any),
        _ => false,
    }
}
