//! From properties to an operation's input.

use super::mapping::{MapError, Mapping};
use crate::binding::PropertySide;
use crate::name_matching::{key_and_value, same, text_of};
use crate::path::{MemberPath, PathStep};
use crate::shapes::MemberShape;
use gpb_base::json::noun;
use gpb_model::PropPath;
use serde_json::{Map, Value as Json};

/// No input is a list this long; an index beyond it is a slip of a binding.
const MAX_INDEX: usize = 1000;

impl Mapping<'_> {
    /// Returns the place of a top-level property in an input, if it has one there.
    pub fn place(&self, property: &str, input: MemberShape<'_>) -> Option<MemberPath> {
        let has = |path: &MemberPath| match path.steps() {
            [PathStep::Name(name), ..] => input.member(name).is_some(),
            steps => steps.is_empty(),
        };
        match self.places.get(&PropPath(property.into())).map(|place| &place.write) {
            Some(PropertySide::Nowhere) => None,
            Some(PropertySide::At(path)) => Some(path.clone()).filter(has),
            Some(PropertySide::SameName) | None if input.member(property).is_some() => Some(MemberPath::name(property)),
            Some(PropertySide::SameName) | None => {
                let mut path = self.attributes.filter(|path| has(path))?.clone();
                path.alternatives.first_mut()?.push(PathStep::Name(property.to_owned()));
                Some(path)
            }
        }
    }

    /// Writes a top-level property; returns false when the input has no place for it.
    ///
    /// # Errors
    /// A value that does not fit the member.
    pub fn write(
        &self,
        property: &str,
        value: &Json,
        input: MemberShape<'_>,
        target: &mut Json,
    ) -> Result<bool, MapError> {
        let Some(path) = self.place(property, input) else { return Ok(false) };
        if self.is_omitted(&PropPath(property.into()), value) {
            return Ok(true);
        }
        self.put(target, path.bind(self.fill).steps(), input, value, &PropPath(property.into()))?;
        Ok(true)
    }

    /// Checks that a value is empty where the API refuses an empty one.
    fn is_omitted(&self, property: &PropPath, value: &Json) -> bool {
        let is_empty = match value {
            Json::Array(items) => items.is_empty(),
            Json::Object(entries) => entries.is_empty(),
            Json::String(text) => text.is_empty(),
            _ => false,
        };
        is_empty && self.places.get(property).is_some_and(|place| place.omit_empty)
    }

    /// Converts a value to a member's shape, with all that the API asks for in it.
    ///
    /// # Errors
    /// A value of another kind.
    pub fn convert(&self, value: &Json, shape: MemberShape<'_>, property: &PropPath) -> Result<Json, MapError> {
        let mut converted = self.converted(value, shape, property)?;
        if let Some(place) = self.places.get(property) {
            self.complete(&mut converted, shape, place);
        }
        Ok(converted)
    }

    fn converted(&self, value: &Json, shape: MemberShape<'_>, property: &PropPath) -> Result<Json, MapError> {
        let kind = |expected| MapError::Kind { path: self.def.display(property), found: noun(value), expected };
        if let (MemberShape::Text, Some(place)) = (shape, self.places.get(property))
            && let Some(word) = place.to_api(value)
        {
            return Ok(word);
        }
        if let (Json::Array(items), Some((quantity, member, list))) = (value, shape.counted()) {
            let mut out = Map::from_iter([(quantity.to_owned(), Json::from(items.len()))]);
            if !items.is_empty() {
                out.insert(member.to_owned(), self.convert(value, list, property)?);
            }
            return Ok(Json::Object(out));
        }
        match (shape, value) {
            (MemberShape::Structure(..), Json::Object(entries)) => self.structure(entries, shape, property),
            (MemberShape::Structure(..), _) => Err(kind("a structure")),
            (MemberShape::List(..), Json::Array(items)) => {
                let element = shape.element().unwrap_or(MemberShape::Document);
                let convert = |item: &Json| {
                    let renamed = renamed_pair(item, shape);
                    self.convert(renamed.as_ref().unwrap_or(item), element, &property.child("*"))
                };
                items.iter().map(convert).collect()
            }
            (MemberShape::List(..), Json::Object(entries)) => {
                let (key, held) = shape.pair().ok_or_else(|| kind("a list"))?;
                Ok(entries.iter().map(|(k, v)| serde_json::json!({ key: k, held: text_of(v) })).collect())
            }
            (MemberShape::List(..), _) => Err(kind("a list")),
            (MemberShape::Map(..), Json::Object(entries)) => {
                let element = shape.element().unwrap_or(MemberShape::Document);
                let converted =
                    entries.iter().map(|(k, v)| Ok((k.clone(), self.convert(v, element, &property.child("*"))?)));
                Ok(Json::Object(converted.collect::<Result<_, MapError>>()?))
            }
            (MemberShape::Map(..), Json::Array(items)) => {
                let entries = items.iter().map(|item| {
                    let (key, held) = key_and_value(item).ok_or_else(|| kind("a map"))?;
                    Ok((key.to_owned(), held.map_or_else(String::new, text_of).into()))
                });
                Ok(Json::Object(entries.collect::<Result<_, MapError>>()?))
            }
            (MemberShape::Map(..), _) => Err(kind("a map")),
            (MemberShape::Document, _) => Ok(value.clone()),
            (scalar, _) => scalar_of(value, scalar).ok_or_else(|| kind(name_of(scalar))),
        }
    }

    fn structure(
        &self,
        entries: &Map<String, Json>,
        shape: MemberShape<'_>,
        property: &PropPath,
    ) -> Result<Json, MapError> {
        let mut target = Json::Object(Map::new());
        for (name, value) in entries {
            let child = property.child(name);
            let path = match self.places.get(&child).map(|place| &place.write) {
                Some(PropertySide::Nowhere) => continue,
                Some(PropertySide::At(path)) => path.bind(self.fill),
                Some(PropertySide::SameName) | None => MemberPath::name(name.as_str()),
            };
            if self.is_omitted(&child, value) {
                continue;
            }
            self.put(&mut target, path.steps(), shape, value, &child)?;
        }
        Ok(target)
    }

    /// Puts a value at a path below `target`, making what is missing on the way.
    fn put(
        &self,
        target: &mut Json,
        steps: &[PathStep],
        shape: MemberShape<'_>,
        value: &Json,
        property: &PropPath,
    ) -> Result<(), MapError> {
        let lost = |member: &str| MapError::NoMember { path: self.def.display(property), member: member.to_owned() };
        let [step, rest @ ..] = steps else {
            merge(target, self.convert(value, shape, property)?);
            return Ok(());
        };
        match step {
            PathStep::Name(name) => {
                let (spelled, inner) = shape.member(name).ok_or_else(|| lost(name))?;
                let object = object_in(target).ok_or_else(|| lost(name))?;
                let next = object.entry(spelled).or_insert(Json::Null);
                self.put(next, rest, inner, value, property)
            }
            PathStep::Index(index) => {
                let index = usize::try_from(*index).ok().filter(|index| *index < MAX_INDEX);
                let next = index.and_then(|index| element(target, index)).ok_or_else(|| lost("a position"))?;
                self.put(next, rest, shape.element().unwrap_or(MemberShape::Document), value, property)
            }
            PathStep::Each => {
                let Json::Array(items) = value else {
                    let found = noun(value);
                    return Err(MapError::Kind { path: self.def.display(property), found, expected: "a list" });
                };
                let inner = shape.element().unwrap_or(MemberShape::Document);
                for (index, item) in items.iter().enumerate() {
                    let next = element(target, index).ok_or_else(|| lost("so many elements"))?;
                    self.put(next, rest, inner, item, &property.child("*"))?;
                }
                Ok(())
            }
            PathStep::Where { key, value: wanted } => {
                let inner = shape.element().unwrap_or(MemberShape::Document);
                let (spelled, _) = inner.member(key).ok_or_else(|| lost(key))?;
                let next = list_in(target).and_then(|items| element_with(items, &spelled, wanted));
                let next = next.ok_or_else(|| lost(key))?;
                self.put(next, rest, inner, value, property)
            }
        }
    }
}

