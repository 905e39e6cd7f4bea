//! Compares scalars, of which one may be spelled as a string.

use gpb_model::PropertyValue;
use serde_json::Value as Json;

/// Checks that two scalars are equal, whichever way they are spelled.
///
/// `1`, `1.0` and `"1"` are one, and so are `true` and `"true"`, unless both sides are strings, which are equal only
/// letter by letter.
pub fn equal(desired: &PropertyValue, observed: &Json) -> bool {
    match (desired, observed) {
        (PropertyValue::Text(desired), Json::String(observed)) => desired == observed,
        (PropertyValue::Bool(desired), Json::Bool(observed)) => desired == observed,
        (PropertyValue::Int(desired), Json::Number(observed)) if observed.is_i64() => {
            Some(*desired) == observed.as_i64()
        }
        (PropertyValue::Bool(desired), Json::String(observed)) => observed == if *desired { "true" } else { "false" },
        (PropertyValue::Text(desired), Json::Bool(observed)) => desired == if *observed { "true" } else { "false" },
        _ => match (number(desired), number_of(observed)) {
            #[allow(clippy::float_cmp)] // both come from the same decimal digits
            (Some(desired), Some(observed)) => desired == observed,
            _ => false,
        },
    }
}

/// The same between two pieces of JSON.
pub fn json_equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Array(_) | Json::Object(_), _) => false,
        _ => a == b || super::super::values::lift(a).is_some_and(|a| equal(&a, b)),
    }
}

/// Returns a string that is the same for all scalars that are equal: for sorting and for keys.
pub fn key(value: &PropertyValue) -> Option<String> {
    match value {
        PropertyValue::Text(text) => Some(canonical(text)),
        PropertyValue::Bool(bool) => Some(bool.to_string()),
        PropertyValue::Int(int) => Some(int.to_string()),
        PropertyValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns the same string of a scalar as JSON.
pub fn json_key(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(canonical(text)),
        Json::Bool(bool) => Some(bool.to_string()),
        Json::Number(number) => {
            Some(number.as_i64().map_or_else(|| number.as_f64().unwrap_or_default().to_string(), |int| int.to_string()))
        }
        _ => None,
    }
}

/// Returns the short spelling of a number (`1` of `1.0`), and any other string as it is.
fn canonical(text: &str) -> String {
    match text.parse::<f64>() {
        Ok(number) if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') && number.to_string().len() < 18 => {
            number.to_string()
        }
        _ => text.to_owned(),
    }
}

#[allow(clippy::cast_precision_loss)] // only compared with another such number
fn number(value: &PropertyValue) -> Option<f64> {
    match value {
        PropertyValue::Int(int) => Some(*int as f64),
        PropertyValue::Number(number) => Some(number.to_f64()),
        PropertyValue::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

fn number_of(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}
