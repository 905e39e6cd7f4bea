//! The saved plan and what it promises.

use crate::plan::fixtures::*;
use crate::plan::{FORMAT, SavedPlanError, from_json, model_hash, stale, to_json};
use serde_json::json;

fn a_plan() -> (FakeCloud, gpb_model::Model, crate::plan::Plan) {
    let before = model([
        resource("network.vpc", "aws.net.vpc", json!({ "Cidr": "10.0.0.0/16" })),
        resource(
            "data.main",
            "aws.data.store",
            json!({
                "Engine": "x", "Size": 1, "Subnets": [to("network.vpc", "")],
                "Password": { "$secret": { "from": "store", "name": "p" } },
            }),
        ),
    ]);
    let mut world = FakeCloud::applied(&before);
    world.observed("data.main").insert("Size".into(), 3.into());
    let mut after = before;
    after.resources.push(resource("compute.task", "aws.run.task", json!({
        "Options": { "$odd": "key", "host": to("data.main", "Endpoint/Host"),
            "later": { "$concat": ["<", to("compute.role", "Arn"), ">"] }, "call": { "$call": ["join", [to("compute.role", "Arn")], ","] } },
    })));
    after.resources.push(resource("compute.role", "aws.iam.role", json!({ "RoleName": "r" })));
    let plan = world.plan(&after);
    (world, after, plan)
}

#[test]
fn a_saved_plan_is_read_back_as_it_was() {
    let (_, _, plan) = a_plan();
    let text = to_json(&plan);
    let read = from_json(&text).unwrap();
    assert_eq!(read, plan);
    assert_eq!(to_json(&read), text);
}

#[test]
fn what_is_no_plan_of_this_form_is_refused() {
    let (_, _, plan) = a_plan();
    let text = to_json(&plan);
    assert!(matches!(from_json("{"), Err(SavedPlanError::NotAPlan(_))));
    assert!(matches!(from_json("[]"), Err(SavedPlanError::NotAPlan(_))));
    let older = text.replacen(&format!("\"format\": {FORMAT}"), "\"format\": 1", 1);
    assert_eq!(from_json(&older), Err(SavedPlanError::Format { found: 1 }));
    let other = text.replace(env!("CARGO_PKG_VERSION"), "99.0.0");
    assert_eq!(from_json(&other), Err(SavedPlanError::Version { found: "99.0.0".into() }));
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let (world, model, plan) = a_plan();
    assert_eq!(to_json(&world.plan(&model)), to_json(&plan));
}

#[test]
fn a_plan_holds_until_the_text_the_state_or_the_cloud_moves() {
    let (world, model, plan) = a_plan();
    let hash = model_hash(&model);
    let holds = |world: &FakeCloud, hash: &str| stale(&plan, Some(hash), &world.snapshot, Some(&world.cloud));
    assert_eq!(holds(&world, &hash), None);

    let mut other = model.clone();
    other.resources[0].span = gpb_base::source::Span::default();
    assert_eq!(model_hash(&other), hash);
    other.resources[0].properties.remove("Cidr");
    assert!(holds(&world, &model_hash(&other)).unwrap().message.contains("spec"));

    let mut moved = world.clone();
    moved.snapshot.serial += 1;
    assert!(holds(&moved, &hash).unwrap().message.contains("state has changed"));

    let mut moved = world.clone();
    moved.observed("data.main").insert("Size".into(), 4.into());
    assert!(holds(&moved, &hash).unwrap().message.contains("`data.main` was changed outside gpb"));

    let mut moved = world.clone();
    moved.cloud.insert(address("data.main"), None);
    assert!(holds(&moved, &hash).is_some());

    // What AWS alone keeps may move under a plan.
    let mut moved = world.clone();
    moved.observed("data.main").insert("Connections".into(), 17.into());
    assert_eq!(holds(&moved, &hash), None);
}
