//! A day without faults.

use super::super::*;
use super::types::{ChaosTypes, behaviour};

fn world() -> EngineFixture {
    let mut world = EngineFixture::behaving(behaviour(), false, Faults::default(), None);
    world.types = Arc::new(ChaosTypes);
    let options = SimOptions {
        types: world.types.clone(),
        behaviour: behaviour(),
        ..options(&world.clock, Faults::default(), None)
    };
    world.sim = SimCloud::in_memory(options).unwrap().without_idempotency();
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

#[test]
fn what_a_user_holds_goes_after_the_user_has_let_go_though_its_own_base_is_made_anew() {
    let world = world();
    let rule = |fixed: &str| json!({"StoreName": "base", "Fixed": fixed});
    let next = json!({"StoreName": "next", "Uses": [to("base", "")]});
    let user = |uses: Json| json!({"StoreName": "user", "Uses": uses});
    let before = vec![
        ("base", "rule", rule("a")),
        ("net", "net", json!({"Uses": [to("base", "")]})),
        ("next", "rule", next.clone()),
        ("user", "store", user(json!([to("net", ""), to("next", "")]))),
    ];
    assert_eq!(world.live(&before).failed, []);
    let after =
        vec![("base", "rule", rule("b")), ("next", "rule", next), ("user", "store", user(json!([to("next", "")])))];
    assert_eq!(world.live(&after).failed, []);
    world.assert_settled(&after, "changed");
}
