//! Three figures in one.
//!
//! At the smallest scale, as expected, and at the largest scale.

use rust_decimal::Decimal;
use serde::Serialize;

/// Three figures, none smaller than the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CostRange {
    /// The figure at the smallest scale, in US dollars a month or a number of units.
    #[serde(serialize_with = "exact")]
    pub minimum: Decimal,
    /// The figure at the declared usage, in US dollars a month or a number of units.
    #[serde(serialize_with = "exact")]
    pub expected: Decimal,
    /// The figure at the largest scale, in US dollars a month or as a number of units.
    #[serde(serialize_with = "exact")]
    pub maximum: Decimal,
}

/// One of the three figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostFigure {
    /// At the smallest scale.
    Minimum,
    /// At the declared usage.
    Expected,
    /// At the largest scale.
    Maximum,
}

impl CostFigure {
    /// The figures in ascending order.
    pub const ALL: [CostFigure; 3] = [CostFigure::Minimum, CostFigure::Expected, CostFigure::Maximum];
}

impl CostRange {
    /// Returns the same figure at every scale.
    pub fn exactly(value: Decimal) -> CostRange {
        CostRange { minimum: value, expected: value, maximum: value }
    }

    /// Returns one of the figures.
    pub fn get(&self, column: CostFigure) -> Decimal {
        match column {
            CostFigure::Minimum => self.minimum,
            CostFigure::Expected => self.expected,
            CostFigure::Maximum => self.maximum,
        }
    }

    /// Returns one of the figures, to change it.
    pub fn get_mut(&mut self, column: CostFigure) -> &mut Decimal {
        match column {
            CostFigure::Minimum => &mut self.minimum,
            CostFigure::Expected => &mut self.expected,
            CostFigure::Maximum => &mut self.maximum,
        }
    }

    /// Checks that the three are in order and none is negative.
    pub fn is_ordered(&self) -> bool {
        Decimal::ZERO <= self.minimum && self.minimum <= self.expected && self.expected <= self.maximum
    }

    /// Returns the sum of two ranges, figure by figure.
    #[must_use]
    pub fn plus(mut self, other: &CostRange) -> CostRange {
        self.add(other);
        self
    }

    /// Adds another range, figure by figure.
    pub fn add(&mut self, other: &CostRange) {
        for column in CostFigure::ALL {
            let sum = self.get(column).saturating_add(other.get(column));
            *self.get_mut(column) = sum;
        }
    }

    /// Returns the difference of two ranges, figure by figure.
    #[must_use]
    pub fn minus(mut self, other: &CostRange) -> CostRange {
        for column in CostFigure::ALL {
            let rest = self.get(column).saturating_sub(other.get(column));
            *self.get_mut(column) = rest;
        }
        self
    }

    /// Returns the range multiplied by a factor.
    #[must_use]
    pub fn times(mut self, factor: Decimal) -> CostRange {
        for column in CostFigure::ALL {
            let product = self.get(column).saturating_mul(factor);
            *self.get_mut(column) = product;
        }
        self
    }
}

/// Writes a decimal as a string, so that no reader rounds it.
fn exact<S: serde::Serializer>(value: &Decimal, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&value.normalize())
}
