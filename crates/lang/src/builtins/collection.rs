//! Functions of lists and maps.

use super::builtin::{Builtin, BuiltinCall, UnknownPolicy, define};
use super::{json, yaml};
use crate::ops;
use gpb_base::diag::Diagnostic;
use gpb_base::unit;
use gpb_base::unit::Operands;
use gpb_model::ty::Type;
use gpb_model::value::{Unknown, Value, ValueKind, ValueMap};
use std::cmp::Ordering;

fn any_list() -> Type {
    Type::list(Type::Any)
}

fn any_map() -> Type {
    Type::map(Type::Any)
}

pub(super) fn table() -> Vec<Builtin> {
    let mut all = building();
    all.extend(asking());
    all
}

/// Returns the functions that make something of collections.
fn building() -> Vec<Builtin> {
    use UnknownPolicy::{Parts, Waits};
    vec![
        define("json", &[("value", Type::Any)], Type::String, Parts, json::encode, "The value as JSON, keys sorted."),
        define("from_json", &[("text", Type::String)], Type::Any, Waits, json::decode, "The value a JSON text holds."),
        define("from_yaml", &[("text", Type::String)], Type::Any, Waits, yaml::decode, "The value a YAML text holds."),
        define("keys", &[("m", any_map())], Type::list(Type::String), Parts, keys, "The keys of a map, in its order."),
        define("values", &[("m", any_map())], any_list(), Parts, values, "The values of a map, in its order."),
        define(
            "merge",
            &[("a", any_map())],
            any_map(),
            Parts,
            merge,
            "The entries of all maps; of one key, the last value.",
        )
        .variadic(),
        define("concat", &[("a", any_list())], any_list(), Parts, concat, "The elements of all lists, in order.")
            .variadic(),
        define(
            "flatten",
            &[("x", any_list())],
            any_list(),
            Parts,
            flatten,
            "The elements of a list and of the lists in it, however deep.",
        ),
        define(
            "distinct",
            &[("x", any_list())],
            any_list(),
            Waits,
            distinct,
            "The elements of a list, each once, where it first stood.",
        ),
        define(
            "sort",
            &[("x", any_list())],
            any_list(),
            Waits,
            sort,
            "The elements of a list in order: texts, numbers or quantities.",
        ),
    ]
}

/// Returns the functions that ask something of values.
fn asking() -> Vec<Builtin> {
    use UnknownPolicy::{Parts, Sees};
    vec![
        define(
            "length",
            &[("x", Type::Any)],
            Type::Count,
            Parts,
            length,
            "How many elements a list or map, or characters a text has.",
        ),
        define(
            "contains",
            &[("x", Type::Any), ("y", Type::Any)],
            Type::Bool,
            Parts,
            contains,
            "Whether y is an element of a list, a key of a map, a part of a text, or within a range.",
        ),
        define("is_set", &[("x", Type::Any.optional())], Type::Bool, Sees, is_set, "Whether an optional value is set."),
    ]
}

fn is_set(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    match call.arg(0) {
        Some(Value { kind: ValueKind::Unknown(unknown), .. }) if unknown.ty.is_optional() => call.wait(),
        arg => Ok(Value::bool(arg.is_some(), call.span)),
    }
}

fn length(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let count = match call.arg(0).map(|arg| &arg.kind) {
        Some(ValueKind::List(items)) => items.len(),
        // An absent entry is none.
        Some(ValueKind::Map(entries)) => entries.values().filter(|entry| !entry.value.is_absent()).count(),
        Some(ValueKind::Text(text)) => text.chars().count(),
        _ => return Err(call.cannot(0, "a list, a map or a string")),
    };
    Ok(call.as_number(count))
}

fn entries<'a>(call: &'a BuiltinCall, index: usize) -> impl Iterator<Item = (&'a std::sync::Arc<str>, &'a Value)> {
    let map = call.arg(index).and_then(Value::as_map);
    map.into_iter().flatten().filter(|(_, entry)| !entry.value.is_absent()).map(|(key, entry)| (key, &entry.value))
}

fn keys(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    Ok(call.texts(entries(call, 0).map(|(key, _)| key.to_string())))
}

fn values(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    Ok(Value::list(entries(call, 0).map(|(_, value)| value.clone()).collect(), call.span))
}

/// The code of policies that `merge` would lose.
pub(crate) const MERGED_POLICIES: &str = "GPB1161";

