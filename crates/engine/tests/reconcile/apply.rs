//! The effects of an apply, seen from outside.

use super::*;
use gpb_engine::cloud::{CloudErrorKind, ResourceKey};
use gpb_engine::plan::StepPhase;
use gpb_sim::Latency;
use std::time::Duration;

fn shop() -> DesiredMap {
    vec![
        ("net", "net", json!({"Cidr": "10.0.0.0/16"})),
        ("front", "box", json!({"Uses": [to("net", "")], "Size": 2})),
        (
            "data",
            "store",
            json!({"StoreName": "orders", "Note": {"$concat": ["of ", to("front", "Endpoint/Address")]}}),
        ),
    ]
}

fn did(outcome: &ApplyOutcome) -> Vec<(String, Action)> {
    outcome.done.iter().map(|done| (done.address.to_string(), done.action)).collect()
}

fn actions(expected: &[(&str, Action)]) -> Vec<(String, Action)> {
    expected.iter().map(|(name, action)| ((*name).to_owned(), *action)).collect()
}

#[test]
fn what_is_declared_is_made_and_then_left_alone() {
    let world = EngineFixture::new();
    let outcome = world.live(&shop());
    assert_eq!(did(&outcome), actions(&[("net", Action::Create), ("front", Action::Create), ("data", Action::Create)]));
    assert_eq!(outcome.outputs["data"], "orders");
    world.assert_settled(&shop(), "created");
    let serial = world.snapshot().serial;
    assert_eq!(did(&world.live(&shop())), []);
    assert_eq!(world.snapshot().serial, serial, "an apply of nothing writes nothing");
}

#[test]
fn a_change_is_made_in_place() {
    let world = EngineFixture::new();
    world.live(&shop());
    let before = ids(&world.snapshot());
    let mut changed = shop();
    changed[1].2["Size"] = json!(5);
    assert_eq!(did(&world.live(&changed)), actions(&[("front", Action::Update)]));
    assert_eq!(ids(&world.snapshot()), before);
    world.assert_settled(&changed, "updated");
}

#[test]
fn a_replacement_is_there_before_the_old_one_goes_and_its_users_turn_to_it() {
    let world = EngineFixture::new();
    world.live(&shop());
    let before = ids(&world.snapshot());
    let mut changed = shop();
    changed[0].2["Cidr"] = json!("10.1.0.0/16");
    let outcome = world.live(&changed);
    assert_eq!(did(&outcome), actions(&[("front", Action::Update), ("net", Action::Replace)]));
    assert_ne!(ids(&world.snapshot())["net"], before["net"]);
    world.assert_settled(&changed, "replaced");
}

#[test]
fn what_bears_a_name_is_deleted_before_it_is_made_again() {
    let world = EngineFixture::new();
    world.live(&shop());
    let mut changed = shop();
    changed[2].2["Fixed"] = json!("new");
    assert_eq!(did(&world.live(&changed)), actions(&[("data", Action::Replace)]));
    world.assert_settled(&changed, "replaced");
}

#[test]
fn what_is_no_longer_declared_goes_users_first() {
    let world = EngineFixture::new();
    world.live(&shop());
    let outcome = world.live(&vec![]);
    assert_eq!(did(&outcome), actions(&[("data", Action::Delete), ("front", Action::Delete), ("net", Action::Delete)]));
    world.assert_settled(&vec![], "destroyed");
}

#[test]
fn what_vanished_is_made_again_or_forgotten() {
    let world = EngineFixture::new();
    world.live(&shop());
    let id = ids(&world.snapshot())["front"].clone();
    let key = ResourceKey { ty: "aws.test.box".into(), place: place(), id };
    let delete = |key: &ResourceKey| {
        world.clock.run(world.sim.delete(key, "by hand", &gpb_sim::testing::RecordingSink::default())).unwrap();
    };
    delete(&key);
    let outcome = world.live(&shop());
    assert_eq!(did(&outcome)[0], ("front".to_owned(), Action::Create));
    world.assert_settled(&shop(), "made again");
    delete(&ResourceKey { ty: "aws.test.store".into(), id: "orders".into(), ..key });
    let without = shop()[..2].to_vec();
    assert_eq!(did(&world.live(&without)), actions(&[("data", Action::Forget)]));
    world.assert_settled(&without, "forgotten");
}

