//! Freshness: a refusal is not believed before what was just made has settled.

use super::scripted_cloud::{ScriptedCloud, failure};
use super::*;
use gpb_catalog::TypeDef;
use gpb_engine::cloud::{CloudError, CloudErrorKind};
use std::time::Duration;

/// The types of the tests, of which nets take two minutes to be known.
struct SettlingTypes;

impl TypeSource for SettlingTypes {
    fn get(&self, name: &str) -> Option<Arc<TypeDef>> {
        let mut def = TestTypes.get(name)?.as_ref().clone();
        def.lifecycle.settles = (name == "aws.test.net").then_some(Duration::from_mins(2));
        Some(Arc::new(def))
    }
}

fn world() -> EngineFixture {
    EngineFixture { types: Arc::new(SettlingTypes), ..EngineFixture::new() }
}

/// The last is built on the first by way of another.
fn chain(cidr: &str, size: u32) -> DesiredMap {
    vec![
        ("net", "net", json!({"Cidr": cidr})),
        ("middle", "box", json!({"Uses": [to("net", "")]})),
        ("user", "store", json!({"StoreName": "user", "Size": size, "Uses": [to("middle", "")]})),
    ]
}

/// A cloud that refuses the store until a moment, with the time it took until the end.
fn life(world: &EngineFixture, desired: &DesiredMap, kind: CloudErrorKind, until: u64) -> (ApplyOutcome, u64, usize) {
    let (clock, start) = (world.clock.clone(), world.clock.now());
    let refuse = move |call: &str, nth: usize| {
        let is_store = call == "update" || (call == "create" && nth >= 2);
        let early = clock.now() < start + Duration::from_secs(until);
        if is_store && early { Err(failure(kind)) } else { Ok(()) }
    };
    let cloud = ScriptedCloud { before: Box::new(refuse), ..ScriptedCloud::new(world) };
    let outcome = cloud.live(desired);
    (outcome, world.since(start).as_secs(), cloud.made(&["create", "update"]).len())
}

#[test]
fn a_refusal_is_not_believed_while_a_dependency_settles() {
    for kind in [CloudErrorKind::Invalid, CloudErrorKind::Denied, CloudErrorKind::NotFound] {
        let world = world();
        let (outcome, took, _) = life(&world, &chain("a", 1), kind, 60);
        assert!(outcome.is_complete(), "{}: {:?}", kind.as_str(), outcome.failed);
        assert!((60..80).contains(&took), "{took} s");
    }
}

#[test]
fn it_is_believed_once_all_has_settled() {
    let world = world();
    let (outcome, took, _) = life(&world, &chain("a", 1), CloudErrorKind::Invalid, u64::MAX / 4);
    assert_eq!(outcome.failed[0].error.kind, CloudErrorKind::Invalid, "with the cause it has");
    assert!((120..140).contains(&took), "{took} s");
}

#[test]
fn what_was_there_before_has_settled() {
    let world = world();
    world.live(&chain("a", 1));
    let (outcome, took, calls) = life(&world, &chain("a", 2), CloudErrorKind::Denied, 60);
    assert_eq!(outcome.failed[0].error.kind, CloudErrorKind::Denied);
    assert_eq!((took, calls), (0, 1));
}

#[test]
fn a_conflict_of_names_is_believed_at_once() {
    let world = world();
    let (outcome, took, _) = life(&world, &chain("a", 1), CloudErrorKind::AlreadyExists, 60);
    assert_eq!((outcome.failed.len(), took), (1, 0));
}

#[test]
fn what_was_never_sent_is_believed_at_once() {
    let world = world();
    let refuse = |call: &str, nth: usize| match call {
        "create" if nth >= 2 => Err(CloudError::new(CloudErrorKind::Invalid, "GPB8106", "the request was not sent")),
        _ => Ok(()),
    };
    let cloud = ScriptedCloud { before: Box::new(refuse), ..ScriptedCloud::new(&world) };
    assert_eq!(cloud.live(&chain("a", 1)).failed.len(), 1);
    assert_eq!((world.clock.now().as_secs(), cloud.made(&["create"]).len()), (0, 3));
}

#[test]
fn a_name_that_was_just_given_free_may_still_be_held() {
    for (kind, until, is_done) in [
        (CloudErrorKind::AlreadyExists, 30, true),
        (CloudErrorKind::Invalid, 30, true),
        (CloudErrorKind::AlreadyExists, 1000, false),
    ] {
        let world = EngineFixture::new();
        let data = |fixed: &str| vec![("data", "store", json!({"StoreName": "orders", "Fixed": fixed}))];
        world.live(&data("a"));
        let (clock, free) = (world.clock.clone(), world.clock.now() + Duration::from_secs(until));
        let cloud = ScriptedCloud {
            before: Box::new(move |call, _| match call {
                "create" if clock.now() < free => Err(failure(kind)),
                _ => Ok(()),
            }),
            ..ScriptedCloud::new(&world)
        };
        let outcome = cloud.live(&data("b"));
        assert_eq!(outcome.failed.is_empty(), is_done, "{} for {until} s", kind.as_str());
        let took = world.clock.now().as_secs();
        assert!(took < 140, "{took} s");
    }
}
