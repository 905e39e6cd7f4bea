//! Functions of the elements of lists: parts, pairs, and what holds of them.

use super::builtin::{Builtin, BuiltinCall, UnknownPolicy, define};
use crate::ops;
use gpb_base::diag::Diagnostic;
use gpb_model::ty::{FieldType, ObjectType, Type, type_of};
use gpb_model::value::{Value, ValueEntry, ValueKind, ValueMap};
use std::sync::Arc;

/// The names of the two parts of a pair that `zip` makes.
const PAIR: [&str; 2] = ["first", "second"];

pub(super) fn table() -> Vec<Builtin> {
    use UnknownPolicy::Parts;
    let any_list = || Type::list(Type::Any);
    let bools = || [("list", Type::list(Type::Bool))];
    vec![
        define(
            "any",
            &bools(),
            Type::Bool,
            Parts,
            |call| holds(call, true),
            "Whether one of the bools is true; of none, none is.",
        ),
        define(
            "all",
            &bools(),
            Type::Bool,
            Parts,
            |call| holds(call, false),
            "Whether each of the bools is true; of none, each is.",
        ),
        define(
            "slice",
            &[("list", any_list()), ("from", Type::Int), ("to", Type::Int.optional())],
            any_list(),
            Parts,
            slice,
            "The elements from a position to before another, or to the end; negative ones count from the end.",
        ),
        define(
            "zip",
            &[("a", any_list()), ("b", any_list())],
            Type::list(pair(Type::Any, Type::Any)),
            Parts,
            zip,
            "The elements of two lists of one length side by side, as `{ first, second }`.",
        ),
    ]
}

/// Returns the type of a pair.
fn pair(first: Type, second: Type) -> Type {
    let field = |ty| FieldType { ty, default: None, doc: None, span: None };
    let fields = PAIR.iter().map(|name| Arc::from(*name)).zip([field(first), field(second)]);
    Type::Object(Arc::new(ObjectType { fields: fields.collect(), ..ObjectType::default() }))
}

/// Returns the type of the pairs that `zip` makes of two lists.
pub(super) fn type_of_pairs(a: &Value, b: &Value) -> Type {
    let element = |list: &Value| match type_of(list).required() {
        Type::List(of) => of.as_ref().clone(),
        _ => Type::Any,
    };
    Type::list(pair(element(a), element(b)))
}

/// Looks for an element that decides: a true one for `any`, a false one for `all`.
fn holds(call: &BuiltinCall, decisive: bool) -> Result<Value, Diagnostic> {
    let items = call.list(0);
    if items.iter().any(|item| item.kind == ValueKind::Bool(decisive)) {
        return Ok(Value::bool(decisive, call.span));
    }
    if items.iter().all(Value::is_known) { Ok(Value::bool(!decisive, call.span)) } else { call.wait() }
}

fn slice(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let items = call.list(0);
    let bound = |index: usize| {
        let number = call.number(index);
        ops::position(&number, items.len(), true).ok_or_else(|| {
            let message = match items.len() {
                0 => "the list is empty".to_owned(),
                count => format!("the list has {count} element{}", if count == 1 { "" } else { "s" }),
            };
            call.outside(index, format!("{message}, so that no part of it begins or ends at {number}"))
        })
    };
    let from = bound(1)?;
    let to = if call.arg(2).is_some() { bound(2)? } else { items.len() };
    match items.get(from..to) {
        Some(part) => Ok(Value::list(part.to_vec(), call.span)),
        None => Err(call
            .outside(2, format!("the part ends at {}, before its start {}", call.number(2), call.number(1)))
            .help("give the lower position first")),
    }
}

fn zip(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let (first, second) = (call.list(0), call.list(1));
    if first.len() != second.len() {
        let elements = |count: usize| if count == 1 { "one element".to_owned() } else { format!("{count} elements") };
        return Err(Diagnostic::error("GPB1218", "`zip` takes lists of one length")
            .with_label(call.arg_span(1), format!("this has {}", elements(second.len())))
            .with_label(call.arg_span(0), format!("this has {}", elements(first.len())))
            .help("what stands beside nothing would be lost; cut the longer one with `slice(list, 0, n)`"));
    }
    let pairs = first.iter().zip(second).map(|(first, second)| {
        let entry = |value: &Value| ValueEntry { key: call.span, value: value.clone() };
        let parts = PAIR.iter().map(|name| Arc::from(*name)).zip([entry(first), entry(second)]);
        Value::map(parts.collect::<ValueMap>(), call.span)
    });
    Ok(Value::list(pairs.collect(), call.span))
}
