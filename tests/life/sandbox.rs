//! The sandbox lives its whole life twice: first apply, changes of everything, destroy, apply again.

use crate::acts::{Act, acts};
use crate::world::{AS_IT_IS, World};
use serde_json::json;
use std::collections::BTreeSet;

/// After each act a plan is empty, and the cloud holds what the state says.
fn live(world: &mut World) -> String {
    world.reset();
    world.story.clear();
    for act in acts("sandbox") {
        world.play(&act);
    }
    change_behind_the_back(world);
    world.destroy();
    // Everything stands in the network: what is refused while it stands is done when all is made again.
    for act in acts("sandbox").iter().filter(|act| act.param.as_deref() == Some("address_space")) {
        world.play(&Act { refused: false, ..act.clone() });
    }
    world.destroy();
    std::mem::take(&mut world.story)
}

/// Changes and deletions of others are shown and repaired.
fn change_behind_the_back(world: &mut World) {
    world.change_outside("streaming.broker_logs.group", &json!({ "RetentionInDays": 3 }));
    world.change_outside("streaming.jobs.queue", &json!({ "VisibilityTimeout": 999 }));
    world.delete_outside("network.main.internet");
    world.delete_outside("data.sessions.from_client[\"0\"]");
    world.delete_outside("observability.alarms.topic");
    world.act("what others changed and deleted", AS_IT_IS);
}

#[test]
fn the_sandbox_lives_its_whole_life_twice() {
    let mut world = World::sandbox();
    let first = live(&mut world);
    insta::assert_snapshot!(first);
    assert_eq!(live(&mut world), first, "the second life is as the first");
}

#[test]
fn every_parameter_of_the_sandbox_is_changed_in_its_life() {
    let changed: BTreeSet<_> = acts("sandbox").into_iter().filter_map(|act| act.param).collect();
    let declared = World::sandbox().params();
    assert!(declared.len() > 20, "{declared:?}");
    assert_eq!(changed, declared);
}
