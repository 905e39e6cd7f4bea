//! Functions of numbers, quantities and ranges.

use super::builtin::{Builtin, BuiltinCall, UnknownPolicy, define};
use super::collection::compare;
use gpb_base::diag::Diagnostic;
use gpb_base::unit;
use gpb_base::unit::{Dimension, Operands, Quantity};
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use rust_decimal::RoundingStrategy;
use rust_decimal::prelude::{Decimal, ToPrimitive};
use std::cmp::Ordering;

/// The greatest number of elements that `range` makes.
const MAX_RANGE: u32 = 10_000;

pub(super) fn table() -> Vec<Builtin> {
    let mut all = arithmetic();
    all.extend(ends_of_ranges());
    all.extend(quantities());
    all
}

fn arithmetic() -> Vec<Builtin> {
    use UnknownPolicy::Waits;
    let number = || [("x", Type::Number)];
    let any = || [("a", Type::Any)];
    vec![
        define(
            "min",
            &any(),
            Type::Any,
            Waits,
            |call| extreme(call, Ordering::Less),
            "The smallest of the values, or of one list.",
        )
        .variadic(),
        define(
            "max",
            &any(),
            Type::Any,
            Waits,
            |call| extreme(call, Ordering::Greater),
            "The largest of the values, or of one list.",
        )
        .variadic(),
        define("sum", &any(), Type::Any, Waits, sum, "The sum of the values, or of one list.").variadic(),
        define("ceil", &number(), Type::Int, Waits, |call| whole(call, Decimal::ceil), "The next whole number above."),
        define(
            "floor",
            &number(),
            Type::Int,
            Waits,
            |call| whole(call, Decimal::floor),
            "The next whole number below.",
        ),
        define(
            "round",
            &number(),
            Type::Int,
            Waits,
            |call| whole(call, |x| x.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)),
            "The nearest whole number, halves away from zero.",
        ),
        define("abs", &[("x", Type::Any)], Type::Any, Waits, abs, "A number or quantity without its sign."),
        define(
            "range",
            &[("n", Type::Int), ("end", Type::Int.optional())],
            Type::list(Type::Int),
            UnknownPolicy::Refused,
            range,
            "The numbers from 0 to n-1; of two, those from the first to before the second.",
        ),
    ]
}

fn ends_of_ranges() -> Vec<Builtin> {
    vec![
        define(
            "low",
            &[("r", Type::Any)],
            Type::Any,
            UnknownPolicy::Parts,
            |call| end(call, true),
            "The low end of a range.",
        ),
        define(
            "high",
            &[("r", Type::Any)],
            Type::Any,
            UnknownPolicy::Parts,
            |call| end(call, false),
            "The high end of a range.",
        ),
    ]
}

fn quantities() -> Vec<Builtin> {
    use Dimension::{Bytes, Duration, Rate};
    let of = |name, param: &'static str, dimension, run, doc| {
        define(name, &[(param, Type::Dimension(dimension))], Type::Number, UnknownPolicy::Waits, run, doc)
    };
    vec![
        of("seconds", "d", Duration, |call| per(call, "s"), "A duration as a number of seconds."),
        of("minutes", "d", Duration, |call| per(call, "min"), "A duration as a number of minutes."),
        of("hours", "d", Duration, |call| per(call, "h"), "A duration as a number of hours."),
        of("days", "d", Duration, |call| per(call, "d"), "A duration as a number of days."),
        of("mib", "b", Bytes, |call| per(call, "MiB"), "An amount of bytes as a number of MiB."),
        of("gib", "b", Bytes, |call| per(call, "GiB"), "An amount of bytes as a number of GiB."),
        of("per_second", "r", Rate, |call| per(call, "/s"), "A rate as a number a second."),
        of("per_minute", "r", Rate, |call| per(call, "/min"), "A rate as a number a minute."),
        define(
            "amount",
            &[("q", Type::Any)],
            Type::Number,
            UnknownPolicy::Waits,
            amount,
            "The bare number of a percentage, of money, ACU or vcpu.",
        ),
    ]
}

/// Returns the values of a function of many.
///
/// Its arguments, or the elements of its only one.
fn many<'a>(call: &'a BuiltinCall) -> &'a [Value] {
    match call.args.as_slice() {
        [only] => only.as_list().unwrap_or(&call.args),
        _ => &call.args,
    }
}

