//! Quantities as text: in the largest unit that needs no fraction.

use super::dimension::{Dimension, Unit};
use super::quantity::Quantity;
use rust_decimal::Decimal;
use std::fmt;

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dimension {
            Dimension::Money => money(self.amount, f),
            Dimension::Acu | Dimension::Vcpu => match self.dimension.units().next() {
                Some(unit) => write!(f, "{} {}", self.amount.normalize(), unit.name),
                None => write!(f, "{}", self.amount.normalize()),
            },
            _ => match readable(*self) {
                Some((amount, unit)) => write!(f, "{amount}{}", unit.name),
                None => write!(f, "{}", self.amount.normalize()),
            },
        }
    }
}

/// Returns the amount in the unit a person would have written.
fn readable(quantity: Quantity) -> Option<(Decimal, &'static Unit)> {
    let base = || {
        let units = || quantity.dimension.units();
        units().find(|unit| unit.size == Decimal::ONE).or_else(|| units().next())
    };
    let unit = if quantity.amount.is_zero() {
        base()?
    } else {
        let whole = |unit: &&Unit| quantity.amount.checked_rem(unit.size).is_some_and(|rest| rest.is_zero());
        quantity.dimension.units().rev().find(whole).or_else(base)?
    };
    Some((quantity.amount.checked_div(unit.size)?.normalize(), unit))
}

/// Writes an amount of money: `$2_000`, `$0.25`, `-$3`.
fn money(amount: Decimal, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = amount.abs().normalize().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    f.write_str(if amount.is_sign_negative() && !amount.is_zero() { "-$" } else { "$" })?;
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            f.write_str("_")?;
        }
        write!(f, "{digit}")?;
    }
    match fraction.len() {
        0 => Ok(()),
        1 => write!(f, ".{fraction}0"),
        _ => write!(f, ".{fraction}"),
    }
}
