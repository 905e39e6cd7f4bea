//! gpb adopts what bears the mark of its own intent, or what the journal proves that it has made.

use super::scripted_cloud::{ScriptedCloud, failure};
use super::*;
use futures::executor::block_on;
use gpb_engine::cloud::{CloudErrorKind, CreateRequest, ResourceKey, UpdateRequest};
use gpb_engine::state::{NewIntent, OperationKind};
use std::time::Duration;

fn one() -> DesiredMap {
    vec![("a", "store", json!({"StoreName": "orders"}))]
}

fn begin(writer: &dyn StateWriter) -> u64 {
    let intent = NewIntent {
        address: Address::new("a"),
        ty: "aws.test.store".into(),
        place: place(),
        operation: OperationKind::Create,
        id: None,
        desired: json!({"StoreName": "orders"}).as_object().cloned().unwrap(),
        depends_on: vec![],
        layer: None,
        keep: false,
        started_ms: 0,
    };
    block_on(writer.begin(intent)).unwrap().sequence
}

/// Makes what somebody else has under the name.
fn foreign(world: &EngineFixture) {
    let properties = json!({"StoreName": "orders", "Size": 9}).as_object().cloned().unwrap();
    let (ty, place) = ("aws.test.store", place());
    let create = CreateRequest { ty, place: &place, desired: &properties, label: "other", token: "another's" };
    world.clock.run(world.sim.create(create, &gpb_sim::testing::RecordingSink::default())).unwrap();
}

/// Makes what bears the mark of a token.
fn made_with(world: &EngineFixture, token: &str) {
    let properties = json!({"StoreName": "orders"}).as_object().cloned().unwrap();
    let (ty, place) = ("aws.test.store", place());
    let create = CreateRequest { ty, place: &place, desired: &properties, label: "a", token };
    world.clock.run(world.sim.create(create, &gpb_sim::testing::RecordingSink::default())).unwrap();
}

#[test]
fn the_search_after_a_crash_says_whether_the_call_was_about_to_be_sent() {
    for (is_sent, searches) in [(false, "find"), (true, "find sent")] {
        let world = EngineFixture::new();
        let writer = world.writer();
        let sequence = begin(&*writer);
        if is_sent {
            block_on(writer.record_sent(sequence)).unwrap();
        }
        let cloud = ScriptedCloud::new(&world);
        let (clock, events) = (&world.clock, &NullSink);
        let recovery = CrashRecovery { writer: &*writer, cloud: &cloud, clock, events, seed: 1 };
        world.clock.run(recover(recovery)).unwrap();
        assert_eq!(cloud.made(&["find"]), [searches; 4]);
    }
}

#[test]
fn the_call_that_is_about_to_be_sent_is_in_the_journal_before_it_is() {
    let world = EngineFixture::new();
    let path = world.store_path();
    let sent = Arc::new(Mutex::new(Vec::new()));
    let seen = sent.clone();
    let cloud = ScriptedCloud {
        announces: true,
        before: Box::new(move |call, _| {
            if call == "create" {
                let store = SqliteStore::new(path.clone());
                let pending = store.snapshot(&EngineFixture::scope()).unwrap().pending;
                seen.lock().unwrap().extend(pending.iter().map(|intent| intent.sent));
            }
            Ok(())
        }),
        ..ScriptedCloud::new(&world)
    };
    cloud.live(&one());
    assert_eq!(*sent.lock().unwrap(), [true]);
}

#[test]
fn what_another_has_made_is_left_alone_after_a_crash() {
    let world = EngineFixture::new();
    foreign(&world);
    begin(&*world.writer());
    let outcome = world.live(&one());
    assert_eq!(outcome.failed[0].error.kind, CloudErrorKind::AlreadyExists);
    assert!(world.snapshot().resources.is_empty());
    let left = world.sim.everything().unwrap();
    assert_eq!((left.len(), &left[0].1.properties["Size"]), (1, &json!(9)), "untouched");
}

#[test]
fn what_another_has_made_is_left_alone_after_a_lost_answer() {
    let world = EngineFixture::new();
    foreign(&world);
    let cloud = ScriptedCloud {
        before: Box::new(|call, nth| match call {
            "create" if nth == 0 => Err(failure(CloudErrorKind::Ambiguous)),
            _ => Ok(()),
        }),
        ..ScriptedCloud::new(&world)
    };
    let outcome = cloud.live(&one());
    assert_eq!(outcome.failed[0].error.kind, CloudErrorKind::AlreadyExists, "{:?}", outcome.failed);
    assert_eq!(outcome.failed[0].cause, FailureCause::Cloud, "and nothing is left open");
    assert!(world.snapshot().resources.is_empty() && world.snapshot().pending.is_empty());
}

#[test]
fn a_creation_that_is_carried_out_late_is_not_made_twice() {
    let world = EngineFixture::new();
    let clock = world.clock.clone();
    let shows = clock.now() + Duration::from_secs(10);
    let cloud = ScriptedCloud {
        after: Box::new(|call, nth| match call {
            "create" if nth == 0 => Err(failure(CloudErrorKind::Ambiguous)),
            _ => Ok(()),
        }),
        shown: Box::new(move |call, seen| seen.filter(|_| call != "find" || clock.now() >= shows)),
        ..ScriptedCloud::new(&world)
    };
    let desired = vec![("net", "net", json!({}))];
    assert!(cloud.live(&desired).is_complete());
    assert_eq!(cloud.made(&["create"]).len(), 1);
    world.assert_settled(&desired, "found late");
}

