//! Waiting ends when it should, and a timeout is not tried again.

use super::scripted_cloud::{ScriptedCloud, failure, with};
use super::*;
use gpb_engine::cloud::CloudErrorKind;
use std::time::Duration;

fn one(size: u32) -> DesiredMap {
    vec![("a", "box", json!({"Size": size}))]
}

/// A change that takes twenty minutes and then fails: how often it is made, and for how many minutes.
fn check(operation: &'static str, kind: CloudErrorKind, times: usize, minutes: std::ops::Range<u64>) {
    let world = EngineFixture::new();
    if operation == "update" {
        world.live(&one(2));
    }
    let start = world.clock.now();
    let cloud = ScriptedCloud {
        before: Box::new(move |call, _| if call == "wait" { Err(failure(kind)) } else { Ok(()) }),
        after: Box::new(move |call, _| if call == operation { Err(failure(kind)) } else { Ok(()) }),
        // What was asked for is not in effect, so that every try is needed.
        shown: Box::new(|call, seen| match call {
            "read" => with(seen, "Size", json!(1)),
            _ => seen,
        }),
        takes: Duration::from_mins(20),
        ..ScriptedCloud::new(&world)
    };
    let outcome = cloud.live(&one(3));
    assert_eq!(outcome.failed[0].error.kind, kind);
    assert_eq!(cloud.made(&[operation]).len(), times, "{operation} {}", kind.as_str());
    let took = world.since(start).as_secs() / 60;
    assert!(minutes.contains(&took), "{operation} {}: {took} minutes", kind.as_str());
}

#[test]
fn a_timeout_is_final() {
    check("create", CloudErrorKind::TimedOut, 1, 20..21);
    check("update", CloudErrorKind::TimedOut, 1, 20..21);
}

#[test]
fn what_is_not_ready_is_waited_for_by_the_clock() {
    check("update", CloudErrorKind::NotReady, 2, 40..41);
    check("update", CloudErrorKind::Conflict, 3, 60..61);
}

#[test]
fn a_step_ends_at_its_deadline_whatever_it_meets() {
    check("update", CloudErrorKind::Throttled, 9, 180..201);
}

#[test]
fn what_ended_in_a_failed_state_is_marked_for_replacement() {
    let world = EngineFixture::new();
    let cloud = ScriptedCloud {
        after: Box::new(|call, _| match call {
            "create" => Err(failure(CloudErrorKind::FailedState)),
            _ => Ok(()),
        }),
        ..ScriptedCloud::new(&world)
    };
    let outcome = cloud.live(&one(2));
    assert_eq!(outcome.diagnostics()[0].code, "GPB8014");
    assert_eq!(cloud.made(&["create", "update", "wait"]), ["create aws.test.box"]);
    let record = world.snapshot().resources[&Address::new("a")].clone();
    assert!(record.failed && record.tainted.is_some(), "{record:?}");
    assert_eq!(record.observed["Size"], 2, "as it stands");
}

#[test]
fn the_cloud_is_told_when_the_step_ends() {
    let world = EngineFixture::new();
    let cloud = ScriptedCloud {
        before: Box::new(|call, nth| match call {
            "create" if nth < 2 => Err(failure(CloudErrorKind::Conflict)),
            _ => Ok(()),
        }),
        ..ScriptedCloud::new(&world)
    };
    cloud.live(&one(1));
    let step = Some(ApplyOptions::default().step_timeout);
    assert_eq!(*cloud.deadlines.lock().unwrap(), [step; 3], "one end for all tries");
}

