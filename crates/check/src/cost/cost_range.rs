//! A figure at the smallest scale, as expected, and at the largest scale.

use rust_decimal::Decimal;
use serde::Serialize;

/// Three figures, none smaller than the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CostRange {
    /// What the smallest scale comes to.
    #[serde(serialize_with = "exact")]
    pub minimum: Decimal,
    /// What the declared usage comes to.
    #[serde(serialize_with = "exact")]
    pub expected: Decimal,
    /// What the largest scale comes to.
    #[serde(serialize_with = "exact")]
    pub maximum: Decimal,
}

/// One of the three figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostFigure {
    Minimum,
    Expected,
    Maximum,
}

impl CostFigure {
    pub const ALL: [CostFigure; 3] = [CostFigure::Minimum, CostFigure::Expected, CostFigure::Maximum];
}

impl CostRange {
    /// The same figure at every scale.
    pub fn exactly(value: Decimal) -> CostRange {
        CostRange { minimum: value, expected: value, maximum: value }
    }

    pub fn get(&self, column: CostFigure) -> Decimal {
        match column {
            CostFigure::Minimum => self.minimum,
            CostFigure::Expected => self.expected,
            CostFigure::Maximum => self.maximum,
        }
    }

    pub fn get_mut(&mut self, column: CostFigure) -> &mut Decimal {
        match column {
            CostFigure::Minimum => &mut self.minimum,
            CostFigure::Expected => &mut self.expected,
            CostFigure::Maximum => &mut self.maximum,
        }
    }

    /// Whether the three stand in order and none is negative.
    pub fn is_ordered(&self) -> bool {
        Decimal::ZERO <= self.minimum && self.minimum <= self.expected && self.expected <= self.maximum
    }

    #[must_use]
    pub fn plus(mut self, other: &CostRange) -> CostRange {
        self.add(other);
        self
    }

    pub fn add(&mut self, other: &CostRange) {
        for column in CostFigure::ALL {
            let sum = self.get(column).saturating_add(other.get(column));
            *self.get_mut(column) = sum;
        }
    }

    #[must_use]
    pub fn minus(mut self, other: &CostRange) -> CostRange {
        for column in CostFigure::ALL {
            let rest = self.get(column).saturating_sub(other.get(column));
            *self.get_mut(column) = rest;
        }
        self
    }

    #[must_use]
    pub fn times(mut self, factor: Decimal) -> CostRange {
        for column in CostFigure::ALL {
            let product = self.get(column).saturating_mul(factor);
            *self.get_mut(column) = product;
        }
        self
    }
}

/// Decimals are written as text, so that no reader rounds them.
fn exact<S: serde::Serializer>(value: &Decimal, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&value.normalize())
}