#[test]
fn a_call_that_was_under_way_at_a_death_is_looked_for_as_long_as_it_may_be_late() {
    let world = EngineFixture::new();
    let writer = world.writer();
    begin(&*writer);
    let token = writer.snapshot().unwrap().pending[0].token.clone();
    made_with(&world, &token);
    let clock = world.clock.clone();
    let shows = clock.now() + Duration::from_secs(14);
    let cloud = ScriptedCloud {
        shown: Box::new(move |_, seen| seen.filter(|_| clock.now() >= shows)),
        ..ScriptedCloud::new(&world)
    };
    let (clock, events) = (&world.clock, &NullSink);
    let recovery = CrashRecovery { writer: &*writer, cloud: &cloud, clock, events, seed: 1 };
    let settled = world.clock.run(recover(recovery)).unwrap();
    assert_eq!(settled, [IntentOutcome::Created { address: Address::new("a"), id: "orders".into() }]);
}

/// The search after a death could not see it: the refused name is looked at once more, by the mark.
#[test]
fn what_the_search_after_a_death_missed_is_found_when_its_name_is_refused() {
    let world = EngineFixture::new();
    let writer = world.writer();
    begin(&*writer);
    let token = writer.snapshot().unwrap().pending[0].token.clone();
    drop(writer);
    made_with(&world, &token);
    let refused = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let shows = Arc::clone(&refused);
    let cloud = ScriptedCloud {
        before: Box::new(move |call, _| {
            refused.fetch_or(call == "create", std::sync::atomic::Ordering::SeqCst);
            Ok(())
        }),
        shown: Box::new(move |call, seen| {
            seen.filter(|_| call != "find" || shows.load(std::sync::atomic::Ordering::SeqCst))
        }),
        ..ScriptedCloud::new(&world)
    };
    let outcome = cloud.live(&one());
    assert_eq!(outcome.failed, []);
    assert_eq!(cloud.made(&["create"]).len(), 1);
    world.assert_settled(&one(), "found at last");
}

#[test]
fn a_list_that_still_shows_what_is_gone_is_not_believed_after_a_death() {
    let world = EngineFixture::new();
    let writer = world.writer();
    begin(&*writer);
    let token = writer.snapshot().unwrap().pending[0].token.clone();
    made_with(&world, &token);
    let cloud =
        ScriptedCloud { shown: Box::new(|call, seen| seen.filter(|_| call != "read")), ..ScriptedCloud::new(&world) };
    let (clock, events) = (&world.clock, &NullSink);
    let recovery = CrashRecovery { writer: &*writer, cloud: &cloud, clock, events, seed: 1 };
    let settled = world.clock.run(recover(recovery)).unwrap();
    assert_eq!(settled, [IntentOutcome::NotCreated { address: Address::new("a") }]);
}

#[test]
fn what_the_cloud_has_named_is_looked_for_longer() {
    let world = EngineFixture::new();
    let writer = world.writer();
    let sequence = begin(&*writer);
    foreign(&world);
    block_on(writer.record_id(sequence, "orders")).unwrap();
    let clock = world.clock.clone();
    let shows = clock.now() + Duration::from_secs(30);
    let cloud = ScriptedCloud {
        shown: Box::new(move |_, seen| seen.filter(|_| clock.now() >= shows)),
        ..ScriptedCloud::new(&world)
    };
    let (clock, events) = (&world.clock, &NullSink);
    let recovery = CrashRecovery { writer: &*writer, cloud: &cloud, clock, events, seed: 1 };
    let settled = world.clock.run(recover(recovery)).unwrap();
    assert_eq!(settled, [IntentOutcome::Created { address: Address::new("a"), id: "orders".into() }]);
}

/// An update came through before its process was killed: what it added is no stranger's.
#[test]
fn what_a_killed_update_has_set_is_taken_away_again() {
    let with = |note: Option<&str>| -> DesiredMap {
        let mut properties = json!({"Size": 2});
        if let Some(note) = note {
            properties["Note"] = note.into();
        }
        vec![("front", "box", properties)]
    };
    let world = EngineFixture::new();
    world.live(&with(None));
    let record = world.snapshot().resources[&Address::new("front")].clone();
    let key = ResourceKey { ty: record.ty, place: record.place, id: record.id };
    let desired = json!({"Size": 2, "Note": "x"}).as_object().cloned().unwrap();
    let (before, changed) = (&record.observed, &[PropPath("Note".into())]);
    let update = UpdateRequest { key: &key, before, desired: &desired, changed, reasserted: &[], token: "killed" };
    world.clock.run(world.sim.update(update, &gpb_sim::testing::RecordingSink::default())).unwrap();
    assert!(world.live(&with(Some("x"))).is_complete());
    assert_eq!(world.snapshot().resources[&Address::new("front")].applied["Note"], "x");
    world.live(&with(None));
    let seen = world.clock.run(world.sim.read(&key)).unwrap().unwrap();
    assert_eq!(seen.properties.get("Note"), None);
}
