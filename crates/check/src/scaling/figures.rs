//! Figures for people.

use super::scalable::{Alarm, MetricTerm};

/// Whole numbers as such, others with two digits at most.
pub fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    if rounded.fract().abs() < f64::EPSILON {
        format!("{rounded:.0}")
    } else {
        let text = format!("{rounded:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

pub fn seconds(value: f64) -> String {
    let whole = value.round();
    for (size, unit) in [(3600.0, "h"), (60.0, "min")] {
        if whole >= size && (whole % size).abs() < f64::EPSILON {
            return format!("{}{unit}", number(whole / size));
        }
    }
    format!("{}s", number(value))
}

/// A value of a metric: `70%`, `1000/min`.
pub fn metric_value(watch: &MetricTerm, value: f64) -> String {
    format!("{}{}", number(value), watch.sign)
}

/// What an alarm waits for: "cpu above 70%".
pub fn condition(alarm: &Alarm) -> String {
    let side = if alarm.above { "above" } else { "below" };
    match alarm.watches.as_slice() {
        [only] => format!("{} {side} {}", only.name, metric_value(only, alarm.threshold * only.over / only.times)),
        [] => format!("nothing {side} {}", number(alarm.threshold)),
        several => {
            let each = several.iter().map(|one| {
                format!("{} {side} {}", one.name, metric_value(one, alarm.threshold * one.over / one.times))
            });
            each.collect::<Vec<_>>().join(if alarm.above { " or " } else { " and " })
        }
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
