//! Absence is proved: one answer that does not show a resource is not enough.

use super::scripted_cloud::{ScriptedCloud, failure, with};
use super::*;
use futures::executor::block_on;
use gpb_engine::cloud::CloudErrorKind;
use gpb_engine::state::{NewIntent, OperationKind};
use std::time::Duration;

fn pair() -> DesiredMap {
    vec![("front", "box", json!({"Size": 2})), ("data", "store", json!({"StoreName": "orders"}))]
}

/// Hides everything from some calls.
fn hidden(world: &EngineFixture, from: fn(&str) -> bool) -> ScriptedCloud<'_> {
    ScriptedCloud { shown: Box::new(move |call, seen| seen.filter(|_| !from(call))), ..ScriptedCloud::new(world) }
}

fn observe(cloud: &ScriptedCloud<'_>, world: &EngineFixture) -> RefreshResult {
    let reading = Refresh { cloud, types: &TestTypes, functions: &no_functions, clock: &world.clock, seed: 1 };
    world.clock.run(refresh(reading, &world.snapshot(), &Model::default()))
}

fn gone(refreshed: &RefreshResult) -> Vec<&str> {
    refreshed.observation.iter().filter(|(_, seen)| seen.is_none()).map(|(address, _)| address.as_str()).collect()
}

#[test]
fn a_batch_that_leaves_something_out_is_not_believed() {
    let world = EngineFixture::new();
    world.live(&pair());
    let cloud = hidden(&world, |call| call == "read_many");
    assert_eq!(gone(&observe(&cloud, &world)), [""; 0]);
    assert!(cloud.live(&pair()).done.is_empty(), "nothing is made anew");
    world.assert_settled(&pair(), "left out of a list");
}

#[test]
fn what_seems_gone_is_after_two_looks_with_time_between() {
    let world = EngineFixture::new();
    world.live(&pair());
    let clock = world.clock.clone();
    let back = clock.now() + Duration::from_secs(2);
    let cloud = ScriptedCloud {
        shown: Box::new(move |_, seen| seen.filter(|_| clock.now() >= back)),
        ..ScriptedCloud::new(&world)
    };
    assert_eq!(gone(&observe(&cloud, &world)), [""; 0], "of whatever type");
    assert_eq!(gone(&observe(&hidden(&world, |_| true), &world)), ["data", "front"]);
}

/// However many are gone, one pause is enough, and what has drifted is read side by side.
#[test]
fn many_looks_take_as_long_as_one() {
    let world = EngineFixture::new();
    let name = |number: usize| &*format!("box{number:02}").leak();
    let desired: DesiredMap = (0..40).map(|number| (name(number), "box", json!({"Size": 2}))).collect();
    world.live(&desired);
    let begin = world.clock.now();
    assert_eq!(gone(&observe(&hidden(&world, |_| true), &world)).len(), 40);
    assert_eq!(world.since(begin), Duration::from_secs(3));
    let begin = world.clock.now();
    let cloud = ScriptedCloud {
        shown: Box::new(|call, seen| if call == "read_many" { with(seen, "Size", json!(1)) } else { seen }),
        reads_take: Duration::from_secs(1),
        ..ScriptedCloud::new(&world)
    };
    assert_eq!((gone(&observe(&cloud, &world)), cloud.made(&["read"]).len()), (vec![], 40));
    assert!(world.since(begin) <= Duration::from_secs(2), "{:?}", world.since(begin));
}

#[test]
fn an_interrupted_deletion_is_done_after_two_looks() {
    let world = EngineFixture::new();
    world.live(&pair());
    let record = world.snapshot().resources[&Address::new("data")].clone();
    let intent = NewIntent {
        address: record.address,
        ty: record.ty,
        place: record.place,
        operation: OperationKind::Delete,
        id: Some(record.id),
        desired: serde_json::Map::new(),
        depends_on: vec![],
        layer: None,
        keep: false,
        started_ms: 0,
    };
    let writer = world.writer();
    block_on(writer.begin(intent)).unwrap();
    let cloud = ScriptedCloud {
        shown: {
            let (clock, back) = (world.clock.clone(), world.clock.now() + Duration::from_secs(2));
            Box::new(move |_, seen| seen.filter(|_| clock.now() >= back))
        },
        ..ScriptedCloud::new(&world)
    };
    let (clock, events) = (&world.clock, &NullSink);
    let recovery = CrashRecovery { writer: &*writer, cloud: &cloud, clock, events, seed: 1 };
    let settled = world.clock.run(recover(recovery)).unwrap();
    assert_eq!(settled, [IntentOutcome::NotDeleted { address: Address::new("data") }]);
}

#[test]
fn what_cannot_be_read_is_neither_there_nor_gone() {
    let world = EngineFixture::new();
    world.live(&pair());
    let cloud = ScriptedCloud {
        before: Box::new(|call, _| match call {
            "read" => Err(failure(CloudErrorKind::Unavailable)),
            _ => Ok(()),
        }),
        ..hidden(&world, |call| call == "read_many")
    };
    let refreshed = observe(&cloud, &world);
    assert!(refreshed.observation.is_empty());
    let told: Vec<&str> = refreshed.diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(told, ["GPB8009", "GPB8009"]);
    let message = &refreshed.diagnostics[0].message;
    assert!(message.starts_with("cannot read front (aws.test.box): "), "{message}");
}

#[test]
fn what_many_interrupted_creations_left_is_looked_for_at_once() {
    let world = EngineFixture::new();
    let writer = world.writer();
    for number in 0..16 {
        let intent = NewIntent {
            address: Address::new(format!("box{number}").as_str()),
            ty: "aws.test.box".into(),
            place: place(),
            operation: OperationKind::Create,
            id: None,
            desired: serde_json::Map::new(),
            depends_on: vec![],
            layer: None,
            keep: false,
            started_ms: 0,
        };
        block_on(writer.begin(intent)).unwrap();
    }
    let (cloud, begin) = (ScriptedCloud::new(&world), world.clock.now());
    let (clock, events) = (&world.clock, &NullSink);
    let recovery = CrashRecovery { writer: &*writer, cloud: &cloud, clock, events, seed: 1 };
    let settled = world.clock.run(recover(recovery)).unwrap();
    let expected: Vec<_> = (0..16)
        .map(|number| IntentOutcome::NotCreated { address: Address::new(format!("box{number}").as_str()) })
        .collect();
    assert_eq!(settled, expected);
    // Looks that find nothing take 17 seconds, however many they are.
    assert!(world.since(begin) < Duration::from_secs(30), "{:?}", world.since(begin));
}
