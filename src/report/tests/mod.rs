//! Snapshots of reports, as people read them.

mod end;
mod told;

use super::{Styles, json, plan as report, state};
use gpb_base::source::Span;
use gpb_engine::plan::fixtures::*;
use gpb_model::{Mode, Model, Output, Override};
use serde_json::{Value as Json, json};

fn human(world: &FakeCloud, model: &Model) -> String {
    report::human(&world.plan(model), &types, &Styles::PLAIN)
}

fn platform(engine: &str, size: i64, command: &str) -> Model {
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "Assume", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "tasks.example" } },
        { "Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [{ "$concat": [to("data.main", ""), "/*"] }] },
    ] });
    let mut model = model([
        resource(
            "network.vpc",
            "aws.net.vpc",
            json!({ "Cidr": "10.0.0.0/16", "Dns": true, "Tags": [{ "Key": "Name", "Value": "vpc" }] }),
        ),
        resource(
            "network.subnet[\"us-east-1a\"]",
            "aws.net.subnet",
            json!({ "Vpc": to("network.vpc", ""), "Cidr": "10.0.0.0/24" }),
        ),
        resource(
            "data.main",
            "aws.data.store",
            json!({
                "Engine": engine, "Size": size, "Backup": { "Days": 7, "Window": "night" },
                "Password": { "$secret": { "from": "store", "name": "db" } },
                "Subnets": [to("network.subnet[\"us-east-1a\"]", "")],
            }),
        ),
        resource(
            "data.role",
            "aws.iam.role",
            json!({ "RoleName": "role", "Trust": trust, "Note": "line one\nline two\n" }),
        ),
        resource(
            "compute.task",
            "aws.run.task",
            json!({
                "Count": 2,
                "Containers": [{ "Name": "web", "Image": "web:1", "Command": [command, "--verbose"], "Env": [
                    { "Name": "HOST", "Value": to("data.main", "Endpoint/Host") },
                    { "Name": "KEY", "Value": { "$secret": { "from": "env", "name": "KEY" } } },
                ] }],
                "Options": { "log-level": "info", "two words": "x" },
            }),
        ),
    ]);
    model.outputs.insert(
        "host".into(),
        Output { value: value(to("data.main", "Endpoint/Host")), span: Span::default(), doc: None },
    );
    model
}

#[test]
fn the_first_plan_shows_everything_with_its_unknowns() {
    insta::assert_snapshot!(human(&FakeCloud::new(), &platform("x", 10, "serve")));
}

#[test]
fn nothing_to_do_is_one_line() {
    let model = platform("x", 10, "serve");
    insta::assert_snapshot!(human(&FakeCloud::applied(&model), &model), @"
    Environment test of demo: us-east-1, simulated cloud

    No changes: 5 resources are as declared.
    ");
}

#[test]
fn a_plan_that_only_changes_outputs_says_so() {
    let mut model = platform("x", 10, "serve");
    let mut world = FakeCloud::applied(&model);
    world.snapshot.outputs.insert("host".into(), "old.example".into());
    insta::assert_snapshot!(human(&world, &model), @r#"
    Environment test of demo: us-east-1, simulated cloud

    Outputs:
      host = "old.example" -> "id-3.example"

    Only 1 output changes: 5 resources are as declared.
    "#);
    model.outputs.clear();
    insta::assert_snapshot!(human(&world, &model), @r#"
    Environment test of demo: us-east-1, simulated cloud

    Outputs:
      host = "old.example" -> (gone)

    Only 1 output changes: 5 resources are as declared.
    "#);
}

#[test]
fn a_replacement_names_what_forces_it_and_what_follows() {
    let before = platform("x", 10, "serve");
    let mut after = platform("y", 20, "run");
    after.environment.mode = Mode::Live;
    after.overrides =
        vec![Override { address: address("data.main"), properties: vec!["Size".into()], span: Span::default() }];
    insta::assert_snapshot!(human(&FakeCloud::applied(&before), &after));
}

#[test]
fn changes_in_place_are_shown_line_by_line() {
    let before = platform("x", 10, "serve");
    let world = FakeCloud::applied(&before);
    let mut after = before.clone();
    let set = |model: &mut Model, at: usize, name: &str, json: Json| {
        model.resources[at].properties.insert(name.into(), value(json));
    };
    set(&mut after, 0, "Tags", json!([{ "Key": "Team", "Value": "core" }, { "Key": "Name", "Value": "vpc" }]));
    set(&mut after, 2, "Password", json!({ "$secret": { "from": "store", "name": "other" } }));
    set(&mut after, 2, "Size", json!(20));
    set(&mut after, 2, "Backup", json!({ "Days": 14 }));
    set(&mut after, 3, "Note", json!("line one\nline 2\n"));
    set(
        &mut after,
        3,
        "Trust",
        json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "Assume", "Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": { "Service": "tasks.example" } },
        { "Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [{ "$concat": [to("data.main", ""), "/*"] }] },
    ] }),
    );
    insta::assert_snapshot!(human(&world, &after));
}

#[test]
fn a_secret_that_changes_inside_a_list_is_not_printed() {
    let before = platform("x", 10, "serve");
    let mut after = before.clone();
    after.resources[4].properties.insert(
        "Containers".into(),
        value(json!([{ "Name": "web", "Image": "web:1",
        "Command": ["serve", "--verbose"], "Env": [
            { "Name": "KEY", "Value": { "$secret": { "from": "env", "name": "OTHER" } } },
            { "Name": "HOST", "Value": to("data.main", "Endpoint/Host") },
        ] }])),
    );
    insta::assert_snapshot!(human(&FakeCloud::applied(&before), &after));
}

#[test]
fn drift_comes_first() {
    let model = platform("x", 10, "serve");
    let mut world = FakeCloud::applied(&model);
    world.observed("data.main").insert("Size".into(), 99.into());
    world.observed("data.main")["Backup"].as_object_mut().unwrap().remove("Window");
    world.cloud.insert(address("compute.task"), None);
    insta::assert_snapshot!(human(&world, &model));
}

/// A change in place of which the value is known is one; of another nobody can say yet.
#[test]
fn only_a_value_that_is_not_known_may_replace() {
    let sized = |size: Json| {
        let vpc = resource("network.vpc", "aws.net.vpc", json!({ "Cidr": "10.0.0.0/16" }));
        model([vpc, resource("data.main", "aws.data.store", json!({ "Engine": "x", "Size": size }))])
    };
    let world = FakeCloud::applied(&sized(7.into()));
    let known = human(&world, &sized(8.into()));
    assert!(known.contains("size = 7 -> 8") && !known.contains("replaced:"), "{known}");
    let mut unknown = sized(to("network.peer", "Size"));
    unknown.resources.push(resource("network.peer", "aws.data.store", json!({ "Engine": "x" })));
    let unknown = human(&world, &unknown);
    assert!(unknown.contains("may be replaced: that depends on the value"), "{unknown}");
}

/// Elements that are equal by a form of the catalog are not marked.
#[test]
fn another_spelling_is_no_difference() {
    let group = gpb_catalog::Catalog::embedded().get("aws.ec2.security_group").unwrap();
    let path = gpb_model::PropPath("SecurityGroupIngress".into());
    let rule = |cidr: &str, port: i64| json!([{ "CidrIp": cidr, "FromPort": port, "IpProtocol": "tcp" }]);
    let after = gpb_model::PropertyValue::try_from(rule("10.8.10.0/16", 82)).unwrap();
    let place = (&path, group.shape_at(&path));
    let diff = |before| super::value_diff::value_diff(Some(&group), place, &before, &after);
    assert!(diff(rule("10.8.0.0/16", 82)).is_same());
    let changed = diff(rule("10.8.0.0/16", 81));
    let before = changed.before().and_then(|before| before.to_json());
    assert_eq!(before, Some(rule("10.8.10.0/16", 81)), "only the port is marked");
}

#[test]
fn deletions_moves_and_several_places() {
    let mut before = platform("x", 10, "serve");
    std::sync::Arc::make_mut(&mut before.resources[4].place).region = "us-west-2".into();
    let world = FakeCloud::applied(&before);
    let mut after = model([before.resources[0].clone()]);
    after.resources[0].address = address("network.main");
    after.moves =
        vec![gpb_model::Move { from: address("network.vpc"), to: address("network.main"), span: Span::default() }];
    insta::assert_snapshot!(human(&world, &after));
}

#[test]
fn colours_are_passed_in() {
    let model = model([resource("network.vpc", "aws.net.vpc", json!({ "Cidr": "10.0.0.0/16" }))]);
    let plan = FakeCloud::new().plan(&model);
    let colored = report::human(&plan, &types, &Styles::COLOR);
    assert!(colored.contains("\u{1b}[32m+\u{1b}[0m"), "{colored:?}");
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), report::human(&plan, &types, &Styles::PLAIN));
}

#[test]
fn control_characters_are_escaped() {
    let model = model([resource("network.vpc", "aws.net.vpc", json!({ "Cidr": "a\u{1b}[2Jb" }))]);
    let text = human(&FakeCloud::new(), &model);
    assert!(text.contains("a\\u{1b}[2Jb") && !text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn a_plan_for_machines_has_no_secret() {
    let world = FakeCloud::applied(&platform("x", 10, "serve"));
    let document = json::plan(&world.plan(&platform("y", 10, "serve")), &types);
    let text = document.to_string();
    assert!(!text.contains("CLEAR TEXT") && !text.contains("hash of"), "{text}");
    insta::assert_json_snapshot!(document);
}

#[test]
fn a_state_for_people_and_machines() {
    let mut world = FakeCloud::applied(&platform("x", 10, "serve"));
    world.snapshot.outputs.insert("host".into(), "id-4.example".into());
    let record = world.snapshot.resources.get_mut(&address("compute.task")).unwrap();
    record.tainted = Some("its tags were refused".into());
    insta::assert_snapshot!(
        "show",
        state::show(&world.snapshot, &address("data.main"), &types, &Styles::PLAIN).unwrap()
    );
    assert_eq!(state::show(&world.snapshot, &address("nobody"), &types, &Styles::PLAIN), None);
    let text = json::state(&world.snapshot).to_string();
    assert!(!text.contains("CLEAR TEXT") && !text.contains("hash of"), "{text}");
}
