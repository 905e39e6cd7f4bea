//! Refresh before a plan, and recovery of an interrupted run.

use super::scripted_cloud::ScriptedCloud;
use super::*;
use gpb_engine::cloud::CloudErrorKind;

use gpb_engine::state::{Conclusion, NewIntent, OperationKind};

fn existing(name: &str, ty: &str, properties: Json) -> Resource {
    let Ok(PropertyValue::Map(properties)) = PropertyValue::try_from(properties) else {
        panic!("{name} has no properties")
    };
    Resource {
        address: Address::new(name),
        ty: format!("aws.test.{ty}").into(),
        existing: true,
        place: place().into(),
        layer: None,
        components: vec![],
        properties,
        spans: gpb_model::Spans::default(),
        after: vec![],
        after_spans: BTreeMap::new(),
        reads: Vec::new(),
        lifecycle: Lifecycle::default(),
        span: Span::default(),
        doc: None,
    }
}

/// The identifiers of what is found, or the codes of what is not.
fn check(resources: Vec<Resource>, expected: &[(&str, &str)]) {
    let world = EngineFixture::new();
    world.live(&vec![
        ("one", "box", json!({"Note": "one", "Fixed": "same"})),
        ("two", "box", json!({"Note": "two", "Fixed": "same"})),
        ("user", "store", json!({"StoreName": "named", "Note": to("one", "")})),
    ]);
    let known = ids(&world.snapshot());
    let (cloud, clock) = (&world.sim, &world.clock);
    let reading = Refresh { cloud, types: &TestTypes, functions: &no_functions, clock, seed: 1 };
    let model = Model { resources, ..Model::default() };
    let refreshed = world.clock.run(refresh(reading, &EngineFixture::scope_only(), &model));
    let name = |id: &str| known.iter().find(|(_, known)| *known == id).map_or("?", |(name, _)| name.as_str());
    let mut found: Vec<(String, String)> = Vec::new();
    for (address, observed) in &refreshed.observation {
        found.push((address.to_string(), name(&observed.as_ref().unwrap().id).to_owned()));
    }
    found.extend(refreshed.diagnostics.iter().map(|one| (String::new(), one.code.to_owned())));
    let expected: Vec<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assert_eq!(found, expected);
}

impl EngineFixture {
    /// A state with nothing in it, so that only the declared `existing` ones are read.
    fn scope_only() -> StateSnapshot {
        EngineFixture::new().snapshot()
    }
}

/// A list may still show what was before a change: what is read alone decides.
#[test]
fn what_a_batch_shows_otherwise_is_read_alone() {
    let world = EngineFixture::new();
    let desired: DesiredMap = vec![("front", "box", json!({"Size": 2}))];
    world.live(&desired);
    let cloud = scripted_cloud::ScriptedCloud {
        shown: Box::new(|call, seen| match call {
            "read_many" => scripted_cloud::with(seen, "Size", json!(1)),
            _ => seen,
        }),
        ..scripted_cloud::ScriptedCloud::new(&world)
    };
    assert!(cloud.live(&desired).done.is_empty(), "nothing has changed");
    assert_eq!((cloud.made(&["read"]).len(), cloud.made(&["update"]).len()), (1, 0));
    let honest = scripted_cloud::ScriptedCloud::new(&world);
    honest.live(&desired);
    assert_eq!(honest.made(&["read"]), [""; 0], "what is as recorded is not read again");
}

#[test]
fn an_existing_resource_is_the_one_that_matches() {
    check(vec![existing("x", "box", json!({"Note": "two"}))], &[("x", "two")]);
    check(vec![existing("x", "store", json!({"StoreName": "named"}))], &[("x", "user")]);
}

#[test]
fn one_existing_resource_may_describe_another() {
    let by = existing("a", "store", json!({"Note": to("b", "")}));
    check(vec![by, existing("b", "box", json!({"Note": "one"}))], &[("a", "user"), ("b", "one")]);
}

#[test]
fn none_and_several_are_refused() {
    check(vec![existing("x", "box", json!({"Note": "three"}))], &[("", "GPB7609")]);
    check(vec![existing("x", "box", json!({"Fixed": "same"}))], &[("", "GPB7610")]);
    check(vec![existing("x", "store", json!({"StoreName": "named", "Note": "other"}))], &[("", "GPB7609")]);
    check(vec![existing("x", "box", json!({"Note": to("y", "")}))], &[("", "GPB7608")]);
}

