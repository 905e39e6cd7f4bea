//! Operators, conditions and loops on symbols.

use super::comprehension::Iterations;
use super::interpreter::Interpreter;
use super::scope::Scope;
use super::symbols::symbol_of;
use super::world::{symbol, waits_for_apply};
use crate::compile_context::EvalResult;
use crate::ops;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::ty::{Type, type_of};
use gpb_model::value::{Unknown, Value, ValueKind};
use gpb_syntax::ast::BinaryOp;

impl<'p> Interpreter<'_, 'p> {
    /// Checks whether a value is not known because nobody has given what it depends on.
    pub fn is_symbolic(&self, value: &Value) -> bool {
        self.view.world().is_some() && !value.is_known() && !waits(value)
    }

    /// Returns a condition as what the world decides about it.
    pub(super) fn settled(&self, condition: Value, at: Span) -> Value {
        let Some(world) = self.view.world() else { return condition };
        match &condition.kind {
            ValueKind::Bool(holds) => world.meet(at, *holds),
            ValueKind::Unknown(unknown) if unknown.ty.may_be(&Type::Bool) && !waits_for_apply(&unknown.value) => {
                return Value::bool(world.decide(&unknown.value, at), condition.span);
            }
            _ => {}
        }
        condition
    }

    /// Returns the iteration that stands for all of those over an unknown list or map.
    pub(super) fn any_iteration(&self, over: &Unknown, span: Span) -> EvalResult<Iterations> {
        let Some(world) = self.view.world() else { return Ok(Vec::new()) };
        let part = |name: &str| symbol(name, vec![over.value.as_ref().clone()]);
        let (key, ty) = match over.ty.required() {
            Type::List(of) => (Type::Count, of.as_ref()),
            Type::Map(of) => (Type::String, of.as_ref()),
            Type::Any => (Type::Any, &Type::Any),
            ty => {
                return Err(self.report(
                    Diagnostic::error("GPB1406", format!("`for` cannot iterate over {}", crate::ty::article(ty)))
                        .with_label(span, "expected a list or a map")
                        .help("`range(n)` is the list of the numbers from 0 to n-1"),
                ));
            }
        };
        let key = Value::new_unknown(part("key"), key, span);
        Ok(vec![(Some(key), symbol_of(world, ty, part("element"), span))])
    }

    /// Applies an operator to values of which some may be symbols.
    pub(super) fn operate(
        &self,
        op: BinaryOp,
        left: Value,
        right: Value,
        scope: &Scope<'p>,
        span: Span,
    ) -> EvalResult<Value> {
        let is_unknown = |value: &Value| matches!(value.kind, ValueKind::Unknown(_));
        let either = is_unknown(&left) || is_unknown(&right);
        if self.view.world().is_none() || !either || left.is_absent() || right.is_absent() {
            return self.ok(ops::binary(op, left, right, span));
        }
        if !matches!(op, BinaryOp::Equal | BinaryOp::NotEqual) {
            let ty = self.ok(ops::arithmetic_type(op, &left, &right, span))?;
            return Ok(ops::symbol(op.symbol(), &[&left, &right], ty, span));
        }
        let left = self.read_beside(left, &right, scope)?;
        let right = self.read_beside(right, &left, scope)?;
        self.ok(ops::check_comparable(&left, &right))?;
        if left == right {
            return Ok(Value::bool(op == BinaryOp::Equal, span));
        }
        Ok(ops::symbol(op.symbol(), &[&left, &right], Type::Bool, span))
    }

    /// Reads a word that is compared with a symbol by the symbol's type.
    fn read_beside(&self, value: Value, other: &Value, scope: &Scope<'p>) -> EvalResult<Value> {
        match (&value.kind, &other.kind) {
            (ValueKind::Word(_) | ValueKind::Text(_), ValueKind::Unknown(unknown))
                if matches!(unknown.ty, Type::Words(_)) =>
            {
                self.conform(value, &unknown.ty, scope, None)
            }
            (ValueKind::Word(_), ValueKind::Unknown(unknown)) if matches!(unknown.ty, Type::Region | Type::Zone) => {
                self.conform(value, &unknown.ty, scope, None)
            }
            _ => Ok(value),
        }
    }

    pub(super) fn negated(&self, value: Value, span: Span) -> EvalResult<Value> {
        if self.is_symbolic(&value) {
            let ty = self.ok(ops::negated_type(&value, span))?;
            return Ok(ops::symbol("-", &[&value], ty, span));
        }
        self.ok(ops::negate(value, span))
    }

    /// Checks that the ends of a range may be compared.
    pub(super) fn check_ends(&self, low: &Value, high: &Value) -> EvalResult<()> {
        let is_unknown = |value: &Value| matches!(value.kind, ValueKind::Unknown(_));
        // A bare number takes the unit of the high end.
        let takes_unit = matches!(low.kind, ValueKind::Number(_));
        if self.view.world().is_none() || takes_unit || !(is_unknown(low) || is_unknown(high)) {
            return Ok(());
        }
        let is_amount = |value: &Value| match type_of(value).required() {
            Type::Int | Type::Number | Type::Count => Some(Type::Number),
            Type::Dimension(dimension) => Some(Type::Dimension(*dimension)),
            _ => None,
        };
        match (is_amount(low), is_amount(high)) {
            (Some(Type::Number), Some(Type::Dimension(_))) => Ok(()),
            (Some(first), Some(second)) if first != second => self.ok(ops::check_comparable(low, high)),
            _ => Ok(()),
        }
    }

    /// Checks that the symbols in a string have a text form.
    pub(super) fn check_text_parts(&self, parts: &[Value]) -> EvalResult<()> {
        if self.view.world().is_none() {
            return Ok(());
        }
        let mut failed = None;
        for part in parts.iter().filter(|part| self.is_symbolic(part)) {
            let ValueKind::Unknown(unknown) = &part.kind else { continue };
            let help = match unknown.ty.required() {
                Type::List(_) => "`join(list, \", \")` makes a string of a list, `json(list)` makes JSON",
                Type::Map(_) | Type::Object(_) => "`json(…)` makes JSON of it",
                Type::Range(_) => "`low(…)` and `high(…)` give its ends",
                Type::Place => "name what is meant: `.region` or `.account`",
                _ => continue,
            };
            failed = Some(
                self.report(
                    Diagnostic::error("GPB1128", format!("{} has no text form", part.describe()))
                        .with_label(part.span, "cannot be a part of a string")
                        .help(help),
                ),
            );
        }
        failed.map_or(Ok(()), Err)
    }
}

fn waits(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Unknown(unknown) => waits_for_apply(&unknown.value),
        ValueKind::List(items) => items.iter().any(waits),
        ValueKind::Map(entries) => entries.values().any(|entry| waits(&entry.value)),
        ValueKind::Range(range) => waits(&range.low) || waits(&range.high),
        _ => false,
    }
}
