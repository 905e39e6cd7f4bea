//! Arithmetic, comparison, logic and ranges.

use super::documents;
use super::equal;
use super::wait::wait;
use crate::ty;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_base::unit;
use gpb_base::unit::Operands;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind, ValueRange};
use gpb_syntax::ast::BinaryOp;
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::sync::Arc;

/// Computes `left op right`.
///
/// The evaluator asks [`decided`] first, so that `&&`, `||` and `??` evaluate their right side only when it matters;
/// given both sides, the results are the same.
///
/// # Errors
/// When the operator does not apply to such values, or the result does not exist.
pub fn binary(op: BinaryOp, left: Value, right: Value, span: Span) -> Result<Value, Diagnostic> {
    if let Some(value) = decided(op, &left) {
        return Ok(value.with_span(span));
    }
    match op {
        BinaryOp::Coalesce => match &left.kind {
            // Whether it is there shows at apply.
            ValueKind::Unknown(unknown) => {
                let mine = unknown.ty.required().clone();
                let ty = if mine == gpb_model::ty::type_of(&right) { mine } else { Type::Any };
                wait(op.symbol(), &[&left, &right], ty, span)
            }
            _ => Ok(right),
        },
        BinaryOp::And | BinaryOp::Or => logical(op, left, right, span),
        BinaryOp::Equal | BinaryOp::NotEqual => equal::compare(op, left, right, span),
        _ => arithmetic(op, left, right, span),
    }
}

/// Returns the result where the left side alone decides it.
///
/// `false && …`, `true || …`, a given value `?? …`
pub fn decided(op: BinaryOp, left: &Value) -> Option<Value> {
    match (op, &left.kind) {
        (BinaryOp::And, ValueKind::Bool(false)) | (BinaryOp::Or, ValueKind::Bool(true)) => Some(left.clone()),
        (BinaryOp::Coalesce, ValueKind::Unknown(unknown)) if unknown.ty.is_optional() => None,
        (BinaryOp::Coalesce, kind) if *kind != ValueKind::Absent => Some(left.clone()),
        _ => None,
    }
}

/// Computes `!value`.
///
/// # Errors
/// When it is not a bool.
pub fn not(value: Value, span: Span) -> Result<Value, Diagnostic> {
    match &value.kind {
        ValueKind::Bool(bool) => Ok(Value::bool(!bool, span)),
        ValueKind::Unknown(unknown) if unknown.ty.may_be(&Type::Bool) => wait("!", &[&value], Type::Bool, span),
        _ => Err(not_for("!", &[&value], span)),
    }
}

/// Computes `-value`.
///
/// # Errors
/// When it is neither a number nor a quantity.
pub fn negate(value: Value, span: Span) -> Result<Value, Diagnostic> {
    match &value.kind {
        ValueKind::Number(number) => Ok(Value::number(-*number, span)),
        ValueKind::Quantity(quantity) => {
            let quantity = unit::Quantity { amount: -quantity.amount, ..*quantity };
            Ok(Value::new(ValueKind::Quantity(quantity), span))
        }
        ValueKind::Unknown(unknown) if unknown.ty.may_be(&Type::Number) => {
            wait("-", &[&Value::number(Decimal::ZERO, span), &value], Type::Number, span)
        }
        _ => Err(not_for("-", &[&value], span)),
    }
}

/// Computes `low..high`, both ends included.
///
/// # Errors
/// When the ends have no common order, or the low one is above the high one.
pub fn range(low: Value, high: Value, span: Span) -> Result<Value, Diagnostic> {
    let low = ty::borrow_unit(&low, &high)?;
    for end in [&low, &high] {
        let fits = match &end.kind {
            ValueKind::Number(_) | ValueKind::Quantity(_) => true,
            ValueKind::Unknown(unknown) => unknown.ty.is_ordered(),
            _ => false,
        };
        if !fits {
            return Err(Diagnostic::error("GPB1120", format!("{} cannot be the end of a range", end.describe()))
                .with_label(end.span, "not an end of a range")
                .help("ranges are made of numbers or of quantities"));
        }
    }
    ty::check_order(&low, &high)?;
    Ok(Value::new(ValueKind::Range(Arc::new(ValueRange { low, high })), span))
}

