//! The conformance suite of state stores: what every store promises. A store is tested by giving it a way to open one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    clippy::wildcard_imports,
    missing_docs
)] // Only tests call it.

use super::{
    Conclusion, ConclusionEffects, IntentStatus, LockHolder, ManualChange, NewIntent, OperationKind, ResourceRecord,
    StateError, StateScope, StateStore, StateWriter, deposed_from,
};
use crate::cloud::{CloudError, CloudErrorKind, Properties};
use futures::executor::block_on as now;
use futures::future::join_all;
use gpb_model::{Address, Place};
use serde_json::json;
use std::collections::BTreeMap;

/// Runs the suite; `open` opens the same state again each time, as another process would.
pub fn suite<S: StateStore>(open: impl Fn() -> S) {
    an_unwritten_scope_is_empty(&open());
    an_intent_survives_until_it_is_concluded(&open);
    a_token_is_kept_by_what_did_nothing_and_lost_by_what_ended(&open());
    what_does_not_fit_fails_alone(&open());
    a_replaced_resource_is_deposed(&open());
    a_failed_creation_leaves_what_exists(&open());
    moves_are_made_all_at_once(&open());
    scopes_do_not_mix(&open);
    the_second_writer_is_told_of_the_first(&open);
    the_journal_tells_what_happened(&open());
    a_person_changes_what_no_plan_would(&open);
}

fn a_person_changes_what_no_plan_would<S: StateStore>(open: &impl Fn() -> S) {
    let (store, scope) = (open(), scope("by hand"));
    let writer = store.writer(&scope, &holder()).unwrap();
    let (a, b) = (Address::new("a"), Address::new("b"));
    writer.change_by_hand(ManualChange::Import(Box::new(record("a", "1"))), 1).unwrap();
    let again = writer.change_by_hand(ManualChange::Import(Box::new(record("a", "2"))), 2);
    assert_eq!(again, Err(StateError::Occupied { address: a.clone() }));
    let serial = writer.snapshot().unwrap().serial;
    let first = now(writer.begin(new_intent("b", OperationKind::Create))).unwrap();
    for change in [ManualChange::Forget(b.clone()), ManualChange::Abandon(a.clone())] {
        let nothing = writer.change_by_hand(change.clone(), 3);
        assert!(matches!(nothing, Err(StateError::NoRecord { .. })), "{change:?}: {nothing:?}");
    }
    let taken = writer.change_by_hand(ManualChange::Import(Box::new(record("b", "2"))), 4);
    assert_eq!(
        taken,
        Err(StateError::Unsettled { address: b.clone() }),
        "what was interrupted has to be given up first"
    );
    writer.change_by_hand(ManualChange::Abandon(b.clone()), 5).unwrap();
    writer.change_by_hand(ManualChange::Forget(a.clone()), 6).unwrap();
    let after = open().snapshot(&scope).unwrap();
    assert!(after.resources.is_empty() && after.pending.is_empty() && after.serial > serial);
    let second = now(writer.begin(new_intent("b", OperationKind::Create))).unwrap();
    assert_ne!(first.token, second.token, "what the first one may have made is not the second one's");
    let told: Vec<_> = store.history(&scope, None, 10).unwrap().into_iter().map(|entry| entry.verdict).collect();
    let ends = [None, Some(IntentStatus::Forgotten), Some(IntentStatus::Failed), Some(IntentStatus::Imported)];
    assert_eq!(told, ends);
}

/// Returns a scope of the simulated cloud.
pub fn scope(environment: &str) -> StateScope {
    StateScope { cloud: "sim".into(), stack: "shop".into(), environment: environment.into() }
}

/// Returns a holder of the lock.
pub fn holder() -> LockHolder {
    LockHolder { pid: 42, host: "here".into(), user: "ada".into(), command: "gpb apply".into(), since_ms: 0 }
}

fn properties(json: &serde_json::Value) -> Properties {
    json.as_object().cloned().unwrap_or_default()
}