/// A change that times out is made and not ready: the next life waits for it, though it reads as it shall be.
#[test]
fn what_timed_out_is_waited_for_by_the_next_apply() {
    let world = EngineFixture::new();
    let with_user = |size: u32| {
        vec![("a", "box", json!({"Size": size})), ("user", "box", json!({"Size": size, "Uses": [to("a", "")]}))]
    };
    world.live(&with_user(2));
    let slow = |operation: &'static str, kind| ScriptedCloud {
        after: Box::new(move |call, nth| if call == operation && nth == 0 { Err(failure(kind)) } else { Ok(()) }),
        ..ScriptedCloud::new(&world)
    };
    let outcome = slow("update", CloudErrorKind::TimedOut).live(&with_user(3));
    assert_eq!(outcome.skipped[0].address.as_str(), "user");
    let record = |name: &str| world.snapshot().resources[&Address::new(name)].clone();
    let left = record("a");
    let why = "its last change was not finished: Scripted: as the script says";
    assert_eq!((left.tainted.as_deref(), left.changing, left.failed), (Some(why), true, false));
    assert_eq!((&left.observed["Size"], &left.applied["Size"]), (&json!(2), &json!(2)), "the record of before");

    // It is read as it shall be, and is not ready still.
    let cloud = ScriptedCloud {
        before: Box::new(|call, _| if call == "wait" { Err(failure(CloudErrorKind::TimedOut)) } else { Ok(()) }),
        ..ScriptedCloud::new(&world)
    };
    let outcome = cloud.live(&with_user(3));
    assert_eq!((outcome.failed.len(), outcome.skipped[0].address.as_str()), (1, "user"));
    assert_eq!(cloud.made(&["update", "wait"]), ["wait"]);
    assert!(record("a").tainted.is_some());

    let cloud = ScriptedCloud::new(&world);
    assert!(cloud.live(&with_user(3)).is_complete());
    assert_eq!(cloud.made(&["update", "wait"]), ["wait", "update Size"], "the user's own");
    assert!(!record("a").changing);
    world.assert_settled(&with_user(3), "waited for");
}

/// A change that failed is tried again, however often: what was once in use is not replaced for it.
#[test]
fn a_change_that_ended_in_a_failed_state_replaces_nothing() {
    let world = EngineFixture::new();
    world.live(&one(2));
    let id = ids(&world.snapshot())["a"].clone();
    for _ in 0..3 {
        let cloud = ScriptedCloud {
            before: Box::new(|call, _| match call {
                "update" | "wait" => Err(failure(CloudErrorKind::FailedState)),
                _ => Ok(()),
            }),
            ..ScriptedCloud::new(&world)
        };
        assert_eq!(cloud.live(&one(3)).failed[0].error.kind, CloudErrorKind::FailedState);
        let record = world.snapshot().resources[&Address::new("a")].clone();
        assert!(record.tainted.is_some() && !record.failed, "{record:?}");
    }
    assert!(world.live(&one(3)).is_complete());
    assert_eq!(ids(&world.snapshot())["a"], id);
    world.assert_settled(&one(3), "changed");
}

#[test]
fn what_was_refused_is_not_unfinished() {
    let world = EngineFixture::new();
    world.live(&one(2));
    let cloud = ScriptedCloud {
        before: Box::new(|call, _| if call == "update" { Err(failure(CloudErrorKind::Denied)) } else { Ok(()) }),
        ..ScriptedCloud::new(&world)
    };
    assert_eq!(cloud.live(&one(3)).failed[0].error.kind, CloudErrorKind::Denied);
    assert_eq!(world.snapshot().resources[&Address::new("a")].tainted, None);
    world.assert_settled(&one(2), "as it was");
}

/// Stops the run at the first retry.
struct StopAtRetry<'a>(&'a CancelToken);
impl EventSink for StopAtRetry<'_> {
    fn event(&self, event: &EngineEvent) {
        if matches!(event, EngineEvent::Retrying { .. }) {
            self.0.cancel();
        }
    }
}

#[test]
fn a_stop_is_named_where_it_ends_the_retries() {
    let world = EngineFixture::new();
    let cloud = ScriptedCloud {
        before: Box::new(|call, _| if call == "create" { Err(failure(CloudErrorKind::Conflict)) } else { Ok(()) }),
        ..ScriptedCloud::new(&world)
    };
    let (writer, cancel) = (world.writer(), CancelToken::default());
    let outcome = world.live_on(&cloud, &one(1), &*writer, &cancel, &StopAtRetry(&cancel)).unwrap();
    let message = &outcome.failed[0].error.message;
    assert_eq!(message, "as the script says; the run was stopped before the next try");
}
