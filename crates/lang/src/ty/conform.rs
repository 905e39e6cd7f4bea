//! Reads a value as a type.

use super::article::article;
use super::context::TypeContext;
use super::object;
use super::secret::secret_as_text;
use super::text;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::foreign;
use gpb_base::unit;
use gpb_base::unit::{Amount, Operands};
use gpb_model::ty::{BoundedType, Type};
use gpb_model::value::{BareWord, Value, ValueEntry, ValueKind, ValueMap, ValueRange};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use std::sync::Arc;

/// Reads a value as one of `ty`.
///
/// Words are read, ends of ranges get their unit, objects their defaults.
///
/// # Errors
/// Every way in which the value does not fit.
pub fn conform(value: Value, ty: &Type, cx: &TypeContext) -> Result<Value, Vec<Diagnostic>> {
    match (&value.kind, ty) {
        (_, Type::Any) | (ValueKind::Absent, Type::Optional(_)) => Ok(value),
        (ValueKind::Unknown(unknown), Type::Optional(inner))
            if unknown.ty.is_optional() && unknown.ty.may_be(inner) =>
        {
            Ok(unknown.spread(ty.clone(), value.span))
        }
        (_, Type::Optional(inner)) => conform(value, inner, cx),
        (_, Type::Bounded(bounded)) => within(conform(value, &bounded.of, cx)?, bounded),
        (ValueKind::Absent, _) => one(absent(&value, ty, cx)),
        (ValueKind::Unknown(unknown), _) if unknown.ty.is_optional() && unknown.ty.may_be(ty) => {
            one(absent(&value, ty, cx))
        }
        (ValueKind::Unknown(unknown), _) => {
            if !unknown.ty.may_be(ty) {
                return one(mismatch(&value, ty, cx));
            }
            Ok(Value::new(
                ValueKind::Unknown(gpb_model::value::Unknown { value: unknown.value.clone(), ty: ty.clone() }),
                value.span,
            ))
        }
        (ValueKind::Word(word), _) if word.among.is_none() => read_word(&value, word, ty, cx).map_err(|one| vec![one]),
        (_, Type::Range(of)) => range(&value, of, ty, cx),
        (ValueKind::List(items), Type::List(of)) => list(items, of, value.span, cx),
        (ValueKind::Map(entries), Type::Map(of)) => map(entries, of, value.span, cx),
        (ValueKind::Map(entries), Type::Object(object)) => object::conform(entries, object, value.span, cx),
        _ => scalar(value, ty, cx).map_err(|one| vec![one]),
    }
}

/// Holds a value against the bounds of its type; what apply decides is not known to be outside of them.
fn within(value: Value, bounded: &BoundedType) -> Result<Value, Vec<Diagnostic>> {
    match value.as_amount() {
        Some(amount) if !bounded.holds(amount) => one(out_of_bounds(&value, amount, bounded)),
        _ => Ok(value),
    }
}

fn out_of_bounds(value: &Value, amount: Amount, bounded: &BoundedType) -> Diagnostic {
    let (low, high) = (bounded.low, bounded.high);
    Diagnostic::error("GPB1131", format!("`{amount}` is not between `{low}` and `{high}`"))
        .with_label(value.span, format!("expected `{low}..{high}`, both ends included"))
        .with_label(bounded.span, "the bounds are declared here")
}

fn one<T>(diagnostic: Diagnostic) -> Result<T, Vec<Diagnostic>> {
    Err(vec![diagnostic])
}

