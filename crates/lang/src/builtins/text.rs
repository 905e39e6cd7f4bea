//! Functions of text.

use super::builtin::{Builtin, BuiltinCall, UnknownPolicy, define};
use crate::ops;
use base64::Engine as _;
use gpb_base::diag::Diagnostic;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueKind};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

pub(super) fn table() -> Vec<Builtin> {
    let mut all = whole();
    all.extend(parts());
    all
}

fn whole() -> Vec<Builtin> {
    use UnknownPolicy::{Parts, Waits};
    let one = |name, run, doc| define(name, &[("text", Type::String)], Type::String, Waits, run, doc);
    vec![
        one("upper", |call| Ok(call.as_text(call.text(0).to_uppercase())), "The text in upper case."),
        one("lower", |call| Ok(call.as_text(call.text(0).to_lowercase())), "The text in lower case."),
        one("trim", |call| Ok(call.as_text(call.text(0).trim())), "The text without blanks around it."),
        one(
            "base64",
            |call| Ok(call.as_text(base64::engine::general_purpose::STANDARD.encode(call.text(0)))),
            "The bytes of the text in base 64.",
        ),
        one(
            "sha256",
            |call| Ok(call.as_text(sha256(call.text(0)))),
            "The SHA-256 of the text's bytes, in hexadecimal.",
        ),
        define(
            "text",
            &[("x", Type::Any)],
            Type::String,
            Parts,
            |call| ops::text(call.args.clone(), call.span),
            "A number, a quantity or a bool as text.",
        ),
        define("number", &[("text", Type::String)], Type::Number, Waits, number, "The number a text holds."),
        define(
            "join",
            &[("list", Type::list(Type::Any)), ("sep", Type::String)],
            Type::String,
            Parts,
            join,
            "The elements of a list as one text, the separator between them.",
        ),
    ]
}

fn parts() -> Vec<Builtin> {
    use UnknownPolicy::Waits;
    let two = |name, second, result, run, doc| {
        define(name, &[("text", Type::String), (second, Type::String)], result, Waits, run, doc)
    };
    vec![
        two("split", "sep", Type::list(Type::String), split, "The parts of a text between the separators."),
        two(
            "starts_with",
            "prefix",
            Type::Bool,
            |call| Ok(Value::bool(call.text(0).starts_with(call.text(1)), call.span)),
            "Whether the text starts so.",
        ),
        two(
            "ends_with",
            "suffix",
            Type::Bool,
            |call| Ok(Value::bool(call.text(0).ends_with(call.text(1)), call.span)),
            "Whether the text ends so.",
        ),
        define(
            "replace",
            &[("text", Type::String), ("old", Type::String), ("new", Type::String)],
            Type::String,
            Waits,
            replace,
            "The text with every old part made new.",
        ),
        define(
            "substring",
            &[("text", Type::String), ("start", Type::Count), ("length", Type::Count.optional())],
            Type::String,
            Waits,
            substring,
            "So many characters of a text from a start counted from 0; without a length, all that follow.",
        ),
    ]
}

/// Returns the SHA-256 of a text in hexadecimal digits.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn number(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let text = call.text(0).trim();
    match text.parse::<Decimal>() {
        Ok(number) => Ok(call.as_number(number.normalize())),
        Err(_) => Err(Diagnostic::error("GPB1213", format!("`{text}` is not a valid number"))
            .with_label(call.arg_span(0), "read as a number")),
    }
}

fn join(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    // A separator that is unknown makes the whole call wait, so here it is text.
    let separator = Value::text(call.text(1), call.arg_span(1));
    let mut parts = Vec::new();
    for item in call.list(0).iter().filter(|item| !item.is_absent()) {
        if !parts.is_empty() {
            parts.push(separator.clone());
        }
        // A list inside has no text form; at least an unknown that may be one must not pass for a string.
        if let ValueKind::Unknown(unknown) = &item.kind
            && !unknown.ty.may_be(&Type::String)
            && !unknown.ty.may_be(&Type::Number)
            && !unknown.ty.may_be(&Type::Bool)
        {
            return Err(call.cannot(0, "a list of strings"));
        }
        parts.push(item.clone());
    }
    ops::text(parts, call.span)
}

fn split(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    if call.text(1).is_empty() {
        return Err(call.outside(1, "the separator is empty"));
    }
    Ok(call.texts(call.text(0).split(call.text(1)).map(str::to_owned)))
}

fn replace(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let (text, old, new) = (call.text(0), call.text(1), call.text(2));
    if old.is_empty() {
        return Err(call.outside(1, "the string to replace is empty"));
    }
    // Refused before it is made: many short parts may become many long ones.
    let grown = text.matches(old).count().saturating_mul(new.len()).saturating_add(text.len());
    if grown > gpb_model::value::MAX_TEXT {
        return Err(call.outside(2, "the string would become too long"));
    }
    Ok(call.as_text(text.replace(old, new)))
}

fn substring(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let count = call.text(0).chars().count();
    let bound = |index: usize| call.number(index).to_usize().unwrap_or(usize::MAX);
    let start = bound(1);
    if start > count {
        return Err(call.outside(1, format!("the string has {count} characters")));
    }
    let length = if call.arg(2).is_some() { bound(2) } else { usize::MAX };
    Ok(call.as_text(call.text(0).chars().skip(start).take(length).collect::<String>()))
}
