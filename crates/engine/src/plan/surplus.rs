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
        one.before = Some(Json::Array(elements(def, list, observed, wanted, applied, recorded)));
    }
}

fn elements(
    def: Option<&TypeDef>,
    list: &ListShape,
    observed: &[Json],
    wanted: &[PropertyValue],
    applied: &[Json],
    recorded: &[Json],
) -> Vec<Json> {
    let own = |element: &Json| {
        let sent = applied.iter().find(|sent| is_within(sent, element));
        match sent.filter(|_| recorded.contains(element)) {
            Some(sent) => part(def, Some(&list.item), element, &wanted.iter().collect::<Vec<_>>(), sent),
            None => element.clone(),
        }
    };
    observed.iter().map(own).collect()
}

/// Returns the part of a value that was sent, or that one of the new values has.
fn part(def: Option<&TypeDef>, shape: Option<&Shape>, there: &Json, wanted: &[&PropertyValue], sent: &Json) -> Json {
    let shape = def.zip(shape).map(|(def, shape)| def.resolve(shape));
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
fn is_within(sent: &Json, there: &Json) -> bool {
    match (sent, there) {
        (Json::Object(sent), Json::Object(there)) => {
            sent.iter().all(|(key, sent)| there.get(key).is_some_and(|there| is_within(sent, there)))
        }
        (Json::Array(sent), Json::Array(there)) => {
            sent.len() == there.len() && sent.iter().zip(there).all(|(sent, there)| is_within(sent, there))
        }
        _ => compare::documents_equal(sent, there),
    }
}

fn at<'s>(properties: &'s Properties, path: &PropPath) -> Option<&'s Json> {
    let mut segments = path.segments();
    let first = properties.get(&PropPath::unescape(segments.next()?))?;
    values::json_at(first, &mut segments)
}
