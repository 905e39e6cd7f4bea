//! Decodes the catalog's text form, as the generator writes it, into definitions of types.

use crate::lifecycle::TypeLifecycle;
use crate::types::{ListShape, NestedType, ObjectRule, ObjectShape, Property, Shape, Tagging, TextShape, TypeDef};
use crate::value_form::ValueForm;
use gpb_model::{PropPath, Replacement};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fmt;

/// Returns one type.
///
/// The text comes from the build script; an error here is a mistake in the generated data, which a test finds.
pub(super) fn type_def(aws: &str, text: &[u8]) -> serde_json::Result<TypeDef> {
    let data: TypeData = serde_json::from_slice(text)?;
    let types = NestedShapes { names: kept_nested(&data.types), all: &data.types };
    let nested = types.names.iter().filter_map(|name| {
        let shape = types.shape(data.types.get(*name)?);
        Some(NestedType { aws: (*name).to_owned(), shape })
    });
    Ok(TypeDef {
        aws: aws.to_owned(),
        root: types.object(&data.root),
        nested: nested.collect(),
        name: data.name.into(),
        primary_identifier: data.identifier,
        additional_identifiers: data.identifiers,
        read_only: data.read_only,
        create_only: data.create_only,
        conditional_create_only: data.conditional_create_only,
        write_only: data.write_only,
        deprecated: data.deprecated,
        tagging: data.tags.map(|tags| Tagging { property: tags.property, update: tags.update }),
        handlers: data.permissions.keys().cloned().chain(data.free_handlers).collect(),
        permissions: data.permissions,
        list_needs: data.list_needs,
        text_documents: data.text_documents,
        updatable: data.updatable,
        replacement: data.replacement,
        stateful: data.stateful,
        forms: data.forms,
        lifecycle: data.lifecycle,
    })
}

#[derive(Deserialize)]
struct TypeData {
    name: String,
    #[serde(default)]
    identifier: Vec<PropPath>,
    #[serde(default)]
    identifiers: Vec<Vec<PropPath>>,
    #[serde(default)]
    read_only: Vec<PropPath>,
    #[serde(default)]
    create_only: Vec<PropPath>,
    #[serde(default)]
    conditional_create_only: Vec<PropPath>,
    #[serde(default)]
    write_only: Vec<PropPath>,
    #[serde(default)]
    deprecated: Vec<PropPath>,
    tags: Option<TagsData>,
    #[serde(default)]
    permissions: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    free_handlers: Vec<String>,
    #[serde(default)]
    list_needs: Vec<String>,
    #[serde(default)]
    text_documents: Vec<String>,
    #[serde(default)]
    updatable: bool,
    replacement: Option<Replacement>,
    #[serde(default)]
    stateful: bool,
    #[serde(default)]
    forms: BTreeMap<PropPath, ValueForm>,
    #[serde(default)]
    lifecycle: TypeLifecycle,
    root: ObjectData,
    #[serde(default)]
    types: BTreeMap<String, ShapeData>,
}

#[derive(Deserialize)]
struct TagsData {
    property: String,
    update: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ShapeData {
    Bool,
    Int,
    Number,
    Text,
    Json,
    IntIn(IntData),
    NumberIn(NumberData),
    TextAs(TextData),
    List(Box<ListData>),
    Object(ObjectData),
    Map(Box<MapData>),
    Any(Vec<ShapeData>),
    Type(String),
}

#[derive(Deserialize)]
struct IntData {
    min: Option<i64>,
    max: Option<i64>,
    #[serde(default, rename = "enum")]
    one_of: Vec<i64>,
}

#[derive(Deserialize)]
struct NumberData {
    min: Option<f64>,
    max: Option<f64>,
}

#[derive(Deserialize)]
struct TextData {
    min: Option<u64>,
    max: Option<u64>,
    pattern: Option<String>,
    #[serde(default, rename = "enum")]
    one_of: Vec<String>,
    #[serde(default)]
    any_case: bool,
    format: Option<String>,
}

#[derive(Deserialize)]
struct ListData {
    of: ShapeData,
    #[serde(default)]
    unordered: bool,
    #[serde(default)]
    unique: bool,
    min: Option<u64>,
    max: Option<u64>,
}

#[derive(Deserialize)]
struct MapData {
    key: Option<String>,
    value: ShapeData,
}

#[derive(Deserialize)]
struct ObjectData {
    /// By `AWSName gpb_name`.
    #[serde(default)]
    properties: BTreeMap<String, PropertyData>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    rules: Vec<RuleData>,
    #[serde(default)]
    open: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RuleData {
    RequiredTogether(String, Vec<String>),
    Excluded(String, Vec<String>),
    ExactlyOne(Vec<String>),
    AtLeastOne(Vec<String>),
    OneOfGroups(Vec<Vec<String>>),
}

/// A shape, or `[shape, default]`.
struct PropertyData {
    shape: ShapeData,
    default: Option<Json>,
}

impl<'de> Deserialize<'de> for PropertyData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PropertyVisitor)
    }
}

