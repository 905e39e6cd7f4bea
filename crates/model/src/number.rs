//! Numbers that are not whole, as exact as they were written.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value as Json;
use std::fmt;

/// A number that keeps the digits it was written with.
///
/// In JSON, and so for AWS, it is the nearest double.
///
/// Two numbers are equal when AWS cannot tell them apart, that is, when their doubles are.
#[derive(Debug, Clone, Copy)]
pub struct Number(NumberKind);

#[derive(Debug, Clone, Copy)]
enum NumberKind {
    Exact(Decimal),
    /// A double of a cloud's answer that no decimal of 28 digits holds: `1e300`.
    Double(f64),
}

impl Number {
    /// Returns the nearest double, which JSON and AWS have.
    pub fn to_f64(self) -> f64 {
        match self.0 {
            NumberKind::Exact(decimal) => decimal.to_f64().unwrap_or_default(),
            NumberKind::Double(double) => double,
        }
    }

    /// Returns the number as a decimal; zero for one beyond 28 digits.
    pub fn to_decimal(self) -> Decimal {
        match self.0 {
            NumberKind::Exact(decimal) => decimal,
            NumberKind::Double(double) => Decimal::try_from(double).unwrap_or_default(),
        }
    }
}

impl From<Decimal> for Number {
    fn from(decimal: Decimal) -> Self {
        Self(NumberKind::Exact(decimal.normalize()))
    }
}

impl From<f64> for Number {
    /// Keeps the shortest decimal that reads back as the double, where there is one.
    fn from(double: f64) -> Self {
        let decimal = double.to_string().parse().ok();
        match decimal.filter(|decimal: &Decimal| decimal.to_f64() == Some(double)) {
            // Zero has a sign as a double alone.
            Some(decimal) if !decimal.is_zero() => Self(NumberKind::Exact(decimal)),
            _ => Self(NumberKind::Double(double)),
        }
    }
}

impl From<Number> for Json {
    fn from(number: Number) -> Self {
        number.to_f64().into()
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.to_f64() == other.to_f64()
    }
}

impl fmt::Display for Number {
    /// Writes the shortest text that reads back as the double.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_f64().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_are_kept_beyond_those_of_a_double() {
        let third: Decimal = "0.3333333333333333333333333333".parse().unwrap();
        assert_eq!(Number::from(third).to_decimal(), third);
        assert_eq!(Number::from(third).to_string(), third.to_f64().unwrap().to_string());
        assert_eq!(Number::from(Decimal::new(250, 2)), Number::from(2.5));
        assert_eq!(Number::from(0.1).to_decimal().to_string(), "0.1");
        assert_eq!(Number::from(1e300).to_decimal(), Decimal::ZERO);
    }

    proptest! {
        #[test]
        fn a_double_stays_what_it_is(double in any::<f64>()) {
            prop_assert_eq!(Number::from(double).to_f64().to_bits(), double.to_bits());
        }
    }
}
