//! Models for tests, made by hand.
#![allow(clippy::unwrap_used, clippy::panic, clippy::missing_panics_doc)] // Only tests call it.

use crate::{Address, Environment, Layer, Lifecycle, Mode, Model, Place, PropPath, PropertyValue, Reference, Resource};
use gpb_base::source::{FileId, Span};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Returns the path that a text spells.
pub fn path(text: &str) -> PropPath {
    PropPath(text.into())
}

/// Returns the address that a text spells.
pub fn address(text: &str) -> Address {
    Address::new(text)
}

/// Returns a value from JSON as files hold it.
///
/// `{"$ref": {"to": "a.b", "path": "Arn"}}` is a reference.
pub fn value(json: Json) -> PropertyValue {
    PropertyValue::try_from(json).unwrap()
}

/// Returns a reference to a property of a resource, as files hold it.
pub fn to(address: &str, path: &str) -> Json {
    PropertyValue::Ref(Reference { to: Address::new(address), path: PropPath(path.into()) }).into()
}

/// Returns a resource.
///
/// Its layer is the first word of its address, its span as long as its name.
pub fn resource(name: &str, ty: &str, properties: Json) -> Resource {
    let PropertyValue::Map(properties) = value(properties) else { panic!("properties are an object") };
    Resource {
        address: Address::new(name),
        ty: ty.into(),
        existing: false,
        place: place().into(),
        layer: name.split_once('.').map(|(layer, _)| layer.into()),
        components: Vec::new(),
        spans: properties
            .keys()
            .map(|key| (path(key), Span::new(FileId(0), name.len(), name.len() + key.len())))
            .collect(),
        properties,
        after: Vec::new(),
        after_spans: BTreeMap::new(),
        reads: Vec::new(),
        lifecycle: Lifecycle::default(),
        span: Span::new(FileId(0), 0, name.len()),
        doc: None,
    }
}

/// Returns the place of all resources of tests.
pub fn place() -> Place {
    Place { region: "us-east-1".into(), ..Place::default() }
}

/// Returns a model of these resources in three layers.
pub fn model(resources: impl IntoIterator<Item = Resource>) -> Model {
    let layer = |name: &str| Layer { name: name.into(), uses: Vec::new(), doc: None, span: Span::default() };
    Model {
        environment: Environment {
            name: "test".into(),
            stack: "demo".into(),
            place: place(),
            mode: Mode::Sandbox,
            ..Environment::default()
        },
        layers: vec![layer("network"), layer("data"), layer("compute")],
        resources: resources.into_iter().collect(),
        ..Model::default()
    }
}
