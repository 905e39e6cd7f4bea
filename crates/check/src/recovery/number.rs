//! Figures of recovery: how long, how much, and who says so.
//!
//! What the product enforces, what is published as usual and what nobody publishes are kept apart all the way: a sum or a
//! maximum is only as certain as its least certain part.

use gpb_base::unit;
use gpb_base::unit::{Dimension, Quantity};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use std::fmt;

/// How a target stands. The order is from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A bound holds it.
    Proven,
    /// What is published as typical meets it.
    Plausible,
    /// Nothing published says so, or what decides is unknown until apply.
    Unproven,
    Refuted,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Proven => "proven",
            Verdict::Plausible => "plausible",
            Verdict::Unproven => "unproven",
            Verdict::Refuted => "refuted",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A time, in seconds: what is lost, or what it takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Number {
    /// Enforced by the product, or backed by its service level agreement.
    pub bound: Option<Decimal>,
    /// What is to be expected of the parts that anybody has a figure for.
    pub expected: Decimal,
    /// Some of it is only published as usual.
    pub usual: bool,
    /// There is a part that nobody publishes a figure for.
    pub open: bool,
    /// It is never zero, though nobody says how much it is.
    pub nonzero: bool,
    /// Something has to happen first, which takes longer than nothing.
    pub step: bool,
    /// Everything is lost, or it never ends.
    pub unbounded: bool,
    /// What it comes to is unknown until apply.
    pub unknown: bool,
}

impl Number {
    /// No more than that.
    pub fn bound(seconds: Decimal) -> Number {
        Number { bound: Some(seconds), expected: seconds, ..Number::default() }
    }

    pub fn zero() -> Number {
        Number::bound(Decimal::ZERO)
    }

    pub fn typical(seconds: Decimal) -> Number {
        Number { expected: seconds, usual: true, ..Number::default() }
    }

    /// Nobody publishes it.
    pub fn none() -> Number {
        Number { open: true, ..Number::default() }
    }

    pub fn unbounded() -> Number {
        Number { unbounded: true, nonzero: true, ..Number::none() }
    }

    /// What is to be expected, where there is a figure for all of it.
    pub fn figure(&self) -> Option<Decimal> {
        if self.unbounded || self.unknown || self.open { None } else { Some(self.expected) }
    }

    /// One after the other.
    #[must_use]
    pub fn then(&self, next: &Number) -> Number {
        self.join(next, |a, b| a.checked_add(b).unwrap_or(Decimal::MAX))
    }

    /// Both at once.
    #[must_use]
    pub fn along(&self, other: &Number) -> Number {
        self.join(other, Decimal::max)
    }

    fn join(&self, other: &Number, combine: impl Fn(Decimal, Decimal) -> Decimal) -> Number {
        Number {
            bound: self.bound.zip(other.bound).map(|(a, b)| combine(a, b)),
            expected: combine(self.expected, other.expected),
            usual: self.usual || other.usual,
            open: self.open || other.open,
            nonzero: self.nonzero || other.nonzero,
            step: self.step || other.step,
            unbounded: self.unbounded || other.unbounded,
            unknown: self.unknown || other.unknown,
        }
    }

    /// Whether it stays within a limit. A stricter limit never gets a better verdict, and no more does a further part.
    pub fn judge(&self, limit: Decimal, guaranteed: bool) -> Verdict {
        if self.unbounded || ((self.nonzero || self.step) && limit.is_zero()) || self.expected > limit {
            return Verdict::Refuted;
        }
        match self.bound {
            _ if self.unknown => Verdict::Unproven,
            Some(bound) if bound <= limit => Verdict::Proven,
            _ if guaranteed => Verdict::Refuted,
            _ if self.open => Verdict::Unproven,
            _ => Verdict::Plausible,
        }
    }

    /// For choosing between ways that do equally well: less is better, a figure before none, the certain before the usual.
    pub fn rank(&self) -> (u8, Decimal, u8) {
        let certainty = if self.unbounded { 3 } else { u8::from(self.figure().is_none()) };
        (certainty, self.expected, u8::from(self.bound.is_none()))
    }

    /// The kind of figure, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Number { unbounded: true, .. } => "unbounded",
            Number { unknown: true, .. } => "unknown",
            Number { open: true, .. } => "none",
            Number { bound: Some(_), .. } => "bound",
            _ => "typical",
        }
    }
}

