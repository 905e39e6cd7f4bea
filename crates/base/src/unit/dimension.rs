//! Dimensions and the units they are written with.

use rust_decimal::Decimal;
use std::fmt;

/// The dimension that a quantity measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Time, in seconds.
    Duration,
    /// Storage or memory, in bytes.
    Bytes,
    /// A share, in percentage points.
    Percent,
    /// Money, in US dollars.
    Money,
    /// Aurora's capacity units.
    Acu,
    /// Virtual CPUs.
    Vcpu,
    /// Events, per hour.
    Rate,
}

/// A way of writing quantities of a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// Its spelling: `min`.
    pub name: &'static str,
    /// The dimension it measures.
    pub dimension: Dimension,
    /// The number of canonical units in one of it.
    pub size: Decimal,
    /// Set where quantities are shown with it; the others are only read.
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

impl Dimension {
    /// All dimensions.
    pub const ALL: &'static [Dimension] = &[
        Dimension::Duration,
        Dimension::Bytes,
        Dimension::Percent,
        Dimension::Money,
        Dimension::Acu,
        Dimension::Vcpu,
        Dimension::Rate,
    ];

    /// Returns the name of its type: `duration`.
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

    /// Returns it as a noun with its article: "a duration".
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

    /// Returns the units it is written with, smallest first.
    pub fn units(self) -> impl DoubleEndedIterator<Item = &'static Unit> {
        UNITS.iter().filter(move |unit| unit.dimension == self && unit.shown)
    }

    /// Returns the spellings of its units, for help: "`ms`, `s`, `min`, `h` or `d`".
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

/// Returns the unit of that name.
pub fn find(name: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.name == name)
}