#[test]
fn reading_goes_on_through_passing_failures() {
    let faults: Faults = "seed=5,throttle=0.4,unavailable=0.2".parse().unwrap();
    let world = EngineFixture::with(faults, None);
    let names: Vec<&'static str> = vec!["a", "b", "c", "d", "e", "f"];
    let desired: DesiredMap = names.iter().map(|name| (*name, "net", json!({}))).collect();
    world.live(&desired);
    world.assert_settled(&desired, "read through failures");
}

/// An intent with no call behind it, as a kill just after `begin` leaves it.
fn begun(writer: &dyn StateWriter, operation: OperationKind, id: Option<&str>) -> u64 {
    let intent = NewIntent {
        address: Address::new("a"),
        ty: "aws.test.net".into(),
        place: place(),
        operation,
        id: id.map(str::to_owned),
        desired: serde_json::Map::new(),
        depends_on: vec![],
        layer: None,
        keep: false,
        started_ms: 0,
    };
    futures::executor::block_on(writer.begin(intent)).unwrap().sequence
}

fn settle(world: &EngineFixture, writer: &dyn StateWriter) -> Vec<IntentOutcome> {
    let (cloud, clock) = (&world.sim, &world.clock);
    world.clock.run(recover(CrashRecovery { writer, cloud, clock, events: &NullSink, seed: 1 })).unwrap()
}

#[test]
fn what_was_never_made_is_settled_so_and_keeps_its_token() {
    let (world, address) = (EngineFixture::new(), Address::new("a"));
    let writer = world.writer();
    begun(&*writer, OperationKind::Create, None);
    let token = writer.snapshot().unwrap().pending[0].token.clone();
    assert_eq!(settle(&world, &*writer), [IntentOutcome::NotCreated { address: address.clone() }]);
    let sequence = begun(&*writer, OperationKind::Create, None);
    assert_eq!(writer.snapshot().unwrap().pending[0].token, token);
    futures::executor::block_on(writer.conclude(sequence, Conclusion::Abandoned, 0)).unwrap();
    begun(&*writer, OperationKind::Update, Some("x"));
    assert_eq!(settle(&world, &*writer), [IntentOutcome::Changed { address }]);
}

/// The kill came while a change that reads as done was waited for.
#[test]
fn what_was_being_changed_is_waited_for_by_the_next_apply() {
    let (world, address, desired) = (EngineFixture::new(), Address::new("a"), vec![("a", "net", json!({}))]);
    world.live(&desired);
    let id = ids(&world.snapshot())["a"].clone();
    let writer = world.writer();
    begun(&*writer, OperationKind::Update, Some(&id));
    assert_eq!(settle(&world, &*writer), [IntentOutcome::Changed { address: address.clone() }]);
    let record = writer.snapshot().unwrap().resources[&address].clone();
    assert_eq!(record.tainted.as_deref(), Some("its last change was interrupted"));
    assert!(record.changing && !record.failed);
    drop(writer);
    let cloud = ScriptedCloud::new(&world);
    assert!(cloud.live(&desired).is_complete());
    assert_eq!(cloud.made(&["update", "wait"]), ["wait"]);
    world.assert_settled(&desired, "waited for");
}

#[test]
fn what_cannot_be_found_out_stays_open_and_stops_an_apply() {
    let world = EngineFixture::with("unavailable=1".parse().unwrap(), None);
    let writer = world.writer();
    begun(&*writer, OperationKind::Create, None);
    let settled = settle(&world, &*writer);
    let [IntentOutcome::Open { error, .. }] = settled.as_slice() else { panic!("{settled:?}") };
    assert_eq!(error.kind, CloudErrorKind::Unavailable);
    assert_eq!(settled[0].diagnostic().unwrap().code, "GPB7607");
    let refused = world.live_with(&vec![], &*writer, &CancelToken::default(), &NullSink);
    assert_eq!(refused.unwrap_err().code(), "GPB7506");
    assert_eq!(writer.snapshot().unwrap().pending.len(), 1);
}
