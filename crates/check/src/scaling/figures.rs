//! Formats figures for people.

use crate::units::Seconds;

/// Formats a number: whole ones as such, others with two decimals at most.
pub fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    if rounded.fract().abs() < f64::EPSILON {
        format!("{rounded:.0}")
    } else {
        let text = format!("{rounded:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// Formats a duration in the largest unit that gives a whole number.
///
/// `90s`, `5min`, `2h`.
pub fn duration(value: Seconds) -> String {
    let whole = value.0.round();
    for (size, unit) in [(3600.0, "h"), (60.0, "min")] {
        if whole >= size && (whole % size).abs() < f64::EPSILON {
            return format!("{}{unit}", number(whole / size));
        }
    }
    format!("{}s", number(value.0))
}

/// Joins items as a sentence does: `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
