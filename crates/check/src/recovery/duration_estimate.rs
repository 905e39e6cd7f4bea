//! Estimates of recovery: a duration in seconds, and how certain it is.
//!
//! Durations that the product enforces, that are published as usual and that nobody publishes are kept apart all the way: a
//! sum or a maximum is only as certain as its least certain part.

use super::verdict::Verdict;
use gpb_base::unit;
use gpb_base::unit::{Dimension, Quantity};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use std::fmt;

/// An estimated duration.
///
/// The time that data is lost of, or the time that a recovery takes.
///
/// `expected` is the sum or the maximum of the parts that anybody has a figure for, in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DurationEstimate {
    /// It is enforced by the product, or backed by its service level agreement.
    Bounded {
        /// The usual duration, in seconds; the bound, where none is published.
        expected: Decimal,
        /// The longest duration, in seconds.
        bound: Decimal,
        /// The reason for which it is never zero.
        floor: Floor,
    },
    /// It is published as usual, for some part at least, and not guaranteed.
    Typical {
        /// The usual duration, in seconds.
        expected: Decimal,
        /// The reason for which it is never zero.
        floor: Floor,
    },
    /// Nobody publishes a figure for some part of it.
    Unpublished {
        /// The duration of the other parts, in seconds.
        expected: Decimal,
        /// The reason for which it is never zero.
        floor: Floor,
    },
    /// Some part of it is unknown until apply.
    Unknown {
        /// The duration of the other parts, in seconds.
        expected: Decimal,
        /// The reason for which it is never zero.
        floor: Floor,
    },
    /// Everything is lost, or it never ends.
    Unbounded {
        /// The duration of the parts that do end, in seconds.
        expected: Decimal,
    },
}

/// Reasons for which a duration is never zero, though nobody says how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Floor {
    /// There is none: it may be zero.
    Zero,
    /// A source says that it is above zero.
    AboveZero,
    /// Something has to fail over first, which takes longer than nothing.
    Step {
        /// A source says that it is above zero, too.
        above_zero: bool,
    },
}

impl Floor {
    fn union(self, other: Floor) -> Floor {
        let above_zero = self.is_above_zero() || other.is_above_zero();
        match (self, other) {
            (Floor::Step { .. }, _) | (_, Floor::Step { .. }) => Floor::Step { above_zero },
            _ if above_zero => Floor::AboveZero,
            _ => Floor::Zero,
        }
    }

    fn is_above_zero(self) -> bool {
        matches!(self, Floor::AboveZero | Floor::Step { above_zero: true })
    }
}

impl DurationEstimate {
    /// Returns a duration of at most so many seconds.
    pub fn bounded(seconds: Decimal) -> DurationEstimate {
        DurationEstimate::Bounded { expected: seconds, bound: seconds, floor: Floor::Zero }
    }

    /// Returns a duration of usually `expected` and at most `bound` seconds.
    pub fn usually(expected: Decimal, bound: Decimal) -> DurationEstimate {
        DurationEstimate::Bounded { expected: expected.min(bound), bound, floor: Floor::Zero }
    }

    /// Returns a duration of no time at all.
    pub fn zero() -> DurationEstimate {
        DurationEstimate::bounded(Decimal::ZERO)
    }

    /// Returns a duration of usually so many seconds.
    pub fn typical(seconds: Decimal) -> DurationEstimate {
        DurationEstimate::Typical { expected: seconds, floor: Floor::Zero }
    }

    /// Returns a duration that nobody publishes.
    pub fn unpublished() -> DurationEstimate {
        DurationEstimate::Unpublished { expected: Decimal::ZERO, floor: Floor::Zero }
    }

    /// Returns a duration that nobody publishes and that a source calls above zero.
    pub fn above_zero() -> DurationEstimate {
        DurationEstimate::Unpublished { expected: Decimal::ZERO, floor: Floor::AboveZero }
    }

    /// Returns the duration of a step that nobody publishes.
    pub fn failover() -> DurationEstimate {
        DurationEstimate::Unpublished { expected: Decimal::ZERO, floor: Floor::Step { above_zero: false } }
    }

    /// Returns a duration that is unknown until apply.
    pub fn unknown() -> DurationEstimate {
        DurationEstimate::Unknown { expected: Decimal::ZERO, floor: Floor::Zero }
    }

