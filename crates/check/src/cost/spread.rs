//! A figure at the smallest scale, as expected, and at the largest scale.

use rust_decimal::Decimal;
use serde::Serialize;

/// Three figures, none smaller than the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Spread {
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
pub enum Column {
    Minimum,
    Expected,
    Maximum,
}

impl Column {
    pub const ALL: [Column; 3] = [Column::Minimum, Column::Expected, Column::Maximum];
}

impl Spread {
    /// The same figure at every scale.
    pub fn of(value: Decimal) -> Spread {
        Spread { minimum: value, expected: value, maximum: value }
    }

    pub fn get(&self, column: Column) -> Decimal {
        match column {
            Column::Minimum => self.minimum,
            Column::Expected => self.expected,
            Column::Maximum => self.maximum,
        }
    }

    pub fn get_mut(&mut self, column: Column) -> &mut Decimal {
        match column {
            Column::Minimum => &mut self.minimum,
            Column::Expected => &mut self.expected,
            Column::Maximum => &mut self.maximum,
        }
    }

    /// Whether the three stand in order and none is negative.
    pub fn is_ordered(&self) -> bool {
        Decimal::ZERO <= self.minimum && self.minimum <= self.expected && self.expected <= self.maximum
    }

    #[must_use]
    pub fn plus(mut self, other: &Spread) -> Spread {
        self.add(other);
        self
    }

    pub fn add(&mut self, other: &Spread) {
        for column in Column::ALL {
            let sum = self.get(column).saturating_add(other.get(column));
            *self.get_mut(column) = sum;
        }
    }

    #[must_use]
    pub fn minus(mut self, other: &Spread) -> Spread {
        for column in Column::ALL {
            let rest = self.get(column).saturating_sub(other.get(column));
            *self.get_mut(column) = rest;
        }
        self
    }

    #[must_use]
    pub fn times(mut self, factor: Decimal) -> Spread {
        for column in Column::ALL {
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
