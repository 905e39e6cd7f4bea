//! From an operation's output to properties.

use super::mapping::{Mapping, pair};
use crate::binding::PropertySide;
use crate::name_matching::{document, key_and_value, member, text_of};
use gpb_catalog::{ListShape, ObjectShape, Shape};
use gpb_engine::cloud::Properties;
use gpb_model::PropPath;
use serde_json::{Map, Value as Json};

impl Mapping<'_> {
    /// Reads every property that an object of an output shows.
    pub fn read(&self, object: &Json, root: &Json) -> Properties {
        self.object(&self.def.root, object, root, &PropPath::default())
    }

    /// Converts a value of an output to a property's shape.
    ///
    /// `None` when it shows nothing of that kind.
    pub fn value(&self, value: &Json, shape: &Shape, root: &Json, path: &PropPath) -> Option<Json> {
        match (self.def.resolve(shape), value) {
            (_, Json::Null) => None,
            (Shape::Object(object), Json::String(text)) => match document(text) {
                Some(parsed) => self.value(&parsed, shape, root, path),
                None => object.properties.is_empty().then(|| value.clone()),
            },
            (Shape::Object(object), Json::Object(_)) if object.properties.is_empty() => Some(value.clone()),
            (Shape::Object(object), Json::Object(_)) => Some(Json::Object(self.object(object, value, root, path))),
            (Shape::Map { value: inner, .. }, value) => self.map(inner, value, root, path),
            (Shape::List(list), value) => self.list(list, value, root, path),
            (Shape::Json, Json::String(text)) => Some(document(text).unwrap_or_else(|| value.clone())),
            (Shape::Json, _) => Some(value.clone()),
            (Shape::Any(shapes), _) => self.any(shapes, value, root, path),
            (scalar, _) => scalar_of(scalar, value),
        }
    }

    fn object(&self, shape: &ObjectShape, here: &Json, root: &Json, path: &PropPath) -> Properties {
        let mut out = Map::new();
        for property in &shape.properties {
            let child = path.child(&property.aws);
            if self.def.is_write_only(&child) {
                continue;
            }
            let mapped = self.places.get(&child);
            let place = mapped.map(|place| &place.read);
            let found = match place {
                Some(PropertySide::Nowhere) => None,
                Some(PropertySide::At(at)) => at.bind(self.fill).get(here, root),
                Some(PropertySide::SameName) | None => {
                    here.as_object().and_then(|object| member(object, &property.aws)).cloned()
                }
            };
            let found = match mapped.and_then(|place| place.normalize) {
                Some(form) => found.and_then(|found| form.apply(found)),
                None => found,
            };
            let found = match mapped {
                Some(place) => found.map(|found| place.from_api(found)),
                None => found,
            };
            let spread = matches!(place, Some(PropertySide::At(at)) if at.is_here());
            let value = found.and_then(|found| self.value(&found, &property.shape, root, &child));
            if let Some(value) = value.filter(|value| !(spread && value.as_object().is_some_and(Map::is_empty))) {
                out.insert(property.aws.to_string(), value);
            }
        }
        out
    }

    fn map(&self, inner: &Shape, value: &Json, root: &Json, path: &PropPath) -> Option<Json> {
        let child = path.child("*");
        let entry = |key: &str, value: &Json| Some((key.to_owned(), self.value(value, inner, root, &child)?));
        match value {
            Json::Object(entries) => Some(Json::Object(entries.iter().filter_map(|(k, v)| entry(k, v)).collect())),
            Json::Array(items) => {
                let pairs = items.iter().filter_map(key_and_value);
                Some(Json::Object(pairs.filter_map(|(key, value)| entry(key, value?)).collect()))
            }
            Json::String(text) => document(text).and_then(|parsed| self.map(inner, &parsed, root, path)),
            _ => None,
        }
    }

    fn list(&self, shape: &ListShape, value: &Json, root: &Json, path: &PropPath) -> Option<Json> {
        let item = self.def.resolve(&shape.item);
        let child = path.child("*");
        match value {
            Json::Array(items) => {
                let renamed = |element: &Json| renamed_pair(item, element);
                let read = items.iter().filter_map(|element| {
                    let renamed = renamed(element);
                    self.value(renamed.as_ref().unwrap_or(element), item, root, &child)
                });
                Some(read.collect())
            }
            Json::Object(entries) => match (member(entries, "Items"), member(entries, "Quantity"), pair(item)) {
                (Some(items), _, _) => self.list(shape, items, root, path),
                (None, Some(_), _) => Some(Json::Array(Vec::new())),
                (None, None, Some((key, held))) => Some(
                    entries
                        .iter()
                        .map(|(k, v)| serde_json::json!({ key.aws.as_str(): k, held.aws.as_str(): v }))
                        .collect(),
                ),
                (None, None, None) => None,
            },
            Json::String(text) => document(text).and_then(|parsed| self.list(shape, &parsed, root, path)),
            _ => None,
        }
    }

    /// Reads a value by the shape whose kind fits.
    ///
    /// Where a document may be a string, it is read as a document.
    fn any(&self, shapes: &[Shape], value: &Json, root: &Json, path: &PropPath) -> Option<Json> {
        let resolved = || shapes.iter().map(|shape| self.def.resolve(shape));
        if let Json::String(text) = value
            && resolved().any(|shape| matches!(shape, Shape::Object(_) | Shape::Json | Shape::Map { .. }))
            && let Some(parsed) = document(text)
        {
            return Some(parsed);
        }
        let fits = |shape: &&Shape| {
            matches!(
                (shape, value),
                (Shape::Object(_) | Shape::Map { .. } | Shape::Json, Json::Object(_))
                    | (Shape::List(_) | Shape::Json, Json::Array(_))
                    | (Shape::Text(_) | Shape::Json, Json::String(_))
                    | (Shape::Int { .. } | Shape::Number { .. }, Json::Number(_))
                    | (Shape::Bool, Json::Bool(_))
            )
        };
        match resolved().find(fits) {
            // Of several object shapes none is better known than the others: what they share in spelling is kept.
            Some(Shape::Object(_)) => {
                let mut out = Map::new();
                for shape in resolved() {
                    if let Some(Json::Object(entries)) = self.value(value, shape, root, path) {
                        out.extend(entries);
                    }
                }
                Some(Json::Object(out))
            }
            Some(shape) => self.value(value, shape, root, path),
            None => resolved().find_map(|shape| self.value(value, shape, root, path)),
        }
    }
}

