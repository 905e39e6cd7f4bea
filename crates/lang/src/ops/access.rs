//! Reaching into values: `.name`, `?.name`, `[index]`.

use super::wait::wait;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::Place;
use gpb_model::ty::Type;
use gpb_model::value::{Unknown, Value, ValueKind, ValueMap};
use rust_decimal::prelude::ToPrimitive;

/// Computes `of.name` or, where `optional`, `of?.name`.
///
/// Resources and instances are for the evaluator, which knows them.
///
/// # Errors
/// When there is no such member.
pub fn member(of: &Value, name: &str, name_span: Span, optional: bool, span: Span) -> Result<Value, Diagnostic> {
    match &of.kind {
        ValueKind::Map(entries) => match entries.get(name) {
            Some(entry) => Ok(entry.value.clone().with_span(span)),
            None if optional => Ok(Value::absent(span)),
            None => Err(no_entry(name, name_span, entries)),
        },
        ValueKind::Place(place) => place_member(place, name, name_span, span),
        ValueKind::Unknown(unknown) => unknown_member(unknown, of, name, name_span, span),
        ValueKind::Absent if optional => Ok(Value::absent(span)),
        ValueKind::Absent => Err(Diagnostic::error("GPB1110", format!("no value was given to take `.{name}` of"))
            .with_label(of.span, "this may be absent")
            .help(format!("reach into it with `?.{name}`, and choose a value for that case with `??`"))),
        _ => Err(Diagnostic::error("GPB1126", format!("{} has no members", of.describe()))
            .with_label(name_span, format!("`{name}` cannot be reached"))
            .with_label(of.span, of.describe())),
    }
}

/// Computes `of[index]`: lists count from 0, maps are reached by their keys.
///
/// # Errors
/// When there is no such element.
pub fn index(of: &Value, index: &Value, span: Span) -> Result<Value, Diagnostic> {
    match (&of.kind, &index.kind) {
        (ValueKind::List(_) | ValueKind::Map(_) | ValueKind::Unknown(_), ValueKind::Unknown(_))
        | (ValueKind::Unknown(_), _) => {
            let ty = match &of.kind {
                ValueKind::Unknown(Unknown { ty: Type::List(item) | Type::Map(item), .. }) => item.unbounded().clone(),
                _ => Type::Any,
            };
            wait("index", &[of, index], ty, span)
        }
        (ValueKind::List(items), ValueKind::Number(number)) => {
            let found = number.is_integer().then(|| number.to_usize()).flatten().and_then(|at| items.get(at));
            match found {
                Some(item) => Ok(item.clone().with_span(span)),
                None => Err(Diagnostic::error("GPB1123", format!("the list has no element {number}"))
                    .with_label(index.span, "no such element")
                    .help(match items.len() {
                        0 => "the list is empty".to_owned(),
                        1 => "the list has one element, 0".to_owned(),
                        many => format!("its elements are 0 to {}", many - 1),
                    })),
            }
        }
        (ValueKind::Map(entries), ValueKind::Text(_) | ValueKind::Word(_)) => {
            let key = index.as_text().map_or("", |text| text);
            match entries.get(key) {
                Some(entry) => Ok(entry.value.clone().with_span(span)),
                None => Err(no_entry(key, index.span, entries)),
            }
        }
        (ValueKind::Absent, _) => Err(Diagnostic::error("GPB1110", "no value was given to reach into")
            .with_label(of.span, "this may be absent")
            .help("choose a value for that case with `??`")),
        (ValueKind::List(_) | ValueKind::Map(_), _) => {
            let wanted = if matches!(of.kind, ValueKind::List(_)) { "a number" } else { "a string" };
            let message = format!("{} is reached by {wanted}, not by {}", of.describe(), index.describe());
            Err(Diagnostic::error("GPB1127", message).with_label(index.span, format!("{wanted} is expected here")))
        }
        _ => Err(Diagnostic::error("GPB1126", format!("{} has no elements", of.describe()))
            .with_label(of.span, "neither a list nor a map")),
    }
}

fn place_member(place: &Place, name: &str, name_span: Span, span: Span) -> Result<Value, Diagnostic> {
    let optional = |text: Option<&str>| match text {
        Some(text) => Value::text(text, span),
        None => Value::absent(span),
    };
    match name {
        "region" => Ok(Value::text(place.region.as_str(), span)),
        "account" => Ok(optional(place.account.as_deref())),
        "role" => Ok(optional(place.role.as_deref())),
        "profile" => Ok(optional(place.profile.as_deref())),
        _ => Err(Diagnostic::error("GPB1122", format!("a place has no `{name}`"))
            .with_label(name_span, "no member of this name")
            .help("a place has region, account, role and profile")),
    }
}

fn unknown_member(unknown: &Unknown, of: &Value, name: &str, name_span: Span, span: Span) -> Result<Value, Diagnostic> {
    let ty = match unknown.ty.required() {
        Type::Any => Type::Any,
        Type::Map(of) => of.unbounded().clone(),
        Type::Object(object) => {
            let no_field = || {
                let found = nearest(name, object.fields.keys().map(AsRef::as_ref));
                suggest(name, name_span, found, &[])
            };
            object.fields.get(name).ok_or_else(no_field)?.ty.clone()
        }
        ty => {
            return Err(Diagnostic::error("GPB1126", format!("a `{ty}` has no members"))
                .with_label(name_span, format!("`{name}` cannot be reached")));
        }
    };
    wait("member", &[of, &Value::text(name, name_span)], ty, span)
}

fn no_entry(name: &str, span: Span, entries: &ValueMap) -> Diagnostic {
    let names: Vec<&str> = entries.keys().map(AsRef::as_ref).collect();
    suggest(name, span, nearest(name, names.iter().copied()), &names)
}

fn suggest(name: &str, span: Span, meant: Option<&str>, names: &[&str]) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("GPB1122", format!("there is no `{name}` here")).with_label(span, "no entry of this name");
    match meant {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
        None if names.is_empty() => diagnostic,
        None => {
            let more = if names.len() > 12 { ", …" } else { "" };
            let listed: Vec<&str> = names.iter().copied().take(12).collect();
            diagnostic.help(format!("there are {}{more}", listed.join(", ")))
        }
    }
}
