//! Formats metrics and the conditions of alarms for people.

use super::figures::number;
use super::scaling_policy::{Alarm, MetricTerm};
use crate::units::MetricValue;

/// Formats a value of a metric with its sign: `70%`, `1000/min`.
pub fn metric_value(watch: &MetricTerm, value: MetricValue) -> String {
    format!("{}{}", number(value.0), watch.sign)
}

/// Formats the condition of an alarm: `cpu above 70%`.
pub fn condition(alarm: &Alarm) -> String {
    let side = if alarm.above { "above" } else { "below" };
    let compared = |one: &MetricTerm| {
        let threshold = MetricValue(alarm.threshold.0 * one.over / one.times);
        format!("{} {side} {}", one.name, metric_value(one, threshold))
    };
    match alarm.watches.as_slice() {
        [only] => compared(only),
        [] => format!("nothing {side} {}", number(alarm.threshold.0)),
        several => {
            let each: Vec<String> = several.iter().map(compared).collect();
            each.join(if alarm.above { " or " } else { " and " })
        }
    }
}
