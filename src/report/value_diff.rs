//! Compares two values part by part: what stays, what comes, what goes.
//!
//! What is equal by the comparison of plans is equal here, whichever way it is spelled; both sides are then shown in the
//! spelling of the new one.

use super::policy_diff;
use super::value::{element, entry, pick};
use gpb_catalog::{Shape, TypeDef};
use gpb_engine::plan::{compare, values};
use gpb_engine::state::is_redacted;
use gpb_model::{PropPath, PropertyMap, PropertyValue};
use serde_json::{Map, Value as Json};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Beyond this many pairs, elements are the same only where they are spelled the same.
const SEARCH_LIMIT: usize = 1024;

/// The differences of two values.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ValueDiff {
    /// A part that stays.
    Same(PropertyValue),
    /// A part that comes.
    Added(PropertyValue),
    /// A part that goes.
    Removed(PropertyValue),
    /// A part that becomes another.
    Changed(PropertyValue, PropertyValue),
    /// An object, entry by entry in the order of the names.
    Map(Vec<(String, ValueDiff)>),
    /// A list, element by element.
    List(Vec<ValueDiff>),
}

impl ValueDiff {
    /// Returns true when nothing in it differs.
    pub fn is_same(&self) -> bool {
        match self {
            ValueDiff::Same(_) => true,
            ValueDiff::Added(_) | ValueDiff::Removed(_) | ValueDiff::Changed(..) => false,
            ValueDiff::Map(entries) => entries.iter().all(|(_, one)| one.is_same()),
            ValueDiff::List(items) => items.iter().all(ValueDiff::is_same),
        }
    }

    /// Returns the old value, spelled and arranged like the new one.
    pub fn before(&self) -> Option<PropertyValue> {
        self.side(&|one| match one {
            ValueDiff::Removed(value) | ValueDiff::Changed(value, _) => Some(value),
            _ => None,
        })
    }

    /// Returns the new value.
    pub fn after(&self) -> Option<PropertyValue> {
        self.side(&|one| match one {
            ValueDiff::Added(value) | ValueDiff::Changed(_, value) => Some(value),
            _ => None,
        })
    }

    fn side<'s>(&'s self, own: &dyn Fn(&'s ValueDiff) -> Option<&'s PropertyValue>) -> Option<PropertyValue> {
        match self {
            ValueDiff::Same(value) => Some(value.clone()),
            ValueDiff::Map(entries) => {
                let entries = entries.iter().filter_map(|(key, one)| Some((key.as_str().into(), one.side(own)?)));
                Some(PropertyValue::Map(entries.collect::<PropertyMap>()))
            }
            ValueDiff::List(items) => Some(PropertyValue::List(items.iter().filter_map(|one| one.side(own)).collect())),
            _ => own(self).cloned(),
        }
    }
}

/// Compares what is there with what is to be, at a place of a type.
pub(super) fn value_diff(
    def: Option<&TypeDef>,
    (path, shape): (&PropPath, Option<&Shape>),
    before: &Json,
    after: &PropertyValue,
) -> ValueDiff {
    let shape = pick(def, shape, after);
    if is_same(shape, before, after) || is_in_form(def, path, before, after) {
        return ValueDiff::Same(after.clone());
    }
    let opened = opened(before, after);
    let before = opened.as_ref().unwrap_or(before);
    match (before, after) {
        (Json::Object(was), PropertyValue::Map(will)) if !is_redacted(before) => {
            if policy_diff::is_policy(was) && policy_diff::is_policy_value(will) {
                policy_diff::policy(was, will)
            } else {
                ValueDiff::Map(entries(def, (path, shape), was, will))
            }
        }
        (Json::Array(was), PropertyValue::List(will)) => {
            let inner = path.child("*");
            let item = (&inner, element(shape));
            let pairs = match shape {
                Some(Shape::List(list)) if !list.ordered => bag(def, item, was, will),
                _ => sequence(was, will),
            };
            ValueDiff::List(elements(pairs, was, will, &|was, will| value_diff(def, item, was, will)))
        }
        (before, PropertyValue::Text(text)) if before.is_object() || before.is_array() => {
            match compare::parse_document(text).and_then(|json| values::lift(&json)) {
                Some(document) => value_diff(def, (path, shape), before, &document),
                None => changed(before, after),
            }
        }
        _ => changed(before, after),
    }
}