/// Returns an intent about an address.
pub fn new_intent(address: &str, operation: OperationKind) -> NewIntent {
    NewIntent {
        address: Address::new(address),
        ty: "aws.test.thing".into(),
        place: Place { region: "eu-west-1".into(), ..Place::default() },
        operation,
        id: None,
        desired: properties(&json!({"Name": "a"})),
        depends_on: vec![],
        layer: None,
        keep: false,
        started_ms: 1000,
    }
}

/// Returns a record of a resource.
pub fn record(address: &str, id: &str) -> ResourceRecord {
    ResourceRecord {
        address: Address::new(address),
        ty: "aws.test.thing".into(),
        place: Place { region: "eu-west-1".into(), ..Place::default() },
        id: id.into(),
        applied: properties(&json!({"Name": "a"})).into(),
        observed: properties(&json!({"Name": "a", "Id": id})).into(),
        depends_on: vec![],
        layer: Some("data".into()),
        protect: None,
        tainted: None,
        failed: false,
        changing: false,
        keep: false,
        watched: serde_json::Map::new(),
    }
}

fn made(writer: &dyn StateWriter, address: &str, id: &str) -> ConclusionEffects {
    let intent = now(writer.begin(new_intent(address, OperationKind::Create))).unwrap();
    now(writer.conclude(intent.sequence, Conclusion::Done(Box::new(record(address, id))), 3000)).unwrap()
}

fn error() -> CloudError {
    CloudError::new(CloudErrorKind::Invalid, "Wrong", "no")
}

fn an_unwritten_scope_is_empty(store: &impl StateStore) {
    let snapshot = store.snapshot(&scope("unwritten")).unwrap();
    assert_eq!((snapshot.lineage.as_str(), snapshot.serial), ("", 0));
    assert!(snapshot.resources.is_empty() && snapshot.pending.is_empty());
}

fn an_intent_survives_until_it_is_concluded<S: StateStore>(open: &impl Fn() -> S) {
    let scope = scope("intent");
    let writer = open().writer(&scope, &holder()).unwrap();
    let intent = now(writer.begin(new_intent("a", OperationKind::Create))).unwrap();
    assert_eq!(open().snapshot(&scope).unwrap().pending, std::slice::from_ref(&intent));
    assert_eq!(
        now(writer.begin(new_intent("a", OperationKind::Create))),
        Err(StateError::Unsettled { address: Address::new("a") })
    );
    now(writer.record_sent(intent.sequence)).unwrap();
    now(writer.record_id(intent.sequence, "id-1")).unwrap();
    drop(writer);

    let snapshot = open().snapshot(&scope).unwrap();
    assert_eq!((snapshot.pending[0].id.as_deref(), snapshot.pending[0].sent), (Some("id-1"), true));
    assert_eq!(snapshot.serial, 0, "an intent changes no record");

    let writer = open().writer(&scope, &holder()).unwrap();
    let done = Conclusion::Done(Box::new(record("a", "id-1")));
    now(writer.conclude(intent.sequence, done.clone(), 2000)).unwrap();
    assert_eq!(
        now(writer.conclude(intent.sequence, done, 2000)),
        Err(StateError::NoIntent { sequence: intent.sequence })
    );
    let snapshot = open().snapshot(&scope).unwrap();
    assert_eq!((snapshot.serial, snapshot.pending.len()), (1, 0));
    assert_eq!(snapshot.resources.into_values().collect::<Vec<_>>(), [record("a", "id-1")]);
}

fn a_token_is_kept_by_what_did_nothing_and_lost_by_what_ended(store: &impl StateStore) {
    let writer = store.writer(&scope("token"), &holder()).unwrap();
    let begin = || now(writer.begin(new_intent("a", OperationKind::Create))).unwrap();
    let first = begin();
    now(writer.conclude(first.sequence, Conclusion::Abandoned, 0)).unwrap();
    let second = begin();
    assert_eq!(first.token, second.token);
    now(writer.conclude(second.sequence, Conclusion::Failed { error: error(), left: None }, 0)).unwrap();
    let third = begin();
    assert_ne!(second.token, third.token);
    let other = now(writer.begin(new_intent("b", OperationKind::Create))).unwrap();
    assert_ne!(third.token, other.token);
    assert!(first.sequence < second.sequence && second.sequence < third.sequence);
    let mine = writer.creation_tokens(&first.ty).unwrap();
    assert_eq!(mine, [other.token, third.token, second.token, first.token]);
    assert_eq!(writer.creation_tokens("aws.data.other").unwrap(), [""; 0]);
    drop(writer);
    let writer = store.writer(&scope("tokens"), &holder()).unwrap();
    assert_eq!(writer.creation_tokens(&first.ty).unwrap(), [""; 0], "another scope has other creations");
}

