//! Reads back what is written, so that a change from outside is seen; where it is not, the binding says why.
//!
//! Every type is read from answers that hold every member the API knows.

use super::*;
use crate::bound_type::BoundType;
use crate::shapes::MemberShape;
use crate::{AwsCloud, Invoke, InvokeError};
use async_trait::async_trait;
use gpb_catalog::{ObjectShape, Shape};
use std::collections::BTreeSet;

/// An API whose answers hold every member.
struct Full {
    bound: BoundType,
    /// Every string.
    text: String,
    /// Every truth value.
    truth: bool,
}

/// No answer that is read is nested deeper.
const DEEPEST: usize = 14;

impl Full {
    fn sample(&self, shape: MemberShape<'_>, depth: usize) -> Option<Json> {
        if depth > DEEPEST {
            return None;
        }
        Some(match shape {
            MemberShape::Structure(structure, api) => {
                let gone = self.bound.binding.deleted_if_present.as_ref().and_then(|path| path.steps().last());
                let is_gone =
                    |name: &&str| gone.is_some_and(|step| *step == crate::path::PathStep::Name((*name).to_owned()));
                let members = structure.names().filter(|name| !is_gone(name));
                let member =
                    |name: &str| Some((name.to_owned(), self.sample(structure.member(name, api)?.1, depth + 1)?));
                Json::Object(members.filter_map(member).collect())
            }
            MemberShape::List(..) => Json::Array(vec![self.sample(shape.element()?, depth + 1)?]),
            MemberShape::Map(..) => {
                let properties = self.bound.def.root.properties.iter().map(|property| property.aws.to_string());
                let names = properties.chain(["Policy".to_owned(), "KAFKA_BOOTSTRAP_SERVERS".to_owned()]);
                let value = self.sample(shape.element()?, depth + 1)?;
                Json::Object(names.map(|name| (name, value.clone())).collect())
            }
            MemberShape::Bool => self.truth.into(),
            MemberShape::Int => 1.into(),
            MemberShape::Float => 0.5.into(),
            MemberShape::Text | MemberShape::Blob | MemberShape::Time | MemberShape::Document => {
                self.text.clone().into()
            }
        })
    }
}

#[async_trait]
impl Invoke for Full {
    async fn invoke(&self, _: &Place, service: &str, operation: &str, _: Json) -> Result<Json, InvokeError> {
        let api = self.bound.apis.get(service).expect("a service of the binding");
        let mut answer = self.sample(api.output(operation), 0).unwrap_or_default();
        if let (Some(page), Some(answer)) = (&api.operations[operation].page, answer.as_object_mut()) {
            answer.retain(|name, _| !page.output.iter().chain(&page.more).any(|token| token == name));
        }
        Ok(answer)
    }
}

/// Adds the places of a value's properties, with `*` for elements and keys.
fn add_places(def: &gpb_catalog::TypeDef, value: &Json, path: &PropPath, found: &mut BTreeSet<PropPath>) {
    found.insert(path.clone());
    match value {
        Json::Array(items) => items.iter().for_each(|item| add_places(def, item, &path.child("*"), found)),
        Json::Object(entries) => {
            for (name, value) in entries {
                let child = path.child(name);
                let child = if def.shape_at(&child).is_some() { child } else { path.child("*") };
                add_places(def, value, &child, found);
            }
        }
        _ => {}
    }
}

/// Returns a document with every member of every property.
fn document(def: &gpb_catalog::TypeDef) -> String {
    let mut names = BTreeSet::new();
    let mut open: Vec<(Shape, usize)> = vec![(Shape::Object(def.root.clone()), 0)];
    while let Some((shape, depth)) = open.pop() {
        match def.resolve(&shape).clone() {
            Shape::Object(object) if depth < 4 => {
                names.extend(object.properties.iter().map(|property| property.aws.to_string()));
                open.extend(object.properties.into_iter().map(|property| (property.shape, depth + 1)));
            }
            Shape::List(list) => open.push((*list.item, depth)),
            Shape::Any(shapes) => open.extend(shapes.into_iter().map(|shape| (shape, depth))),
            _ => {}
        }
    }
    Json::Object(names.into_iter().map(|name| (name, Json::from("1"))).collect()).to_string()
}