/// Returns a part that becomes another, or the same where a secret stands on both sides.
pub(super) fn changed(before: &Json, after: &PropertyValue) -> ValueDiff {
    match (values::lift(before), after) {
        (Some(PropertyValue::Secret(_)), PropertyValue::Secret(_)) => ValueDiff::Same(after.clone()),
        (Some(before), _) => ValueDiff::Changed(before, after.clone()),
        (None, _) => ValueDiff::Added(after.clone()),
    }
}

/// Pairs elements and returns the differences of each pair.
pub(super) fn elements(
    pairs: Vec<(Option<usize>, Option<usize>)>,
    was: &[Json],
    will: &[PropertyValue],
    each: &dyn Fn(&Json, &PropertyValue) -> ValueDiff,
) -> Vec<ValueDiff> {
    let one = |(old, new): (Option<usize>, Option<usize>)| match (
        old.and_then(|old| was.get(old)),
        new.and_then(|new| will.get(new)),
    ) {
        (Some(was), Some(will)) => Some(each(was, will)),
        (Some(was), None) => values::lift(was).map(ValueDiff::Removed),
        (None, Some(will)) => Some(ValueDiff::Added(will.clone())),
        (None, None) => None,
    };
    pairs.into_iter().filter_map(one).collect()
}

/// Checks that two values mean the same.
pub(super) fn is_same(shape: Option<&Shape>, before: &Json, after: &PropertyValue) -> bool {
    if let (Some(Shape::Text(text)), Json::String(was), PropertyValue::Text(will)) = (shape, before, after)
        && text.any_case
        && was.eq_ignore_ascii_case(will)
    {
        return true;
    }
    after.to_json().is_some_and(|after| compare::documents_equal(before, &after))
}

/// Checks that two texts mean the same in the form that the cloud gives a place back in.
fn is_in_form(def: Option<&TypeDef>, path: &PropPath, before: &Json, after: &PropertyValue) -> bool {
    let form = def.and_then(|def| def.form(path));
    form.zip(before.as_str().zip(after.as_text())).is_some_and(|(form, (before, after))| form.is_same(after, before))
}

/// Returns one spelling of a value, in which a secret is only a secret.
fn key(json: &Json) -> String {
    fn hidden(json: &Json) -> Json {
        match json {
            Json::Object(entries) if entries.len() == 1 && entries.contains_key("$secret") => "$secret".into(),
            Json::Object(entries) => entries.iter().map(|(key, json)| (key.clone(), hidden(json))).collect(),
            Json::Array(items) => items.iter().map(hidden).collect(),
            _ => json.clone(),
        }
    }
    compare::canonical_document(&hidden(json)).to_string()
}

fn key_of(value: &PropertyValue) -> String {
    let special = &mut |value: &PropertyValue| Ok::<Json, ()>(Json::from(value.clone()));
    value.to_json_with(special).map_or_else(|()| String::new(), |json| key(&json))
}

/// Parses a document in a string, where the other side is a document too.
fn opened(before: &Json, after: &PropertyValue) -> Option<Json> {
    let is_document = match after {
        PropertyValue::Text(text) => compare::parse_document(text).is_some(),
        other => matches!(other, PropertyValue::Map(_) | PropertyValue::List(_)),
    };
    before.as_str().filter(|_| is_document).and_then(compare::parse_document)
}

fn entries(
    def: Option<&TypeDef>,
    (path, shape): (&PropPath, Option<&Shape>),
    was: &Map<String, Json>,
    will: &PropertyMap,
) -> Vec<(String, ValueDiff)> {
    let typed = match shape {
        Some(Shape::Object(object)) => Some(object),
        _ => None,
    };
    let default = |key: &str| typed.and_then(|object| object.by_aws(key)).and_then(|one| one.default.as_ref());
    let new = will.iter().map(|(name, value)| {
        let diff = match was.get(name.as_str()).filter(|json| !json.is_null()) {
            Some(was) => value_diff(def, (&path.child(name), entry(shape, name)), was, value),
            // To have nothing there is to have the default, or nothing.
            None if default(name).is_some_and(|default| is_same(None, default, value)) => {
                ValueDiff::Same(value.clone())
            }
            None if typed.is_some() && is_nothing(value) => ValueDiff::Same(value.clone()),
            None => ValueDiff::Added(value.clone()),
        };
        (name.to_string(), diff)
    });
    let gone = was.iter().filter(|(name, _)| !will.contains_key(name.as_str())).filter_map(|(name, json)| {
        let value = values::lift(json)?;
        let is_default = default(name).is_some_and(|default| is_same(None, default, &value));
        let stays = is_default || (typed.is_some() && is_nothing(&value));
        (!stays).then(|| (name.clone(), ValueDiff::Removed(value)))
    });
    let mut all: Vec<(String, ValueDiff)> = new.chain(gone).collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all
}

