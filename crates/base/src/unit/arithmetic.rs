//! Arithmetic that checks dimensions and never overflows unseen.

use super::dimension::Dimension;
use super::quantity::Quantity;
use crate::diag::Diagnostic;
use crate::source::Span;
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::fmt;

/// A bare number or a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// A number without a unit.
    Number(Decimal),
    /// A number with a unit.
    Quantity(Quantity),
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Amount::Number(number) => write!(f, "{}", number.normalize()),
            Amount::Quantity(quantity) => write!(f, "{quantity}"),
        }
    }
}

/// Both sides of an operator, with the places that a mistake points at.
#[derive(Debug, Clone, Copy)]
pub struct Operands {
    /// The left side.
    pub left: Amount,
    /// The place of the left side.
    pub left_span: Span,
    /// The right side.
    pub right: Amount,
    /// The place of the right side.
    pub right_span: Span,
}

impl Operands {
    fn span(&self) -> Span {
        self.left_span.to(self.right_span)
    }
}

/// Adds two numbers, or two quantities of one dimension.
///
/// # Errors
/// GPB1102 for anything else, GPB1118 for a result that is too large.
pub fn add(sides: &Operands) -> Result<Amount, Diagnostic> {
    same(sides, "add", Decimal::checked_add)
}

/// Subtracts the right side from the left, under the rules of [`add`].
///
/// # Errors
/// Those of [`add`].
pub fn subtract(sides: &Operands) -> Result<Amount, Diagnostic> {
    same(sides, "subtract", Decimal::checked_sub)
}

/// Returns the remainder of a division, under the rules of [`add`].
///
/// # Errors
/// Those of [`add`], and GPB1119 for a division by zero.
pub fn remainder(sides: &Operands) -> Result<Amount, Diagnostic> {
    not_zero(sides)?;
    same(sides, "divide", Decimal::checked_rem)
}

/// Compares two numbers, or two quantities of one dimension.
///
/// # Errors
/// GPB1102 for anything else.
pub fn compare(sides: &Operands) -> Result<Ordering, Diagnostic> {
    match (sides.left, sides.right) {
        (Amount::Number(left), Amount::Number(right)) => Ok(left.cmp(&right)),
        (Amount::Quantity(left), Amount::Quantity(right)) if left.dimension == right.dimension => {
            Ok(left.amount.cmp(&right.amount))
        }
        _ => Err(mismatch(sides, "compare")),
    }
}

/// Multiplies amounts.
///
/// A number scales any quantity; a percentage takes that part of a number or of another quantity; a rate over a duration is
/// a number.
///
/// # Errors
/// GPB1102 for any other pair, GPB1118 for a result that is too large.
pub fn multiply(sides: &Operands) -> Result<Amount, Diagnostic> {
    let times = |a: Decimal, b: Decimal| a.checked_mul(b).ok_or_else(|| too_large(sides.span()));
    let scaled = |quantity: Quantity, by: Decimal| {
        Ok(Amount::Quantity(Quantity { amount: times(quantity.amount, by)?.normalize(), ..quantity }))
    };
    match (sides.left, sides.right) {
        (Amount::Number(left), Amount::Number(right)) => Ok(Amount::Number(times(left, right)?.normalize())),
        (Amount::Quantity(part), Amount::Number(of)) | (Amount::Number(of), Amount::Quantity(part))
            if part.dimension == Dimension::Percent =>
        {
            Ok(Amount::Number(times(of, over(part.amount, Decimal::ONE_HUNDRED, sides)?)?.normalize()))
        }
        (Amount::Quantity(quantity), Amount::Number(by)) | (Amount::Number(by), Amount::Quantity(quantity)) => {
            scaled(quantity, by)
        }
        (Amount::Quantity(left), Amount::Quantity(right)) => match (left.dimension, right.dimension) {
            (Dimension::Percent, Dimension::Percent) => Err(mismatch(sides, "multiply")),
            (Dimension::Percent, _) => scaled(right, over(left.amount, Decimal::ONE_HUNDRED, sides)?),
            (_, Dimension::Percent) => scaled(left, over(right.amount, Decimal::ONE_HUNDRED, sides)?),
            (Dimension::Rate, Dimension::Duration) | (Dimension::Duration, Dimension::Rate) => {
                let product = times(left.amount, right.amount)?;
                Ok(Amount::Number(over(product, Decimal::from(3_600), sides)?))
            }
            _ => Err(mismatch(sides, "multiply")),
        },
    }
}

