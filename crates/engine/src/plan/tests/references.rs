//! References: what is known at plan time, what stays a hole, and what a replacement drags along.

use crate::plan::fixtures::*;
use crate::plan::{Action, Plan};
use gpb_base::source::Span;
use gpb_model::{Model, Output, PropertyValue};
use serde_json::{Value as Json, json};

fn network(cidr: &str) -> Model {
    model([
        resource("network.vpc", "aws.net.vpc", json!({ "Cidr": cidr })),
        resource("network.a", "aws.net.subnet", json!({ "Vpc": to("network.vpc", ""), "Public": true })),
        resource("network.group", "aws.net.group", json!({ "Rules": [{ "Port": 1, "Peer": to("network.a", "") }] })),
        resource("data.main", "aws.data.store", json!({ "Subnets": [to("network.a", "SubnetId")] })),
    ])
}

fn actions(plan: &Plan) -> Vec<(&str, Action)> {
    plan.changes.iter().map(|change| (change.address.as_str(), change.action)).collect()
}

fn desired(plan: &Plan, name: &str, property: &str) -> Json {
    let change = plan.changes.iter().find(|change| change.address.as_str() == name).unwrap();
    change.desired.get(property).unwrap().clone().into()
}

#[test]
fn a_reference_to_what_stays_is_a_value_and_to_what_will_be_made_a_hole() {
    let world = FakeCloud::new();
    let plan = world.plan(&network("10.0.0.0/16"));
    assert_eq!(desired(&plan, "network.a", "Vpc"), to("network.vpc", ""));
    let plan = FakeCloud::applied(&network("10.0.0.0/16")).plan(&network("10.0.0.0/16"));
    assert_eq!(desired(&plan, "network.a", "Vpc"), json!("id-1"));
    assert!(plan.is_empty());
}

fn named(name: &str, engine: &str) -> Model {
    let store = json!({ "StoreName": name, "Engine": engine });
    model([
        resource("data.main", "aws.data.store", store),
        resource(
            "compute.at",
            "aws.run.attachment",
            json!({
                "Target": to("data.main", ""), "Store": to("data.main", "StoreName"),
            }),
        ),
    ])
}

#[test]
fn a_name_that_the_text_gives_is_known_before_the_resource_is_there() {
    let plan = FakeCloud::new().plan(&named("a", "x"));
    assert_eq!(desired(&plan, "compute.at", "Target"), json!("a"));
    assert_eq!(desired(&plan, "compute.at", "Store"), json!("a"));
    let role = json!({ "RoleName": "r" });
    let at = json!({ "Target": to("data.role", ""), "Store": to("data.role", "Arn") });
    let model = model([resource("data.role", "aws.iam.role", role), resource("compute.at", "aws.run.attachment", at)]);
    let plan = FakeCloud::new().plan(&model);
    assert_eq!(desired(&plan, "compute.at", "Target"), json!("r"));
    assert_eq!(desired(&plan, "compute.at", "Store"), to("data.role", "Arn"));
}

#[test]
fn what_is_gone_and_made_again_under_its_name_changes_nothing_else() {
    let mut world = FakeCloud::applied(&named("a", "x"));
    world.cloud.insert(address("data.main"), None);
    assert_eq!(actions(&world.plan(&named("a", "x"))), [("data.main", Action::Create), ("compute.at", Action::NoOp)]);
}

#[test]
fn what_is_replaced_under_its_name_is_attached_to_anew() {
    let world = FakeCloud::applied(&named("a", "x"));
    let plan = world.plan(&named("a", "y"));
    assert_eq!(actions(&plan), [("data.main", Action::Replace), ("compute.at", Action::Replace)]);
    assert_eq!(desired(&plan, "compute.at", "Target"), to("data.main", ""));
    assert_eq!(desired(&plan, "compute.at", "Store"), to("data.main", "StoreName"));
    let plan = world.plan(&named("b", "y"));
    assert_eq!(actions(&plan), [("data.main", Action::Replace), ("compute.at", Action::Replace)]);
    assert_eq!(desired(&plan, "compute.at", "Target"), json!("b"));
}

#[test]
fn a_replacement_ripples_through_everything_that_refers_to_it() {
    let world = FakeCloud::applied(&network("10.0.0.0/16"));
    let plan = world.plan(&network("10.1.0.0/16"));
    let expected = [
        ("network.a", Action::Replace),
        ("network.group", Action::Update),
        ("network.vpc", Action::Replace),
        ("data.main", Action::Update),
    ];
    assert_eq!(actions(&plan), expected);
    assert_eq!(desired(&plan, "data.main", "Subnets"), json!([to("network.a", "SubnetId")]));
}