/// Checks that nothing is in a value, at any depth.
fn is_nothing(value: &PropertyValue) -> bool {
    match value {
        PropertyValue::List(items) => items.is_empty(),
        PropertyValue::Map(entries) => entries.values().all(is_nothing),
        _ => false,
    }
}

/// Pairs the elements of lists whose order matters.
pub(super) fn sequence(was: &[Json], will: &[PropertyValue]) -> Vec<(Option<usize>, Option<usize>)> {
    let (old, new): (Vec<_>, Vec<_>) = (was.iter().map(key).collect(), will.iter().map(key_of).collect());
    let mut pairs = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        match op {
            DiffOp::Equal { old_index, new_index, len } => {
                pairs.extend((0..len).map(|at| (Some(old_index + at), Some(new_index + at))));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                pairs.extend((old_index..old_index + old_len).map(|at| (Some(at), None)));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                pairs.extend((new_index..new_index + new_len).map(|at| (None, Some(at))));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let olds = (old_index..old_index + old_len).collect();
                let news = (new_index..new_index + new_len).collect();
                pairs.extend(likened(olds, news, was, will));
            }
        }
    }
    pairs
}

/// Pairs the elements of lists whose order means nothing, in the order of the new one; what goes stands last.
fn bag(
    def: Option<&TypeDef>,
    item: (&PropPath, Option<&Shape>),
    was: &[Json],
    will: &[PropertyValue],
) -> Vec<(Option<usize>, Option<usize>)> {
    let (old, new): (Vec<_>, Vec<_>) = (was.iter().map(key).collect(), will.iter().map(key_of).collect());
    let is_small = was.len() * will.len() <= SEARCH_LIMIT;
    let mut is_same = |mine: usize, theirs: usize| {
        new.get(mine) == old.get(theirs)
            || (is_small
                && will.get(mine).zip(was.get(theirs)).is_some_and(|(b, a)| value_diff(def, item, a, b).is_same()))
    };
    let (mine, theirs): (Vec<_>, Vec<_>) = (will.iter().collect(), was.iter().collect());
    let pairs = compare::align(&mine, &theirs, &mut is_same);
    let olds = pairs.iter().filter(|(new, _)| new.is_none()).filter_map(|(_, old)| *old).collect();
    let news = pairs.iter().filter(|(_, old)| old.is_none()).filter_map(|(new, _)| *new).collect();
    let mut all: Vec<(Option<usize>, Option<usize>)> =
        pairs.into_iter().filter(|(new, old)| new.is_some() && old.is_some()).map(|(new, old)| (old, new)).collect();
    all.extend(likened(olds, news, was, will));
    all.sort_by_key(|(old, new)| (new.is_none(), *new, *old));
    all
}

/// Pairs, in their order, those that are alike: structures that have something in common.
pub(super) fn likened(
    olds: Vec<usize>,
    news: Vec<usize>,
    was: &[Json],
    will: &[PropertyValue],
) -> Vec<(Option<usize>, Option<usize>)> {
    let mut left = olds;
    let mut pairs = Vec::new();
    for new in news {
        let found = left.iter().position(|old| was.get(*old).zip(will.get(new)).is_some_and(|(a, b)| is_alike(a, b)));
        match found {
            // Those before it have no counterpart: they go where they stood.
            Some(at) => {
                pairs.extend(left.drain(..at).map(|old| (Some(old), None)));
                pairs.extend(left.drain(..1).map(|old| (Some(old), Some(new))));
            }
            None => pairs.push((None, Some(new))),
        }
    }
    let rest = left.into_iter().map(|old| (Some(old), None));
    rest.chain(pairs).collect()
}

/// Checks that two parts have something in common, at any depth, and are not named differently.
fn is_alike(was: &Json, will: &PropertyValue) -> bool {
    match (was, will) {
        (Json::Object(old), PropertyValue::Map(new)) => {
            if let (Some(old), Some(new)) = (compare::identity_of(was), compare::identity(will)) {
                return old == new;
            }
            let common = |(key, new): (_, &PropertyValue)| old.get(key).is_some_and(|old| has_common(old, new));
            new.iter().map(|(key, new)| (key.as_str(), new)).any(common)
        }
        (Json::Array(old), PropertyValue::List(new)) => {
            new.iter().any(|new| old.iter().any(|old| has_common(old, new)))
        }
        _ => false,
    }
}

fn has_common(was: &Json, will: &PropertyValue) -> bool {
    is_same(None, was, will) || is_alike(was, will)
}