fn scalar(value: Value, ty: &Type, cx: &TypeContext) -> Result<Value, Diagnostic> {
    match (&value.kind, ty) {
        (ValueKind::Bool(_), Type::Bool)
        | (ValueKind::Number(_), Type::Number)
        | (ValueKind::Secret(_), Type::Secret)
        | (ValueKind::Place(_), Type::Place)
        | (ValueKind::Text(_) | ValueKind::Word(_), Type::String)
        | (ValueKind::Resource(_), Type::Resource(None)) => Ok(value),
        (ValueKind::Number(number), Type::Int | Type::Count) => whole(&value, *number, ty, cx).map(|()| value),
        (ValueKind::Number(_), Type::Dimension(dimension)) => Err(no_unit(&value, *dimension, cx)),
        (ValueKind::Quantity(quantity), Type::Dimension(dimension)) => {
            if quantity.dimension == *dimension {
                Ok(value)
            } else {
                Err(other_dimension(&value, ty, cx))
            }
        }
        (ValueKind::Resource(handle), Type::Resource(Some(name))) => {
            if handle.ty == *name {
                Ok(value)
            } else {
                Err(other_resource(&value, &handle.ty, name, cx))
            }
        }
        (ValueKind::Text(found) | ValueKind::Word(BareWord { text: found, .. }), Type::Words(words)) => {
            among(found, words, value.span).ok_or_else(|| not_among(found, words, ty, &value, cx))
        }
        (ValueKind::Text(found), Type::Place) => {
            text::region(found, value.span, true, cx)?;
            Ok(place(found, &value, cx))
        }
        (ValueKind::Text(found), Type::Policy) => text::policy(found, value.span),
        (ValueKind::Map(entries), Type::Policy) if entries.contains_key("Statement") => Ok(value),
        (ValueKind::Text(found), ty) if ty.is_text() => {
            text::check(found, ty, value.span, true, cx)?;
            Ok(value)
        }
        (ValueKind::Secret(_), ty) if ty.is_text() => Err(secret_as_text(&value)),
        (ValueKind::Quantity(_), Type::Number | Type::Int | Type::Count) => Err(quantity_as_number(&value, ty, cx)),
        _ => Err(mismatch(&value, ty, cx)),
    }
}

/// Reads a bare word that is not a name in scope by the expected type.
fn read_word(value: &Value, found: &BareWord, ty: &Type, cx: &TypeContext) -> Result<Value, Diagnostic> {
    let word = &found.text;
    match ty {
        Type::Words(words) => among(word, words, value.span).ok_or_else(|| not_among(word, words, ty, value, cx)),
        Type::Region | Type::Zone => {
            text::check(word, ty, value.span, false, cx)?;
            Ok(Value::text(word.clone(), value.span))
        }
        Type::Place if text::looks_like_region(word) => {
            text::region(word, value.span, false, cx)?;
            Ok(place(word, value, cx))
        }
        _ => Err(no_name(value, found, ty, cx)),
    }
}

/// Returns the region as a place, in the account of the surroundings.
fn place(region: &str, value: &Value, cx: &TypeContext) -> Value {
    let mut place = cx.place.cloned().unwrap_or_default();
    place.region = region.into();
    Value::new(ValueKind::Place(Arc::new(place)), value.span)
}

fn among(found: &str, words: &Arc<[Arc<str>]>, span: gpb_base::source::Span) -> Option<Value> {
    let text = words.iter().find(|word| ***word == *found)?.clone();
    Some(Value::new(ValueKind::Word(BareWord { text, written: span, among: Some(words.clone()) }), span))
}

fn range(value: &Value, of: &Type, ty: &Type, cx: &TypeContext) -> Result<Value, Vec<Diagnostic>> {
    let ValueKind::Range(range) = &value.kind else {
        let found = mismatch(value, ty, cx);
        return one(match value.kind {
            ValueKind::Number(_) | ValueKind::Quantity(_) => {
                found.help("a range is written `2..10`; one that holds a single value is `5..5`")
            }
            _ => match ends(value) {
                Some((range, true)) => {
                    found.help("a range is written with `..`").fix(format!("write `{range}`"), value.span, range)
                }
                Some((range, false)) => found.help(format!("a range is written with `..`: `{range}`")),
                None => found.help("a range is written `2..10`"),
            },
        });
    };
    let low = borrow_unit(&range.low, &range.high).map_err(|one| vec![one])?;
    let mut diagnostics = Vec::new();
    let mut end = |value: Value| conform(value, of, cx).map_err(|mut found| diagnostics.append(&mut found)).ok();
    let (low, high) = (end(low), end(range.high.clone()));
    let (Some(low), Some(high)) = (low, high) else { return Err(diagnostics) };
    check_order(&low, &high).map_err(|one| vec![one])?;
    Ok(Value::new(ValueKind::Range(Arc::new(ValueRange { low, high })), value.span))
}

