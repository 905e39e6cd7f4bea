//! Applies operators to types: what a symbol will be is not known, but what kind of value it will be is.

use super::documents;
use super::operators::not_for;
use crate::property::strict;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_base::unit;
use gpb_base::unit::{Amount, Operands, Quantity};
use gpb_model as model;
use gpb_model::ty::{Type, type_of};
use gpb_model::value::{Value, ValueKind};
use gpb_syntax::ast::BinaryOp;
use rust_decimal::Decimal;

/// The key of an entry that stands for any number of entries. No key of a program is empty.
pub(crate) const ANY_KEY: &str = "";

/// Returns the symbol of a call: equal calls of equal symbols are equal.
pub(crate) fn symbol(function: &str, args: &[&Value], ty: Type, span: Span) -> Value {
    if ty == Type::Secret {
        let source = model::SecretSource::Store { name: String::new() };
        return Value::new(ValueKind::Secret(source.into()), span);
    }
    let args = args.iter().map(|arg| argument(arg)).collect();
    let call = model::PropertyValue::Call { function: function.to_owned(), args };
    let symbol = Value::new_unknown(call, ty.clone(), span);
    // One that has grown too large is as good as one that is known by its place.
    symbol.bounded().unwrap_or_else(|_| Value::new_unknown(place(function, span), ty, span))
}

fn argument(value: &Value) -> model::PropertyValue {
    let shown = |value: &Value| model::PropertyValue::Text(value.to_string().into());
    match &value.kind {
        ValueKind::Range(range) => model::PropertyValue::List(vec![argument(&range.low), argument(&range.high)]),
        ValueKind::Quantity(_) | ValueKind::Place(_) | ValueKind::Resource(_) => shown(value),
        _ => strict(value).unwrap_or_else(|_| place("value", value.span)),
    }
}

fn place(function: &str, span: Span) -> model::PropertyValue {
    let at = model::PropertyValue::Text(format!("{span:?}").into());
    model::PropertyValue::Call { function: function.to_owned(), args: vec![at] }
}

/// Returns the type of `left op right`, an operator of arithmetic or of order.
///
/// # Errors
/// An operator that does not apply to values of these types.
pub(crate) fn arithmetic_type(op: BinaryOp, left: &Value, right: &Value, span: Span) -> Result<Type, Diagnostic> {
    if op == BinaryOp::Add && documents::may_join(left, right) {
        return Ok(Type::Policy);
    }
    let (Some(first), Some(second)) = (Operand::of(left), Operand::of(right)) else {
        return Err(not_for(op.symbol(), &[left, right], span));
    };
    let is_order = matches!(op, BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual);
    let (Operand::Amount(left_amount), Operand::Amount(right_amount)) = (first, second) else {
        return Ok(if is_order { Type::Bool } else { Type::Any });
    };
    let sides = Operands { left: left_amount, left_span: left.span, right: right_amount, right_span: right.span };
    let amount = match op {
        BinaryOp::Add => unit::add(&sides),
        BinaryOp::Subtract => unit::subtract(&sides),
        BinaryOp::Multiply => unit::multiply(&sides),
        BinaryOp::Divide => unit::divide(&sides),
        BinaryOp::Remainder => unit::remainder(&sides),
        _ => return unit::compare(&sides).map(|_| Type::Bool),
    };
    match amount {
        Ok(amount) => Ok(type_of(&Value::amount(amount, span))),
        // Which amounts they are only an environment says.
        Err(diagnostic) if diagnostic.code == "GPB1118" => Ok(Type::Any),
        Err(diagnostic) => Err(diagnostic),
    }
}

/// Checks that values of two types may be the same.
///
/// # Errors
/// Types whose values are never equal.
pub(crate) fn check_comparable(left: &Value, right: &Value) -> Result<(), Diagnostic> {
    if let (Some(Operand::Amount(first)), Some(Operand::Amount(second))) = (Operand::of(left), Operand::of(right)) {
        let sides = Operands { left: first, left_span: left.span, right: second, right_span: right.span };
        return unit::compare(&sides).map(drop);
    }
    let (one, other) = (type_of(left), type_of(right));
    if one.may_be(&other) || other.may_be(&one) {
        return Ok(());
    }
    Err(super::equal::never_equal(left, right))
}

/// Returns the type of `-value`.
///
/// # Errors
/// A value that is neither a number nor a quantity.
pub(crate) fn negated_type(value: &Value, span: Span) -> Result<Type, Diagnostic> {
    match Operand::of(value) {
        Some(_) => Ok(type_of(value)),
        None => Err(not_for("-", &[value], span)),
    }
}

/// A side of an operator of arithmetic.
enum Operand {
    /// An amount, or for a symbol one of its kind.
    Amount(Amount),
    /// A value that may be of any kind.
    Any,
}

impl Operand {
    fn of(value: &Value) -> Option<Operand> {
        if let Some(amount) = value.as_amount() {
            return Some(Operand::Amount(amount));
        }
        let ValueKind::Unknown(unknown) = &value.kind else { return None };
        match unknown.ty.required() {
            Type::Any => Some(Operand::Any),
            Type::Int | Type::Number | Type::Count => Some(Operand::Amount(Amount::Number(Decimal::ONE))),
            Type::Dimension(dimension) => {
                let unit = dimension.units().next()?;
                let one = Quantity { dimension: *dimension, amount: Decimal::ONE, unit };
                Some(Operand::Amount(Amount::Quantity(one)))
            }
            _ => None,
        }
    }
}