#[test]
fn a_failure_stops_its_dependents_and_nothing_else() {
    let world = EngineFixture::new();
    world.live(&vec![("taken", "store", json!({"StoreName": "orders"}))]);
    let desired = vec![
        ("taken", "store", json!({"StoreName": "orders"})),
        ("clash", "store", json!({"StoreName": "orders"})),
        ("user", "box", json!({"Note": to("clash", "Arn")})),
        ("user_of_user", "box", json!({"Uses": [to("user", "")]})),
        ("other", "net", json!({})),
    ];
    let outcome = world.live(&desired);
    assert_eq!(did(&outcome), actions(&[("other", Action::Create)]));
    let failed: Vec<_> = outcome.failed.iter().map(|f| (f.address.as_str(), f.error.kind)).collect();
    assert_eq!(failed, [("clash", CloudErrorKind::AlreadyExists)]);
    let skipped: Vec<_> =
        outcome.skipped.iter().map(|s| (s.address.as_str(), s.because.as_ref().unwrap().as_str())).collect();
    assert_eq!(skipped, [("user", "clash"), ("user_of_user", "clash")]);
    assert!(!outcome.is_complete() && !outcome.cancelled);
    assert_eq!(outcome.diagnostics()[0].code, "GPB8002");
    assert_eq!(world.snapshot().resources.len(), 2);
}

#[test]
fn what_the_catalog_refuses_once_it_is_known_is_not_sent() {
    let world = EngineFixture::new();
    let desired = vec![
        ("net", "net", json!({})),
        ("bad", "box", json!({"Size": to("net", "")})),
        ("lost", "box", json!({"Note": to("net", "Nothing")})),
    ];
    let outcome = world.live(&desired);
    let causes: Vec<_> = outcome.failed.iter().map(|f| (f.address.as_str(), f.cause)).collect();
    assert_eq!(causes, [("bad", FailureCause::Refused), ("lost", FailureCause::Unresolved)]);
    assert_eq!(world.sim.everything().unwrap().len(), 1);
}

#[test]
fn a_wish_to_stop_lets_what_is_under_way_finish() {
    let cancel = CancelToken::default();
    let wish = cancel.clone();
    let world = EngineFixture::with(
        Faults::default(),
        hook(move |point| {
            if point == "create:applied" {
                wish.cancel();
            }
        }),
    );
    let outcome = world.live_with(&shop(), &*world.writer(), &cancel, &NullSink).unwrap();
    assert_eq!(did(&outcome), actions(&[("net", Action::Create)]));
    assert!(outcome.cancelled);
    assert_eq!(outcome.skipped.iter().map(|s| s.because.as_ref()).collect::<Vec<_>>(), [None, None]);
    assert_eq!(world.snapshot().pending, []);
    world.live(&shop());
    world.assert_settled(&shop(), "went on");
}

#[test]
fn a_plan_of_another_state_is_refused() {
    let world = EngineFixture::new();
    let snapshot = world.snapshot();
    let stale = world.plan(&shop(), &snapshot, &Observation::new());
    world.live(&vec![("net", "net", json!({}))]);
    let (writer, cancel, options) = (world.writer(), CancelToken::default(), ApplyOptions::default());
    let request = |plan| Apply {
        plan,
        writer: &*writer,
        cloud: &world.sim,
        types: &TestTypes,
        functions: &no_functions,
        environment: &|_| None,
        clock: &world.clock,
        events: &NullSink,
        cancel: &cancel,
        options: &options,
    };
    assert_eq!(world.clock.run(apply(request(&stale))).unwrap_err().code(), "GPB7602");
    let unobserved = Plan { observed: false, ..stale.clone() };
    assert_eq!(world.clock.run(apply(request(&unobserved))), Err(EngineError::Unobserved));
    let snapshot = world.snapshot();
    let mut turned = world.plan(&shop(), &snapshot, &world.clock.run(world.observe(&snapshot)));
    turned.steps.reverse();
    let error = world.clock.run(apply(request(&turned))).unwrap_err();
    assert_eq!(error.code(), "GPB7601");
    assert!(error.to_string().ends_with("each other: net → net"), "{error}");
    assert_eq!(world.sim.everything().unwrap().len(), 1);
}

