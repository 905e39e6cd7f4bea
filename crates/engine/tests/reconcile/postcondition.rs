//! A change is done when what is read is what was sent.

use super::scripted_cloud::{ScriptedCloud, with};
use super::*;
use gpb_engine::cloud::CloudErrorKind;
use std::time::Duration;

fn front(size: u32) -> DesiredMap {
    vec![("front", "box", json!({"Size": size, "Note": "n"}))]
}

/// Shows the sizes of before until a moment.
fn old_until(world: &EngineFixture, size: u32, moment: Duration) -> ScriptedCloud<'_> {
    let clock = world.clock.clone();
    ScriptedCloud {
        shown: Box::new(move |_, seen| if clock.now() < moment { with(seen, "Size", json!(size)) } else { seen }),
        ..ScriptedCloud::new(world)
    }
}

#[test]
fn a_change_that_shows_late_is_waited_for() {
    let world = EngineFixture::new();
    world.live(&front(2));
    let start = world.clock.now();
    let cloud = old_until(&world, 2, start + Duration::from_secs(70));
    assert!(cloud.live(&front(5)).is_complete());
    assert_eq!(cloud.made(&["update"]), ["update Size"]);
    assert!(world.since(start) < Duration::from_secs(90), "{:?}", world.clock.now());
    assert_eq!(world.snapshot().resources[&Address::new("front")].observed["Size"], 5);
    world.assert_settled(&front(5), "shown late");
}

/// Hides a note until a moment.
fn hidden_until(world: &EngineFixture, moment: Duration) -> ScriptedCloud<'_> {
    let clock = world.clock.clone();
    let shown = move |_: &str, seen: Option<gpb_engine::cloud::ObservedResource>| {
        let mut seen = seen?;
        if clock.now() < moment {
            seen.properties.remove("Note");
        }
        Some(seen)
    };
    ScriptedCloud { shown: Box::new(shown), ..ScriptedCloud::new(world) }
}

#[test]
fn what_was_sent_and_is_not_read_yet_is_waited_for() {
    let noted = |note: &str| vec![("front", "box", json!({"Size": 2, "Note": note}))];
    let world = EngineFixture::new();
    for note in ["at its creation", "in an update"] {
        let start = world.clock.now();
        assert!(hidden_until(&world, start + Duration::from_secs(40)).live(&noted(note)).is_complete());
        assert_eq!(world.snapshot().resources[&Address::new("front")].observed["Note"], note);
        assert!(world.since(start) >= Duration::from_secs(40) && world.since(start) < Duration::from_secs(90));
    }
    let start = world.clock.now();
    assert!(hidden_until(&world, Duration::MAX).live(&noted("never")).is_complete(), "some answers leave it out");
    assert!(world.since(start) < Duration::from_mins(2), "{:?}", world.since(start));
}

#[test]
fn a_change_that_is_undone_fails_and_taints() {
    let world = EngineFixture::new();
    world.live(&front(2));
    let start = world.clock.now();
    let outcome = old_until(&world, 2, Duration::MAX).live(&front(5));
    let error = &outcome.failed[0].error;
    assert_eq!((error.kind, error.code.as_str()), (CloudErrorKind::Differs, "NotAsSent"));
    assert_eq!(error.message, "AWS shows 2 instead of 5 for size");
    assert_eq!(outcome.diagnostics()[0].code, "GPB8015");
    assert_eq!(world.since(start), Duration::from_mins(2), "as long as reads may lag");
    let record = &world.snapshot().resources[&Address::new("front")];
    let why = "its last change did not take effect: AWS shows 2 instead of 5 for size";
    assert_eq!(record.tainted.as_deref(), Some(why));
    assert!(world.live(&front(5)).is_complete());
    world.assert_settled(&front(5), "tried again");
}

/// An element that a list no longer has is gone only when it is not read any more.
#[test]
fn a_removal_that_does_not_happen_fails_and_one_that_shows_late_does_not() {
    let with_note = || vec![("front", "box", json!({"Size": 2, "Note": "n", "Uses": ["a", "b"]}))];
    let without = || vec![("front", "box", json!({"Size": 2, "Uses": ["a"]}))];
    for is_late in [true, false] {
        let world = EngineFixture::new();
        world.live(&with_note());
        let (clock, start) = (world.clock.clone(), world.clock.now());
        let end = if is_late { start + Duration::from_secs(70) } else { Duration::MAX };
        let shown = move |_: &str, seen| if clock.now() < end { with(seen, "Uses", json!(["a", "b"])) } else { seen };
        let cloud = ScriptedCloud { shown: Box::new(shown), ..ScriptedCloud::new(&world) };
        let outcome = cloud.live(&without());
        assert_eq!(outcome.is_complete(), is_late, "{outcome:?}");
        if let Some(failed) = outcome.failed.first() {
            assert_eq!(failed.error.kind, CloudErrorKind::Differs);
            assert!(failed.error.message.contains("for uses"), "{outcome:?}");
        }
        assert!(world.live(&without()).is_complete());
        world.assert_settled(&without(), "removed");
    }
}