/// Merges a value into another: objects member by member, anything else replaced.
pub fn merge(target: &mut Json, value: Json) {
    match (target, value) {
        (Json::Object(target), Json::Object(entries)) => {
            for (key, value) in entries {
                merge(target.entry(key).or_insert(Json::Null), value);
            }
        }
        (target, value) => *target = value,
    }
}

fn object_in(target: &mut Json) -> Option<&mut Map<String, Json>> {
    if !target.is_object() {
        *target = Json::Object(Map::new());
    }
    target.as_object_mut()
}

fn list_in(target: &mut Json) -> Option<&mut Vec<Json>> {
    if !target.is_array() {
        *target = Json::Array(Vec::new());
    }
    target.as_array_mut()
}

fn element(target: &mut Json, index: usize) -> Option<&mut Json> {
    let items = list_in(target)?;
    if items.len() <= index {
        items.resize(index + 1, Json::Null);
    }
    items.get_mut(index)
}

fn element_with<'a>(items: &'a mut Vec<Json>, key: &str, wanted: &str) -> Option<&'a mut Json> {
    let found = items.iter().position(|item| item.get(key).is_some_and(|value| text_of(value) == wanted));
    if found.is_none() {
        items.push(serde_json::json!({ key: wanted }));
    }
    let last = items.len().checked_sub(1)?;
    items.get_mut(found.unwrap_or(last))
}

/// Spells `{ Key, Value }` as the API does, such as `{ TagKey, TagValue }`.
fn renamed_pair(item: &Json, list: MemberShape<'_>) -> Option<Json> {
    let (key, held) = list.pair()?;
    let object = item.as_object()?;
    let (name, value) = key_and_value(item)?;
    let fits = object.keys().all(|member| same(member, key) || same(member, held));
    if fits || object.len() > 2 {
        return None;
    }
    let mut out = Map::from_iter([(key.to_owned(), Json::from(name))]);
    if let Some(value) = value {
        out.insert(held.to_owned(), value.clone());
    }
    Some(Json::Object(out))
}

fn scalar_of(value: &Json, shape: MemberShape<'_>) -> Option<Json> {
    match (shape, value) {
        (MemberShape::Text | MemberShape::Blob | MemberShape::Time, value) => Some(text_of(value).into()),
        (MemberShape::Bool, Json::Bool(_)) | (MemberShape::Float, Json::Number(_)) => Some(value.clone()),
        (MemberShape::Bool, Json::String(text)) => text.to_lowercase().parse::<bool>().ok().map(Json::from),
        (MemberShape::Int, Json::Number(number)) => whole(number).map(Json::from),
        (MemberShape::Int, Json::String(text)) => text.parse::<i64>().ok().map(Json::from),
        (MemberShape::Float, Json::String(text)) => text.parse::<f64>().ok().map(Json::from),
        _ => None,
    }
}

/// Returns a number that has no fraction; `30.0` is `30`.
fn whole(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15)?;
        #[expect(clippy::cast_possible_truncation, reason = "bounded by the filter, and whole")]
        Some(float as i64)
    })
}

fn name_of(shape: MemberShape<'_>) -> &'static str {
    match shape {
        MemberShape::Bool => "true or false",
        MemberShape::Int => "a whole number",
        MemberShape::Float => "a number",
        _ => "a string",
    }
}