/// Spells `{ TagKey, TagValue }` and its like as the property does.
fn renamed_pair(item: &Shape, element: &Json) -> Option<Json> {
    let (key, held) = pair(item)?;
    let (name, value) = key_and_value(element)?;
    let mut out = Map::from_iter([(key.aws.to_string(), Json::from(name))]);
    if let Some(value) = value {
        out.insert(held.aws.to_string(), value.clone());
    }
    Some(Json::Object(out))
}

fn scalar_of(shape: &Shape, value: &Json) -> Option<Json> {
    match (shape, value) {
        (Shape::Bool, Json::Bool(_)) | (Shape::Int { .. } | Shape::Number { .. }, Json::Number(_)) => {
            Some(value.clone())
        }
        (Shape::Bool, Json::String(text)) => text.to_lowercase().parse::<bool>().ok().map(Json::from),
        (Shape::Int { .. }, Json::String(text)) => text.parse::<i64>().ok().map(Json::from),
        (Shape::Number { .. }, Json::String(text)) => {
            text.parse::<i64>().ok().map(Json::from).or_else(|| text.parse::<f64>().ok().map(Json::from))
        }
        // A document that the API escapes, where the property holds it as a string.
        (Shape::Text(_), Json::String(text)) if text.starts_with('%') => {
            Some(document(text).map_or_else(|| value.clone(), |parsed| parsed.to_string().into()))
        }
        (Shape::Text(_), value) => Some(text_of(value).into()),
        _ => None,
    }
}

/// Checks that `found` has all that `wanted` asks for.
///
/// Objects may have more members, lists of objects more elements.
pub fn matches(wanted: &Json, found: &Json) -> bool {
    match (wanted, found) {
        (Json::Object(wanted), Json::Object(found)) => {
            wanted.iter().all(|(key, value)| found.get(key).is_some_and(|other| matches(value, other)))
        }
        (Json::Array(wanted), Json::Array(found)) => {
            wanted.iter().all(|one| found.iter().any(|other| matches(one, other)))
        }
        (wanted, found) => wanted == found || text_of(wanted) == text_of(found),
    }
}
