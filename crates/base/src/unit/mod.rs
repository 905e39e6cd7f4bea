//! Quantities: an amount with a dimension, written with a unit.

mod arithmetic;
mod display;

pub use arithmetic::{Amount, Operands, add, compare, divide, multiply, remainder, subtract, too_large};

use crate::diag::{Diagnostic, nearest};
use crate::source::Span;
use rust_decimal::Decimal;
use std::fmt;

/// What a quantity measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    Duration,
    Bytes,
    Percent,
    Money,
    Acu,
    Vcpu,
    Rate,
}

/// An amount in the dimension's canonical unit: seconds, bytes, percent points, dollars, ACU, vCPU, times per hour.
///
/// Rates are held by the hour so that `1000/min` is exact.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    pub dimension: Dimension,
    pub amount: Decimal,
    /// The unit it was written with, for whatever borrows it: `512..2048 MiB`. It is no part of the meaning.
    pub unit: &'static Unit,
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        (self.dimension, self.amount) == (other.dimension, other.amount)
    }
}

impl Eq for Quantity {}

/// A way of writing quantities of a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    pub name: &'static str,
    pub dimension: Dimension,
    /// One of it in canonical units.
    pub size: Decimal,
    /// Whether quantities are shown with it; the others are only read.
    pub shown: bool,
}

const fn unit(name: &'static str, dimension: Dimension, size: u64) -> Unit {
    // `from_parts` is the constant way to a decimal: two 32-bit words hold any `u64`.
    #[allow(clippy::cast_possible_truncation)]
    let size = Decimal::from_parts(size as u32, (size >> 32) as u32, 0, false, 0);
    Unit { name, dimension, size, shown: true }
}

const fn alias(name: &'static str, dimension: Dimension, size: u64) -> Unit {
    Unit { shown: false, ..unit(name, dimension, size) }
}

/// Every unit, from the smallest of its dimension to the largest.
pub const UNITS: &[Unit] = &[
    Unit { size: Decimal::from_parts(1, 0, 0, false, 3), ..unit("ms", Dimension::Duration, 0) },
    unit("s", Dimension::Duration, 1),
    unit("min", Dimension::Duration, 60),
    unit("h", Dimension::Duration, 3_600),
    unit("d", Dimension::Duration, 86_400),
    alias("day", Dimension::Duration, 86_400),
    alias("days", Dimension::Duration, 86_400),
    unit("B", Dimension::Bytes, 1),
    unit("KB", Dimension::Bytes, 1_000),
    unit("KiB", Dimension::Bytes, 1 << 10),
    unit("MB", Dimension::Bytes, 1_000_000),
    unit("MiB", Dimension::Bytes, 1 << 20),
    unit("GB", Dimension::Bytes, 1_000_000_000),
    unit("GiB", Dimension::Bytes, 1 << 30),
    unit("TB", Dimension::Bytes, 1_000_000_000_000),
    unit("TiB", Dimension::Bytes, 1 << 40),
    unit("%", Dimension::Percent, 1),
    unit("$", Dimension::Money, 1),
    unit("ACU", Dimension::Acu, 1),
    unit("vcpu", Dimension::Vcpu, 1),
    unit("/h", Dimension::Rate, 1),
    unit("/min", Dimension::Rate, 60),
    unit("/s", Dimension::Rate, 3_600),
];

/// `10k` and `1M` are numbers.
pub fn thousands(amount: Decimal, unit: &str) -> Option<Decimal> {
    let size: u64 = match unit {
        "k" => 1_000,
        "M" => 1_000_000,
        _ => return None,
    };
    amount.checked_mul(size.into())
}

/// What people write for a unit in other tools, and what it is called here.
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

impl Dimension {
    pub const ALL: &'static [Dimension] = &[
        Dimension::Duration,
        Dimension::Bytes,
        Dimension::Percent,
        Dimension::Money,
        Dimension::Acu,
        Dimension::Vcpu,
        Dimension::Rate,
    ];

    /// The name of its type: `duration`.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Duration => "duration",
            Dimension::Bytes => "bytes",
            Dimension::Percent => "percent",
            Dimension::Money => "money",
            Dimension::Acu => "acu",
            Dimension::Vcpu => "vcpu",
            Dimension::Rate => "rate",
        }
    }

    /// As a noun with its article: "a duration".
    pub fn described(self) -> &'static str {
        match self {
            Dimension::Duration => "a duration",
            Dimension::Bytes => "an amount of bytes",
            Dimension::Percent => "a percentage",
            Dimension::Money => "an amount of money",
            Dimension::Acu => "a number of ACU",
            Dimension::Vcpu => "a number of vcpu",
            Dimension::Rate => "a rate",
        }
    }

    /// The units it is written with, smallest first.
    pub fn units(self) -> impl DoubleEndedIterator<Item = &'static Unit> {
        UNITS.iter().filter(move |unit| unit.dimension == self && unit.shown)
    }

    /// How a quantity of it may be written, for help: "`ms`, `s`, `min`, `h` or `d`".
    pub fn spelled_units(self) -> String {
        let names: Vec<String> = self.units().map(|unit| format!("`{}`", unit.name)).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => names.join(""),
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The unit of that name.
pub fn find(name: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.name == name)
}

/// The quantity written as `amount` and `unit` (`$` for money).
///
/// # Errors
/// When there is no such unit, or the amount is too large for it.
pub fn quantity(amount: Decimal, name: &str, span: Span) -> Result<Quantity, Diagnostic> {
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

#[cfg(test)]
mod tests;
