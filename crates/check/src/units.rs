//! Units of the figures of scaling and of the simulation.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

/// A duration, or a time since a start, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Seconds(
    /// The number of seconds, with their fractions.
    pub f64,
);

/// A part of a whole: 0 is none of it, 1 is all of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Fraction(
    /// The fraction itself, which may be above 1.
    pub f64,
);

/// A value of a metric, in the unit of that metric.
///
/// Percent, requests a minute, messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct MetricValue(
    /// The number of the metric's units, per whatever the metric counts by.
    pub f64,
);

impl Seconds {
    /// Returns whole seconds, rounded; negative durations are 0.
    pub fn whole(self) -> u64 {
        self.0.round().clamp(0.0, 1e9).to_u64().unwrap_or(0)
    }

    /// Returns the longer of two durations.
    #[must_use]
    pub fn max(self, other: Seconds) -> Seconds {
        Seconds(self.0.max(other.0))
    }
}

impl std::ops::Add for Seconds {
    type Output = Seconds;

    fn add(self, other: Seconds) -> Seconds {
        Seconds(self.0 + other.0)
    }
}

impl std::ops::AddAssign for Seconds {
    fn add_assign(&mut self, other: Seconds) {
        self.0 += other.0;
    }
}

impl std::iter::Sum for Seconds {
    fn sum<I: Iterator<Item = Seconds>>(parts: I) -> Seconds {
        Seconds(parts.map(|part| part.0).sum())
    }
}

/// Returns an exact amount as a float, in the same unit.
pub fn approximate(amount: Decimal) -> f64 {
    amount.to_f64().unwrap_or(0.0)
}

/// Returns a number of things as a float; beyond 2^53 the nearest one.
pub fn count_as_float(count: usize) -> f64 {
    count.to_f64().unwrap_or(f64::MAX)
}

/// Returns a number of whole seconds as a float; beyond 2^53 the nearest one.
pub fn seconds_as_float(seconds: u64) -> f64 {
    seconds.to_f64().unwrap_or(f64::MAX)
}

impl From<f64> for Fraction {
    fn from(part: f64) -> Self {
        Self(part)
    }
}

#[cfg(test)]
mod tests {
    use super::Seconds;

    #[test]
    fn whole_seconds_are_rounded_and_never_negative() {
        assert_eq!(Seconds(89.5).whole(), 90);
        assert_eq!(Seconds(-3.0).whole(), 0);
        assert_eq!(Seconds(f64::INFINITY).whole(), 1_000_000_000);
    }
}
