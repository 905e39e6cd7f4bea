//! Joins the parts of a string, and makes choices that wait for their condition.

use super::wait::wait;
use crate::property::strict;
use crate::ty;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model as model;
use gpb_model::ty::Type;
use gpb_model::value::{MAX_TEXT, Value, ValueKind, too_large};

/// Joins the parts of `"a${b}c"`.
///
/// What is unknown until apply stays an unknown part of the string.
///
/// # Errors
/// When a part has no text form.
pub fn text(parts: Vec<Value>, span: Span) -> Result<Value, Diagnostic> {
    let mut joined: Vec<model::PropertyValue> = Vec::new();
    let mut length = 0;
    for part in &parts {
        length += part.as_text().map_or(0, |text| text.len());
        if length > MAX_TEXT {
            return Err(too_large(&format!("is longer than {MAX_TEXT} bytes"), span));
        }
        match &part.kind {
            ValueKind::Unknown(unknown) if unknown.ty.is_optional() => return Err(absent_part(part)),
            ValueKind::Unknown(_) if part.find_secret().is_some() => return Err(ty::secret_as_text(part)),
            ValueKind::Unknown(_) => match strict(part)? {
                model::PropertyValue::Concat(inner) => inner.into_iter().for_each(|one| push(&mut joined, one)),
                value => joined.push(value),
            },
            _ => push(&mut joined, model::PropertyValue::Text(part_text(part)?.into())),
        }
    }
    match joined.as_slice() {
        [] => Ok(Value::text("", span)),
        [model::PropertyValue::Text(only)] => Value::text(only.as_str(), span).bounded(),
        // A string that is one unknown string is that unknown value.
        [_] if parts.iter().all(|part| matches!(&part.kind, ValueKind::Unknown(unknown) if unknown.ty.is_text())) => {
            Ok(Value::new_unknown(joined.remove(0), Type::String, span))
        }
        _ => Value::new_unknown(model::PropertyValue::Concat(joined), Type::String, span).bounded(),
    }
}

/// Computes `if condition { then } else { otherwise }`.
///
/// It waits where the condition is unknown until apply.
///
/// # Errors
/// When the condition is not a bool.
pub fn choose(condition: Value, then: Value, otherwise: Value, span: Span) -> Result<Value, Diagnostic> {
    match &condition.kind {
        ValueKind::Bool(true) => Ok(then),
        ValueKind::Bool(false) => Ok(otherwise),
        ValueKind::Unknown(unknown) if unknown.ty.may_be(&Type::Bool) => {
            let ty = match (then.is_absent(), otherwise.is_absent()) {
                (true, true) => return Ok(Value::absent(span)),
                (true, false) => gpb_model::ty::type_of(&otherwise).optional(),
                (false, true) => gpb_model::ty::type_of(&then).optional(),
                (false, false) => gpb_model::ty::common([&then, &otherwise].into_iter()),
            };
            wait("if", &[&condition, &then, &otherwise], ty, span)
        }
        _ => Err(Diagnostic::error("GPB1101", format!("expected a `bool`, found {}", condition.describe()))
            .with_label(condition.span, "a `bool` is expected here")),
    }
}

fn push(joined: &mut Vec<model::PropertyValue>, part: model::PropertyValue) {
    match (joined.last_mut(), part) {
        (_, model::PropertyValue::Text(text)) if text.is_empty() => {}
        (Some(model::PropertyValue::Text(last)), model::PropertyValue::Text(text)) => last.push_str(&text),
        (_, part) => joined.push(part),
    }
}

fn absent_part(part: &Value) -> Diagnostic {
    Diagnostic::error("GPB1110", "no value was given to put into this string")
        .with_label(part.span, "this may be absent")
        .help("choose a value for that case with `??`")
}

/// Returns the text of a part that is known.
pub(crate) fn part_text(part: &Value) -> Result<String, Diagnostic> {
    let refuse = |help: &str| {
        Err(Diagnostic::error("GPB1128", format!("{} has no text form", part.describe()))
            .with_label(part.span, "cannot be a part of a string")
            .help(help))
    };
    match &part.kind {
        ValueKind::Text(text) => Ok(text.to_string()),
        ValueKind::Word(word) if word.among.is_some() => Ok(word.text.to_string()),
        ValueKind::Word(word) => Err(word.unknown(part.span)),
        ValueKind::Number(number) => Ok(number.normalize().to_string()),
        ValueKind::Quantity(quantity) => Ok(quantity.to_string()),
        ValueKind::Bool(bool) => Ok(bool.to_string()),
        ValueKind::Secret(_) => Err(ty::secret_as_text(part)),
        ValueKind::Absent => Err(absent_part(part)),
        ValueKind::Resource(_) => refuse("name the property that is meant: `.id`, `.arn`, …"),
        ValueKind::List(_) => refuse("`join(list, \", \")` makes a string of a list, `json(list)` makes JSON"),
        ValueKind::Map(_) => refuse("`json(…)` makes JSON of it"),
        ValueKind::Range(_) => refuse("`low(…)` and `high(…)` give its ends"),
        ValueKind::Place(_) => refuse("name what is meant: `.region` or `.account`"),
        ValueKind::Instance(_) | ValueKind::Unknown(_) => refuse("name the member that is meant"),
    }
}
