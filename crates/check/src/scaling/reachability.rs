//! Checks that scaling rules lead to both ends of the range.
//!
//! Each of them must be able to do what it says.

use super::figures;
use super::metric_text::condition;
use super::policy_response::{Load, next_capacity};
use super::scalable::Scaling;
use super::scaling_policy::{AdjustmentType, Alarm, MetricBasis, PolicyKind, ScalingPolicy, StepPolicy};
use gpb_base::diag::Diagnostic;

/// More steps than any range takes.
const MOST_STEPS: usize = 100_000;

/// Adds to `found` the rules that cannot act and the ends that are not reached.
pub fn check(scaling: &Scaling, found: &mut Vec<Diagnostic>) {
    let before = found.len();
    for rule in &scaling.rules {
        if let PolicyKind::Step(step) = &rule.action {
            found.extend(step_without_alarm(scaling, rule, step));
            found.extend(step_gaps(scaling, rule, step));
            found.extend(inverted_step(scaling, rule, step));
        }
    }
    // A rule that is wrong in itself explains why an end is not reached.
    if found.len() == before && scaling.is_ruled() {
        found.extend(maximum(scaling));
        found.extend(minimum(scaling));
    }
}

/// Returns the capacity at which the rules come to rest under an extreme load.
fn steady_state(scaling: &Scaling, load: Load<'_>, from: f64) -> f64 {
    let mut capacity = from;
    for _ in 0..MOST_STEPS {
        let after = next_capacity(scaling, load, capacity);
        if (after - capacity).abs() < f64::EPSILON {
            break;
        }
        capacity = after;
    }
    capacity
}

fn maximum(scaling: &Scaling) -> Option<Diagnostic> {
    let reached = steady_state(scaling, Load::Most, scaling.minimum);
    if reached >= scaling.maximum {
        return None;
    }
    let message = format!(
        "`{}` never reaches its maximum of {}: under any load it stays at {}",
        scaling.of,
        scaling.count_noun(scaling.maximum),
        scaling.count_noun(reached)
    );
    let mut diagnostic =
        Diagnostic::error("GPB6004", message).with_label(scaling.spots.span_of("maximum"), "not reached");
    for rule in &scaling.rules {
        match &rule.action {
            PolicyKind::Step(step) => {
                for alarm in step.alarms.iter().filter(|alarm| alarm.above && step.adds() && beyond_ceiling(alarm)) {
                    let text = format!("{} never happens: the metric ends there", condition(alarm));
                    diagnostic = diagnostic.with_label(rule.spots.span_of("threshold"), text);
                }
            }
            PolicyKind::Track(track) => {
                if track.watch.ceiling.is_some_and(|ceiling| ceiling <= track.target) {
                    diagnostic =
                        diagnostic.with_label(rule.spots.span_of("target"), "the metric is never above this target");
                }
            }
        }
    }
    Some(diagnostic.help(if scaling.rules.is_empty() {
        format!("add a rule, or make the maximum {}", figures::number(reached))
    } else {
        format!("add a rule that adds {}, or make the maximum {}", scaling.unit, figures::number(reached))
    }))
}

fn beyond_ceiling(alarm: &Alarm) -> bool {
    alarm.watches.iter().all(|watch| {
        watch.ceiling.is_some_and(|ceiling| {
            let value = watch.metric_value(alarm.threshold);
            if alarm.inclusive { value > ceiling } else { value >= ceiling }
        })
    })
}

fn minimum(scaling: &Scaling) -> Option<Diagnostic> {
    if !scaling.shrinks {
        return None;
    }
    let reached = steady_state(scaling, Load::Least, scaling.maximum);
    if reached <= scaling.minimum {
        return None;
    }
    let message = format!(
        "`{}` never comes back to its minimum of {}: without any load it stays at {}",
        scaling.of,
        scaling.count_noun(scaling.minimum),
        scaling.count_noun(reached)
    );
    let diagnostic =
        Diagnostic::error("GPB6005", message).with_label(scaling.spots.span_of("minimum"), "not reached again");
    let is_never_below = |rule: &&ScalingPolicy| match &rule.action {
        PolicyKind::Step(step) => {
            step.removes() && step.alarms.iter().all(|alarm| !alarm.above && alarm.threshold.0 <= 0.0)
        }
        PolicyKind::Track(track) => !track.removes,
    };
    let diagnostic =
        scaling.rules.iter().filter(is_never_below).fold(diagnostic, |diagnostic, rule| match &rule.action {
            PolicyKind::Step(_) => {
                diagnostic.with_label(rule.spots.span_of("threshold"), "the metric is never below this")
            }
            PolicyKind::Track(_) => diagnostic.with_label(rule.spots.span_of("target"), "this rule only adds"),
        });
    Some(diagnostic.help(format!(
        "add a rule that removes {}, or make the minimum {}",
        scaling.unit,
        figures::number(reached)
    )))
}

