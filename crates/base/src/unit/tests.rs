use super::{Amount, Dimension, Operands, Quantity, UNITS, add, divide, multiply, quantity, subtract};
use crate::diag::Diagnostic;
use crate::source::Span;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn amount(text: &str) -> Amount {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    match text.split_at(split) {
        ("", money) => Amount::Quantity(parse(&money[1..], "$").unwrap()),
        (number, "") => Amount::Number(number.parse().unwrap()),
        (number, unit) => Amount::Quantity(parse(number, unit).unwrap()),
    }
}

fn parse(number: &str, unit: &str) -> Result<Quantity, Diagnostic> {
    quantity(number.parse().unwrap(), unit, Span::default())
}

fn check(left: &str, operator: char, right: &str, expected: &str) {
    let sides =
        Operands { left: amount(left), left_span: Span::default(), right: amount(right), right_span: Span::default() };
    let result = match operator {
        '+' => add(&sides),
        '-' => subtract(&sides),
        '*' => multiply(&sides),
        _ => divide(&sides),
    };
    let shown = result.map_or_else(|error| format!("{} {}", error.code, error.message), |amount| amount.to_string());
    assert_eq!(shown, expected, "{left} {operator} {right}");
}

#[test]
fn arithmetic_checks_dimensions() {
    check("30s", '+', "2min", "150s");
    check("1h", '-', "30min", "30min");
    check("30s", '+', "70%", "GPB1102 cannot add a percentage to a duration");
    check("30s", '+', "5", "GPB1102 cannot add a number without a unit to a duration");
    check("30s", '*', "4", "2min");
    check("4", '*', "512MiB", "2GiB");
    check("1h", '/', "15min", "4");
    check("1h", '/', "4", "15min");
    check("$200", '*', "10%", "$20");
    check("10", '*', "70%", "7");
    check("70%", '*', "10", "7");
    check("1000/min", '*', "30s", "500");
    check("30s", '*', "30s", "GPB1102 cannot multiply a duration by a duration");
    check("5", '/', "30s", "GPB1102 cannot divide a number without a unit by a duration");
    check("30s", '/', "0", "GPB1119 division by zero");
    check("79228162514264337593543950335", '*', "10", "GPB1118 the result is too large");
}

#[test]
fn quantities_are_shown_in_a_readable_unit() {
    let shown = |text: &str| amount(text).to_string();
    for (written, read) in [
        ("0s", "0s"),
        ("90s", "90s"),
        ("120s", "2min"),
        ("48h", "2d"),
        ("1500ms", "1500ms"),
        ("1024MiB", "1GiB"),
        ("1000MB", "1GB"),
        ("1536MiB", "1536MiB"),
        ("1000/min", "1000/min"),
        ("60/min", "1/s"),
        ("0.25vcpu", "0.25 vcpu"),
        ("$1234567.5", "$1_234_567.50"),
        ("$0.005", "$0.005"),
        ("70%", "70%"),
    ] {
        assert_eq!(shown(written), read, "{written}");
    }
}

#[test]
fn an_unknown_unit_is_told_which_was_meant() {
    let help = |unit: &str| parse("1", unit).unwrap_err().help.unwrap();
    assert_eq!(help("mins"), "did you mean `min`? It is a unit of `duration`");
    assert_eq!(help("acu"), "did you mean `ACU`? It is a unit of `acu`");
    assert_eq!(help("Gi"), "did you mean `GiB`? It is a unit of `bytes`");
    assert!(help("furlong").starts_with("the units are ms, s, min"));
    let huge = quantity(Decimal::MAX, "TiB", Span::default()).unwrap_err();
    assert_eq!(huge.code, "GPB1118");
}

#[test]
fn units_have_one_meaning_each() {
    let mut names: Vec<_> = UNITS.iter().map(|unit| unit.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    for dimension in Dimension::ALL {
        assert!(dimension.units().is_sorted_by_key(|unit| unit.size), "{dimension}: smallest first");
        assert!(dimension.units().next().is_some());
    }
}

fn any_quantity() -> impl Strategy<Value = Quantity> {
    (prop::sample::select(UNITS), -1_000_000_000i64..1_000_000_000, 0u32..4)
        .prop_map(|(unit, number, scale)| quantity(Decimal::new(number, scale), unit.name, Span::default()).unwrap())
}

fn apply(operation: fn(&Operands) -> Result<Amount, Diagnostic>, a: Amount, b: Amount) -> Option<Amount> {
    let sides = Operands { left: a, left_span: Span::default(), right: b, right_span: Span::default() };
    operation(&sides).ok()
}

proptest! {
    #[test]
    fn what_is_shown_reads_back(q in any_quantity()) {
        let text = q.to_string().replace(['_', ' '], "");
        let (sign, text) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
        let Amount::Quantity(read) = amount(text) else { panic!("{text} has no unit") };
        prop_assert_eq!(Quantity { amount: read.amount * Decimal::from(sign), ..read }, q);
    }

    #[test]
    fn sums_commute_within_a_dimension_and_exist_in_no_other(a in any_quantity(), b in any_quantity()) {
        let (a_, b_) = (Amount::Quantity(a), Amount::Quantity(b));
        let sum = apply(add, a_, b_);
        prop_assert_eq!(sum, apply(add, b_, a_));
        prop_assert_eq!(sum.is_some(), a.dimension == b.dimension);
        if let Some(sum) = sum {
            prop_assert_eq!(apply(subtract, sum, b_), Some(a_));
        }
    }

    #[test]
    fn scaling_is_undone_by_dividing(a in any_quantity(), by in 1i64..1_000_000) {
        // A percentage of a number is a part of it, and not a larger percentage.
        prop_assume!(a.dimension != Dimension::Percent);
        let (a, by) = (Amount::Quantity(a), Amount::Number(by.into()));
        let scaled = apply(multiply, a, by).unwrap();
        prop_assert_eq!(apply(divide, scaled, by), Some(a));
    }

    #[test]
    fn nothing_panics(a in any::<[u8; 16]>(), b in any::<[u8; 16]>(), unit in prop::sample::select(UNITS)) {
        let decimal = |bytes: [u8; 16]| {
            // Any mantissa at any valid scale.
            let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            Decimal::from_parts(word(0), word(4), word(8), bytes[12] & 1 == 1, word(12) % 29)
        };
        let Ok(left) = quantity(decimal(a), unit.name, Span::default()) else { return Ok(()) };
        let _ = left.to_string();
        for right in [Amount::Number(decimal(b)), Amount::Quantity(Quantity { amount: decimal(b), ..left })] {
            for operation in [add, subtract, multiply, divide, super::remainder] {
                let _ = apply(operation, Amount::Quantity(left), right);
            }
        }
    }
}
