//! An update that is tried again starts from what is there and sets only what is left.

use super::scripted_cloud::{ScriptedCloud, failure};
use super::*;
use gpb_engine::cloud::CloudErrorKind;

fn front(size: u32, note: &str) -> DesiredMap {
    vec![("front", "box", json!({"Size": size, "Note": note}))]
}

/// The calls of an update whose first try leaves these places undone and then fails so.
fn check(kind: CloudErrorKind, leaves: &[&str], expected: &[&str]) {
    let world = EngineFixture::new();
    world.live(&front(2, "a"));
    let cloud = ScriptedCloud {
        leaves: leaves.iter().map(|path| PropPath((*path).into())).collect(),
        after: Box::new(move |call, nth| if call == "update" && nth == 0 { Err(failure(kind)) } else { Ok(()) }),
        ..ScriptedCloud::new(&world)
    };
    assert!(cloud.live(&front(5, "b")).is_complete());
    assert_eq!(cloud.made(&["update", "wait"]), expected, "{}", kind.as_str());
    world.assert_settled(&front(5, "b"), "updated");
}

#[test]
fn only_what_is_left_is_set_again() {
    for kind in [CloudErrorKind::Conflict, CloudErrorKind::Throttled, CloudErrorKind::Ambiguous] {
        check(kind, &["Note"], &["update Note,Size", "update Note"]);
    }
}

#[test]
fn an_update_that_finds_nothing_left_is_done() {
    check(CloudErrorKind::Conflict, &[], &["update Note,Size", "wait"]);
    check(CloudErrorKind::Ambiguous, &[], &["update Note,Size", "wait"]);
}

#[test]
fn a_removal_is_left_as_long_as_it_shows() {
    let world = EngineFixture::new();
    world.live(&front(2, "a"));
    let without = vec![("front", "box", json!({"Size": 5}))];
    let cloud = ScriptedCloud {
        leaves: vec![PropPath("Note".into())],
        after: Box::new(|call, nth| match call {
            "update" if nth == 0 => Err(failure(CloudErrorKind::Conflict)),
            _ => Ok(()),
        }),
        ..ScriptedCloud::new(&world)
    };
    assert!(cloud.live(&without).is_complete());
    assert_eq!(cloud.made(&["update"]), ["update Note,Size", "update Note"]);
    world.assert_settled(&without, "removed");
}

#[test]
fn what_cannot_be_read_is_read_before_it_is_tried_again() {
    let world = EngineFixture::new();
    world.live(&front(2, "a"));
    let cloud = ScriptedCloud {
        before: Box::new(|call, nth| match call {
            "read" if nth < 3 => Err(failure(CloudErrorKind::Unavailable)),
            _ => Ok(()),
        }),
        after: Box::new(|call, nth| match call {
            "update" if nth == 0 => Err(failure(CloudErrorKind::Ambiguous)),
            _ => Ok(()),
        }),
        ..ScriptedCloud::new(&world)
    };
    assert!(cloud.live(&front(5, "a")).is_complete());
    let course = ["update Size", "read", "read", "read", "read", "wait"];
    assert_eq!(cloud.made(&["update", "read", "wait"]), course);
}

#[test]
fn what_no_read_shows_of_an_unfinished_creation_is_set_again_where_it_can_be() {
    let world = EngineFixture::new();
    let token = json!({"$secret": {"from": "env", "name": "TOKEN"}});
    let desired = vec![("data", "store", json!({"StoreName": "orders", "Size": 3, "Password": token}))];
    let cloud = ScriptedCloud {
        after: Box::new(|call, nth| match call {
            "create" if nth == 0 => Err(failure(CloudErrorKind::Unavailable)),
            _ => Ok(()),
        }),
        ..ScriptedCloud::new(&world)
    };
    assert!(cloud.live(&desired).is_complete());
    assert_eq!(cloud.made(&["create", "update"]), ["create aws.test.store", "update Password again Password"]);
    world.assert_settled(&desired, "finished");
}

#[test]
fn what_is_being_deleted_is_not_deleted_twice() {
    let world = EngineFixture::new();
    world.live(&front(2, "a"));
    let cloud = ScriptedCloud {
        before: Box::new(|call, nth| match call {
            "delete" if nth > 0 => Err(failure(CloudErrorKind::Invalid)),
            "read" if nth == 0 => Err(failure(CloudErrorKind::Throttled)),
            _ => Ok(()),
        }),
        after: Box::new(|call, _| match call {
            "delete" => Err(failure(CloudErrorKind::Ambiguous)),
            _ => Ok(()),
        }),
        ..ScriptedCloud::new(&world)
    };
    assert!(cloud.live(&vec![]).is_complete());
    assert_eq!(cloud.made(&["delete", "read"]), ["delete aws.test.box", "read", "read"]);
    world.assert_settled(&vec![], "gone");
}

/// Something on a resource that is not there any more is not the resource.
#[test]
fn a_deletion_that_finds_nothing_is_believed_when_a_read_finds_nothing() {
    let world = EngineFixture::new();
    world.live(&front(2, "a"));
    let cloud = ScriptedCloud {
        before: Box::new(|call, nth| match call {
            "delete" if nth == 0 => Err(failure(CloudErrorKind::NotFound)),
            _ => Ok(()),
        }),
        ..ScriptedCloud::new(&world)
    };
    assert!(cloud.live(&vec![]).is_complete());
    assert_eq!(cloud.made(&["delete"]), ["delete aws.test.box", "delete aws.test.box"]);
    world.assert_settled(&vec![], "deleted");
}

#[test]
fn what_is_still_there_is_not_forgotten_when_its_deletion_finds_nothing() {
    let world = EngineFixture::new();
    world.live(&front(2, "a"));
    let cloud = ScriptedCloud {
        before: Box::new(|call, _| if call == "delete" { Err(failure(CloudErrorKind::NotFound)) } else { Ok(()) }),
        ..ScriptedCloud::new(&world)
    };
    let outcome = cloud.live(&vec![]);
    assert_eq!(outcome.failed[0].error.kind, CloudErrorKind::NotReady);
    world.assert_settled(&front(2, "a"), "kept");
    assert!(world.live(&vec![]).is_complete());
    world.assert_settled(&vec![], "deleted later");
}

#[test]
fn what_somebody_else_deleted_meanwhile_is_gone() {
    let world = EngineFixture::new();
    world.live(&front(2, "a"));
    let cloud = ScriptedCloud {
        after: Box::new(|call, _| if call == "delete" { Err(failure(CloudErrorKind::NotFound)) } else { Ok(()) }),
        ..ScriptedCloud::new(&world)
    };
    assert!(cloud.live(&vec![]).is_complete());
    assert_eq!(cloud.made(&["delete", "read"]), ["delete aws.test.box", "read"]);
}
