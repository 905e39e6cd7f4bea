//! Converts values to the model without a shape.

use crate::ty;
use gpb_base::diag::Diagnostic;
use gpb_model as model;
use gpb_model::value::{Value, ValueKind};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Converts a value for people to read, as outputs are.
///
/// Quantities and ranges become strings, places their region.
///
/// # Errors
/// When the value has no such form.
pub fn untyped(value: &Value) -> Result<model::PropertyValue, Diagnostic> {
    convert(value, &|value| match &value.kind {
        ValueKind::Quantity(quantity) => Some(model::PropertyValue::Text(quantity.to_string().into())),
        ValueKind::Range(range) => Some(model::PropertyValue::Text(compact_str::format_compact!(
            "{}..{}",
            shown(&range.low)?,
            shown(&range.high)?
        ))),
        ValueKind::Place(place) => Some(model::PropertyValue::Text(place.region.as_str().into())),
        _ => None,
    })
}

/// Converts a value that is JSON already, unknown parts aside.
///
/// A value that has a unit or a type of its own is an error.
///
/// # Errors
/// When the value has no JSON form.
pub fn strict(value: &Value) -> Result<model::PropertyValue, Diagnostic> {
    convert(value, &|_| None)
}

/// Converts a number to JSON's integer or float.
pub(super) fn number(number: Decimal) -> model::PropertyValue {
    let whole = if number.is_integer() { number.to_i64() } else { None };
    match whole {
        Some(int) => model::PropertyValue::Int(int),
        None => model::PropertyValue::Number(number.into()),
    }
}

fn convert(
    value: &Value,
    special: &dyn Fn(&Value) -> Option<model::PropertyValue>,
) -> Result<model::PropertyValue, Diagnostic> {
    if let Some(known) = special(value) {
        return Ok(known);
    }
    Ok(match &value.kind {
        ValueKind::Bool(bool) => model::PropertyValue::Bool(*bool),
        ValueKind::Number(decimal) => number(*decimal),
        ValueKind::Text(text) => model::PropertyValue::Text(text.as_ref().into()),
        ValueKind::Word(word) if word.among.is_some() => model::PropertyValue::Text(word.text.as_ref().into()),
        ValueKind::List(items) => {
            let given = items.iter().filter(|item| !item.is_absent());
            model::PropertyValue::List(given.map(|item| convert(item, special)).collect::<Result<_, _>>()?)
        }
        ValueKind::Map(entries) => {
            let given = entries.iter().filter(|(_, entry)| !entry.value.is_absent());
            let pairs = given.map(|(key, entry)| Ok((key.as_ref().into(), convert(&entry.value, special)?)));
            model::PropertyValue::Map(pairs.collect::<Result<_, Diagnostic>>()?)
        }
        ValueKind::Unknown(unknown) => unknown.value.as_ref().clone(),
        ValueKind::Secret(secret) => model::PropertyValue::Secret(secret.as_ref().clone()),
        _ => return Err(no_form(value)),
    })
}

fn shown(end: &Value) -> Option<String> {
    match &end.kind {
        ValueKind::Number(number) => Some(number.normalize().to_string()),
        ValueKind::Quantity(quantity) => Some(quantity.to_string()),
        _ => None,
    }
}

/// Returns the diagnostic for a value that has no JSON form.
fn no_form(value: &Value) -> Diagnostic {
    let refuse = |help: &str| {
        Diagnostic::error("GPB1129", format!("{} has no JSON form", value.describe()))
            .with_label(value.span, "cannot stand in a document")
            .help(help)
    };
    match &value.kind {
        ValueKind::Word(word) => word.unknown(value.span),
        ValueKind::Quantity(quantity) => refuse(&format!(
            "say in which unit: {}; or make a string of it with `text(…)`",
            super::messages::number_functions(quantity.dimension, "")
        )),
        ValueKind::Resource(_) => refuse("name the property that is meant: `.id`, `.arn`, …"),
        ValueKind::Range(_) => refuse("`low(…)` and `high(…)` give its ends"),
        ValueKind::Place(_) => refuse("name what is meant: `.region` or `.account`"),
        ValueKind::Absent => Diagnostic::error("GPB1110", "no value was given where one is needed")
            .with_label(value.span, "this may be absent")
            .help("choose a value for that case with `??`"),
        ValueKind::Secret(_) => ty::secret_as_text(value),
        _ => refuse("name the member that is meant"),
    }
}
