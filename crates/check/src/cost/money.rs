//! Formats money for people.

use rust_decimal::{Decimal, RoundingStrategy};

/// Formats US dollars, `$1,234.50`.
///
/// To the cent, halves away from zero as invoices round.
pub fn dollars(amount: Decimal) -> String {
    let rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    let sign = if rounded.is_sign_negative() && !rounded.is_zero() { "-" } else { "" };
    format!("{sign}${}", grouped(&format!("{:.2}", rounded.abs())))
}

/// Groups the digits before the point by three: `1234.5` is `1,234.5`.
pub fn grouped(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut text = String::new();
    let length = whole.chars().count();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (length - index).is_multiple_of(3) && digit.is_ascii_digit() {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_shown_to_the_cent() {
        let check = |amount: &str, expected: &str| assert_eq!(dollars(amount.parse().unwrap()), expected);
        check("0", "$0.00");
        check("0.005", "$0.01");
        check("0.0049", "$0.00");
        check("999.999", "$1,000.00");
        check("1234567.5", "$1,234,567.50");
        check("-42.4", "-$42.40");
        check("-0.001", "$0.00");
    }
}
