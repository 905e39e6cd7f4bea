//! Reading a property of a resource whose model is made.

use super::super::environment::show;
use super::super::eval::Machine;
use super::super::ty::{Type, of_shape};
use super::super::value::{Entry, Kind, Map, ResourceHandle, Value};
use super::super::world::{Failed, Outcome};
use super::{Graph, Judge, Written};
use crate::catalog::{ObjectShape, PropPath, Shape, TypeDef};
use crate::model::{self, Evidence, Resource};
use crate::source::Span;
use crate::syntax::ast::Name;
use rust_decimal::Decimal;

impl Machine<'_, '_> {
    /// `self.property` in a fact: what is written, the schema's default, or nothing; unknown for what AWS decides.
    pub fn judged(&self, judge: &Judge, handle: &ResourceHandle, name: &Name, span: Span) -> Outcome<Value> {
        let resource = judge.resource(&handle.address).ok_or(Failed)?;
        let def = self.world.def(&resource.ty).ok_or(Failed)?;
        let Some(property) = def.root.by_name(&name.text).or_else(|| def.root.by_aws(&name.text)) else {
            if name.text == "id" {
                return Ok(match judge.identifier(&handle.address) {
                    Some(text) => Value::text(text, span),
                    None => Value::reference(handle.address.clone(), PropPath::default(), Type::String, span),
                });
            }
            let names: Vec<&str> = def.root.properties.iter().map(|property| property.name.as_str()).collect();
            return Err(self.no_property(&def.name, &name.text, name.span, &names));
        };
        let path = PropPath::default().child(&property.aws);
        let written = resource.properties.get(&property.aws);
        let value = match (written, &property.default) {
            (Some(value), _) => of_model(&def, &property.shape, value, span),
            (None, _) if def.is_read_only(&path) => {
                Value::reference(handle.address.clone(), path.clone(), of_shape(&def, &property.shape), span)
            }
            (None, Some(default)) => match model::Value::try_from(default.clone()) {
                Ok(value) => of_model(&def, &property.shape, &value, span),
                Err(_) => Value::absent(span),
            },
            (None, None) => Value::absent(span),
        };
        if !judge.has_read(&handle.address, &path) {
            judge.read(judge.property(resource, path).into());
        }
        Ok(value)
    }

    /// Where the program's author has written a resource and what it holds.
    pub(super) fn written_of(&self, resource: &Resource) -> Written {
        let here = Written { declared: resource.span, elsewhere: Vec::new() };
        let is_library = |span: &Span| self.world.library.contains(&span.file);
        let properties = || resource.properties.keys().map(|name| PropPath(name.clone()));
        let span_of = |path: &PropPath| resource.spans.get(path).copied();
        let mut spans = properties().filter_map(|path| span_of(&path)).chain([resource.span]);
        if !spans.any(|span| is_library(&span)) {
            return here;
        }
        let Some(node) = self.expansion.by_address(&resource.address) else { return here };
        let author = |at: Span| self.written_by_author(&node, at);
        let elsewhere = properties().filter_map(|path| {
            let at = span_of(&path).filter(is_library)?;
            Some((path, author(at)))
        });
        Written { declared: author(resource.span), elsewhere: elsewhere.collect() }
    }
}

impl Graph {
    /// That a property of a resource decided something.
    pub(super) fn property(&self, resource: &Resource, property: PropPath) -> Evidence {
        let span = self.written(resource, &property);
        let written = resource.properties.contains_key(property.0.as_str());
        Evidence { resource: resource.address.clone(), property, written, span }
    }
}

/// The longest value shown as evidence.
const SHOWN: usize = 120;

/// What a property of a resource is, for people; `None` where it is not written.
pub fn shown(resource: &Resource, def: &TypeDef, property: &PropPath) -> Option<String> {
    let value = resource.properties.get(&property.0)?;
    let shape = def.root.by_aws(&property.0).map_or(&Shape::Json, |property| &property.shape);
    let text = show(&of_model(def, shape, value, resource.span));
    Some(match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    })
}

/// A value of the model as facts read it: gpb's names for the properties of its objects, and all of them.
pub(super) fn of_model(def: &TypeDef, shape: &Shape, value: &model::Value, span: Span) -> Value {
    match value {
        model::Value::Bool(value) => Value::bool(*value, span),
        model::Value::Int(value) => Value::number(*value, span),
        model::Value::Float(value) => Value::number(Decimal::try_from(*value).unwrap_or_default(), span),
        model::Value::Text(text) => Value::text(text.as_str(), span),
        model::Value::Secret(secret) => Value::new(Kind::Secret(secret.clone().into()), span),
        model::Value::Ref(_) | model::Value::Concat(_) | model::Value::Call { .. } => {
            Value::hole(value.clone(), of_shape(def, shape), span)
        }
        model::Value::List(items) => {
            let items = items.iter().map(|item| of_model(def, item_shape(def, shape), item, span));
            Value::list(items.collect(), span)
        }
        model::Value::Map(entries) => Value::map(of_map(def, shape, entries, span), span),
    }
}

fn of_map(def: &TypeDef, shape: &Shape, entries: &model::Map, span: Span) -> Map {
    let mut map = Map::default();
    let mut put = |name: &str, value: Value| {
        map.insert(name.into(), Entry { key: span, value });
    };
    let Some(object) = object_shape(def, shape, entries) else {
        let value = match def.resolve(shape) {
            Shape::Map { value, .. } => value,
            _ => &Shape::Json,
        };
        for (key, entry) in entries {
            put(key, of_model(def, value, entry, span));
        }
        return map;
    };
    for property in &object.properties {
        match entries.get(&property.aws) {
            Some(value) => put(&property.name, of_model(def, &property.shape, value, span)),
            // So that a fact may ask for it.
            None => put(&property.name, Value::absent(span)),
        }
    }
    for (key, entry) in entries.iter().filter(|(key, _)| object.by_aws(key).is_none()) {
        put(key, of_model(def, &Shape::Json, entry, span));
    }
    map
}

/// Of several shapes, the first object that knows all the keys.
fn object_shape<'d>(def: &'d TypeDef, shape: &'d Shape, entries: &model::Map) -> Option<&'d ObjectShape> {
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
