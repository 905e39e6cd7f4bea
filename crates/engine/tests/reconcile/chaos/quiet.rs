//! A day without faults.

use super::super::*;
use super::types::{ChaosTypes, behaviour};

fn world() -> EngineFixture {
    let mut world = EngineFixture::behaving(behaviour(), false, Faults::default(), None);
    world.types = Arc::new(ChaosTypes);
    world
}

#[test]
fn an_apply_on_a_quiet_day_is_complete_at_once_and_the_next_plan_is_empty() {
    let world = world();
    let desired = vec![
        ("net", "net", json!({"Cidr": "a"})),
        ("front", "box", json!({"Uses": [to("net", "")], "Size": 2})),
        ("data", "store", json!({"StoreName": "orders", "Size": 3, "Uses": [to("front", "")]})),
    ];
    assert_eq!(world.live(&desired).failed, []);
    world.assert_settled(&desired, "created");
    let mut changed = desired.clone();
    changed[1].2["Size"] = json!(7);
    changed[2].2["Size"] = json!(8);
    assert_eq!(world.live(&changed).failed, []);
    world.assert_settled(&changed, "changed");
    assert_eq!(world.live(&vec![]).failed, []);
    world.assert_settled(&vec![], "destroyed");
}