fn what_does_not_fit_fails_alone(store: &impl StateStore) {
    let scope = scope("together");
    let writer = store.writer(&scope, &holder()).unwrap();
    let begin = |name: &'static str| writer.begin(new_intent(name, OperationKind::Create));
    let begun = now(join_all(["a", "b", "a", "c"].map(begin)));
    let told: Vec<_> = begun.into_iter().map(|begun| begun.map(|intent| intent.sequence)).collect();
    assert_eq!(told, [Ok(1), Ok(2), Err(StateError::Unsettled { address: Address::new("a") }), Ok(3)]);
    assert_eq!(store.snapshot(&scope).unwrap().pending.len(), 3);
}

fn a_replaced_resource_is_deposed(store: &impl StateStore) {
    let scope = scope("deposed");
    let writer = store.writer(&scope, &holder()).unwrap();
    assert_eq!(made(&*writer, "a", "old").deposed, None);
    let deposed = made(&*writer, "a", "new").deposed.unwrap();
    assert_eq!(deposed_from(&deposed), Some(Address::new("a")));
    let snapshot = writer.snapshot().unwrap();
    assert_eq!(snapshot.resources[&Address::new("a")].id, "new");
    assert_eq!(snapshot.resources[&deposed].id, "old");
    assert_eq!(snapshot.resources[&deposed].address, deposed);

    let intent = now(writer.begin(new_intent(deposed.as_str(), OperationKind::Delete))).unwrap();
    now(writer.conclude(intent.sequence, Conclusion::Deleted, 0)).unwrap();
    assert_eq!(writer.snapshot().unwrap().resources.len(), 1);
    let again = now(writer.begin(new_intent("a", OperationKind::Update))).unwrap();
    let same = now(writer.conclude(again.sequence, Conclusion::Done(Box::new(record("a", "new"))), 0)).unwrap();
    assert_eq!(same.deposed, None, "an update deposes nothing");
}

fn a_failed_creation_leaves_what_exists(store: &impl StateStore) {
    let writer = store.writer(&scope("failed"), &holder()).unwrap();
    let intent = now(writer.begin(new_intent("a", OperationKind::Create))).unwrap();
    let left = ResourceRecord { tainted: Some("half made".into()), ..record("a", "id-1") };
    let failed = Conclusion::Failed { error: error(), left: Some(Box::new(left.clone())) };
    now(writer.conclude(intent.sequence, failed, 0)).unwrap();
    assert_eq!(writer.snapshot().unwrap().resources[&Address::new("a")], left);

    let intent = now(writer.begin(new_intent("b", OperationKind::Create))).unwrap();
    let serial = writer.snapshot().unwrap().serial;
    now(writer.conclude(intent.sequence, Conclusion::Failed { error: error(), left: None }, 0)).unwrap();
    let snapshot = writer.snapshot().unwrap();
    assert_eq!((snapshot.resources.len(), snapshot.serial), (1, serial));
}