    /// Returns a duration without an end.
    pub fn unbounded() -> DurationEstimate {
        DurationEstimate::Unbounded { expected: Decimal::ZERO }
    }

    /// Returns the duration of the parts that anybody has a figure for, in seconds.
    pub fn expected(&self) -> Decimal {
        match self {
            DurationEstimate::Bounded { expected, .. }
            | DurationEstimate::Typical { expected, .. }
            | DurationEstimate::Unpublished { expected, .. }
            | DurationEstimate::Unknown { expected, .. }
            | DurationEstimate::Unbounded { expected } => *expected,
        }
    }

    /// Returns the longest duration in seconds, where there is one for all parts.
    pub fn bound(&self) -> Option<Decimal> {
        match self {
            DurationEstimate::Bounded { bound, .. } => Some(*bound),
            _ => None,
        }
    }

    /// Returns the expected seconds, where there is a figure for all parts.
    pub fn figure(&self) -> Option<Decimal> {
        match self {
            DurationEstimate::Bounded { expected, .. } | DurationEstimate::Typical { expected, .. } => Some(*expected),
            _ => None,
        }
    }

    /// Checks that it never ends.
    pub fn is_unbounded(&self) -> bool {
        matches!(self, DurationEstimate::Unbounded { .. })
    }

    /// Checks that something has to fail over first.
    pub fn has_step(&self) -> bool {
        matches!(self.floor(), Floor::Step { .. })
    }

    /// Returns the same duration as that of a step, if it takes any time.
    #[must_use]
    pub fn with_step(mut self) -> DurationEstimate {
        let takes_time = !self.expected().is_zero() || self.floor().is_above_zero();
        if let Some(floor) = self.floor_mut().filter(|_| takes_time) {
            *floor = floor.union(Floor::Step { above_zero: false });
        }
        self
    }

    /// Returns the same duration without a step.
    #[must_use]
    pub fn without_step(mut self) -> DurationEstimate {
        if let Some(floor) = self.floor_mut() {
            *floor = if floor.is_above_zero() { Floor::AboveZero } else { Floor::Zero };
        }
        self
    }

    /// Adds a duration that follows this one.
    #[must_use]
    pub fn plus(&self, next: &DurationEstimate) -> DurationEstimate {
        self.combine_with(next, |a, b| a.checked_add(b).unwrap_or(Decimal::MAX))
    }

    /// Returns the duration of two that run at once.
    #[must_use]
    pub fn max(&self, other: &DurationEstimate) -> DurationEstimate {
        self.combine_with(other, Decimal::max)
    }

    fn combine_with(
        &self,
        other: &DurationEstimate,
        combine: impl Fn(Decimal, Decimal) -> Decimal,
    ) -> DurationEstimate {
        let expected = combine(self.expected(), other.expected());
        let floor = self.floor().union(other.floor());
        let either = |is: fn(&DurationEstimate) -> bool| is(self) || is(other);
        if either(DurationEstimate::is_unbounded) {
            DurationEstimate::Unbounded { expected }
        } else if either(|one| matches!(one, DurationEstimate::Unknown { .. })) {
            DurationEstimate::Unknown { expected, floor }
        } else if either(|one| matches!(one, DurationEstimate::Unpublished { .. })) {
            DurationEstimate::Unpublished { expected, floor }
        } else {
            match self.bound().zip(other.bound()) {
                Some((a, b)) => DurationEstimate::Bounded { expected, bound: combine(a, b), floor },
                None => DurationEstimate::Typical { expected, floor },
            }
        }
    }

    fn floor(&self) -> Floor {
        match self {
            DurationEstimate::Bounded { floor, .. }
            | DurationEstimate::Typical { floor, .. }
            | DurationEstimate::Unpublished { floor, .. }
            | DurationEstimate::Unknown { floor, .. } => *floor,
            DurationEstimate::Unbounded { .. } => Floor::AboveZero,
        }
    }

    fn floor_mut(&mut self) -> Option<&mut Floor> {
        match self {
            DurationEstimate::Bounded { floor, .. }
            | DurationEstimate::Typical { floor, .. }
            | DurationEstimate::Unpublished { floor, .. }
            | DurationEstimate::Unknown { floor, .. } => Some(floor),
            DurationEstimate::Unbounded { .. } => None,
        }
    }

