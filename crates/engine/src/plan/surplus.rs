//! Leaves out of a list that changes what the cloud filled in by itself: sending the list does not take that away.

use super::change::PropertyDifference;
use super::compare;
use super::inventory::ManagedResource;
use super::values;
use crate::cloud::Properties;
use gpb_catalog::{ListShape, Shape, TypeDef};
use gpb_model::{PropPath, PropertyMap, PropertyValue};
use serde_json::{Map, Value as Json};

/// Leaves out of the lists of these differences what nobody declared and has not moved since it was applied.
pub(super) fn leave_out(differences: &mut [PropertyDifference], managed: &ManagedResource<'_>, def: Option<&TypeDef>) {
    let Some(recorded) = managed.recorded else { return };
    for one in differences {
        let shape = def.and_then(|def| def.shape_at(&one.path));
        let (Some(Json::Array(observed)), Some(PropertyValue::List(wanted)), Some(Shape::List(list))) =
            (&one.before, &one.after, shape)
        else {
            continue;
        };
        let (Some(Json::Array(applied)), Some(Json::Array(recorded))) =
            (at(managed.applied, &one.path), at(recorded, &one.path))
        else {
            continue;
        };
        let lists = ElementSides { observed, wanted, applied, recorded };
        one.before = Some(Json::Array(elements(def, list, &lists, &one.path.child("*"))));
    }
}

/// A list as it is, shall be, was sent and was read then.
struct ElementSides<'a> {
    observed: &'a [Json],
    wanted: &'a [PropertyValue],
    applied: &'a [Json],
    recorded: &'a [Json],
}

fn elements(def: Option<&TypeDef>, list: &ListShape, sides: &ElementSides<'_>, path: &PropPath) -> Vec<Json> {
    let own = |element: &Json| {
        let sent = sides.applied.iter().find(|sent| is_within(def, sent, element, path));
        match sent.filter(|_| sides.recorded.contains(element)) {
            Some(sent) => part(def, Some(&list.item), element, &sides.wanted.iter().collect::<Vec<_>>(), sent),
            None => element.clone(),
        }
    };
    sides.observed.iter().map(own).collect()
}

/// Returns the part of a value that was sent, or that one of the new values has.
fn part(def: Option<&TypeDef>, shape: Option<&Shape>, there: &Json, wanted: &[&PropertyValue], sent: &Json) -> Json {
    let shape = def.zip(shape).map(|(def, shape)| def.resolve(shape));
    if let (Json::Array(items), Json::Array(sent), Some(Shape::List(list))) = (there, sent, shape) {
        let lists = wanted.iter().filter_map(|value| match value {
            PropertyValue::List(items) => Some(items),
            _ => None,
        });
        let inner: Vec<&PropertyValue> = lists.flatten().collect();
        let parts = items.iter().zip(sent).map(|(item, sent)| part(def, Some(&list.item), item, &inner, sent));
        return Json::Array(parts.collect());
    }
    let (Json::Object(entries), Json::Object(sent), Some(Shape::Object(object))) = (there, sent, shape) else {
        return there.clone();
    };
    let maps: Vec<&PropertyMap> = wanted
        .iter()
        .filter_map(|value| match value {
            PropertyValue::Map(entries) => Some(entries),
            _ => None,
        })
        .collect();
    let kept = entries.iter().filter_map(|(key, json)| {
        let inner: Vec<&PropertyValue> = maps.iter().filter_map(|entries| entries.get(key.as_str())).collect();
        let shape = object.by_aws(key).map(|property| &property.shape);
        match sent.get(key) {
            Some(sent) => Some((key.clone(), part(def, shape, json, &inner, sent))),
            None => (!inner.is_empty()).then(|| (key.clone(), json.clone())),
        }
    });
    Json::Object(kept.collect::<Map<_, _>>())
}

/// Checks that all of what was sent is in what is there.
fn is_within(def: Option<&TypeDef>, sent: &Json, there: &Json, path: &PropPath) -> bool {
    match (sent, there) {
        (Json::Object(sent), Json::Object(there)) => sent
            .iter()
            .all(|(key, sent)| there.get(key).is_some_and(|there| is_within(def, sent, there, &path.child(key)))),
        (Json::Array(sent), Json::Array(there)) => {
            let item = path.child("*");
            sent.len() == there.len() && sent.iter().zip(there).all(|(sent, there)| is_within(def, sent, there, &item))
        }
        (Json::String(given), Json::String(back))
            if def.and_then(|def| def.form(path)).is_some_and(|form| form.is_same(given, back)) =>
        {
            true
        }
        _ => compare::documents_equal(sent, there),
    }
}

fn at<'s>(properties: &'s Properties, path: &PropPath) -> Option<&'s Json> {
    let mut segments = path.segments();
    let first = properties.get(&PropPath::unescape(segments.next()?))?;
    values::json_at(first, &mut segments)
}