#[test]
fn a_move_renames_and_touches_nothing() {
    let world = EngineFixture::new();
    world.live(&shop());
    let (snapshot, writer) = (world.snapshot(), world.writer());
    let observation = world.clock.run(world.observe(&snapshot));
    let mut plan = world.plan(&shop(), &snapshot, &observation);
    for change in &mut plan.changes {
        let was = change.address.clone();
        change.address = Address::new(format!("new.{was}"));
        change.moved_from = Some(was);
        change.depends_on = change.depends_on.iter().map(|address| Address::new(format!("new.{address}"))).collect();
    }
    plan.outputs.clear();
    let (cancel, options) = (CancelToken::default(), ApplyOptions::default());
    let request = Apply {
        plan: &plan,
        writer: &*writer,
        cloud: &world.sim,
        types: &TestTypes,
        functions: &no_functions,
        environment: &|_| None,
        clock: &world.clock,
        events: &NullSink,
        cancel: &cancel,
        options: &options,
    };
    world.clock.run(apply(request)).unwrap();
    let moved: BTreeMap<_, _> = ids(&snapshot).into_iter().map(|(name, id)| (format!("new.{name}"), id)).collect();
    assert_eq!(ids(&world.snapshot()), moved);
    assert_eq!(world.snapshot().resources[&Address::new("new.front")].depends_on, [Address::new("new.net")]);
}

#[test]
fn events_tell_the_course() {
    let mut world = EngineFixture::new();
    let latency = Latency::parse("[default]\ncreate = 8.0\nupdate = 1.0\ndelete = 1.0", 1.0).unwrap();
    world.sim =
        SimCloud::in_memory(gpb_sim::SimOptions { latency, ..options(&world.clock, Faults::default(), None) }).unwrap();
    let heard = EventLog::default();
    world.live_with(&vec![("net", "net", json!({}))], &*world.writer(), &CancelToken::default(), &heard).unwrap();
    let told: Vec<String> = heard.0.into_inner().unwrap().iter().map(|e| serde_json::to_string(e).unwrap()).collect();
    let filters = vec![(r"net-[0-9a-f]{17}", "[id]")];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(told.join("\n")) });
    assert_eq!(world.clock.now(), Duration::from_secs(8));
}

#[test]
fn independent_work_goes_on_at_once_and_the_longest_way_goes_first() {
    let mut world = EngineFixture::new();
    let latency = Latency::parse("[default]\ncreate = 60.0\nupdate = 1.0\ndelete = 1.0", 1.0).unwrap();
    world.sim =
        SimCloud::in_memory(gpb_sim::SimOptions { latency, ..options(&world.clock, Faults::default(), None) }).unwrap();
    let names: Vec<&'static str> = (0..300).map(|n| &*Box::leak(format!("n{n}").into_boxed_str())).collect();
    let mut desired: DesiredMap = names.iter().map(|name| (*name, "net", json!({}))).collect();
    desired.push(("end", "box", json!({"Uses": [to("n299", "")]})));
    world.live(&desired);
    // 256 are under way at once; the one with something behind it is among them, so two rounds do.
    assert_eq!(world.clock.now(), Duration::from_mins(2));
    world.assert_settled(&desired, "wide");
}

/// A change of which a step is under way when another is given up, and which fails then, is one failure.
#[test]
fn a_change_is_reported_once() {
    let world = EngineFixture::new();
    let nets = |cidr: &str| {
        vec![
            ("a", "store", json!({"StoreName": "a", "Fixed": cidr})),
            ("b", "store", json!({"StoreName": "b", "Fixed": cidr})),
        ]
    };
    world.live(&nets("1"));
    let cloud = scripted_cloud::ScriptedCloud {
        before: Box::new(|operation, _| match operation {
            "delete" => Err(scripted_cloud::failure(CloudErrorKind::Denied)),
            _ => Ok(()),
        }),
        ..scripted_cloud::ScriptedCloud::new(&world)
    };
    let (mut plan, _) = cloud.plan(&nets("2"), &ProtectionOverride::All);
    let deletions: Vec<usize> =
        (0..plan.steps.len()).filter(|step| plan.steps[*step].phase == StepPhase::Destroy).collect();
    assert_eq!(deletions.len(), 2, "{:?}", plan.steps);
    // Each creation waits for both names to be free.
    plan.steps.sort_by_key(|step| (step.phase != StepPhase::Destroy, step.change));
    for step in &mut plan.steps {
        step.after = if step.phase == StepPhase::Destroy { vec![] } else { vec![0, 1] };
    }
    let outcome = cloud.apply(&plan);
    assert_eq!((outcome.failed.len(), outcome.skipped.len(), outcome.done.len()), (2, 0, 0), "{outcome:?}");
}