/// Returns the range that a list of two, a text or an object probably means; and whether it is written at its own place.
fn ends(value: &Value) -> Option<(String, bool)> {
    match &value.kind {
        ValueKind::List(items) => {
            let [low, high] = items.as_slice() else { return None };
            let inside =
                [low, high].iter().all(|end| value.span.start < end.span.start && end.span.end < value.span.end);
            Some((format!("{}..{}", low.as_amount()?, high.as_amount()?), inside))
        }
        ValueKind::Text(text) => {
            let (low, high) = ["..", "-", ":"].iter().find_map(|sign| text.split_once(sign))?;
            let (low, high): (Decimal, Decimal) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
            let is_literal = (value.span.end - value.span.start) as usize == text.len() + 2;
            Some((format!("{low}..{high}"), is_literal))
        }
        _ => None,
    }
}

/// Gives a bare low end the unit of the high end.
pub(crate) fn borrow_unit(low: &Value, high: &Value) -> Result<Value, Diagnostic> {
    match (&low.kind, &high.kind) {
        (ValueKind::Number(amount), ValueKind::Quantity(quantity)) => {
            let quantity = unit::quantity(*amount, quantity.unit.name, low.span)?;
            Ok(Value::new(ValueKind::Quantity(quantity), low.span))
        }
        _ => Ok(low.clone()),
    }
}

/// Checks that the ends of a range can be compared, and are in order.
///
/// Ends that are unknown until apply pass.
pub(crate) fn check_order(low: &Value, high: &Value) -> Result<(), Diagnostic> {
    let (Some(left), Some(right)) = (low.as_amount(), high.as_amount()) else { return Ok(()) };
    let sides = Operands { left, left_span: low.span, right, right_span: high.span };
    if unit::compare(&sides)? != Ordering::Greater {
        return Ok(());
    }
    Err(Diagnostic::error("GPB1107", format!("the range starts at {left}, above its end {right}"))
        .with_label(low.span.to(high.span), "no value lies in this range")
        .help(format!("write `{right}..{left}` if the ends were swapped")))
}

fn list(items: &[Value], of: &Type, span: gpb_base::source::Span, cx: &TypeContext) -> Result<Value, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut read = Vec::with_capacity(items.len());
    for item in items {
        match conform(item.clone(), of, cx) {
            Ok(item) => read.push(item),
            Err(_) if item.is_absent() => diagnostics.push(absent_element(item, span, cx)),
            Err(mut found) => diagnostics.append(&mut found),
        }
    }
    if diagnostics.is_empty() { Ok(Value::list(read, span)) } else { Err(diagnostics) }
}

fn map(
    entries: &ValueMap,
    of: &Type,
    span: gpb_base::source::Span,
    cx: &TypeContext,
) -> Result<Value, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut read = ValueMap::with_capacity_and_hasher(entries.len(), foldhash::fast::RandomState::default());
    for (name, entry) in entries {
        // An entry that is absent is none.
        if entry.value.is_absent() {
            read.insert(name.clone(), entry.clone());
            continue;
        }
        match conform(entry.value.clone(), of, cx) {
            Ok(value) => {
                read.insert(name.clone(), ValueEntry { key: entry.key, value });
            }
            Err(mut found) => diagnostics.append(&mut found),
        }
    }
    if diagnostics.is_empty() { Ok(Value::map(read, span)) } else { Err(diagnostics) }
}

