//! Compares policies statement by statement; sets are in one order on both sides.

use super::value_diff::{ValueDiff, changed, elements, is_same, likened, value_diff};
use gpb_engine::plan::{compare, values};
use gpb_model::{PropPath, PropertyMap, PropertyValue};
use serde_json::{Map, Value as Json, json};

/// The version that a policy has without a word of it.
const VERSION: &str = "2008-10-17";

/// The parts of a statement that are one or many, in any order.
const SETS: &[&str] = &["Action", "NotAction", "Resource", "NotResource"];

/// A comparison of one entry by its name; none where it says nothing.
type EntryDiff<'a> = dyn Fn(&str, Option<&Json>, Option<&PropertyValue>) -> Option<ValueDiff> + 'a;

/// Checks for a policy: it is known by its statements, objects with an effect.
pub(super) fn is_policy(entries: &Map<String, Json>) -> bool {
    let has_effect = |json: &Json| json.get("Effect").is_some_and(Json::is_string);
    let statements = entries.get("Statement").map(one_or_many).unwrap_or_default();
    !statements.is_empty() && statements.iter().all(has_effect)
}

/// Checks for a policy in which some things may be unknown.
pub(super) fn is_policy_value(entries: &PropertyMap) -> bool {
    let has_effect = |value: &PropertyValue| match value {
        PropertyValue::Map(entries) => matches!(entries.get("Effect"), Some(PropertyValue::Text(_))),
        _ => false,
    };
    let statements = entries.get("Statement").map(values_of).unwrap_or_default();
    !statements.is_empty() && statements.iter().all(has_effect)
}

/// Compares two policies.
pub(super) fn policy(was: &Map<String, Json>, will: &PropertyMap) -> ValueDiff {
    let version = PropertyValue::Text(VERSION.into());
    let each = |name: &str, was: Option<&Json>, will: Option<&PropertyValue>| match (name, was, will) {
        ("Statement", Some(was), Some(will)) => Some(statements(&one_or_many(was), &values_of(will))),
        ("Version", Some(one), None) if one == VERSION => None,
        ("Version", None, Some(one)) if *one == version => Some(ValueDiff::Same(one.clone())),
        _ => plain(was, will),
    };
    by_name(was, will, &each)
}

fn statements(was: &[Json], will: &[PropertyValue]) -> ValueDiff {
    let (mine, theirs): (Vec<_>, Vec<_>) = (will.iter().collect(), was.iter().collect());
    let mut fits = |mine: usize, theirs: usize| {
        will.get(mine).zip(was.get(theirs)).is_some_and(|(will, was)| statement(was, will).is_same())
    };
    let pairs = compare::align(&mine, &theirs, &mut fits);
    let olds = pairs.iter().filter(|(new, _)| new.is_none()).filter_map(|(_, old)| *old).collect();
    let news = pairs.iter().filter(|(_, old)| old.is_none()).filter_map(|(new, _)| *new).collect();
    let paired = pairs.iter().filter(|(new, old)| new.is_some() && old.is_some()).map(|(new, old)| (*old, *new));
    let mut all: Vec<(Option<usize>, Option<usize>)> = paired.chain(likened(olds, news, was, will)).collect();
    all.sort_by_key(|(old, new)| (new.is_none(), *new, *old));
    ValueDiff::List(elements(all, was, will, &statement))
}

fn statement(was: &Json, will: &PropertyValue) -> ValueDiff {
    let (Json::Object(old), PropertyValue::Map(new)) = (was, will) else { return changed(was, will) };
    let each = |name: &str, was: Option<&Json>, will: Option<&PropertyValue>| match (name, was, will) {
        ("Sid", Some(Json::String(sid)), None) if sid.is_empty() => None,
        ("Condition", Some(Json::Object(all)), None) if all.is_empty() => None,
        (_, Some(was), Some(will)) if SETS.contains(&name) => Some(set(was, will, &|one| json!({ name: one }))),
        ("Principal" | "NotPrincipal", Some(was), Some(will)) => Some(principal(name, was, will)),
        ("Condition", Some(was), Some(will)) => Some(condition(was, will)),
        _ => plain(was, will),
    };
    by_name(old, new, &each)
}

fn principal(name: &str, was: &Json, will: &PropertyValue) -> ValueDiff {
    if means_same(was, will, &|one| json!({ name: one })) {
        return ValueDiff::Same(will.clone());
    }
    let (Json::Object(old), PropertyValue::Map(new)) = (was, will) else { return changed(was, will) };
    by_name(old, new, &|kind, was, will| match (was, will) {
        (Some(was), Some(will)) => Some(set(was, will, &|one| json!({ name: { kind: one } }))),
        _ => plain(was, will),
    })
}