    /// Judges it against a limit in seconds; `guaranteed` limits need a bound.
    ///
    /// A stricter limit never gets a better verdict, and no more does a further part.
    pub fn verdict(&self, limit: Decimal, guaranteed: bool) -> Verdict {
        if self.is_unbounded() || (self.floor() != Floor::Zero && limit.is_zero()) || self.expected() > limit {
            return Verdict::Refuted;
        }
        match self {
            DurationEstimate::Unknown { .. } => Verdict::Unproven,
            DurationEstimate::Bounded { bound, .. } if *bound <= limit => Verdict::Proven,
            _ if guaranteed => Verdict::Refuted,
            DurationEstimate::Unpublished { .. } => Verdict::Unproven,
            _ => Verdict::Plausible,
        }
    }

    /// Returns a key to choose between ways with equal verdicts.
    ///
    /// Less is better, a figure before none, a bound before none.
    pub fn rank(&self) -> impl Ord + use<> {
        let certainty = match self {
            DurationEstimate::Bounded { .. } | DurationEstimate::Typical { .. } => 0_u8,
            DurationEstimate::Unpublished { .. } | DurationEstimate::Unknown { .. } => 1,
            DurationEstimate::Unbounded { .. } => 2,
        };
        (certainty, self.expected(), self.bound().is_none())
    }

    /// Returns the word that JSON has for the variant.
    pub fn kind(&self) -> &'static str {
        match self {
            DurationEstimate::Bounded { .. } => "bound",
            DurationEstimate::Typical { .. } => "typical",
            DurationEstimate::Unpublished { .. } => "none",
            DurationEstimate::Unknown { .. } => "unknown",
            DurationEstimate::Unbounded { .. } => "unbounded",
        }
    }
}

/// Writes `1min typical`, `at most 15min`, `unpublished`.
///
/// The words of tables and messages.
impl fmt::Display for DurationEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DurationEstimate::Unbounded { .. } => f.write_str("unbounded"),
            DurationEstimate::Unknown { .. } => f.write_str("unknown until apply"),
            DurationEstimate::Unpublished { expected, floor } if expected.is_zero() => {
                f.write_str(if floor.is_above_zero() { "above 0s" } else { "unpublished" })
            }
            DurationEstimate::Unpublished { expected, .. } => write!(f, "{} and more", time(*expected)),
            DurationEstimate::Bounded { bound, .. } if bound.is_zero() => f.write_str("0s"),
            DurationEstimate::Bounded { bound, expected, .. } if bound == expected => {
                write!(f, "at most {}", time(*bound))
            }
            DurationEstimate::Bounded { bound, expected, .. } => {
                write!(f, "{} typical, at most {}", time(*expected), time(*bound))
            }
            DurationEstimate::Typical { expected, .. } => write!(f, "{} typical", time(*expected)),
        }
    }
}

impl Serialize for DurationEstimate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct EstimateDocument<'a> {
            kind: &'a str,
            /// The seconds to be expected of the parts that have a figure.
            expected: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            bound: Option<String>,
            text: String,
        }
        let seconds = |seconds: Decimal| seconds.normalize().to_string();
        let document = EstimateDocument {
            kind: self.kind(),
            expected: seconds(self.expected()),
            bound: self.bound().map(seconds),
            text: self.to_string(),
        };
        document.serialize(serializer)
    }
}