#[test]
fn an_update_ripples_only_through_what_changes() {
    let with = |size: i64| {
        model([
            resource("data.main", "aws.data.store", json!({ "Size": size, "Engine": "x" })),
            resource(
                "compute.task",
                "aws.run.task",
                json!({
                    "Count": to("data.main", "Size"),
                    "Options": {
                        "host": to("data.main", "Endpoint/Host"),
                        "engine": to("data.main", "Engine"),
                        "url": { "$concat": ["db://", to("data.main", "Endpoint/Host"), ":", to("data.main", "Endpoint/Port")] },
                        "both": { "$call": ["join", [to("data.main", "Engine"), "y"], "-"] },
                    },
                }),
            ),
        ])
    };
    let plan = FakeCloud::applied(&with(1)).plan(&with(2));
    assert_eq!(actions(&plan), [("data.main", Action::Update), ("compute.task", Action::Update)]);
    let task = &plan.changes[1];
    let places: Vec<&str> = task.differences.iter().map(|one| one.path.0.as_str()).collect();
    assert_eq!(places, ["Count"]);
    assert_eq!(desired(&plan, "compute.task", "Count"), json!(2));
    assert_eq!(desired(&plan, "compute.task", "Options")["url"], json!("db://id-1.example:5432"));
    assert_eq!(desired(&plan, "compute.task", "Options")["both"], json!("x-y"));
}

#[test]
fn a_text_keeps_one_hole_and_a_document_too() {
    let model = model([
        resource("data.role", "aws.iam.role", json!({ "RoleName": "r" })),
        resource(
            "compute.task",
            "aws.run.task",
            json!({
                "Options": { "a": { "$concat": ["<", "role ", to("data.role", "Arn"), ">", "!"] } },
            }),
        ),
    ]);
    let plan = FakeCloud::new().plan(&model);
    let unknown = json!({ "$concat": ["<role ", to("data.role", "Arn"), ">!"] });
    assert_eq!(desired(&plan, "compute.task", "Options")["a"], unknown);
}

#[test]
fn a_call_that_fails_on_what_is_known_now_is_told_where_it_stands() {
    let model = model([resource("data.main", "aws.data.store", json!({ "Engine": { "$call": ["fail", 1] } }))]);
    let refused = FakeCloud::new().try_plan(&model).unwrap_err();
    assert_eq!(refused[0].code, "GPB7004");
    assert_eq!(refused[0].span(), model.resources[0].spans.get(&path("Engine")).copied());
}

fn existing() -> Model {
    let mut vpc = resource("network.vpc", "aws.net.vpc", json!({ "Cidr": "10.0.0.0/16" }));
    vpc.existing = true;
    model([vpc, resource("network.a", "aws.net.subnet", json!({ "Vpc": to("network.vpc", "VpcId") }))])
}

#[test]
fn an_existing_resource_is_read_and_referred_to() {
    let mut world = FakeCloud::new();
    let found = crate::cloud::ObservedResource {
        id: "vpc-7".into(),
        properties: serde_json::Map::from_iter([("VpcId".to_owned(), json!("vpc-7"))]).into(),
    };
    world.cloud.insert(address("network.vpc"), Some(found));
    let plan = world.plan(&existing());
    assert_eq!(actions(&plan), [("network.a", Action::Create), ("network.vpc", Action::Read)]);
    assert_eq!(desired(&plan, "network.a", "Vpc"), json!("vpc-7"));

    world.apply(&plan);
    assert!(world.plan(&existing()).is_empty());
    // Nobody looked: nothing can be said of what refers to it, so nothing is.
    assert!(world.plan_with(&existing(), None).unwrap().is_empty());

    world.cloud.insert(address("network.vpc"), None);
    assert_eq!(world.try_plan(&existing()).unwrap_err()[0].code, "GPB7001");
}

#[test]
fn an_output_is_known_as_far_as_the_plan_is() {
    let mut model = network("10.0.0.0/16");
    let output = Output { value: value(to("network.vpc", "")), span: Span::default(), doc: None };
    model.outputs.insert("vpc".into(), output);
    assert_eq!(Json::from(FakeCloud::new().plan(&model).outputs.get("vpc").unwrap().clone()), to("network.vpc", ""));
    assert_eq!(FakeCloud::applied(&model).plan(&model).outputs.get("vpc"), Some(&PropertyValue::Text("id-1".into())));
}

#[test]
fn a_reference_to_nothing_stays_a_hole() {
    let model = model([resource("data.main", "aws.data.store", json!({ "Engine": to("data.nobody", "Arn") }))]);
    assert_eq!(desired(&FakeCloud::new().plan(&model), "data.main", "Engine"), to("data.nobody", "Arn"));
}