fn whole(value: &Value, number: Decimal, ty: &Type, cx: &TypeContext) -> Result<(), Diagnostic> {
    if number.is_integer() && (*ty == Type::Int || !number.is_sign_negative() || number.is_zero()) {
        return Ok(());
    }
    let (what, wanted) = match (number.is_integer(), ty) {
        (false, _) => ("is not a whole number", "a whole number"),
        (true, _) => ("is negative", "a number that is not negative"),
    };
    let number = number.normalize();
    Err(cx.origin(
        Diagnostic::error("GPB1116", format!("`{number}` {what}"))
            .with_label(value.span, format!("{wanted} is expected here"))
            .help(format!("{} is expected", article(ty))),
    ))
}

fn absent(value: &Value, ty: &Type, cx: &TypeContext) -> Diagnostic {
    cx.origin(
        Diagnostic::error("GPB1110", format!("no value was given where {} is required", article(ty)))
            .with_label(value.span, "this may be absent")
            .help("choose a value for that case with `??`"),
    )
}

fn absent_element(item: &Value, list: gpb_base::source::Span, cx: &TypeContext) -> Diagnostic {
    let diagnostic = Diagnostic::error("GPB1150", "an element of this list is absent, and each has to be there")
        .with_label(item.span, "this may be absent");
    let diagnostic = if item.span == list { diagnostic } else { diagnostic.with_label(list, "the list is used here") };
    cx.origin(diagnostic.help("leave out what is absent: `[for x in list if is_set(x): x]`"))
}

fn no_unit(value: &Value, dimension: unit::Dimension, cx: &TypeContext) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("GPB1104", format!("a number without a unit, where {} is expected", dimension.described()))
            .with_label(value.span, format!("{} is expected here", dimension.described()));
    let share = match &value.kind {
        ValueKind::Number(number) if dimension == unit::Dimension::Percent && *number <= Decimal::ONE => {
            number.checked_mul(Decimal::ONE_HUNDRED).filter(rust_decimal::Decimal::is_sign_positive)
        }
        _ => None,
    };
    cx.origin(match share {
        Some(share) => diagnostic.help(format!("a percentage is written with `%`: `{}%`", share.normalize())),
        None => diagnostic.help(format!("the units of `{dimension}` are {}", dimension.spelled_units())),
    })
}

fn other_dimension(value: &Value, ty: &Type, cx: &TypeContext) -> Diagnostic {
    let ValueKind::Quantity(quantity) = &value.kind else { return mismatch(value, ty, cx) };
    let wanted = match ty {
        Type::Dimension(dimension) => dimension.described().to_owned(),
        _ => article(ty),
    };
    let message = format!("`{quantity}` is {}, where {wanted} is expected", quantity.dimension.described());
    let diagnostic = Diagnostic::error("GPB1102", message).with_label(value.span, format!("{wanted} is expected here"));
    let diagnostic = match ty {
        Type::Dimension(dimension) => {
            diagnostic.help(format!("the units of `{dimension}` are {}", dimension.spelled_units()))
        }
        _ => diagnostic,
    };
    cx.origin(diagnostic)
}

fn quantity_as_number(value: &Value, ty: &Type, cx: &TypeContext) -> Diagnostic {
    use unit::Dimension as D;
    let diagnostic = other_dimension(value, ty, cx);
    let ValueKind::Quantity(quantity) = &value.kind else { return diagnostic };
    let help = match quantity.dimension {
        D::Duration => "`seconds(…)`, `minutes(…)`, `hours(…)` or `days(…)` give the number",
        D::Bytes => "`mib(…)` or `gib(…)` give the number",
        D::Rate => "`per_second(…)` or `per_minute(…)` give the number",
        D::Percent | D::Money | D::Acu | D::Vcpu => "`amount(…)` gives the bare number",
    };
    diagnostic.help(help)
}

fn other_resource(value: &Value, found: &str, wanted: &str, cx: &TypeContext) -> Diagnostic {
    cx.origin(
        Diagnostic::error("GPB1125", format!("a resource of type `{found}`, where `{wanted}` is expected"))
            .with_label(value.span, format!("`{wanted}` is expected here")),
    )
}

