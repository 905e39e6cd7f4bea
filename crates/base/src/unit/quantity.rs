//! Quantities from the text of a program.

use super::arithmetic::too_large;
use super::dimension::{Dimension, UNITS, Unit, find};
use crate::diag::Diagnostic;
use crate::foreign;
use crate::nearest::nearest;
use crate::source::Span;
use rust_decimal::Decimal;

/// An amount in the dimension's canonical unit.
///
/// Seconds, bytes, percent points, dollars, ACU, vCPU, times per hour.
///
/// Rates are held by the hour so that `1000/min` is exact.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    /// The dimension.
    pub dimension: Dimension,
    /// The number of canonical units.
    pub amount: Decimal,
    /// The unit it was written with, which the low end of a range borrows.
    ///
    /// `512..2048 MiB`. It has no part in the meaning.
    pub unit: &'static Unit,
}

impl Quantity {
    /// Returns zero of a dimension, in its smallest unit.
    pub fn zero(dimension: Dimension) -> Option<Self> {
        let unit = dimension.units().next()?;
        Some(Self { dimension, amount: Decimal::ZERO, unit })
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        (self.dimension, self.amount) == (other.dimension, other.amount)
    }
}

impl Eq for Quantity {}

/// Returns the number that a suffix makes of an amount: `10k`, `1M`.
///
/// None for any other suffix, or too large a number.
pub fn thousands(amount: Decimal, unit: &str) -> Option<Decimal> {
    let size: u64 = match unit {
        "k" => 1_000,
        "M" => 1_000_000,
        _ => return None,
    };
    amount.checked_mul(size.into())
}

/// Returns the quantity written as an amount and a unit: `$` for money, `$k` and `$M` for thousands and millions of it.
///
/// # Errors
/// GPB1103 when there is no such unit, GPB1118 when the amount is too large for it.
pub fn quantity(amount: Decimal, name: &str, span: Span) -> Result<Quantity, Diagnostic> {
    if let Some(suffix) = name.strip_prefix('$').filter(|suffix| !suffix.is_empty()) {
        return match thousands(amount, suffix) {
            Some(dollars) => quantity(dollars, "$", span),
            None if matches!(suffix, "k" | "M") => Err(too_large(span)),
            None => Err(Diagnostic::error("GPB1103", format!("money has no unit `{suffix}`"))
                .with_label(span, "not a suffix of money")
                .help("money is written `$5`, `$5k` for thousands and `$5M` for millions")),
        };
    }
    let Some(unit) = find(name) else { return Err(unknown(name, span)) };
    let amount = amount.checked_mul(unit.size).ok_or_else(|| too_large(span))?;
    Ok(Quantity { dimension: unit.dimension, amount: amount.normalize(), unit })
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("GPB1103", format!("there is no unit `{name}`")).with_label(span, "unknown unit");
    let same_letters = || UNITS.iter().map(|unit| unit.name).find(|unit| unit.eq_ignore_ascii_case(name));
    // What is written like a rate is meant as one. A sign is no misspelling of a letter.
    let is_rate = name.starts_with('/');
    let alike = || UNITS.iter().filter(|unit| unit.name.starts_with('/') == is_rate).map(|unit| unit.name);
    let alike = || nearest(name, alike().filter(|unit| unit.chars().any(|letter| letter.is_ascii_alphabetic())));
    let meant = foreign::unit(name).or_else(same_letters).or_else(alike);
    if let Some(unit) = meant.and_then(find) {
        let diagnostic = diagnostic.help(format!("did you mean `{}`? It is a unit of `{}`", unit.name, unit.dimension));
        return replaced(diagnostic, name, unit, span);
    }
    if is_rate {
        return diagnostic.help(format!("the units of `rate` are {}", Dimension::Rate.spelled_units()));
    }
    match name {
        "w" | "week" | "weeks" => diagnostic.help("write days: a week is `7d`"),
        "month" | "months" | "mo" => diagnostic.help("months differ in length: write days, as in `30d`"),
        "y" | "yr" | "year" | "years" => diagnostic.help("write days: a year is `365d`"),
        "usd" | "USD" | "dollars" | "dollar" => diagnostic.help("money is written `$5`"),
        "us" | "ns" => diagnostic.help("the smallest unit of time is `ms`"),
        _ => {
            let names: Vec<_> = UNITS.iter().filter(|unit| unit.shown).map(|unit| unit.name).collect();
            diagnostic.help(format!("the units are {}", names.join(", ")))
        }
    }
}

/// Adds the fix that writes another unit in the place of the one at the end of a span.
fn replaced(diagnostic: Diagnostic, name: &str, unit: &Unit, span: Span) -> Diagnostic {
    let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
    let Some(start) = span.end.checked_sub(length).filter(|start| *start > span.start) else { return diagnostic };
    diagnostic.fix(format!("change to `{}`", unit.name), Span { start, ..span }, unit.name)
}
