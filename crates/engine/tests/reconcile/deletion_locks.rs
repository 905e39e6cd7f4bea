//! Deletion locks of the cloud: read before anything is touched, refused, or turned off first.

use super::scripted_cloud::{LockScript, ScriptedCloud};
use super::*;
use gpb_engine::cloud::CloudErrorKind;
use gpb_engine::cloud::deletion_locks::LockRelease;
use gpb_engine::plan::{StepPhase, unprotect};

/// A cloud that refuses to delete nets until their protection is off.
fn locked(world: &EngineFixture, locks: LockScript) -> ScriptedCloud<'_> {
    ScriptedCloud { locks: Some(locks), ..ScriptedCloud::new(world) }
}

/// The deletions and the locks turned off, in order.
fn calls(cloud: &ScriptedCloud<'_>) -> Vec<String> {
    cloud.made(&["unlock", "delete"]).into_iter().map(|call| call.replace("aws.test.", "")).collect()
}

fn shop() -> DesiredMap {
    vec![
        ("net", "net", json!({"Cidr": "10.0.0.0/16"})),
        ("front", "box", json!({"Uses": [to("net", "")], "Size": 2})),
        ("data", "store", json!({"StoreName": "orders"})),
    ]
}

fn made() -> EngineFixture {
    let world = EngineFixture::new();
    world.live(&shop());
    world
}

fn only(name: &str) -> ProtectionOverride {
    ProtectionOverride::Only(BTreeSet::from([Address::new(name)]))
}

fn none() -> ProtectionOverride {
    ProtectionOverride::default()
}

fn phases(plan: &Plan) -> Vec<(String, StepPhase)> {
    plan.steps.iter().map(|step| (plan.changes[step.change].address.to_string(), step.phase)).collect()
}

#[test]
fn a_locked_deletion_is_refused_before_anything_is_touched() {
    let world = made();
    let cloud = locked(&world, LockScript::of_a_call());
    let (plan, refused) = cloud.plan(&vec![], &none());
    let [diagnostic] = refused.as_slice() else { panic!("{refused:?}") };
    assert_eq!(diagnostic.code, "GPB7021");
    assert!(diagnostic.message.contains("`net`") && diagnostic.message.ends_with("it is locked"), "{diagnostic:?}");
    assert!(diagnostic.help.as_ref().unwrap().contains("`--unprotect 'net'`"), "{diagnostic:?}");
    assert!(phases(&plan).iter().all(|(_, phase)| *phase == StepPhase::Destroy));
    // What --unprotect names is another resource, which opens nothing.
    assert_eq!(cloud.plan(&vec![], &only("front")).1.len(), 1);
}

#[test]
fn an_unprotected_lock_is_turned_off_before_any_deletion() {
    let world = made();
    let cloud = locked(&world, LockScript::of_a_call());
    let (plan, refused) = cloud.plan(&vec![], &only("net"));
    assert_eq!(refused, []);
    assert_eq!(phases(&plan)[0], ("net".to_owned(), StepPhase::Unprotect));
    let (_, deletions) = plan.steps.split_first().unwrap();
    let waits = |step: &gpb_engine::plan::PlanStep| step.after.contains(&0);
    let front = deletions.iter().find(|step| plan.changes[step.change].address.as_str() == "front").unwrap();
    assert!(waits(front), "{:?}", plan.steps);
    assert!(cloud.apply(&plan).is_complete());
    let calls = calls(&cloud);
    assert_eq!((calls[0].as_str(), calls.last().unwrap().as_str()), ("unlock net", "delete net"), "{calls:?}");
    world.assert_settled(&vec![], "destroyed");
}

#[test]
fn what_cannot_be_turned_off_leaves_its_dependents_alone() {
    let world = made();
    let cloud = locked(&world, LockScript { refuses: Some(CloudErrorKind::Denied), ..LockScript::of_a_call() });
    let (plan, _) = cloud.plan(&vec![], &only("net"));
    let outcome = cloud.apply(&plan);
    assert_eq!(outcome.failed.iter().map(|failed| failed.address.as_str()).collect::<Vec<_>>(), ["net"]);
    assert_eq!(calls(&cloud), [""; 0], "nothing was deleted");
    world.assert_settled(&shop(), "left alone");
}

#[test]
fn a_replacement_turns_off_what_it_will_delete() {
    let world = made();
    let cloud = locked(&world, LockScript::of_a_call());
    let mut changed = shop();
    changed[0].2["Cidr"] = json!("10.1.0.0/16");
    assert_eq!(cloud.plan(&changed, &none()).1.len(), 1);
    let (plan, refused) = cloud.plan(&changed, &only("net"));
    assert_eq!(refused, []);
    assert!(cloud.apply(&plan).is_complete());
    let calls = calls(&cloud);
    assert_eq!((calls[0].as_str(), calls.last().unwrap().as_str()), ("unlock net", "delete net"), "{calls:?}");
    world.assert_settled(&changed, "replaced");
}

#[test]
fn no_option_does_what_a_person_has_to() {
    let world = made();
    let release = Some(LockRelease::Manual { help: "empty it".to_owned() });
    let cloud = locked(&world, LockScript { release, ..LockScript::default() });
    for unprotected in [none(), ProtectionOverride::All] {
        let (plan, refused) = cloud.plan(&vec![], &unprotected);
        assert_eq!(refused.iter().map(|one| one.help.as_deref()).collect::<Vec<_>>(), [Some("empty it")]);
        assert!(phases(&plan).iter().all(|(_, phase)| *phase == StepPhase::Destroy));
    }
}

#[test]
fn what_could_not_be_read_is_refused_until_it_is_meant() {
    let world = made();
    let cloud = locked(&world, LockScript { unread: Some(CloudErrorKind::Denied), ..LockScript::default() });
    let (_, refused) = cloud.plan(&vec![], &none());
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert!(refused[0].message.contains("could not be read"), "{refused:?}");
    let (plan, refused) = cloud.plan(&vec![], &ProtectionOverride::All);
    assert_eq!(refused, []);
    assert!(cloud.apply(&plan).is_complete());
    world.assert_settled(&vec![], "destroyed");
}

#[test]
fn what_is_gone_has_no_locks() {
    let world = made();
    let cloud = locked(&world, LockScript { unread: Some(CloudErrorKind::NotFound), ..LockScript::default() });
    assert_eq!(cloud.plan(&vec![], &none()).1, []);
}

/// A plan that was kept is unprotected as it is applied; doing so twice is doing it once.
#[test]
fn a_plan_that_was_kept_is_unprotected_later() {
    let world = made();
    let cloud = locked(&world, LockScript::of_a_call());
    let (mut plan, _) = cloud.plan(&vec![], &none());
    unprotect(&mut plan, &only("net"));
    let once = plan.clone();
    unprotect(&mut plan, &ProtectionOverride::All);
    assert_eq!(plan, once);
    assert_eq!(plan, cloud.plan(&vec![], &only("net")).0);
    assert_eq!(gpb_engine::plan::from_json(&gpb_engine::plan::to_json(&plan)).unwrap(), plan);
}
