//! Lifecycles of types, which decide what a plan does and in which order.

use super::actions::told;
use crate::plan::fixtures::*;
use crate::plan::{Action, StepPhase};
use gpb_model::{Model, PropertyValue, Replacement};
use serde_json::{Value as Json, json};

fn cluster(properties: Json) -> Model {
    model([resource("app.main", "aws.life.cluster", properties)])
}

/// Checks that the plan is empty although the cloud answers `back` where `given` was sent.
#[expect(clippy::needless_pass_by_value, reason = "a table of tests reads best with values")]
fn same(given: Json, back: Json) {
    let model = cluster(given);
    let mut world = FakeCloud::applied(&model);
    for (name, json) in back.as_object().unwrap() {
        world.observed("app.main").insert(name.clone(), json.clone());
    }
    let plan = world.plan(&model);
    assert!(plan.is_empty(), "{}", told(&plan));
}

/// Checks that the plan changes these places when the cloud answers `back` where `given` was sent.
#[expect(clippy::needless_pass_by_value, reason = "a table of tests reads best with values")]
fn different(given: Json, back: Json, expected: &str) {
    let model = cluster(given);
    let mut world = FakeCloud::applied(&model);
    for (name, json) in back.as_object().unwrap() {
        world.observed("app.main").insert(name.clone(), json.clone());
    }
    let told = told(&world.plan(&model));
    assert!(told.starts_with(&format!("~ app.main: {expected}")), "{told}");
}

#[test]
fn a_version_that_aws_raised_is_no_difference() {
    same(json!({ "Version": "16" }), json!({ "Version": "16.8" }));
    same(json!({ "Version": "16.3" }), json!({ "Version": "16.8" }));
    same(json!({ "Version": "16", "AutoUpgrade": false }), json!({ "Version": "16.8" }));
    different(json!({ "Version": "16.3", "AutoUpgrade": false }), json!({ "Version": "16.8" }), "Version");
    different(json!({ "Version": "16.8" }), json!({ "Version": "16.3" }), "Version");
    different(json!({ "Version": "16.8" }), json!({ "Version": "17.1" }), "Version");
    different(json!({ "Version": "17" }), json!({ "Version": "16.8" }), "Version");
}

#[test]
fn a_value_that_comes_back_in_another_form_is_no_difference() {
    same(json!({ "Window": "Sun:04:30-Sun:05:30" }), json!({ "Window": "sun:04:30-sun:05:30" }));
    same(json!({ "Key": "k" }), json!({ "Key": "arn:aws:kms:us-east-1:123456789012:key/k" }));
    same(json!({ "Ranges": [{ "Range": "10.8.10.0/16" }] }), json!({ "Ranges": [{ "Range": "10.8.0.0/16" }] }));
    different(json!({ "Window": "sun:04:30-sun:05:30" }), json!({ "Window": "mon:04:30-mon:05:30" }), "Window");
    different(
        json!({ "Ranges": [{ "Range": "10.8.0.0/16" }] }),
        json!({ "Ranges": [{ "Range": "10.9.0.0/16" }] }),
        "Ranges",
    );
}

#[test]
fn an_alias_is_the_same_for_as_long_as_the_answer_is() {
    let model = cluster(json!({ "Key": "alias/app" }));
    let mut world = FakeCloud::applied(&model);
    let key = json!("arn:aws:kms:us-east-1:123456789012:key/k");
    world.observed("app.main").insert("Key".into(), key.clone());
    assert_eq!(told(&world.plan(&model)), "~ app.main: Key (Key)");
    world.snapshot.resources.get_mut(&address("app.main")).unwrap().observed.insert("Key".into(), key);
    assert!(world.plan(&model).is_empty());
}

#[test]
fn attributes_that_aws_adds_are_no_difference() {
    let pair = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    let given = json!({ "Attributes": [pair("b", "1"), pair("a", "2")] });
    same(given.clone(), json!({ "Attributes": [pair("a", "2"), pair("new", "x"), pair("b", "1")] }));
    different(given, json!({ "Attributes": [pair("a", "3"), pair("b", "1")] }), "Attributes");
}

#[test]
fn no_text_is_as_good_as_an_empty_one() {
    let model = cluster(json!({ "Key": "", "ClusterName": "c" }));
    let mut world = FakeCloud::applied(&model);
    world.observed("app.main").remove("Key");
    assert!(world.plan(&model).is_empty());
}