fn extreme(call: &BuiltinCall, wanted: Ordering) -> Result<Value, Diagnostic> {
    let mut values = many(call).iter();
    let Some(mut best) = values.next() else { return Err(call.outside(0, "the list is empty")) };
    if best.as_amount().is_none() {
        return Err(call.cannot(0, "numbers or quantities"));
    }
    for value in values {
        let (Some(left), Some(right)) = (value.as_amount(), best.as_amount()) else {
            return Err(mixed(call, best, value));
        };
        let sides = Operands { left, left_span: value.span, right, right_span: best.span };
        if unit::compare(&sides)? == wanted {
            best = value;
        }
    }
    Ok(best.clone())
}

fn mixed(call: &BuiltinCall, first: &Value, other: &Value) -> Diagnostic {
    if compare(first, other).is_some() {
        return call.cannot(0, "numbers or quantities");
    }
    let message = format!("`{}` takes numbers or quantities, not {}", call.builtin.name, other.describe());
    Diagnostic::error("GPB1206", message).with_label(other.span, "a number or a quantity is expected here")
}

fn sum(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let mut values = many(call).iter();
    let Some(first) = values.next() else { return Ok(call.as_number(0)) };
    let Some(mut total) = first.as_amount() else { return Err(call.cannot(0, "numbers or quantities")) };
    for value in values {
        let Some(right) = value.as_amount() else { return Err(mixed(call, first, value)) };
        total = unit::add(&Operands { left: total, left_span: first.span, right, right_span: value.span })?;
    }
    Ok(Value::amount(total, call.span))
}

fn whole(call: &BuiltinCall, round: impl Fn(&Decimal) -> Decimal) -> Result<Value, Diagnostic> {
    Ok(call.as_number(round(&call.number(0)).normalize()))
}

fn abs(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    match call.arg(0).map(|arg| &arg.kind) {
        Some(ValueKind::Number(number)) => Ok(call.as_number(number.abs())),
        Some(ValueKind::Quantity(quantity)) => {
            let quantity = Quantity { amount: quantity.amount.abs(), ..*quantity };
            Ok(Value::new(ValueKind::Quantity(quantity), call.span))
        }
        _ => Err(call.cannot(0, "a number or a quantity")),
    }
}

fn range(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let bound = |index: usize| call.number(index).to_i64().unwrap_or(i64::MAX);
    let (start, end) = if call.arg(1).is_some() { (bound(0), bound(1)) } else { (0, bound(0)) };
    let last = usize::from(call.arg(1).is_some());
    if end < 0 && last == 0 {
        return Err(Diagnostic::error("GPB1116", format!("`{end}` is negative"))
            .with_label(call.arg_span(0), "a number that is not negative is expected here")
            .help("`range(a, b)` counts from a to before b"));
    }
    if end < start {
        let (start, end) = (start, call.number(last).normalize());
        let diagnostic = call.outside(last, format!("`range` counts up, and {end} is below {start}"));
        return Err(diagnostic.help("of two numbers the lower one comes first"));
    }
    let count = end.saturating_sub(start);
    if count > i64::from(MAX_RANGE) {
        return Err(call.outside(last, format!("`range` makes at most {MAX_RANGE} numbers, not {count}")));
    }
    Ok(Value::list((start..end).map(|n| call.as_number(n)).collect(), call.span))
}

fn end(call: &BuiltinCall, low: bool) -> Result<Value, Diagnostic> {
    match call.arg(0).map(|arg| &arg.kind) {
        Some(ValueKind::Range(range)) => Ok(if low { range.low.clone() } else { range.high.clone() }),
        _ => Err(call.cannot(0, "a range")),
    }
}

fn per(call: &BuiltinCall, unit: &str) -> Result<Value, Diagnostic> {
    let (Some(ValueKind::Quantity(quantity)), Some(unit)) = (call.arg(0).map(|arg| &arg.kind), unit::find(unit)) else {
        return Err(call.cannot(0, "a quantity"));
    };
    match quantity.amount.checked_div(unit.size) {
        Some(number) => Ok(call.as_number(number.normalize())),
        None => Err(unit::too_large(call.span)),
    }
}

fn amount(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let Some(ValueKind::Quantity(quantity)) = call.arg(0).map(|arg| &arg.kind) else {
        return Err(call.cannot(0, "a quantity"));
    };
    let instead = match quantity.dimension {
        Dimension::Percent | Dimension::Money | Dimension::Acu | Dimension::Vcpu => {
            return Ok(call.as_number(quantity.amount.normalize()));
        }
        Dimension::Duration => "`seconds`, `minutes`, `hours` or `days`",
        Dimension::Bytes => "`mib` or `gib`",
        Dimension::Rate => "`per_second` or `per_minute`",
    };
    Err(call
        .cannot(0, "a quantity of one unit")
        .help(format!("{} has several units; {instead} say which is meant", quantity.dimension.described())))
}