/// Divides amounts.
///
/// Two of one dimension make a number, a quantity by a number makes a quantity.
///
/// # Errors
/// GPB1102 for any other pair, GPB1118 for a result that is too large, GPB1119 for a division by zero.
pub fn divide(sides: &Operands) -> Result<Amount, Diagnostic> {
    not_zero(sides)?;
    match (sides.left, sides.right) {
        (Amount::Number(left), Amount::Number(right)) => Ok(Amount::Number(over(left, right, sides)?)),
        (Amount::Quantity(quantity), Amount::Number(by)) => {
            Ok(Amount::Quantity(Quantity { amount: over(quantity.amount, by, sides)?, ..quantity }))
        }
        (Amount::Quantity(left), Amount::Quantity(right)) if left.dimension == right.dimension => {
            Ok(Amount::Number(over(left.amount, right.amount, sides)?))
        }
        _ => Err(mismatch(sides, "divide")),
    }
}

/// Returns the diagnostic for a result that no number can hold.
pub fn too_large(span: Span) -> Diagnostic {
    Diagnostic::error("GPB1118", "the result is too large")
        .with_label(span, "overflows here")
        .help("numbers have 28 digits; use a larger unit or a smaller number")
}

fn over(left: Decimal, right: Decimal, sides: &Operands) -> Result<Decimal, Diagnostic> {
    left.checked_div(right).map(|result| result.normalize()).ok_or_else(|| too_large(sides.span()))
}

fn not_zero(sides: &Operands) -> Result<(), Diagnostic> {
    let (Amount::Number(right) | Amount::Quantity(Quantity { amount: right, .. })) = sides.right;
    if right.is_zero() {
        return Err(Diagnostic::error("GPB1119", "division by zero").with_label(sides.right_span, "this is zero"));
    }
    Ok(())
}

fn same(
    sides: &Operands,
    verb: &str,
    operation: impl Fn(Decimal, Decimal) -> Option<Decimal>,
) -> Result<Amount, Diagnostic> {
    let apply = |a, b| operation(a, b).map(|result| result.normalize()).ok_or_else(|| too_large(sides.span()));
    match (sides.left, sides.right) {
        (Amount::Number(left), Amount::Number(right)) => apply(left, right).map(Amount::Number),
        (Amount::Quantity(left), Amount::Quantity(right)) if left.dimension == right.dimension => {
            Ok(Amount::Quantity(Quantity { amount: apply(left.amount, right.amount)?, ..left }))
        }
        _ => Err(mismatch(sides, verb)),
    }
}

fn mismatch(sides: &Operands, verb: &str) -> Diagnostic {
    let joint = match verb {
        "add" => "to",
        "subtract" => "from",
        "divide" | "multiply" => "by",
        _ => "with",
    };
    let (first, second) = match verb {
        "add" | "subtract" => (sides.right, sides.left),
        _ => (sides.left, sides.right),
    };
    let message = format!("cannot {verb} {} {joint} {}", described(first), described(second));
    Diagnostic::error("GPB1102", message)
        .with_label(
            sides.span(),
            format!("{} on the left, {} on the right", described(sides.left), described(sides.right)),
        )
        .help(mismatch_help(sides))
}

fn mismatch_help(sides: &Operands) -> String {
    match (sides.left, sides.right) {
        (Amount::Quantity(quantity), Amount::Number(_)) | (Amount::Number(_), Amount::Quantity(quantity)) => {
            format!("give the number a unit of {}: {}", quantity.dimension, quantity.dimension.spelled_units())
        }
        _ => "only quantities of one dimension can be added, compared or divided".into(),
    }
}

fn described(amount: Amount) -> &'static str {
    match amount {
        Amount::Number(_) => "a number without a unit",
        Amount::Quantity(quantity) => quantity.dimension.described(),
    }
}
