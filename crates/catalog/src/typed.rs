//! Properties of a resource as expressions see them: gpb's names, and the types of the catalog's shapes.

use crate::{ObjectShape, Shape, TypeDef};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::{Value, ValueEntry, ValueKind, ValueMap};
use gpb_model::{self as model, PropPath, Resource};

/// Returns the type of values of a shape.
///
/// Objects of the catalog are `any`: their fields are reached through the catalog, not through a type.
pub fn type_of(def: &TypeDef, shape: &Shape) -> Type {
    match def.resolve(shape) {
        Shape::Bool => Type::Bool,
        Shape::Int { .. } => Type::Int,
        Shape::Number { .. } => Type::Number,
        Shape::Text(_) => Type::String,
        Shape::List(list) => Type::list(match &*list.item {
            // A nested type may lead back to itself, so lists of objects stay open.
            Shape::Nested(_) => Type::Any,
            item => type_of(def, item),
        }),
        Shape::Map { value, .. } => Type::map(match &**value {
            Shape::Nested(_) => Type::Any,
            value => type_of(def, value),
        }),
        Shape::Object(_) | Shape::Nested(_) | Shape::Json | Shape::Any(_) => Type::Any,
    }
}

/// The longest value shown as evidence, in characters.
const SHOWN: usize = 120;

/// Returns the value of a property of a resource, for people.
///
/// None where it is not written.
pub fn shown(resource: &Resource, def: &TypeDef, property: &PropPath) -> Option<String> {
    let value = resource.properties.get(&property.0)?;
    let shape = def.root.by_aws(&property.0).map_or(&Shape::Json, |property| &property.shape);
    let text = value_of(def, shape, value, resource.span).to_string();
    Some(match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    })
}

/// Returns a value of the model as facts read it.
///
/// With gpb's names for the properties of its objects, and all of them.
pub fn value_of(def: &TypeDef, shape: &Shape, value: &model::PropertyValue, span: Span) -> Value {
    match value {
        model::PropertyValue::Bool(value) => Value::bool(*value, span),
        model::PropertyValue::Int(value) => Value::number(*value, span),
        model::PropertyValue::Number(value) => Value::number(value.to_decimal(), span),
        model::PropertyValue::Text(text) => Value::text(text.as_str(), span),
        model::PropertyValue::Secret(secret) => Value::new(ValueKind::Secret(secret.clone().into()), span),
        model::PropertyValue::Ref(_) | model::PropertyValue::Concat(_) | model::PropertyValue::Call { .. } => {
            Value::new_unknown(value.clone(), type_of(def, shape), span)
        }
        model::PropertyValue::List(items) => {
            let items = items.iter().map(|item| value_of(def, item_shape(def, shape), item, span));
            Value::list(items.collect(), span)
        }
        model::PropertyValue::Map(entries) => Value::map(of_map(def, shape, entries, span), span),
    }
}

fn of_map(def: &TypeDef, shape: &Shape, entries: &model::PropertyMap, span: Span) -> ValueMap {
    let mut map = ValueMap::default();
    let mut put = |name: &str, value: Value| {
        map.insert(name.into(), ValueEntry { key: span, value });
    };
    let Some(object) = object_shape(def, shape, entries) else {
        let value = match def.resolve(shape) {
            Shape::Map { value, .. } => value,
            _ => &Shape::Json,
        };
        for (key, entry) in entries {
            put(key, value_of(def, value, entry, span));
        }
        return map;
    };
    for property in &object.properties {
        match entries.get(&property.aws) {
            Some(value) => put(&property.name, value_of(def, &property.shape, value, span)),
            // So that a fact may ask for it.
            None => put(&property.name, Value::absent(span)),
        }
    }
    for (key, entry) in entries.iter().filter(|(key, _)| object.by_aws(key).is_none()) {
        put(key, value_of(def, &Shape::Json, entry, span));
    }
    map
}

/// Returns the object that a shape is.
///
/// Of several shapes, the first object that knows all the keys.
fn object_shape<'d>(def: &'d TypeDef, shape: &'d Shape, entries: &model::PropertyMap) -> Option<&'d ObjectShape> {
    match def.resolve(shape) {
        Shape::Object(object) => Some(object),
        Shape::Any(shapes) => shapes.iter().find_map(|shape| {
            object_shape(def, shape, entries).filter(|object| entries.keys().all(|key| object.by_aws(key).is_some()))
        }),
        _ => None,
    }
}

fn item_shape<'d>(def: &'d TypeDef, shape: &'d Shape) -> &'d Shape {
    match def.resolve(shape) {
        Shape::List(list) => &list.item,
        Shape::Any(shapes) => {
            let lists = shapes.iter().find(|shape| matches!(def.resolve(shape), Shape::List(_)));
            lists.map_or(&Shape::Json, |list| item_shape(def, list))
        }
        _ => &Shape::Json,
    }
}