async fn places_read(bound: &BoundType) -> BTreeSet<PropPath> {
    let mut found = BTreeSet::new();
    let parts = bound.def.primary_identifier.len();
    let document = document(&bound.def);
    let texts = [
        ("1", "1"),
        ("1.", "1."),
        ("true", "1,1"),
        ("PRIMARY", "1"),
        ("ACTIVE", "1"),
        (document.as_str(), "1,1"),
        ("[\"a\"]", "1,1"),
    ];
    for (text, part) in texts {
        for truth in [true, false] {
            let api = Full { bound: bound.clone(), text: text.to_owned(), truth };
            let cloud = AwsCloud::new(Arc::new(api), Arc::new(Bindings::embedded()));
            if let Ok(Some(seen)) = cloud.read(&key(&bound.ty, &vec![part; parts].join("|"))).await {
                for (name, value) in &seen.properties {
                    add_places(&bound.def, value, &PropPath(name.as_str().into()), &mut found);
                }
            }
        }
    }
    found
}

struct Unread<'a> {
    bound: &'a BoundType,
    read: BTreeSet<PropPath>,
    found: Vec<String>,
}

impl Unread<'_> {
    /// Looks at the properties of an object whose place is read.
    fn object(&mut self, object: &ObjectShape, path: &PropPath) {
        for property in &object.properties {
            let child = path.child(&property.aws);
            let (def, binding) = (&self.bound.def, &self.bound.binding);
            let mapped = binding.properties.get(&child);
            let is_unsupported = binding.unsupported.iter().any(|one| PropPath(one.as_str().into()).covers(&child));
            let excused = is_unsupported
                || def.is_read_only(&child)
                || def.is_write_only(&child)
                || mapped
                    .is_some_and(|place| place.why.is_some() || place.write == crate::binding::PropertySide::Nowhere);
            if excused {
                continue;
            }
            if self.read.contains(&child) {
                let shape = def.resolve(&property.shape).clone();
                self.shape(&shape, &child);
            } else {
                self.found.push(format!("{}: {}", self.bound.ty, child.0));
            }
        }
    }

    fn shape(&mut self, shape: &Shape, path: &PropPath) {
        match self.bound.def.resolve(shape).clone() {
            Shape::Object(object) if path.segments().count() < 8 => self.object(&object, path),
            Shape::List(list) if self.read.contains(&path.child("*")) => self.shape(&list.item, &path.child("*")),
            _ => {}
        }
    }
}

#[tokio::test]
async fn what_is_written_is_read_back_or_says_why() {
    let bindings = Bindings::embedded();
    let mut unread = Vec::new();
    for name in bindings.names().into_iter().flatten() {
        let bound = bindings.get(&name).unwrap();
        let mut one = Unread { bound: &bound, read: places_read(&bound).await, found: Vec::new() };
        let lines = lint::audit(&bound);
        let set = lines.iter().filter(|line| !line.create.is_empty() && !line.unsupported && !line.read_only);
        let heads: BTreeSet<String> = set.map(|line| line.property.clone()).collect();
        let mut root = bound.def.root.clone();
        let tags = bound.def.tagging.as_ref().map(|tagging| tagging.property.clone());
        root.properties
            .retain(|property| heads.contains(property.aws.as_str()) && tags.as_deref() != Some(property.aws.as_str()));
        one.object(&root, &PropPath::default());
        unread.extend(one.found);
    }
    assert!(unread.is_empty(), "{} are written and never read:\n{}", unread.len(), unread.join("\n"));
}
