//! Types, models and a cloud for the tests of this room: small enough to read, made by hand.

use super::{Action, Inputs, Observation, Options, Plan, values};
use crate::catalog::{ListShape, ObjectShape, PropPath, Property, Shape, Tagging, TextShape, TypeDef};
use crate::cloud::{Observed, Properties};
use crate::diag::Diagnostic;
use crate::graph::Graph;
use crate::model::{
    Address, Environment, Layer, Lifecycle, Mode, Model, Place, Reference, Resource, Secret, Value,
};
use crate::source::{FileId, Span};
use crate::state::{Record, Scope, Snapshot};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub fn text() -> Shape {
    Shape::Text(TextShape::default())
}

pub fn int() -> Shape {
    Shape::Int { min: None, max: None, one_of: Vec::new() }
}

pub fn list(item: Shape) -> Shape {
    Shape::List(ListShape { item: Box::new(item), ordered: true, unique: false, min: None, max: None })
}

pub fn bag(item: Shape) -> Shape {
    Shape::List(ListShape { item: Box::new(item), ordered: false, unique: false, min: None, max: None })
}

pub fn map(value: Shape) -> Shape {
    Shape::Map { key_pattern: None, value: Box::new(value) }
}

pub fn object(properties: &[(&str, Shape)]) -> ObjectShape {
    let mut properties: Vec<Property> = properties
        .iter()
        .map(|(aws, shape)| Property {
            name: snake(aws),
            aws: (*aws).to_owned(),
            shape: shape.clone(),
            default: (*aws == "Timeout").then(|| 30.into()),
        })
        .collect();
    properties.sort_by(|a, b| a.aws.cmp(&b.aws));
    ObjectShape { properties, ..ObjectShape::default() }
}

pub fn nested(properties: &[(&str, Shape)]) -> Shape {
    Shape::Object(object(properties))
}