fn logical(op: BinaryOp, left: Value, right: Value, span: Span) -> Result<Value, Diagnostic> {
    let is_bool = |value: &Value| match &value.kind {
        ValueKind::Bool(_) => true,
        ValueKind::Unknown(unknown) => unknown.ty.may_be(&Type::Bool),
        _ => false,
    };
    match (&left.kind, &right.kind) {
        (ValueKind::Bool(_), _) if is_bool(&right) => Ok(right.with_span(span)),
        // An unknown left side cannot change what a decisive right side says.
        (ValueKind::Unknown(_), ValueKind::Bool(bool)) if is_bool(&left) && (op == BinaryOp::Or) == *bool => {
            Ok(right.with_span(span))
        }
        (ValueKind::Unknown(_), _) if is_bool(&left) && is_bool(&right) => {
            wait(op.symbol(), &[&left, &right], Type::Bool, span)
        }
        _ => Err(not_for(op.symbol(), &[&left, &right], span)),
    }
}

fn arithmetic(op: BinaryOp, left: Value, right: Value, span: Span) -> Result<Value, Diagnostic> {
    if let (Some(a), Some(b)) = (left.as_amount(), right.as_amount()) {
        let sides = Operands { left: a, left_span: left.span, right: b, right_span: right.span };
        let ordered = |accept: fn(Ordering) -> bool| Ok(Value::bool(accept(unit::compare(&sides)?), span));
        return match op {
            BinaryOp::Add => Ok(Value::amount(unit::add(&sides)?, span)),
            BinaryOp::Subtract => Ok(Value::amount(unit::subtract(&sides)?, span)),
            BinaryOp::Multiply => Ok(Value::amount(unit::multiply(&sides)?, span)),
            BinaryOp::Divide => Ok(Value::amount(unit::divide(&sides)?, span)),
            BinaryOp::Remainder => Ok(Value::amount(unit::remainder(&sides)?, span)),
            BinaryOp::Less => ordered(Ordering::is_lt),
            BinaryOp::LessEqual => ordered(Ordering::is_le),
            BinaryOp::Greater => ordered(Ordering::is_gt),
            BinaryOp::GreaterEqual => ordered(Ordering::is_ge),
            _ => Err(not_for(op.symbol(), &[&left, &right], span)),
        };
    }
    if op == BinaryOp::Add
        && let Some(joined) = documents::joined(&left, &right, span)
    {
        return joined;
    }
    let numeric = |value: &Value| match &value.kind {
        ValueKind::Number(_) => true,
        ValueKind::Unknown(unknown) => unknown.ty.may_be(&Type::Number),
        _ => false,
    };
    if numeric(&left) && numeric(&right) {
        let ty = match op {
            BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => Type::Bool,
            _ => Type::Number,
        };
        return wait(op.symbol(), &[&left, &right], ty, span);
    }
    Err(not_for(op.symbol(), &[&left, &right], span))
}

/// Returns the diagnostic for an operator that does not apply to its operands.
pub(super) fn not_for(symbol: &str, operands: &[&Value], span: Span) -> Diagnostic {
    if let Some(absent) = operands.iter().find(|value| value.is_absent()) {
        return Diagnostic::error("GPB1110", format!("no value was given where `{symbol}` needs one"))
            .with_label(absent.span, "this may be absent")
            .help("choose a value for that case with `??`");
    }
    let kinds: Vec<String> = operands.iter().map(|value| value.describe()).collect();
    let diagnostic = Diagnostic::error("GPB1120", format!("`{symbol}` does not apply to {}", kinds.join(" and ")))
        .with_label(span, "this operator does not apply");
    let is = |accept: fn(&ValueKind) -> bool| operands.iter().all(|value| accept(&value.kind));
    match symbol {
        "+" if is(|kind| {
            matches!(kind, ValueKind::Text(_) | ValueKind::Word(_) | ValueKind::Number(_) | ValueKind::Quantity(_))
        }) =>
        {
            diagnostic.help("strings are joined by interpolation: `\"${a}${b}\"`")
        }
        "+" if is(|kind| matches!(kind, ValueKind::List(_))) => diagnostic.help("lists are joined by `concat(a, b)`"),
        "+" if is(|kind| matches!(kind, ValueKind::Map(_))) => diagnostic.help("objects are joined by `merge(a, b)`"),
        "<" | "<=" | ">" | ">=" if is(|kind| matches!(kind, ValueKind::Text(_) | ValueKind::Word(_))) => {
            diagnostic.help("strings have no order here, because \"15.9\" would come after \"15.17\"; compare numbers")
        }
        "&&" | "||" | "!" => diagnostic.help("conditions are bools: compare the value with `==`, or ask `is_set(x)`"),
        "%" if is(|kind| matches!(kind, ValueKind::Text(_))) => {
            diagnostic.help("values are put into a string by interpolation: `\"${a}-b\"`")
        }
        "*" | "/" | "-" | "%" if operands.iter().any(|value| matches!(value.kind, ValueKind::Text(_))) => {
            diagnostic.help("`number(…)` reads a number from a string; a number stands without quotes")
        }
        _ => diagnostic,
    }
}