fn not_among(found: &str, words: &[Arc<str>], ty: &Type, value: &Value, cx: &TypeContext) -> Diagnostic {
    let diagnostic = Diagnostic::error("GPB1106", format!("`{found}` is none of `{ty}`"))
        .with_label(value.span, format!("one of `{ty}` is expected here"));
    let synonym = foreign::synonym(found, words.iter().map(AsRef::as_ref));
    let diagnostic = match synonym.or_else(|| nearest(found, words.iter().map(AsRef::as_ref))) {
        Some(meant) => {
            diagnostic.help(format!("did you mean `{meant}`?")).fix(format!("change to `{meant}`"), value.span, meant)
        }
        None => match cx.nearest_name(found) {
            Some(name) => diagnostic.help(format!("the name `{name}` is in scope; did you mean that?")),
            None => diagnostic.help(format!("the words are `{}`", words.join("`, `"))),
        },
    };
    cx.origin(diagnostic)
}

/// Returns the diagnostic for a word that is neither a name nor of the type.
fn no_name(value: &Value, found: &BareWord, ty: &Type, cx: &TypeContext) -> Diagnostic {
    let (word, written) = (&*found.text, found.written);
    let message = format!("`{word}` is not a name in scope, and {} is expected here", article(ty));
    let diagnostic = found.labelled(Diagnostic::error("GPB1105", message), value.span, "not a name in scope");
    if foreign::is_absence(word) {
        return cx.origin(diagnostic.help("there is no null: write `none`, or leave it out"));
    }
    if let (Type::Bool, Some(truth)) = (ty.required(), foreign::truth(word)) {
        let help = format!("a bool is `true` or `false`; did you mean `{truth}`?");
        return cx.origin(diagnostic.help(help).fix(format!("change to `{truth}`"), written, truth.to_string()));
    }
    cx.origin(match cx.nearest_name(word) {
        Some(name) => {
            diagnostic.help(format!("did you mean `{name}`?")).fix(format!("change to `{name}`"), written, &*name)
        }
        None if ty.is_text() => {
            diagnostic.help("a string is written in quotes").fix("put it in quotes", written, format!("\"{word}\""))
        }
        None => diagnostic.help("a word alone is a name; declare it with `param` or `let`"),
    })
}

fn mismatch(value: &Value, ty: &Type, cx: &TypeContext) -> Diagnostic {
    let wanted = article(ty);
    let diagnostic = Diagnostic::error("GPB1101", format!("expected {wanted}, found {}", value.describe()))
        .with_label(value.span, format!("{wanted} is expected here"));
    let help = match (&value.kind, ty) {
        (ValueKind::Number(number), Type::Account) => {
            return cx.origin(diagnostic.help("an account is a string: twelve digits in quotes").fix(
                "put it in quotes",
                value.span,
                format!("\"{:0>12}\"", number.normalize().to_string()),
            ));
        }
        (ValueKind::Resource(_), ty) if ty.is_text() => {
            "a resource is not a string; name the property that is meant: `.id`, `.arn`, …".to_owned()
        }
        (ValueKind::Number(_) | ValueKind::Bool(_) | ValueKind::Quantity(_), Type::String) => {
            "`text(…)` or `\"${…}\"` make a string of it".to_owned()
        }
        (ValueKind::Text(_), Type::Secret) => {
            "a secret is never written down: `secret(\"name\")`, `env_secret(\"NAME\")` or `generated(length: 32)`"
                .into()
        }
        (ValueKind::Text(_), Type::Number | Type::Int | Type::Count) => "`number(…)` reads a number from it".into(),
        (_, Type::List(of)) if !matches!(value.kind, ValueKind::Map(_)) => {
            format!("a list of one `{of}` is written `[x]`")
        }
        _ => return cx.origin(diagnostic),
    };
    cx.origin(diagnostic.help(help))
}