fn condition(was: &Json, will: &PropertyValue) -> ValueDiff {
    let (Json::Object(old), PropertyValue::Map(new)) = (was, will) else { return changed(was, will) };
    by_name(old, new, &|operator, was, will| match (was, will) {
        (Some(Json::Object(old)), Some(PropertyValue::Map(new))) => {
            // Capitals mean nothing in condition keys: the new spelling counts.
            let respelled = old.iter().map(|(key, json)| {
                let same = new.keys().find(|name| name.eq_ignore_ascii_case(key));
                (same.map_or_else(|| key.clone(), ToString::to_string), json.clone())
            });
            let old: Map<String, Json> = respelled.collect();
            Some(by_name(&old, new, &|key, was, will| match (was, will) {
                (Some(was), Some(will)) => {
                    Some(set(was, will, &|one| json!({ "Condition": { operator: { key: one } } })))
                }
                _ => plain(was, will),
            }))
        }
        _ => plain(was, will),
    })
}

/// Compares two sets, each one or many; both are in the order of their texts.
fn set(was: &Json, will: &PropertyValue, place: &dyn Fn(&Json) -> Json) -> ValueDiff {
    let is_one = !was.is_array() && !matches!(will, PropertyValue::List(_));
    if is_one {
        return if means_same(was, will, place) { ValueDiff::Same(will.clone()) } else { changed(was, will) };
    }
    let mut left = one_or_many(was);
    let mut all: Vec<ValueDiff> = Vec::new();
    for will in values_of(will) {
        match left.iter().position(|was| means_same(was, &will, place)) {
            Some(at) => {
                left.remove(at);
                all.push(ValueDiff::Same(will));
            }
            // The same again means nothing.
            None if all.contains(&ValueDiff::Same(will.clone())) => {}
            None => all.push(ValueDiff::Added(will)),
        }
    }
    let is_again = |was: &Json, all: &[ValueDiff]| {
        all.iter().any(|one| matches!(one, ValueDiff::Same(will) if means_same(was, will, place)))
    };
    let gone: Vec<ValueDiff> =
        left.iter().filter(|was| !is_again(was, &all)).filter_map(values::lift).map(ValueDiff::Removed).collect();
    all.extend(gone);
    all.sort_by_cached_key(|one| match one {
        ValueDiff::Same(value) | ValueDiff::Added(value) | ValueDiff::Removed(value) => {
            Json::from(value.clone()).to_string()
        }
        _ => String::new(),
    });
    ValueDiff::List(all)
}

/// Checks that two values mean the same at a place of a statement.
fn means_same(was: &Json, will: &PropertyValue, place: &dyn Fn(&Json) -> Json) -> bool {
    let policy = |one: &Json| {
        let mut statement = place(one);
        if let Some(entries) = statement.as_object_mut() {
            entries.insert("Effect".to_owned(), "Allow".into());
        }
        json!({ "Statement": statement })
    };
    match will.to_json() {
        Some(will) => compare::documents_equal(&policy(was), &policy(&will)),
        None => is_same(None, was, will),
    }
}

fn by_name(was: &Map<String, Json>, will: &PropertyMap, each: &EntryDiff<'_>) -> ValueDiff {
    let there = |name: &str| was.get(name).filter(|json| !json.is_null());
    let new = will.iter().map(|(name, value)| (name.to_string(), each(name, there(name), Some(value))));
    let gone = was.iter().filter(|(name, json)| !json.is_null() && !will.contains_key(name.as_str()));
    let gone = gone.map(|(name, json)| (name.clone(), each(name, Some(json), None)));
    let mut all: Vec<(String, ValueDiff)> = new.chain(gone).filter_map(|(name, diff)| Some((name, diff?))).collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    ValueDiff::Map(all)
}

fn plain(was: Option<&Json>, will: Option<&PropertyValue>) -> Option<ValueDiff> {
    match (was, will) {
        (Some(was), Some(will)) => Some(value_diff(None, (&PropPath::default(), None), was, will)),
        (Some(was), None) => values::lift(was).map(ValueDiff::Removed),
        (None, Some(will)) => Some(ValueDiff::Added(will.clone())),
        (None, None) => None,
    }
}

fn one_or_many(json: &Json) -> Vec<Json> {
    match json {
        Json::Array(items) => items.clone(),
        one => vec![one.clone()],
    }
}

fn values_of(value: &PropertyValue) -> Vec<PropertyValue> {
    match value {
        PropertyValue::List(items) => items.clone(),
        one => vec![one.clone()],
    }
}
