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
    pub fn as_str(self) -> &'static str {
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
        f.write_str(self.as_str())
    }
}

/// A time, in seconds: what is lost, or what it takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DurationEstimate {
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

impl DurationEstimate {
    /// No more than that.
    pub fn bound(seconds: Decimal) -> DurationEstimate {
        DurationEstimate { bound: Some(seconds), expected: seconds, ..DurationEstimate::default() }
    }

    pub fn zero() -> DurationEstimate {
        DurationEstimate::bound(Decimal::ZERO)
    }

    pub fn typical(seconds: Decimal) -> DurationEstimate {
        DurationEstimate { expected: seconds, usual: true, ..DurationEstimate::default() }
    }

    /// Nobody publishes it.
    pub fn none() -> DurationEstimate {
        DurationEstimate { open: true, ..DurationEstimate::default() }
    }

    pub fn unbounded() -> DurationEstimate {
        DurationEstimate { unbounded: true, nonzero: true, ..DurationEstimate::none() }
    }

    /// What is to be expected, where there is a figure for all of it.
    pub fn figure(&self) -> Option<Decimal> {
        if self.unbounded || self.unknown || self.open { None } else { Some(self.expected) }
    }

    /// One after the other.
    #[must_use]
    pub fn plus(&self, next: &DurationEstimate) -> DurationEstimate {
        self.combine_with(next, |a, b| a.checked_add(b).unwrap_or(Decimal::MAX))
    }

    /// Both at once.
    #[must_use]
    pub fn max(&self, other: &DurationEstimate) -> DurationEstimate {
        self.combine_with(other, Decimal::max)
    }

    fn combine_with(
        &self,
        other: &DurationEstimate,
        combine: impl Fn(Decimal, Decimal) -> Decimal,
    ) -> DurationEstimate {
        DurationEstimate {
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
    pub fn verdict(&self, limit: Decimal, guaranteed: bool) -> Verdict {
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
            DurationEstimate { unbounded: true, .. } => "unbounded",
            DurationEstimate { unknown: true, .. } => "unknown",
            DurationEstimate { open: true, .. } => "none",
            DurationEstimate { bound: Some(_), .. } => "bound",
            _ => "typical",
        }
    }
}

/// `60s typical`, `at most 15min`, `no figure published`: what tables and messages say.
impl fmt::Display for DurationEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = time(self.expected);
        match self {
            DurationEstimate { unbounded: true, .. } => f.write_str("unbounded"),
            DurationEstimate { unknown: true, .. } => f.write_str("unknown until apply"),
            DurationEstimate { open: true, expected: zero, nonzero: true, .. } if zero.is_zero() => {
                f.write_str("above 0s")
            }
            DurationEstimate { open: true, expected: zero, .. } if zero.is_zero() => f.write_str("unpublished"),
            DurationEstimate { open: true, .. } => write!(f, "{expected} and more"),
            DurationEstimate { bound: Some(bound), .. } if bound.is_zero() => f.write_str("0s"),
            DurationEstimate { bound: Some(bound), expected: usual, .. } if bound == usual => {
                write!(f, "at most {expected}")
            }
            DurationEstimate { bound: Some(bound), .. } => write!(f, "{expected} typical, at most {}", time(*bound)),
            DurationEstimate { usual: true, .. } => write!(f, "{expected} typical"),
            DurationEstimate { bound: None, .. } => f.write_str(&expected),
        }
    }
}

impl Serialize for DurationEstimate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct EstimateDocument<'a> {
            kind: &'a str,
            /// Seconds to be expected of what has a figure.
            expected: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            bound: Option<String>,
            text: String,
        }
        let seconds = |seconds: Decimal| seconds.normalize().to_string();
        let document = EstimateDocument {
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

    fn judged(number: &DurationEstimate, limit: i64) -> &'static str {
        number.verdict(limit.into(), false).as_str()
    }

    #[test]
    fn a_bound_proves_a_typical_figure_makes_plausible_and_nothing_leaves_open() {
        let cases = [
            (DurationEstimate::bound(20.into()), 20, "proven"),
            (DurationEstimate::bound(20.into()), 19, "refuted"),
            (DurationEstimate::typical(60.into()), 60, "plausible"),
            (DurationEstimate::typical(60.into()), 59, "refuted"),
            (DurationEstimate::none(), 1, "unproven"),
            (DurationEstimate { nonzero: true, ..DurationEstimate::none() }, 1, "unproven"),
            (DurationEstimate { nonzero: true, ..DurationEstimate::none() }, 0, "refuted"),
            (DurationEstimate::unbounded(), 1_000_000, "refuted"),
            (DurationEstimate { unknown: true, ..DurationEstimate::bound(1.into()) }, 5, "unproven"),
            (DurationEstimate { bound: Some(20.into()), ..DurationEstimate::typical(1.into()) }, 5, "plausible"),
            (DurationEstimate { bound: Some(20.into()), ..DurationEstimate::typical(1.into()) }, 20, "proven"),
            (DurationEstimate::none().plus(&DurationEstimate::bound(300.into())), 60, "refuted"),
        ];
        for (number, limit, expected) in cases {
            assert_eq!(judged(&number, limit), expected, "{number} against {limit}s");
        }
    }

    #[test]
    fn a_guarantee_needs_a_bound() {
        assert_eq!(DurationEstimate::typical(1.into()).verdict(60.into(), true), Verdict::Refuted);
        assert_eq!(DurationEstimate::none().verdict(60.into(), true), Verdict::Refuted);
        assert_eq!(DurationEstimate::bound(1.into()).verdict(60.into(), true), Verdict::Proven);
    }

    fn number() -> impl Strategy<Value = DurationEstimate> {
        let seconds = || (0_u32..10_000).prop_map(Decimal::from);
        let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
        (seconds(), proptest::option::of(seconds()), flags).prop_map(
            |(expected, more, (open, nonzero, unbounded, unknown))| DurationEstimate {
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
            prop_assert!(number.verdict(strict, sure) >= number.verdict(loose, sure));
            prop_assert!(number.verdict(strict, true) >= number.verdict(strict, false));
        }

        #[test]
        fn what_is_added_never_improves(a in number(), b in number(), limit in 0_u32..10_000) {
            let limit = limit.into();
            prop_assert!(a.max(&b).verdict(limit, false) >= a.verdict(limit, false).max(b.verdict(limit, false)));
            prop_assert!(a.plus(&b).verdict(limit, false) >= a.max(&b).verdict(limit, false));
            prop_assert_eq!(a.plus(&b), b.plus(&a));
            prop_assert_eq!(a.max(&b), b.max(&a));
        }
    }
}
