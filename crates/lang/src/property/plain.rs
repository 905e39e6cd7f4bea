//! Values outside any shape.

use crate::ty;
use gpb_base::diag::Diagnostic;
use gpb_model as model;
use gpb_model::value::{Kind, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A value for people to read, as outputs are: quantities and ranges as text, places by their region.
///
/// # Errors
/// When the value has no such form.
pub fn plain(value: &Value) -> Result<model::Value, Diagnostic> {
    convert(value, &|value| match &value.kind {
        Kind::Quantity(quantity) => Some(model::Value::Text(quantity.to_string().into())),
        Kind::Range(range) => {
            Some(model::Value::Text(compact_str::format_compact!("{}..{}", shown(&range.low)?, shown(&range.high)?)))
        }
        Kind::Place(place) => Some(model::Value::Text(place.region.as_str().into())),
        _ => None,
    })
}

/// A value that is JSON already, holes aside: what has a unit or a type of its own is refused.
///
/// # Errors
/// When the value has no JSON form.
pub fn strict(value: &Value) -> Result<model::Value, Diagnostic> {
    convert(value, &|_| None)
}

/// A number in JSON's terms.
pub(super) fn number(number: Decimal) -> model::Value {
    let whole = if number.is_integer() { number.to_i64() } else { None };
    match whole {
        Some(int) => model::Value::Int(int),
        None => model::Value::Float(number.to_f64().unwrap_or_default()),
    }
}

fn convert(value: &Value, special: &dyn Fn(&Value) -> Option<model::Value>) -> Result<model::Value, Diagnostic> {
    if let Some(known) = special(value) {
        return Ok(known);
    }
    Ok(match &value.kind {
        Kind::Bool(bool) => model::Value::Bool(*bool),
        Kind::Number(decimal) => number(*decimal),
        Kind::Text(text) => model::Value::Text(text.as_ref().into()),
        Kind::Word(word) if word.among.is_some() => model::Value::Text(word.text.as_ref().into()),
        Kind::List(items) => {
            let given = items.iter().filter(|item| !item.is_absent());
            model::Value::List(given.map(|item| convert(item, special)).collect::<Result<_, _>>()?)
        }
        Kind::Map(entries) => {
            let given = entries.iter().filter(|(_, entry)| !entry.value.is_absent());
            let pairs = given.map(|(key, entry)| Ok((key.as_ref().into(), convert(&entry.value, special)?)));
            model::Value::Map(pairs.collect::<Result<_, Diagnostic>>()?)
        }
        Kind::Hole(hole) => hole.value.as_ref().clone(),
        Kind::Secret(secret) => model::Value::Secret(secret.as_ref().clone()),
        _ => return Err(no_form(value)),
    })
}

fn shown(end: &Value) -> Option<String> {
    match &end.kind {
        Kind::Number(number) => Some(number.normalize().to_string()),
        Kind::Quantity(quantity) => Some(quantity.to_string()),
        _ => None,
    }
}

/// The diagnostic for a value that has no JSON form.
fn no_form(value: &Value) -> Diagnostic {
    let refuse = |help: &str| {
        Diagnostic::error("GPB1129", format!("{} has no JSON form", value.describe()))
            .at(value.span, "cannot stand in a document")
            .help(help)
    };
    match &value.kind {
        Kind::Word(word) => word.unknown(value.span),
        Kind::Quantity(quantity) => refuse(&format!(
            "say in which unit: {}; or make text of it with `text(…)`",
            super::problem::number_functions(quantity.dimension, "")
        )),
        Kind::Resource(_) => refuse("name the property that is meant: `.id`, `.arn`, …"),
        Kind::Range(_) => refuse("`low(…)` and `high(…)` give its ends"),
        Kind::Place(_) => refuse("name what is meant: `.region` or `.account`"),
        Kind::Absent => Diagnostic::error("GPB1110", "no value was given where one is needed")
            .at(value.span, "this may be absent")
            .help("choose a value for that case with `??`"),
        Kind::Secret(_) => ty::secret_as_text(value),
        _ => refuse("name the member that is meant"),
    }
}
