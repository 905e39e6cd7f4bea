//! Compares scalings.
//!
//! In a large program many are alike, and the way one moves says nothing new of the next.

use super::scalable::Scaling;
use super::scaling_policy::{Alarm, PolicyKind, ScalingPolicy, StepPolicy, TargetTracking};

/// Checks that two scalings have the same capacity under any load.
pub fn is_equivalent(one: &Scaling, other: &Scaling) -> bool {
    // All fields are named, so that a new one is thought of here.
    #[rustfmt::skip]
    let Scaling {
        of: _, name: _, one: _, unit: _, zones: _, spots: _,
        minimum, maximum, desired, is_fixed, is_native, counted, shrinks, waits, removals, surge, warmup, full_at, demands,
        rules,
    } = one;
    let of = |one: &ScalingPolicy, other: &ScalingPolicy| same_policy(&one.action, &other.action);
    same(*minimum, other.minimum)
        && same(*maximum, other.maximum)
        && (desired, full_at, removals) == (&other.desired, &other.full_at, &other.removals)
        && (is_fixed, is_native, counted) == (&other.is_fixed, &other.is_native, &other.counted)
        && (shrinks, waits) == (&other.shrinks, &other.waits)
        && same(*surge, other.surge)
        && same(warmup.0, other.warmup.0)
        && *demands == other.demands
        && each(rules, &other.rules, of)
}

fn same_policy(one: &PolicyKind, other: &PolicyKind) -> bool {
    match (one, other) {
        (PolicyKind::Step(one), PolicyKind::Step(other)) => same_steps(one, other),
        (PolicyKind::Track(one), PolicyKind::Track(other)) => same_tracking(one, other),
        _ => false,
    }
}

fn same_steps(one: &StepPolicy, other: &StepPolicy) -> bool {
    let StepPolicy { adjustment, steps, least, cooldown, alarms } = one;
    (adjustment, steps) == (&other.adjustment, &other.steps)
        && same(*least, other.least)
        && same(cooldown.0, other.cooldown.0)
        && each(alarms, &other.alarms, same_alarm)
}

fn same_alarm(one: &Alarm, other: &Alarm) -> bool {
    let Alarm { name: _, watches, above, inclusive, threshold, period, periods, datapoints, missing, delay } = one;
    (watches, missing) == (&other.watches, &other.missing)
        && (above, inclusive, periods, datapoints)
            == (&other.above, &other.inclusive, &other.periods, &other.datapoints)
        && same(threshold.0, other.threshold.0)
        && same(period.0, other.period.0)
        && same(delay.0, other.delay.0)
}

fn same_tracking(one: &TargetTracking, other: &TargetTracking) -> bool {
    #[rustfmt::skip]
    let TargetTracking {
        watch, target, period, delay, out_periods, in_periods, in_below, out_cooldown, in_cooldown, removes,
    } = one;
    (watch, out_periods, in_periods, removes) == (&other.watch, &other.out_periods, &other.in_periods, &other.removes)
        && same(target.0, other.target.0)
        && same(period.0, other.period.0)
        && same(delay.0, other.delay.0)
        && same(in_below.0, other.in_below.0)
        && same(out_cooldown.0, other.out_cooldown.0)
        && same(in_cooldown.0, other.in_cooldown.0)
}

fn each<T>(some: &[T], others: &[T], alike: impl Fn(&T, &T) -> bool) -> bool {
    some.len() == others.len() && some.iter().zip(others).all(|(one, other)| alike(one, other))
}

/// Checks that two figures are the very same.
///
/// What is only near may lead elsewhere.
fn same(one: f64, other: f64) -> bool {
    one.to_bits() == other.to_bits()
}