/// Written by hand because an untagged enum would buffer every nested shape.
struct PropertyVisitor;

impl<'de> Visitor<'de> for PropertyVisitor {
    type Value = PropertyData;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a shape, or a shape and its default")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<PropertyData, E> {
        ShapeData::deserialize(word.into_deserializer()).map(|shape| PropertyData { shape, default: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PropertyData, A::Error> {
        ShapeData::deserialize(MapAccessDeserializer::new(map)).map(|shape| PropertyData { shape, default: None })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<PropertyData, A::Error> {
        let shape = items.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
        Ok(PropertyData { shape, default: items.next_element()? })
    }
}

/// Returns the nested types that stay nested, sorted.
///
/// A named string or number is put in the place that names it, so that readers meet names only where there is structure.
fn kept_nested(types: &BTreeMap<String, ShapeData>) -> Vec<&str> {
    types.iter().filter(|(_, shape)| !is_leaf(shape)).map(|(name, _)| name.as_str()).collect()
}

fn is_leaf(shape: &ShapeData) -> bool {
    use ShapeData as S;
    matches!(shape, S::Bool | S::Int | S::Number | S::Text | S::Json | S::IntIn(_) | S::NumberIn(_) | S::TextAs(_))
}

struct NestedShapes<'a> {
    /// Sorted; a place here is a place in [`TypeDef::nested`].
    names: Vec<&'a str>,
    all: &'a BTreeMap<String, ShapeData>,
}

impl NestedShapes<'_> {
    fn shape(&self, data: &ShapeData) -> Shape {
        match data {
            ShapeData::Bool => Shape::Bool,
            ShapeData::Int => Shape::Int { min: None, max: None, one_of: Vec::new() },
            ShapeData::Number => Shape::Number { min: None, max: None },
            ShapeData::Text => Shape::Text(TextShape::default()),
            ShapeData::Json => Shape::Json,
            ShapeData::IntIn(int) => Shape::Int { min: int.min, max: int.max, one_of: int.one_of.clone() },
            ShapeData::NumberIn(number) => Shape::Number { min: number.min, max: number.max },
            ShapeData::TextAs(text) => Shape::Text(TextShape {
                min_length: text.min,
                max_length: text.max,
                pattern: text.pattern.clone(),
                one_of: text.one_of.clone(),
                any_case: text.any_case,
                format: text.format.clone(),
            }),
            ShapeData::List(list) => Shape::List(ListShape {
                item: Box::new(self.shape(&list.of)),
                ordered: !list.unordered,
                unique: list.unique,
                min: list.min,
                max: list.max,
            }),
            ShapeData::Object(object) => Shape::Object(self.object(object)),
            ShapeData::Map(map) => Shape::Map { key_pattern: map.key.clone(), value: Box::new(self.shape(&map.value)) },
            ShapeData::Any(shapes) => Shape::Any(shapes.iter().map(|shape| self.shape(shape)).collect()),
            ShapeData::Type(name) => self.named(name),
        }
    }

    fn named(&self, name: &str) -> Shape {
        match self.names.binary_search(&name) {
            Ok(index) => Shape::Nested(index),
            Err(_) => self.all.get(name).filter(|shape| is_leaf(shape)).map_or(Shape::Json, |leaf| self.shape(leaf)),
        }
    }

    fn object(&self, data: &ObjectData) -> ObjectShape {
        let properties = data.properties.iter().map(|(names, property)| {
            let (aws, name) = names.split_once(' ').unwrap_or((names, names));
            Property {
                name: name.into(),
                aws: aws.into(),
                shape: self.shape(&property.shape),
                default: property.default.clone(),
            }
        });
        let mut properties: Vec<Property> = properties.collect();
        properties.sort_by(|one, other| one.aws.cmp(&other.aws));
        let rules = data.rules.iter().map(rule).collect();
        ObjectShape { properties, required: data.required.clone(), rules, open: data.open }
    }
}

fn rule(data: &RuleData) -> ObjectRule {
    match data {
        RuleData::RequiredTogether(first, others) => ObjectRule::RequiredTogether(first.clone(), others.clone()),
        RuleData::Excluded(first, others) => ObjectRule::Excluded(first.clone(), others.clone()),
        RuleData::ExactlyOne(names) => ObjectRule::ExactlyOne(names.clone()),
        RuleData::AtLeastOne(names) => ObjectRule::AtLeastOne(names.clone()),
        RuleData::OneOfGroups(groups) => ObjectRule::OneOfGroups(groups.clone()),
    }
}