fn merge(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let mut documents = call.args.iter().filter(|arg| ops::is_document(arg));
    if let (Some(first), Some(second)) = (documents.next(), documents.next()) {
        return Err(Diagnostic::error(MERGED_POLICIES, "`merge` keeps the statements of one policy alone")
            .with_label(call.span, "statements would be lost")
            .with_label(first.span, "these statements are lost")
            .with_label(second.span, "these take their place")
            .help("policies are joined by `a + b`"));
    }
    let mut merged = ValueMap::default();
    for map in call.args.iter().filter_map(Value::as_map) {
        for (key, entry) in map {
            // What is absent takes the place of nothing, and is still known by its name.
            if !entry.value.is_absent() || !merged.contains_key(key) {
                merged.insert(key.clone(), entry.clone());
            }
        }
    }
    Ok(Value::map(merged, call.span))
}

fn concat(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let items = call.args.iter().filter_map(Value::as_list).flatten().cloned();
    Ok(Value::list(items.collect(), call.span))
}

fn flatten(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let mut flat = Vec::new();
    for item in call.list(0) {
        match &item.kind {
            ValueKind::List(_) => spread(item, &mut flat),
            _ => flat.push(item.clone()),
        }
    }
    // An unknown that may turn out to be a list would have to be spread, and only apply will tell.
    let may_be_list = |item: &Value| matches!(&item.kind, ValueKind::Unknown(Unknown { ty, .. }) if ty.may_be(&Type::list(Type::Any)));
    if flat.iter().any(may_be_list) { call.wait() } else { Ok(Value::list(flat, call.span)) }
}

fn spread(list: &Value, flat: &mut Vec<Value>) {
    match list.as_list() {
        Some(items) => items.iter().for_each(|item| spread(item, flat)),
        None => flat.push(list.clone()),
    }
}

fn distinct(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let mut seen = std::collections::BTreeSet::new();
    let mut kept: Vec<Value> = Vec::new();
    for item in call.list(0) {
        // Texts, the usual case, are looked up; anything else is compared one by one.
        let fresh = match item.as_text() {
            Some(text) => seen.insert(text.clone()),
            None => !kept.contains(item),
        };
        if fresh {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept, call.span))
}

fn sort(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let mut items = call.list(0).to_vec();
    let Some(first) = items.first().cloned() else { return Ok(Value::list(items, call.span)) };
    for item in &items {
        compare(&first, item).ok_or_else(|| {
            let message = format!("{} and {} have no common order", first.describe(), item.describe());
            Diagnostic::error("GPB1207", message)
                .with_label(call.arg_span(0), "cannot be sorted")
                .help("the elements must all be strings, all numbers, or all quantities of one dimension")
        })?;
    }
    items.sort_by(|a, b| compare(a, b).unwrap_or(Ordering::Equal));
    Ok(Value::list(items, call.span))
}

/// Returns the order of two values of one kind.
pub(super) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (a.as_amount(), b.as_amount()) {
        return unit::compare(&Operands { left, left_span: a.span, right, right_span: b.span }).ok();
    }
    Some(a.as_text()?.cmp(b.as_text()?))
}

fn contains(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let (Some(whole), Some(wanted)) = (call.arg(0), call.arg(1)) else { return Err(call.cannot(0, "two values")) };
    let found = match &whole.kind {
        ValueKind::List(items) => {
            let mut unknown = false;
            for item in items.iter() {
                match ops::equal(item, wanted)? {
                    Some(true) => return Ok(Value::bool(true, call.span)),
                    Some(false) => {}
                    None => unknown = true,
                }
            }
            if unknown {
                return call.wait();
            }
            false
        }
        ValueKind::Map(entries) => match wanted.as_text() {
            Some(key) => entries.get(key).is_some_and(|entry| !entry.value.is_absent()),
            None => return Err(call.cannot(1, "a key")),
        },
        ValueKind::Text(text) => match wanted.as_text() {
            Some(part) => text.contains(&**part),
            None => return Err(call.cannot(1, "a string")),
        },
        ValueKind::Range(range) => {
            if !whole.is_known() {
                return call.wait();
            }
            let order = |end: &Value| compare(end, wanted).ok_or_else(|| call.cannot(1, "a value of the range's kind"));
            order(&range.low)?.is_le() && order(&range.high)?.is_ge()
        }
        _ => return Err(call.cannot(0, "a list, a map, a string or a range")),
    };
    Ok(Value::bool(found, call.span))
}
