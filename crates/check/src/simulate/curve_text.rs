//! Reads loads and times as people write them.

use gpb_base::source::Span;
use gpb_base::unit;
use gpb_base::unit::Dimension;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The longest time simulated, in seconds: 31 days.
pub const LONGEST: f64 = 31.0 * 86_400.0;

/// Reads a load: requests a minute, or with its unit.
pub fn rate_of(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is not a valid load: write `1000` (a minute), `1000/min` or `20/s`");
    let (amount, unit) = parts(text).ok_or_else(wrong)?;
    if unit.is_empty() {
        return amount.to_f64().ok_or_else(wrong);
    }
    let quantity = unit::quantity(amount, unit, Span::default()).map_err(|_| wrong())?;
    if quantity.dimension != Dimension::Rate {
        return Err(wrong());
    }
    // Rates are held by the hour.
    quantity.amount.to_f64().map(|hourly| hourly / 60.0).ok_or_else(wrong)
}

/// Reads a time since the start, in seconds.
///
/// A number of seconds, a duration, or the time of a clock.
pub fn time_of(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is not a valid time: write `90` (seconds), `90s`, `5min`, `2h` or `13:30`");
    if let Some((hours, minutes)) = text.split_once(':') {
        let (minutes, seconds) = minutes.split_once(':').unwrap_or((minutes, "0"));
        let number = |text: &str, most: u32| text.parse::<u32>().ok().filter(|value| *value <= most).ok_or_else(wrong);
        let total = number(hours, 744)? * 3_600 + number(minutes, 59)? * 60 + number(seconds, 59)?;
        return Ok(f64::from(total));
    }
    let (amount, unit) = parts(text).ok_or_else(wrong)?;
    if unit.is_empty() {
        return amount.to_f64().ok_or_else(wrong);
    }
    let quantity = unit::quantity(amount, unit, Span::default()).map_err(|_| wrong())?;
    if quantity.dimension != Dimension::Duration {
        return Err(wrong());
    }
    quantity.amount.to_f64().ok_or_else(wrong)
}

/// Splits a number from its unit; `k` and `M` are thousands and millions.
fn parts(text: &str) -> Option<(Decimal, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    let number: Decimal = number.replace('_', "").parse().ok()?;
    let letters = rest.find('/').unwrap_or(rest.len());
    let (letter, unit) = rest.split_at_checked(letters)?;
    match (unit::thousands(number, letter), letter) {
        (Some(number), _) => Some((number, unit)),
        (None, "") => Some((number, unit)),
        (None, _) => Some((number, rest)),
    }
}

/// Rounds a time to whole seconds.
pub fn to_seconds(seconds: f64) -> u64 {
    seconds.round().clamp(0.0, LONGEST * 2.0).to_u64().unwrap_or(0)
}