fn with_settings(settings: Json) -> Model {
    let used = json!({ "ClusterName": "c", "Settings": to("app.set", ""), "Revision": to("app.set", "Revision") });
    model([resource("app.set", "aws.life.settings", settings), resource("app.main", "aws.life.cluster", used)])
}

#[test]
fn an_output_that_a_change_moves_is_unknown_until_apply() {
    let world = FakeCloud::applied(&with_settings(json!({ "Name": "s", "Lines": "a" })));
    let plan = world.plan(&with_settings(json!({ "Name": "s", "Lines": "b" })));
    assert_eq!(told(&plan), "~ app.main: Revision\n~ app.set: Lines");
    let desired = plan.changes[0].desired.get("Revision").unwrap().clone();
    assert_eq!(Json::from(desired), to("app.set", "Revision"));
    // What does not move it leaves it known.
    assert!(world.plan(&with_settings(json!({ "Name": "s", "Lines": "a" }))).is_empty());
}

#[test]
fn a_value_that_only_one_may_hold_is_given_up_first() {
    let alone = |port: i64, name: &str| {
        model([resource("app.set", "aws.life.settings", json!({ "Name": name, "Port": port }))])
    };
    let world = FakeCloud::applied(&alone(80, "s"));
    assert_eq!(told(&world.plan(&alone(8080, "s"))), "-/+ app.set: Port!");
    assert_eq!(told(&world.plan(&alone(8080, "t"))), "+/- app.set: Name! Port!");
}

#[test]
fn other_holders_of_a_policy_are_another_policy() {
    let grant = |holder: &str, says: &str| {
        let properties = json!({ "Holders": ["kept", holder], "Says": says });
        model([resource("app.grant", "aws.life.grant", properties)])
    };
    let world = FakeCloud::applied(&grant("a", "yes"));
    assert_eq!(told(&world.plan(&grant("a", "no"))), "~ app.grant: Says");
    // `kept` holds the old one, and must not be taken for somebody else's.
    assert_eq!(told(&world.plan(&grant("b", "yes"))), "-/+ app.grant: Holders!");
}

#[test]
fn a_replacement_that_its_users_hold_is_refused() {
    let world = FakeCloud::applied(&with_settings(json!({ "Name": "s", "Port": 80 })));
    let refused = world.try_plan(&with_settings(json!({ "Name": "s", "Port": 8080 }))).unwrap_err();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].code, "GPB7030");
    assert!(refused[0].message.contains("until then `app.main` uses it"), "{}", refused[0].message);
    assert!(refused[0].help.as_ref().unwrap().contains("take `name` away"), "{:?}", refused[0].help);
    // Without the name, or with another one, the new one comes first.
    let plan = world.plan(&with_settings(json!({ "Name": "t", "Port": 8080 })));
    assert_eq!(told(&plan), "~ app.main: Revision Settings\n+/- app.set: Name! Port!");
}

#[test]
fn what_stays_does_not_follow_others_across_a_boundary() {
    let keyed = |name: &str, port: i64| {
        model([
            resource("app.set", "aws.life.settings", json!({ "Name": name, "Port": port })),
            resource("app.main", "aws.life.cluster", json!({ "ClusterName": "c", "Key": to("app.set", "") })),
        ])
    };
    let world = FakeCloud::applied(&keyed("s", 80));
    let refused = world.try_plan(&keyed("t", 8080)).unwrap_err();
    assert_eq!(refused.iter().map(|one| one.code).collect::<Vec<_>>(), ["GPB7031"]);
    assert!(
        refused[0].message.starts_with("`app.main` cannot follow `app.set`, which is made anew"),
        "{}",
        refused[0].message
    );
    assert!(refused[0].help.as_ref().unwrap().contains("--replace app.main"), "{:?}", refused[0].help);
    // Others on the same side are as good.
    assert_eq!(told(&world.plan(&keyed("t", 80))), "~ app.main: Key\n+/- app.set: Name!");
}

#[test]
fn who_uses_it_no_longer_lets_go_first() {
    let world = FakeCloud::applied(&with_settings(json!({ "Name": "s", "Port": 80 })));
    let mut after = with_settings(json!({ "Name": "s", "Port": 8080 }));
    after.resources[1].properties.remove("Settings");
    after.resources[1].properties.remove("Revision");
    let plan = world.plan(&after);
    assert_eq!(told(&plan), "~ app.main: Revision Settings\n-/+ app.set: Port!");
    let order: Vec<_> = plan.steps.iter().map(|step| (step.change, step.phase)).collect();
    let at = |change, phase| order.iter().position(|one| *one == (change, phase)).unwrap();
    assert!(at(0, StepPhase::Create) < at(1, StepPhase::Destroy), "{order:?}");
}