/// Formats seconds as people write them: `90s`, `5min`.
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
            (DurationEstimate::bounded(20.into()), 20, "proven"),
            (DurationEstimate::bounded(20.into()), 19, "refuted"),
            (DurationEstimate::typical(60.into()), 60, "plausible"),
            (DurationEstimate::typical(60.into()), 59, "refuted"),
            (DurationEstimate::unpublished(), 1, "unproven"),
            (DurationEstimate::unpublished(), 0, "unproven"),
            (DurationEstimate::above_zero(), 1, "unproven"),
            (DurationEstimate::above_zero(), 0, "refuted"),
            (DurationEstimate::failover(), 0, "refuted"),
            (DurationEstimate::failover().without_step(), 0, "unproven"),
            (DurationEstimate::unbounded(), 1_000_000, "refuted"),
            (DurationEstimate::unknown().plus(&DurationEstimate::bounded(1.into())), 5, "unproven"),
            (DurationEstimate::usually(1.into(), 20.into()), 5, "plausible"),
            (DurationEstimate::usually(1.into(), 20.into()), 20, "proven"),
            (DurationEstimate::unpublished().plus(&DurationEstimate::bounded(300.into())), 60, "refuted"),
        ];
        for (number, limit, expected) in cases {
            assert_eq!(judged(&number, limit), expected, "{number} against {limit}s");
        }
    }

    #[test]
    fn a_guarantee_needs_a_bound() {
        assert_eq!(DurationEstimate::typical(1.into()).verdict(60.into(), true), Verdict::Refuted);
        assert_eq!(DurationEstimate::unpublished().verdict(60.into(), true), Verdict::Refuted);
        assert_eq!(DurationEstimate::bounded(1.into()).verdict(60.into(), true), Verdict::Proven);
        assert_eq!(DurationEstimate::unknown().verdict(60.into(), true), Verdict::Unproven);
    }

    #[test]
    fn a_sum_is_as_certain_as_its_least_certain_part() {
        let five = DurationEstimate::bounded(5.into());
        let cases = [
            (DurationEstimate::bounded(60.into()), "at most 65s", "bound"),
            (DurationEstimate::usually(10.into(), 60.into()), "15s typical, at most 65s", "bound"),
            (DurationEstimate::typical(55.into()), "1min typical", "typical"),
            (DurationEstimate::above_zero(), "5s and more", "none"),
            (DurationEstimate::unknown(), "unknown until apply", "unknown"),
            (DurationEstimate::unbounded(), "unbounded", "unbounded"),
        ];
        for (part, text, kind) in cases {
            let sum = five.plus(&part);
            assert_eq!((sum.to_string().as_str(), sum.kind()), (text, kind));
        }
    }

    #[test]
    fn a_step_is_told_from_what_a_source_calls_above_zero() {
        assert_eq!(DurationEstimate::failover().to_string(), "unpublished");
        assert_eq!(DurationEstimate::above_zero().with_step().to_string(), "above 0s");
        assert_eq!(DurationEstimate::failover().max(&DurationEstimate::above_zero()).to_string(), "above 0s");
        assert!(DurationEstimate::typical(1.into()).with_step().has_step());
        assert!(!DurationEstimate::unpublished().with_step().has_step());
        assert_eq!(DurationEstimate::above_zero().with_step().without_step(), DurationEstimate::above_zero());
    }

    fn estimate() -> impl Strategy<Value = DurationEstimate> {
        let seconds = || (0_u32..10_000).prop_map(Decimal::from);
        let floor = prop_oneof![
            Just(Floor::Zero),
            Just(Floor::AboveZero),
            any::<bool>().prop_map(|above_zero| Floor::Step { above_zero })
        ];
        (seconds(), seconds(), floor, 0..5_u8).prop_map(|(expected, more, floor, variant)| match variant {
            0 => DurationEstimate::Bounded { expected, bound: expected + more, floor },
            1 => DurationEstimate::Typical { expected, floor },
            2 => DurationEstimate::Unpublished { expected, floor },
            3 => DurationEstimate::Unknown { expected, floor },
            _ => DurationEstimate::Unbounded { expected },
        })
    }

    proptest! {
        #[test]
        fn a_stricter_limit_is_never_met_better(number in estimate(), a in 0_u32..10_000, b in 0_u32..10_000, sure: bool) {
            let (strict, loose) = (a.min(b).into(), a.max(b).into());
            prop_assert!(number.verdict(strict, sure) >= number.verdict(loose, sure));
            prop_assert!(number.verdict(strict, true) >= number.verdict(strict, false));
        }

        #[test]
        fn what_is_added_never_improves(a in estimate(), b in estimate(), limit in 0_u32..10_000) {
            let limit = limit.into();
            prop_assert!(a.max(&b).verdict(limit, false) >= a.verdict(limit, false).max(b.verdict(limit, false)));
            prop_assert!(a.plus(&b).verdict(limit, false) >= a.max(&b).verdict(limit, false));
            prop_assert_eq!(a.plus(&b), b.plus(&a));
            prop_assert_eq!(a.max(&b), b.max(&a));
        }
    }
}
