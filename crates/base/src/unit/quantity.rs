//! Quantities from the text of a program.

use super::arithmetic::too_large;
use super::dimension::{Dimension, UNITS, Unit, find};
use crate::diag::Diagnostic;
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

/// The spellings of units in other tools, and the unit each means.
const HABITS: &[(&str, &str)] = &[
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("mins", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("byte", "B"),
    ("bytes", "B"),
    ("Ki", "KiB"),
    ("Mi", "MiB"),
    ("Gi", "GiB"),
    ("Ti", "TiB"),
    ("k", "KB"),
    ("M", "MB"),
    ("G", "GB"),
    ("T", "TB"),
    ("percent", "%"),
    ("usd", "$"),
    ("cpu", "vcpu"),
    ("cpus", "vcpu"),
    ("/sec", "/s"),
    ("/second", "/s"),
    ("/m", "/min"),
    ("/minute", "/min"),
    ("/hr", "/h"),
    ("/hour", "/h"),
];

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
    let habit = || HABITS.iter().find(|(from, _)| *from == name).map(|(_, to)| *to);
    // What is written like a rate is meant as one.
    let is_rate = name.starts_with('/');
    let alike = || UNITS.iter().filter(|unit| unit.name.starts_with('/') == is_rate).map(|unit| unit.name);
    let meant = habit().or_else(same_letters).or_else(|| nearest(name, alike()));
    if let Some(unit) = meant.and_then(find) {
        return diagnostic.help(format!("did you mean `{}`? It is a unit of `{}`", unit.name, unit.dimension));
    }
    if is_rate {
        return diagnostic.help(format!("the units of `rate` are {}", Dimension::Rate.spelled_units()));
    }
    let names: Vec<_> = UNITS.iter().filter(|unit| unit.shown).map(|unit| unit.name).collect();
    diagnostic.help(format!("the units are {}", names.join(", ")))
}
