//! Whether two things scale in the same way. In a large program many do, and the way one moves says nothing new of the next.

use super::scalable::{Alarm, PolicyKind, Scaling, ScalingPolicy, StepPolicy, TargetTracking};

/// Whether all that decides how many there are of each, under any load, is the same.
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
        && same(*warmup, other.warmup)
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
    let StepPolicy { change, steps, least, cooldown, alarms } = one;
    (change, steps) == (&other.change, &other.steps)
        && same(*least, other.least)
        && same(*cooldown, other.cooldown)
        && each(alarms, &other.alarms, same_alarm)
}

fn same_alarm(one: &Alarm, other: &Alarm) -> bool {
    let Alarm { name: _, watches, above, inclusive, threshold, period, periods, datapoints, missing, delay } = one;
    (watches, missing) == (&other.watches, &other.missing)
        && (above, inclusive, periods, datapoints)
            == (&other.above, &other.inclusive, &other.periods, &other.datapoints)
        && same(*threshold, other.threshold)
        && same(*period, other.period)
        && same(*delay, other.delay)
}

fn same_tracking(one: &TargetTracking, other: &TargetTracking) -> bool {
    #[rustfmt::skip]
    let TargetTracking {
        watch, target, period, delay, out_periods, in_periods, in_below, out_cooldown, in_cooldown, removes,
    } = one;
    let figures = [target, period, delay, in_below, out_cooldown, in_cooldown];
    let others = [&other.target, &other.period, &other.delay, &other.in_below, &other.out_cooldown, &other.in_cooldown];
    (watch, out_periods, in_periods, removes) == (&other.watch, &other.out_periods, &other.in_periods, &other.removes)
        && figures.into_iter().zip(others).all(|(one, other)| same(*one, *other))
}

fn each<T>(some: &[T], others: &[T], alike: impl Fn(&T, &T) -> bool) -> bool {
    some.len() == others.len() && some.iter().zip(others).all(|(one, other)| alike(one, other))
}

/// The very same figure: what is only near may lead elsewhere.
fn same(one: f64, other: f64) -> bool {
    one.to_bits() == other.to_bits()
}
