//! Resource types for tests, one for each kind of identity, and a cloud of them.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "only tests call it")]

use super::{Behaviour, CrashHook, Faults, Latency, OutputForms, SimCloud, SimOptions};
use gpb_catalog::{ListShape, ObjectShape, Property, Shape, TextShape, TypeDef, TypeLifecycle};
use gpb_engine::cloud::clock::VirtualClock;
use gpb_engine::cloud::{CloudError, Progress, ProgressSink, TypeSource};
use gpb_model::Place;
use gpb_model::PropPath;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// Three resource types.
///
/// - `aws.test.net` is named by the cloud (`NetId`);
/// - `aws.test.store` is named by the user or left to gpb (`StoreName`), with a secret (`Password`, write-only);
/// - `aws.test.box` lies in nets and uses anything (`Uses`), with an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct TestTypes;

impl TypeSource for TestTypes {
    fn get(&self, name: &str) -> Option<Arc<TypeDef>> {
        let def = match name {
            "aws.test.net" => def(name, "NetId", &["NetId"], &["Cidr"], &[]),
            "aws.test.store" => def(name, "StoreName", &["Arn"], &["StoreName", "Fixed"], &["Password"]),
            "aws.test.box" => def(name, "BoxId", &["BoxId", "Endpoint/Address", "Endpoint/Port"], &["Fixed"], &[]),
            _ => return None,
        };
        Some(Arc::new(def))
    }
}

fn text() -> Shape {
    Shape::Text(TextShape::default())
}

fn texts() -> Shape {
    Shape::List(ListShape { item: Box::new(text()), ordered: true, unique: false, min: None, max: None })
}

fn property(aws: &str, shape: Shape) -> Property {
    Property { name: aws.to_ascii_lowercase().into(), aws: aws.into(), shape, default: None }
}

fn def(name: &str, id: &str, read_only: &[&str], create_only: &[&str], write_only: &[&str]) -> TypeDef {
    let paths = |paths: &[&str]| paths.iter().map(|path| PropPath((*path).into())).collect::<Vec<_>>();
    let endpoint = ObjectShape {
        properties: vec![property("Address", text()), property("Port", text())],
        ..ObjectShape::default()
    };
    let size = Property {
        default: Some(1.into()),
        ..property("Size", Shape::Int { min: Some(0), max: Some(100), one_of: vec![] })
    };
    let name_shape =
        TextShape { pattern: Some("^[a-z][a-z0-9-]*$".into()), max_length: Some(60), ..TextShape::default() };
    let mut properties = vec![
        size,
        property("Note", text()),
        property("Fixed", text()),
        property("Uses", texts()),
        property("Cidr", text()),
        property("Password", text()),
        property("Port", Shape::Int { min: None, max: None, one_of: vec![] }),
        property(id, Shape::Text(name_shape)),
    ];
    for path in read_only.iter().filter(|path| !path.contains('/') && **path != id) {
        properties.push(property(path, text()));
    }
    if read_only.iter().any(|path| path.starts_with("Endpoint")) {
        properties.push(property("Endpoint", Shape::Object(endpoint)));
    }
    properties.sort_by(|a, b| a.aws.cmp(&b.aws));
    TypeDef {
        name: name.into(),
        aws: name.replace('.', "::"),
        root: ObjectShape { properties, ..ObjectShape::default() },
        nested: vec![],
        primary_identifier: paths(&[id]),
        additional_identifiers: vec![],
        read_only: paths(read_only),
        create_only: paths(create_only),
        conditional_create_only: vec![],
        write_only: paths(write_only),
        deprecated: vec![],
        tagging: None,
        permissions: BTreeMap::new(),
        handlers: BTreeSet::new(),
        list_needs: Vec::new(),
        text_documents: Vec::new(),
        updatable: true,
        replacement: None,
        stateful: name.ends_with("store"),
        forms: BTreeMap::new(),
        lifecycle: TypeLifecycle::default(),
    }
}

/// Returns the place of the tests.
pub fn place() -> Place {
    Place { region: "eu-west-1".into(), ..Place::default() }
}

/// Returns the options of a cloud without latencies.
pub fn options(clock: &VirtualClock, faults: Faults, hook: Option<CrashHook>) -> SimOptions {
    SimOptions {
        types: Arc::new(TestTypes),
        clock: Arc::new(clock.clone()),
        faults,
        latency: Latency::none(),
        forms: OutputForms::none(),
        behaviour: Behaviour::friendly(),
        hook,
    }
}

/// Returns a cloud in memory, without faults.
pub fn sim() -> SimCloud {
    SimCloud::in_memory(options(&VirtualClock::default(), Faults::default(), None)).unwrap()
}

/// Keeps the progress that it gets.
#[derive(Debug, Default)]
pub struct RecordingSink(pub Mutex<Vec<Progress>>);

#[async_trait::async_trait]
impl ProgressSink for RecordingSink {
    async fn progress(&self, progress: Progress) -> Result<(), CloudError> {
        self.0.lock().unwrap().push(progress);
        Ok(())
    }
}