/// `60s typical`, `at most 15min`, `no figure published`: what tables and messages say.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = time(self.expected);
        match self {
            Number { unbounded: true, .. } => f.write_str("unbounded"),
            Number { unknown: true, .. } => f.write_str("unknown until apply"),
            Number { open: true, expected: zero, nonzero: true, .. } if zero.is_zero() => f.write_str("above 0s"),
            Number { open: true, expected: zero, .. } if zero.is_zero() => f.write_str("unpublished"),
            Number { open: true, .. } => write!(f, "{expected} and more"),
            Number { bound: Some(bound), .. } if bound.is_zero() => f.write_str("0s"),
            Number { bound: Some(bound), expected: usual, .. } if bound == usual => write!(f, "at most {expected}"),
            Number { bound: Some(bound), .. } => write!(f, "{expected} typical, at most {}", time(*bound)),
            Number { usual: true, .. } => write!(f, "{expected} typical"),
            Number { bound: None, .. } => f.write_str(&expected),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Document<'a> {
            kind: &'a str,
            /// Seconds to be expected of what has a figure.
            expected: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            bound: Option<String>,
            text: String,
        }
        let seconds = |seconds: Decimal| seconds.normalize().to_string();
        let document = Document {
            kind: self.kind(),
            expected: seconds(self.expected),
            bound: self.bound.filter(|_| !self.unbounded && !self.unknown).map(seconds),
            text: self.to_string(),
        };
        document.serialize(serializer)
    }
}

/// Seconds as people write them.
pub fn time(seconds: Decimal) -> String {
    match unit::find("s") {
        Some(unit) => Quantity { dimension: Dimension::Duration, amount: seconds, unit }.to_string(),
        None => seconds.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judged(number: &Number, limit: i64) -> &'static str {
        number.judge(limit.into(), false).word()
    }

    #[test]
    fn a_bound_proves_a_typical_figure_makes_plausible_and_nothing_leaves_open() {
        let cases = [
            (Number::bound(20.into()), 20, "proven"),
            (Number::bound(20.into()), 19, "refuted"),
            (Number::typical(60.into()), 60, "plausible"),
            (Number::typical(60.into()), 59, "refuted"),
            (Number::none(), 1, "unproven"),
            (Number { nonzero: true, ..Number::none() }, 1, "unproven"),
            (Number { nonzero: true, ..Number::none() }, 0, "refuted"),
            (Number::unbounded(), 1_000_000, "refuted"),
            (Number { unknown: true, ..Number::bound(1.into()) }, 5, "unproven"),
            (Number { bound: Some(20.into()), ..Number::typical(1.into()) }, 5, "plausible"),
            (Number { bound: Some(20.into()), ..Number::typical(1.into()) }, 20, "proven"),
            (Number::none().then(&Number::bound(300.into())), 60, "refuted"),
        ];
        for (number, limit, expected) in cases {
            assert_eq!(judged(&number, limit), expected, "{number} against {limit}s");
        }
    }

    #[test]
    fn a_guarantee_needs_a_bound() {
        assert_eq!(Number::typical(1.into()).judge(60.into(), true), Verdict::Refuted);
        assert_eq!(Number::none().judge(60.into(), true), Verdict::Refuted);
        assert_eq!(Number::bound(1.into()).judge(60.into(), true), Verdict::Proven);
    }

    fn number() -> impl Strategy<Value = Number> {
        let seconds = || (0_u32..10_000).prop_map(Decimal::from);
        let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
        (seconds(), proptest::option::of(seconds()), flags).prop_map(
            |(expected, more, (open, nonzero, unbounded, unknown))| Number {
                step: nonzero,
                expected,
                bound: more.filter(|_| !open).map(|more| expected + more),
                usual: more.is_none(),
                open,
                nonzero,
                unbounded,
                unknown,
            },
        )
    }

    proptest! {
        #[test]
        fn a_stricter_limit_is_never_met_better(number in number(), a in 0_u32..10_000, b in 0_u32..10_000, sure: bool) {
            let (strict, loose) = (a.min(b).into(), a.max(b).into());
            prop_assert!(number.judge(strict, sure) >= number.judge(loose, sure));
            prop_assert!(number.judge(strict, true) >= number.judge(strict, false));
        }

        #[test]
        fn what_is_added_never_improves(a in number(), b in number(), limit in 0_u32..10_000) {
            let limit = limit.into();
            prop_assert!(a.along(&b).judge(limit, false) >= a.judge(limit, false).max(b.judge(limit, false)));
            prop_assert!(a.then(&b).judge(limit, false) >= a.along(&b).judge(limit, false));
            prop_assert_eq!(a.then(&b), b.then(&a));
            prop_assert_eq!(a.along(&b), b.along(&a));
        }
    }
}