/// Warns of a step policy without an alarm: it does nothing by itself.
fn step_without_alarm(scaling: &Scaling, rule: &ScalingPolicy, step: &StepPolicy) -> Option<Diagnostic> {
    step.alarms.is_empty().then(|| {
        Diagnostic::warning("GPB6015", format!("no alarm starts the policy `{}` of `{}`", rule.of, scaling.of))
            .with_label(rule.spots.span_of("steps"), "does nothing by itself")
            .help("name the policy's ARN in an alarm's `alarm_actions`; an alarm made elsewhere is not seen here")
    })
}

/// Reports breaches that no step covers, or that two cover.
fn step_gaps(scaling: &Scaling, rule: &ScalingPolicy, step: &StepPolicy) -> Option<Diagnostic> {
    let above = step.alarms.first()?.above;
    let mut steps: Vec<_> =
        step.steps.iter().map(|one| (one.from.unwrap_or(f64::NEG_INFINITY), one.to.unwrap_or(f64::INFINITY))).collect();
    steps.sort_by(|a, b| a.0.total_cmp(&b.0));
    let wrong = |text: String, help: String| {
        let message = format!("the steps of `{}` leave out some of what `{}` may meet", rule.of, scaling.of);
        Some(Diagnostic::error("GPB6009", message).with_label(rule.spots.span_of("steps"), text).help(help))
    };
    for pair in steps.windows(2) {
        let [(_, end), (start, _)] = pair else { continue };
        if end < start {
            let (end, start) = (figures::number(*end), figures::number(*start));
            return wrong(
                format!("nothing happens from {end} to {start} beyond the threshold"),
                format!("let the second step begin at {end}"),
            );
        }
        if end > start {
            let (end, start) = (figures::number(*end), figures::number(*start));
            return wrong(
                format!("two steps answer from {start} to {end}"),
                format!("let the second step begin at {end}"),
            );
        }
    }
    let (first, last) = (steps.first()?, steps.last()?);
    if above && last.1.is_finite() {
        return wrong(
            format!("nothing happens more than {} above the threshold", figures::number(last.1)),
            "leave out the last step's upper bound".to_owned(),
        );
    }
    if !above && first.0.is_finite() {
        return wrong(
            format!("nothing happens more than {} below the threshold", figures::number(-first.0)),
            "leave out the first step's lower bound".to_owned(),
        );
    }
    if above && first.0 > 0.0 {
        return wrong(
            format!("nothing happens up to {} above the threshold", figures::number(first.0)),
            "let the first step begin at 0".to_owned(),
        );
    }
    if !above && last.1 < 0.0 {
        return wrong(
            format!("nothing happens down to {} below the threshold", figures::number(-last.1)),
            "let the last step end at 0".to_owned(),
        );
    }
    None
}

/// Reports a step with the wrong sign.
///
/// Capacity that is removed under load, or added without it, makes the metric worse.
fn inverted_step(scaling: &Scaling, rule: &ScalingPolicy, step: &StepPolicy) -> Option<Diagnostic> {
    if step.adjustment == AdjustmentType::To {
        return None;
    }
    let is_wrong = |alarm: &&Alarm| {
        let is_capacity = !alarm.watches.is_empty() && alarm.watches.iter().all(|watch| watch.per == MetricBasis::Unit);
        is_capacity && if alarm.above { step.removes() } else { step.adds() }
    };
    let alarm = step.alarms.iter().find(is_wrong)?;
    let (what, instead) = if alarm.above { ("removes", "add") } else { ("adds", "remove") };
    let message = format!("`{}` {what} {} when {}", scaling.of, scaling.unit, condition(alarm));
    let diagnostic = Diagnostic::error("GPB6010", message)
        .with_label(rule.spots.span_of("steps"), format!("{what} {}", scaling.unit))
        .with_label(rule.spots.span_of("threshold"), "when this is passed");
    Some(diagnostic.help(format!("turn the sign of the adjustment round, so that it does {instead} {}", scaling.unit)))
}