fn moves_are_made_all_at_once(store: &impl StateStore) {
    let writer = store.writer(&scope("moves"), &holder()).unwrap();
    for (address, id) in [("a", "1"), ("b", "2"), ("c", "3")] {
        made(&*writer, address, id);
    }
    now(writer.put(ResourceRecord { depends_on: vec![Address::new("a")], ..record("c", "3") })).unwrap();
    let address = |text: &str| Address::new(text);
    let ids = || -> Vec<(String, String)> {
        let resources = writer.snapshot().unwrap().resources;
        resources.into_values().map(|record| (record.address.to_string(), record.id)).collect()
    };
    writer.move_addresses(&[(address("a"), address("b")), (address("b"), address("a"))]).unwrap();
    assert_eq!(ids(), [("a".into(), "2".into()), ("b".into(), "1".into()), ("c".into(), "3".into())]);
    assert_eq!(writer.snapshot().unwrap().resources[&address("c")].depends_on, [address("b")]);

    let before = writer.snapshot().unwrap();
    let occupied = writer.move_addresses(&[(address("a"), address("d")), (address("b"), address("c"))]);
    assert_eq!(occupied, Err(StateError::Occupied { address: address("c") }));
    assert_eq!(
        writer.move_addresses(&[(address("x"), address("y"))]),
        Err(StateError::NoRecord { address: address("x") })
    );
    assert_eq!(writer.snapshot().unwrap(), before, "a refused move changes nothing");

    now(writer.forget(&address("a"))).unwrap();
    assert_eq!(now(writer.forget(&address("a"))), Err(StateError::NoRecord { address: address("a") }));
}

fn scopes_do_not_mix<S: StateStore>(open: &impl Fn() -> S) {
    let store = open();
    let writer = store.writer(&scope("one"), &holder()).unwrap();
    made(&*writer, "a", "1");
    writer.set_outputs(&BTreeMap::from([("url".to_owned(), json!("http://a"))])).unwrap();
    let serial = writer.snapshot().unwrap().serial;
    writer.set_outputs(&BTreeMap::from([("url".to_owned(), json!("http://a"))])).unwrap();
    assert_eq!(writer.snapshot().unwrap().serial, serial, "the same outputs are no change");
    drop(writer);
    let writer = store.writer(&scope("two"), &holder()).unwrap();
    made(&*writer, "a", "2");
    let (one, two) = (store.snapshot(&scope("one")).unwrap(), store.snapshot(&scope("two")).unwrap());
    assert_ne!(one.lineage, two.lineage);
    assert_eq!((one.resources.len(), two.resources.len()), (1, 1));
    assert_eq!((one.outputs.len(), two.outputs.len()), (1, 0));
    let scopes = open().scopes().unwrap();
    assert!(scopes.contains(&scope("one")) && scopes.contains(&scope("two")));
    assert!(scopes.is_sorted());
}

fn the_second_writer_is_told_of_the_first<S: StateStore>(open: &impl Fn() -> S) {
    let scope = scope("lock");
    let first = open().writer(&scope, &holder()).unwrap();
    match open().writer(&scope, &holder()).map(drop) {
        Err(StateError::Locked { holder: Some(told), .. }) => assert_eq!(told, holder()),
        other => panic!("{other:?}"),
    }
    assert!(open().snapshot(&scope).is_ok(), "a reader needs no lock");
    drop(first);
    assert!(open().writer(&scope, &holder()).is_ok());
}

fn the_journal_tells_what_happened(store: &impl StateStore) {
    let scope = scope("journal");
    let writer = store.writer(&scope, &holder()).unwrap();
    made(&*writer, "a", "1");
    let intent = now(writer.begin(new_intent("b", OperationKind::Create))).unwrap();
    now(writer.conclude(intent.sequence, Conclusion::Failed { error: error(), left: None }, 9000)).unwrap();
    now(writer.begin(new_intent("c", OperationKind::Create))).unwrap();
    let history = store.history(&scope, None, 10).unwrap();
    let told: Vec<_> = history.iter().map(|entry| (entry.intent.address.as_str(), entry.verdict)).collect();
    assert_eq!(told, [("c", None), ("b", Some(IntentStatus::Failed)), ("a", Some(IntentStatus::Done))]);
    assert_eq!(history[1].error, Some(error()));
    assert_eq!(store.history(&scope, Some(&Address::new("a")), 10).unwrap().len(), 1);
    assert_eq!(store.history(&scope, None, 1).unwrap().len(), 1);
    let durations = store.durations(&scope).unwrap();
    let average = durations[&("aws.test.thing".to_owned(), OperationKind::Create)];
    assert_eq!(average, std::time::Duration::from_secs(2), "failures tell nothing of how long a creation takes");
}