fn scaled(size: i64, dimension: &str, kind: &str) -> Model {
    let cluster = json!({ "ClusterName": "c", "Size": size, "Kind": kind });
    let mut scaler = resource(
        "app.scaler",
        "aws.life.scaler",
        json!({ "ScalerName": "s", "Of": "cluster/c", "Dimension": dimension, "Max": 10 }),
    );
    scaler.after.push(address("app.main"));
    model([resource("app.main", "aws.life.cluster", cluster), scaler])
}

#[test]
fn a_number_that_a_scaler_moves_is_left_to_it() {
    let mut world = FakeCloud::applied(&scaled(3, "size", "a"));
    world.observed("app.main").insert("Size".into(), 8.into());
    let plan = world.plan(&scaled(3, "size", "a"));
    assert!(plan.is_empty(), "{}", told(&plan));
    assert_eq!(plan.changes[0].desired.get("Size"), Some(&PropertyValue::Int(8)));
    let mut world = FakeCloud::applied(&scaled(3, "other", "a"));
    world.observed("app.main").insert("Size".into(), 8.into());
    assert_eq!(told(&world.plan(&scaled(3, "other", "a"))), "~ app.main: Size (Size)\n= app.scaler");
}

#[test]
fn what_aws_deletes_with_its_owner_is_made_anew_with_it() {
    let world = FakeCloud::applied(&scaled(3, "size", "a"));
    let plan = world.plan(&scaled(3, "size", "b"));
    assert_eq!(told(&plan), "-/+ app.main: Kind!\n-/+ app.scaler: @owner!");
    let order: Vec<_> = plan.steps.iter().map(|step| (step.change, step.phase)).collect();
    assert_eq!(
        order,
        [(1, StepPhase::Destroy), (0, StepPhase::Destroy), (0, StepPhase::Create), (1, StepPhase::Create)]
    );
}

#[test]
fn a_changed_part_of_the_identifier_is_another_resource() {
    let named = |name: &str| cluster(json!({ "ClusterName": name, "Version": "1" }));
    let world = FakeCloud::applied(&named("a"));
    assert_eq!(told(&world.plan(&named("b"))), "+/- app.main: ClusterName!");
}

#[test]
fn a_user_that_is_replaced_with_it_is_marked_as_it_is_done() {
    // The attachment alone would be created first; what it is attached to has to go first, and takes it along.
    let at = |engine: &str| {
        let target = json!({ "Target": to("data.main", "") });
        let store = json!({ "StoreName": "s", "Engine": engine });
        model([resource("data.main", "aws.data.store", store), resource("compute.at", "aws.run.attachment", target)])
    };
    let plan = FakeCloud::applied(&at("x")).plan(&at("y"));
    assert_eq!(told(&plan), "-/+ data.main: Engine!\n-/+ compute.at: Target!");
    let first = plan.steps.iter().find(|step| plan.changes[step.change].action == Action::Replace).unwrap();
    assert_eq!(first.phase, StepPhase::Destroy);
}

#[test]
fn what_only_one_may_hold_is_not_created_first_though_the_text_asks_for_it() {
    let settings = |name: &str| {
        let mut one = model([resource("app.set", "aws.life.settings", json!({ "Name": name, "Port": 8080 }))]);
        one.resources[0].lifecycle.replace = Some(Replacement::CreateThenDelete);
        one
    };
    let before = model([resource("app.set", "aws.life.settings", json!({ "Name": "s", "Port": 80 }))]);
    let world = FakeCloud::applied(&before);
    let refused = world.try_plan(&settings("s")).unwrap_err();
    assert_eq!(refused.iter().map(|one| one.code).collect::<Vec<_>>(), ["GPB7060"]);
    assert_eq!(refused[0].message, "`app.set` cannot be created before the old one goes: only one may hold its `name`");
    assert!(refused[0].help.as_ref().unwrap().contains("take `replace create_first` away"), "{refused:?}");
    assert_eq!(told(&world.plan(&settings("t"))), "+/- app.set: Name! Port!");
}