/// The service fills in what stands where a property was removed, also if the text said the same.
#[test]
fn a_removed_property_may_be_reset() {
    for filled_in in ["default", "n"] {
        removed_and_filled_in(filled_in);
    }
}

fn removed_and_filled_in(filled_in: &'static str) {
    let world = EngineFixture::new();
    world.live(&front(2));
    let shown = move |call: &str, seen| if call == "update" { with(seen, "Note", json!(filled_in)) } else { seen };
    let cloud = ScriptedCloud { shown: Box::new(shown), ..ScriptedCloud::new(&world) };
    assert!(cloud.live(&vec![("front", "box", json!({"Size": 2}))]).is_complete());
}

#[test]
fn only_the_places_of_a_change_are_its_own() {
    let world = EngineFixture::new();
    world.live(&front(2));
    let cloud = ScriptedCloud {
        shown: Box::new(|call, seen| if call == "update" { with(seen, "Note", json!("by hand")) } else { seen }),
        ..ScriptedCloud::new(&world)
    };
    assert!(cloud.live(&front(5)).is_complete(), "what another has changed meanwhile is drift");
}

#[test]
fn what_a_failed_change_still_uses_is_not_deleted() {
    let world = EngineFixture::new();
    let pair =
        |cidr: &str| vec![("net", "net", json!({"Cidr": cidr})), ("front", "box", json!({"Uses": [to("net", "")]}))];
    world.live(&pair("a"));
    let old = ids(&world.snapshot())["net"].clone();
    let kept = old.clone();
    let cloud = ScriptedCloud {
        shown: Box::new(move |_, seen| {
            let is_user = seen.as_ref().is_some_and(|seen| seen.properties.contains_key("Uses"));
            if is_user { with(seen, "Uses", json!([kept])) } else { seen }
        }),
        ..ScriptedCloud::new(&world)
    };
    let outcome = cloud.live(&pair("b"));
    assert_eq!(outcome.failed[0].error.kind, CloudErrorKind::Differs);
    assert_eq!(cloud.made(&["delete"]), [""; 0], "the old one is what is running");
    assert!(world.sim.everything().unwrap().iter().any(|(key, ..)| key.id == old));
    assert!(world.live(&pair("b")).is_complete());
    world.assert_settled(&pair("b"), "turned to the new one");
}

#[test]
fn a_creation_that_is_not_as_sent_is_kept_and_finished_later() {
    let world = EngineFixture::new();
    let desired = vec![("front", "box", json!({"Size": 3})), ("user", "box", json!({"Uses": [to("front", "")]}))];
    let cloud = ScriptedCloud { shown: Box::new(|_, seen| with(seen, "Size", json!(1))), ..ScriptedCloud::new(&world) };
    let outcome = cloud.live(&desired);
    assert_eq!(outcome.failed[0].error.message, "AWS shows 1 instead of 3 for size");
    assert_eq!(outcome.skipped[0].address.as_str(), "user");
    assert!(world.snapshot().resources[&Address::new("front")].tainted.is_some());
    assert!(world.live(&desired).is_complete());
    world.assert_settled(&desired, "finished");
}

#[test]
fn a_message_names_no_secret() {
    let world = EngineFixture::new();
    let token = json!({"$secret": {"from": "env", "name": "TOKEN"}});
    let desired = vec![("front", "box", json!({"Uses": [token, "plain"]}))];
    let cloud = ScriptedCloud {
        shown: Box::new(|_, seen| with(seen, "Uses", json!(["hunter2hunter2", "other"]))),
        ..ScriptedCloud::new(&world)
    };
    let outcome = cloud.live(&desired);
    let message = &outcome.failed[0].error.message;
    assert_eq!(message, r#"AWS shows ["(secret)","other"] instead of ["(secret)","plain"] for uses"#);
}

/// Stops the run as soon as a change is waited for to show.
struct StopWhenWaiting<'a>(&'a CancelToken);
impl EventSink for StopWhenWaiting<'_> {
    fn event(&self, event: &EngineEvent) {
        if matches!(event, EngineEvent::Waiting { for_what, .. } if for_what == "size to be as sent") {
            self.0.cancel();
        }
    }
}

/// Steps in progress finish: a stop says nothing about the change.
#[test]
fn a_stop_lets_the_waiting_come_to_its_end() {
    let world = EngineFixture::new();
    world.live(&front(2));
    let cloud = old_until(&world, 2, world.clock.now() + Duration::from_secs(70));
    let (writer, cancel) = (world.writer(), CancelToken::default());
    let events = StopWhenWaiting(&cancel);
    let outcome = world.live_on(&cloud, &front(5), &*writer, &cancel, &events).unwrap();
    assert!(cancel.is_cancelled() && outcome.is_complete(), "{outcome:?}");
    drop(writer);
    world.assert_settled(&front(5), "finished");
}