fn snake(aws: &str) -> String {
    let mut out = String::new();
    for (index, letter) in aws.char_indices() {
        if letter.is_ascii_uppercase() && index > 0 {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

fn ty(name: &str, aws: &str, id: &str, properties: &[(&str, Shape)]) -> TypeDef {
    let mut root = object(properties);
    let tag = nested(&[("Key", text()), ("Value", text())]);
    root.properties.push(Property { name: "tags".into(), aws: "Tags".into(), shape: bag(tag), default: None });
    root.properties.sort_by(|a, b| a.aws.cmp(&b.aws));
    TypeDef {
        name: name.into(),
        aws: aws.into(),
        root,
        nested: Vec::new(),
        primary_identifier: vec![path(id)],
        additional_identifiers: Vec::new(),
        read_only: Vec::new(),
        create_only: Vec::new(),
        conditional_create_only: Vec::new(),
        write_only: Vec::new(),
        deprecated: Vec::new(),
        tagging: Some(Tagging { property: "Tags".into(), update: true }),
        permissions: BTreeMap::new(),
        updatable: true,
        replacement: None,
        stateful: false,
    }
}

/// A network, a part of it, a rule set, a store, a role, a task and an attachment without an update.
pub fn types(name: &str) -> Option<Arc<TypeDef>> {
    let mut def = match name {
        "aws.net.vpc" => ty(name, "AWS::Net::Vpc", "VpcId", &[("VpcId", text()), ("Cidr", text()), ("Dns", Shape::Bool)]),
        "aws.net.subnet" => ty(
            name,
            "AWS::Net::Subnet",
            "SubnetId",
            &[("SubnetId", text()), ("Vpc", text()), ("Cidr", text()), ("Public", Shape::Bool)],
        ),
        "aws.net.group" => {
            let rule = nested(&[("Port", int()), ("Cidr", text()), ("Note", text()), ("Peer", text())]);
            ty(name, "AWS::Net::Group", "GroupId", &[("GroupId", text()), ("GroupName", text()), ("Rules", bag(rule))])
        }
        "aws.data.store" => {
            let backup = nested(&[("Days", int()), ("Window", text()), ("Timeout", int())]);
            ty(
                name,
                "AWS::Data::Store",
                "StoreName",
                &[
                    ("StoreName", text()),
                    ("Engine", text()),
                    ("Size", int()),
                    ("Timeout", int()),
                    ("Password", text()),
                    ("Subnets", bag(text())),
                    ("Backup", backup),
                    ("Endpoint", nested(&[("Host", text()), ("Port", int())])),
                ],
            )
        }
        "aws.iam.role" => ty(
            name,
            "AWS::Iam::Role",
            "RoleName",
            &[("RoleName", text()), ("Arn", text()), ("Trust", Shape::Json), ("Note", text()), ("Policy", Shape::Json)],
        ),
        "aws.run.task" => {
            let pair = nested(&[("Name", text()), ("Value", text())]);
            let container = nested(&[("Name", text()), ("Image", text()), ("Env", bag(pair)), ("Command", list(text()))]);
            let options = map(text());
            ty(
                name,
                "AWS::Run::Task",
                "TaskId",
                &[("TaskId", text()), ("Count", int()), ("Containers", bag(container)), ("Options", options)],
            )
        }
        "aws.run.attachment" => {
            ty(name, "AWS::Run::Attachment", "AttachmentId", &[("AttachmentId", text()), ("Target", text()), ("Store", text())])
        }
        _ => return None,
    };
    let paths = |names: &[&str]| names.iter().map(|name| path(name)).collect::<Vec<_>>();
    match name {
        "aws.net.vpc" => (def.read_only, def.create_only) = (paths(&["VpcId"]), paths(&["Cidr"])),
        "aws.net.subnet" => (def.read_only, def.create_only) = (paths(&["SubnetId"]), paths(&["Vpc", "Cidr"])),
        "aws.net.group" => (def.read_only, def.create_only) = (paths(&["GroupId"]), paths(&["GroupName"])),
        "aws.data.store" => {
            def.stateful = true;
            def.read_only = paths(&["Endpoint"]);
            def.create_only = paths(&["StoreName", "Engine"]);
            def.conditional_create_only = paths(&["Size"]);
            def.write_only = paths(&["Password"]);
        }
        "aws.iam.role" => (def.read_only, def.create_only) = (paths(&["Arn"]), paths(&["RoleName"])),
        "aws.run.task" => {
            (def.read_only, def.create_only) = (paths(&["TaskId"]), paths(&["Containers/*/Command"]));
        }
        _ => (def.read_only, def.updatable) = (paths(&["AttachmentId"]), false),
    }
    Some(Arc::new(def))
}

pub fn path(text: &str) -> PropPath {
    PropPath(text.to_owned())
}

pub fn address(text: &str) -> Address {
    Address::new(text)
}

/// A value from JSON as files hold it: `{"$ref": {"to": "a.b", "path": "Arn"}}` is a reference.
pub fn value(json: Json) -> Value {
    Value::try_from(json).unwrap()
}

pub fn to(address: &str, path: &str) -> Json {
    Value::Ref(Reference { to: Address::new(address), path: PropPath(path.to_owned()) }).into()
}

/// A resource; its layer is the first word of its address, its span its place in the alphabet of the test.
pub fn resource(name: &str, ty: &str, properties: Json) -> Resource {
    let Value::Map(properties) = value(properties) else { panic!("properties are an object") };
    Resource {
        address: Address::new(name),
        ty: ty.to_owned(),
        existing: false,
        place: place(),
        layer: name.split_once('.').map(|(layer, _)| layer.to_owned()),
        components: Vec::new(),
        spans: properties.keys().map(|key| (path(key), Span::new(FileId(0), name.len(), name.len() + key.len()))).collect(),
        properties,
        after: Vec::new(),
        lifecycle: Lifecycle::default(),
        span: Span::new(FileId(0), 0, name.len()),
        doc: None,
    }
}

pub fn place() -> Place {
    Place { region: "us-east-1".into(), ..Place::default() }
}

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

pub fn snapshot() -> Snapshot {
    Snapshot {
        scope: Scope { cloud: "sim".into(), stack: "demo".into(), environment: "test".into() },
        lineage: "lineage".into(),
        serial: 1,
        resources: BTreeMap::new(),
        pending: Vec::new(),
        outputs: BTreeMap::new(),
    }
}

/// A state and a cloud, and the simplest engine there can be.
#[derive(Debug, Clone)]
pub struct World {
    pub snapshot: Snapshot,
    pub cloud: BTreeMap<Address, Option<Observed>>,
    pub options: Options,
    made: usize,
}

pub fn hash(secret: &Secret) -> Option<String> {
    match secret {
        Secret::Store { name } | Secret::Env { name } => Some(format!("hash of {name}")),
        Secret::Generated { .. } => None,
    }
}

/// `join(list, text)` and `fail()`, as the language would compute them.
pub fn call(function: &str, args: &[Json]) -> Result<Json, String> {
    match (function, args) {
        ("join", [Json::Array(items), Json::String(between)]) => {
            Ok(items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(between).into())
        }
        _ => Err(format!("`{function}` does not take this")),
    }
}

impl World {
    pub fn new() -> Self {
        Self { snapshot: snapshot(), cloud: Observation::new(), options: Options::default(), made: 0 }
    }

    /// A world in which a model has been applied.
    pub fn applied(model: &Model) -> Self {
        let mut world = Self::new();
        let plan = world.plan(model);
        world.apply(&plan);
        world
    }

    pub fn try_plan(&self, model: &Model) -> Result<Plan, Vec<Diagnostic>> {
        self.plan_with(model, Some(&self.cloud))
    }

    pub fn plan_with(&self, model: &Model, observation: Option<&Observation>) -> Result<Plan, Vec<Diagnostic>> {
        let graph = Graph::build(model);
        super::plan(&Inputs {
            model,
            graph: &graph,
            types: &types,
            snapshot: &self.snapshot,
            observation,
            call: &call,
            secret: &hash,
            options: &self.options,
        })
    }

    pub fn plan(&self, model: &Model) -> Plan {
        self.try_plan(model).unwrap()
    }

    /// What the cloud says of a resource, to be changed behind gpb's back.
    pub fn observed(&mut self, name: &str) -> &mut Properties {
        &mut self.cloud.get_mut(&address(name)).unwrap().as_mut().unwrap().properties
    }

    /// Does what a plan says, in an order that respects it.
    pub fn apply(&mut self, plan: &Plan) {
        let graph = plan.graph();
        assert_eq!(graph.cycles(), Vec::<Vec<_>>::new());
        let changes: BTreeMap<_, _> = plan.changes.iter().map(|change| (&change.address, change)).collect();
        for address in graph.order() {
            self.change(changes[address]);
        }
        self.snapshot.serial += 1;
    }

    fn change(&mut self, change: &super::Change) {
        let address = &change.address;
        if let Some(old) = &change.moved_from {
            if let Some(mut record) = self.snapshot.resources.remove(old) {
                record.address = address.clone();
                self.snapshot.resources.insert(address.clone(), record);
            }
            if let Some(observed) = self.cloud.remove(old) {
                self.cloud.insert(address.clone(), observed);
            }
        }
        match change.action {
            Action::Keep | Action::Read => {}
            Action::Delete | Action::Forget => {
                self.snapshot.resources.remove(address);
                self.cloud.remove(address);
            }
            Action::Create | Action::Replace | Action::Update | Action::Adopt => self.make(change),
        }
    }

    fn make(&mut self, change: &super::Change) {
        let def = types(&change.ty).unwrap();
        let desired: BTreeMap<_, _> =
            change.desired.iter().map(|(name, value)| (name.clone(), self.settle(value))).collect();
        let is_new = matches!(change.action, Action::Create | Action::Replace);
        let before = self.cloud.get(&change.address).cloned().flatten().filter(|_| !is_new);
        let id = match (&before, super::replace::identifier(&def, &desired)) {
            (Some(before), _) => before.id.clone(),
            (None, Some(named)) => named,
            (None, None) => {
                self.made += 1;
                format!("id-{}", self.made)
            }
        };
        let applied: Properties = desired.iter().map(|(name, value)| (name.clone(), self.as_applied(value))).collect();
        let mut properties: Properties = desired
            .iter()
            .filter(|(name, _)| !def.is_write_only(&path(name)))
            .map(|(name, value)| (name.clone(), in_clear(value)))
            .collect();
        for read_only in &def.read_only {
            properties.insert(read_only.0.clone(), self.output(read_only.head(), &id));
        }
        let record = Record {
            address: change.address.clone(),
            ty: change.ty.clone(),
            place: change.place.clone(),
            id: id.clone(),
            applied,
            observed: properties.clone(),
            depends_on: change.depends_on.clone(),
            layer: change.layer.clone(),
            protect: change.protect,
            tainted: None,
        };
        self.snapshot.resources.insert(change.address.clone(), record);
        self.snapshot.pending.retain(|intent| intent.address != change.address);
        self.cloud.insert(change.address.clone(), Some(Observed { id, properties }));
    }

    fn output(&self, name: &str, id: &str) -> Json {
        match name {
            "Endpoint" => serde_json::json!({ "Host": format!("{id}.example"), "Port": 5432 }),
            "Arn" => format!("arn:aws:iam::123456789012:{id}").into(),
            _ => id.into(),
        }
    }

    /// Fills holes from what has been made by now.
    fn settle(&self, value: &Value) -> Value {
        match value {
            Value::Ref(reference) => {
                let record = &self.snapshot.resources[&reference.to];
                let mut segments = reference.path.segments();
                match segments.next() {
                    None => Value::Text(record.id.clone()),
                    Some(first) => {
                        let json = record.observed.get(first).or_else(|| record.applied.get(first)).unwrap();
                        values::lift(values::at(json, &mut segments).unwrap()).unwrap()
                    }
                }
            }
            Value::List(items) => Value::List(items.iter().map(|item| self.settle(item)).collect()),
            Value::Map(entries) => Value::Map(entries.iter().map(|(k, v)| (k.clone(), self.settle(v))).collect()),
            Value::Concat(parts) => {
                let parts = parts.iter().map(|part| match self.settle(part) {
                    Value::Text(text) => text,
                    other => Json::from(other).to_string(),
                });
                Value::Text(parts.collect())
            }
            Value::Call { function, args } => {
                let args: Vec<Json> = args.iter().map(|arg| values::plain(&self.settle(arg)).unwrap()).collect();
                values::lift(&call(function, &args).unwrap()).unwrap()
            }
            other => other.clone(),
        }
    }

    fn as_applied(&self, value: &Value) -> Json {
        match value {
            Value::Secret(secret) => values::hashed(&hash(secret).unwrap_or_else(|| "generated".into())),
            Value::List(items) => Json::Array(items.iter().map(|item| self.as_applied(item)).collect()),
            Value::Map(entries) => {
                Json::Object(entries.iter().map(|(k, v)| (k.clone(), self.as_applied(v))).collect::<Map<_, _>>())
            }
            other => values::plain(other).unwrap(),
        }
    }
}

/// What the cloud then holds: secrets in clear.
fn in_clear(value: &Value) -> Json {
    match value {
        Value::Secret(_) => "CLEAR TEXT".into(),
        Value::List(items) => Json::Array(items.iter().map(in_clear).collect()),
        Value::Map(entries) => Json::Object(entries.iter().map(|(k, v)| (k.clone(), in_clear(v))).collect()),
        other => values::plain(other).unwrap(),
    }
}
