//! The action for a resource, by what is wanted, what was applied and what is there.

use crate::plan::fixtures::*;
use crate::plan::{Action, Plan, ProtectionOverride, ResourceChange, refusals};
use crate::state::{Intent, OperationKind, ResourceRecord, deposed_address};
use gpb_base::source::Span;
use gpb_model::Replacement;
use gpb_model::{Lifecycle, Mode, Model, Move, PropertyValue};
use serde_json::{Value as Json, json};

fn store(properties: Json) -> Model {
    model([resource("data.main", "aws.data.store", properties)])
}

fn change<'p>(plan: &'p Plan, name: &str) -> &'p ResourceChange {
    plan.changes.iter().find(|change| change.address.as_str() == name).unwrap()
}

/// `+ network.vpc`, `~ data.main: Size`, `-/+ data.main: Engine!` (`!` forces), with what drifted in brackets.
pub(super) fn told(plan: &Plan) -> String {
    let lines = plan.changes.iter().map(|change| {
        let symbol = match (change.action, change.create_first) {
            (Action::NoOp, _) => "=",
            (Action::Read, _) => "?",
            (Action::Create, _) => "+",
            (Action::Update, _) => "~",
            (Action::Replace, true) => "+/-",
            (Action::Replace, false) => "-/+",
            (Action::Delete, _) => "-",
            (Action::Adopt, _) => "<",
            (Action::Forget, _) => "x",
            (Action::Retain, _) => "kept",
        };
        let places: Vec<String> = change
            .differences
            .iter()
            .map(|one| format!("{}{}", one.path, if one.forces_replacement { "!" } else { "" }))
            .collect();
        let drift: Vec<String> = change.drift.iter().map(|one| format!("({})", one.path)).collect();
        let parts = [places.join(" "), drift.join(" ")].into_iter().filter(|part| !part.is_empty());
        let rest = parts.collect::<Vec<_>>().join(" ");
        format!("{symbol} {}{}{rest}", change.address, if rest.is_empty() { "" } else { ": " })
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Checks the plan for `after` once `before` was applied.
fn check(before: Json, after: Json, expected: &str) {
    let world = FakeCloud::applied(&store(before));
    assert_eq!(told(&world.plan(&store(after))), expected);
}

#[test]
fn a_new_resource_is_created_and_then_kept() {
    let model = store(json!({ "StoreName": "a", "Engine": "x", "Size": 1 }));
    assert_eq!(told(&FakeCloud::new().plan(&model)), "+ data.main");
    assert_eq!(told(&FakeCloud::applied(&model).plan(&model)), "= data.main");
}

#[test]
fn a_changed_property_updates_and_a_create_only_one_replaces() {
    check(json!({ "Size": 1 }), json!({ "Size": 2 }), "~ data.main: Size");
    check(json!({ "Engine": "x" }), json!({ "Engine": "y" }), "+/- data.main: Engine!");
}

#[test]
fn a_replacement_comes_second_when_both_would_bear_one_name() {
    check(
        json!({ "StoreName": "a", "Engine": "x" }),
        json!({ "StoreName": "a", "Engine": "y" }),
        "-/+ data.main: Engine!",
    );
    check(json!({ "StoreName": "a" }), json!({ "StoreName": "b" }), "+/- data.main: StoreName!");
}

#[test]
fn the_text_decides_how_to_replace() {
    let at = |target: &str, replace| {
        let mut one = model([resource("compute.at", "aws.run.attachment", json!({ "Target": target }))]);
        one.resources[0].lifecycle.replace = replace;
        one
    };
    let world = FakeCloud::applied(&at("a", None));
    assert_eq!(told(&world.plan(&at("b", None))), "+/- compute.at: Target!");
    let plan = world.plan(&at("b", Some(gpb_model::Replacement::DeleteThenCreate)));
    assert_eq!(told(&plan), "-/+ compute.at: Target!");
}

#[test]
fn a_type_without_an_update_is_replaced_for_anything() {
    let model = |target: &str| model([resource("compute.at", "aws.run.attachment", json!({ "Target": target }))]);
    let world = FakeCloud::applied(&model("a"));
    assert_eq!(told(&world.plan(&model("b"))), "+/- compute.at: Target!");
}

#[test]
fn a_property_given_no_longer_is_a_removal() {
    check(json!({ "Size": 1, "Timeout": 5 }), json!({ "Size": 1 }), "~ data.main: Timeout");
    check(
        json!({ "Backup": { "Days": 1, "Window": "w" } }),
        json!({ "Backup": { "Days": 1 } }),
        "~ data.main: Backup/Window",
    );
    // What it would be without is what it is.
    check(json!({ "Size": 1, "Timeout": 30 }), json!({ "Size": 1 }), "= data.main");
}

#[test]
fn a_default_is_as_good_as_nothing() {
    let model = store(json!({ "Size": 1, "Timeout": 30, "Backup": { "Days": 1, "Timeout": 30 } }));
    let mut world = FakeCloud::applied(&model);
    world.observed("data.main").remove("Timeout");
    world.observed("data.main")["Backup"].as_object_mut().unwrap().remove("Timeout");
    assert_eq!(told(&world.plan(&model)), "= data.main");
}

#[test]
fn what_the_cloud_adds_is_left_alone_and_what_it_changes_is_drift() {
    let model = store(json!({ "Size": 1 }));
    let mut world = FakeCloud::applied(&model);
    world.observed("data.main").insert("Engine".into(), "x".into());
    assert_eq!(told(&world.plan(&model)), "= data.main: (Engine)");
    world.observed("data.main").insert("Size".into(), 7.into());
    let plan = world.plan(&model);
    assert_eq!(told(&plan), "~ data.main: Size (Engine) (Size)");
    let drift = &change(&plan, "data.main").drift[1];
    assert_eq!((drift.before.clone(), drift.after.clone()), (Some(json!(1)), Some(PropertyValue::Int(7))));
    // Drift that the text has caught up with is told and not repaired.
    assert_eq!(told(&world.plan(&store(json!({ "Size": 7 })))), "= data.main: (Engine) (Size)");
}

#[test]
fn what_a_read_never_gives_is_compared_with_what_was_applied() {
    let model = store(json!({ "Password": { "$secret": { "from": "env", "name": "A" } }, "Size": 1 }));
    let mut world = FakeCloud::applied(&model);
    assert_eq!(told(&world.plan(&model)), "= data.main");
    let other = store(json!({ "Password": { "$secret": { "from": "env", "name": "B" } }, "Size": 1 }));
    assert_eq!(told(&world.plan(&other)), "~ data.main: Password");
    // `Size` is readable, but this cloud has never given it: neither drift nor difference.
    world.observed("data.main").remove("Size");
    world.snapshot.resources.get_mut(&address("data.main")).unwrap().observed.remove("Size");
    assert_eq!(told(&world.plan(&model)), "= data.main");
    assert_eq!(told(&world.plan(&store(json!({ "Size": 2 })))), "~ data.main: Password Size");
}

#[test]
fn a_generated_secret_is_made_once() {
    let model = store(json!({ "Password": { "$secret": { "from": "generated", "length": 32 } } }));
    assert_eq!(told(&FakeCloud::applied(&model).plan(&model)), "= data.main");
}

#[test]
fn an_ignored_place_is_left_as_it_is_once_there() {
    let mut model = store(json!({ "Size": 1, "Timeout": 5, "Backup": { "Days": 1, "Window": "w" } }));
    model.resources[0].lifecycle.ignore = vec![path("Size"), path("Backup/Days")];
    let mut world = FakeCloud::applied(&model);
    world.observed("data.main").insert("Size".into(), 9.into());
    world.observed("data.main")["Backup"]["Days"] = 7.into();
    assert_eq!(told(&world.plan(&model)), "= data.main");
    model.resources[0].properties.insert("Timeout".into(), PropertyValue::Int(6));
    let plan = world.plan(&model);
    assert_eq!(told(&plan), "~ data.main: Timeout");
    let sent = &change(&plan, "data.main").desired;
    assert_eq!(sent.get("Size"), Some(&PropertyValue::Int(9)));
    assert_eq!(Json::from(sent.get("Backup").unwrap().clone()), json!({ "Days": 7, "Window": "w" }));
}

#[test]
fn an_ignored_place_in_every_element_of_a_list_is_left_as_it_is() {
    let part = |name: &str, size: i64, kind: &str| json!({ "Name": name, "Kind": kind, "Size": size });
    let with = |parts: Vec<Json>| {
        let mut model = store(json!({ "Size": 1, "Parts": parts }));
        model.resources[0].lifecycle.ignore = vec![path("Parts/*/Size")];
        model
    };
    let model = with(vec![part("a", 1, "x"), part("b", 2, "x")]);
    let mut world = FakeCloud::applied(&model);
    world.observed("data.main")["Parts"] = json!([part("a", 7, "x"), part("b", 9, "x")]);
    assert_eq!(told(&world.plan(&model)), "= data.main");
    // What else is in the list is still gpb's, and what is new in it begins as it is written.
    let plan = world.plan(&with(vec![part("a", 1, "x"), part("b", 2, "x"), part("c", 3, "x")]));
    assert_eq!(told(&plan), "~ data.main: Parts");
    let sent = Json::from(change(&plan, "data.main").desired.get("Parts").unwrap().clone());
    assert_eq!(sent, json!([part("a", 7, "x"), part("b", 9, "x"), part("c", 3, "x")]));
}

#[test]
fn what_is_gone_is_created_again_and_told() {
    let model = store(json!({ "Size": 1 }));
    let mut world = FakeCloud::applied(&model);
    world.cloud.insert(address("data.main"), None);
    assert_eq!(told(&world.plan(&model)), "+ data.main: ()");
    assert_eq!(told(&world.plan(&model_of_nothing())), "x data.main: ()");
}

fn model_of_nothing() -> Model {
    model([])
}

#[test]
fn what_is_declared_no_longer_is_deleted_after_what_was_built_on_it() {
    let before = model([
        resource("network.vpc", "aws.net.vpc", json!({ "Cidr": "10.0.0.0/16" })),
        resource("network.a", "aws.net.subnet", json!({ "Vpc": to("network.vpc", ""), "Cidr": "10.0.0.0/24" })),
        resource("compute.at", "aws.run.attachment", json!({ "Target": to("network.a", "SubnetId") })),
    ]);
    let mut world = FakeCloud::applied(&before);
    let plan = world.plan(&model([]));
    assert_eq!(told(&plan), "- network.a\n- network.vpc\n- compute.at");
    assert_eq!(change(&plan, "network.vpc").depends_on, [address("network.a")]);
    assert_eq!(change(&plan, "network.a").depends_on, [address("compute.at")]);
    assert_eq!(change(&plan, "compute.at").depends_on, []);
    world.options.destroy = true;
    assert_eq!(world.plan(&before).changes, plan.changes);
}

#[test]
fn an_interrupted_creation_is_adopted_or_undone() {
    let model = store(json!({ "StoreName": "a", "Size": 1 }));
    let mut world = FakeCloud::applied(&model);
    let record = world.snapshot.resources.remove(&address("data.main")).unwrap();
    world.snapshot.pending.push(Intent {
        sequence: 1,
        address: record.address,
        ty: record.ty,
        place: record.place,
        operation: OperationKind::Create,
        token: "t".into(),
        id: None,
        sent: false,
        desired: record.applied.into(),
        depends_on: Vec::new(),
        layer: record.layer,
        keep: false,
        started_ms: 0,
    });
    assert_eq!(told(&world.plan(&model)), "< data.main");
    assert_eq!(told(&world.plan(&store(json!({ "StoreName": "a", "Size": 2 })))), "< data.main: Size");
    assert_eq!(told(&world.plan(&store(json!({ "StoreName": "b" })))), "+/- data.main: Size StoreName!");
    assert_eq!(told(&world.plan(&model_of_nothing())), "- data.main");
    world.cloud.insert(address("data.main"), None);
    assert_eq!(told(&world.plan(&model)), "+ data.main");
    assert_eq!(told(&world.plan(&model_of_nothing())), "x data.main");
}

#[test]
fn what_was_deposed_is_deleted_when_all_have_turned_to_its_successor() {
    let model = model([
        resource("network.vpc", "aws.net.vpc", json!({ "Cidr": "10.0.0.0/16" })),
        resource("network.a", "aws.net.subnet", json!({ "Vpc": to("network.vpc", "") })),
    ]);
    let mut world = FakeCloud::applied(&model);
    let old = deposed_address(&address("network.vpc"), 7);
    let record = world.snapshot.resources[&address("network.vpc")].clone();
    world.snapshot.resources.insert(old.clone(), ResourceRecord { address: old.clone(), id: "old".into(), ..record });
    world.cloud.insert(old, world.cloud[&address("network.vpc")].clone());
    let plan = world.plan(&model);
    assert_eq!(told(&plan), "= network.a\n= network.vpc\n- network.vpc~7");
    assert_eq!(plan.changes[2].depends_on, [address("network.a"), address("network.vpc")]);
}

#[test]
fn a_tainted_resource_is_taken_up_again() {
    let model = store(json!({ "Size": 1 }));
    let mut world = FakeCloud::applied(&model);
    world.snapshot.resources.get_mut(&address("data.main")).unwrap().tainted = Some("its tags failed".into());
    assert_eq!(told(&world.plan(&model)), "< data.main");
    world.options.replace.insert(address("data.main"));
    assert_eq!(told(&world.plan(&model)), "+/- data.main");
}

#[test]
fn what_ended_in_a_failed_state_is_replaced() {
    let model = store(json!({ "Size": 1 }));
    let mut world = FakeCloud::applied(&model);
    let record = world.snapshot.resources.get_mut(&address("data.main")).unwrap();
    (record.tainted, record.failed) = (Some("its creation failed".into()), true);
    assert_eq!(told(&world.plan(&model)), "+/- data.main: @state!");
    world.snapshot.resources.get_mut(&address("data.main")).unwrap().tainted = None;
    assert_eq!(told(&world.plan(&model)), "= data.main", "only as long as it is tainted");
}

#[test]
fn a_move_renames_the_record_and_all_below() {
    let subnet = |name: &str| resource(name, "aws.net.subnet", json!({ "Cidr": "10.0.0.0/24" }));
    let mut world = FakeCloud::applied(&model([subnet("network.old.a[\"x\"]"), subnet("network.older")]));
    let mut after = model([subnet("network.new.a[\"x\"]"), subnet("network.older")]);
    after.moves = vec![Move { from: address("network.old"), to: address("network.new"), span: Span::default() }];
    let plan = world.plan(&after);
    assert_eq!(told(&plan), "= network.new.a[\"x\"]\n= network.older");
    assert_eq!(plan.changes[0].moved_from, Some(address("network.old.a[\"x\"]")));
    assert!(!plan.is_empty());
    world.apply(&plan);
    assert!(world.plan(&after).is_empty());
}

#[test]
fn two_records_cannot_move_to_one_address() {
    let subnet = |name: &str| resource(name, "aws.net.subnet", json!({}));
    let world = FakeCloud::applied(&model([subnet("network.a"), subnet("network.b")]));
    let mut after = model([subnet("network.b")]);
    after.moves = vec![Move { from: address("network.a"), to: address("network.b"), span: Span::default() }];
    assert_eq!(world.try_plan(&after).unwrap_err()[0].code, "GPB7003");
}

#[test]
fn a_rename_of_a_stateful_resource_has_to_be_written_down() {
    let named = |name: &str| model([resource(name, "aws.data.store", json!({ "Size": 1 }))]);
    let mut world = FakeCloud::applied(&named("data.old"));
    let refused = world.try_plan(&named("data.new")).unwrap_err();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].code, "GPB7002");
    assert!(refused[0].help.as_ref().unwrap().contains("`moved data.old to data.new`"));
    world.options.unprotect = ProtectionOverride::Only([address("data.old")].into());
    assert_eq!(told(&world.plan(&named("data.new"))), "+ data.new\n- data.old");
}

fn stores(named: &[(&str, Json)]) -> Model {
    let mut stores = model(named.iter().map(|(name, json)| resource(name, "aws.data.store", json.clone())));
    stores.resources.sort_by(|a, b| a.address.cmp(&b.address));
    stores
}

/// Returns the lines that would say what was renamed between two models.
fn renames(before: &[(&str, Json)], after: &[(&str, Json)]) -> Vec<String> {
    let refused =
        FakeCloud::applied(&stores(before)).try_plan(&stores(after)).map_or_else(|refused| refused, |_| vec![]);
    let line = |help: &str| help.split('`').nth(1).unwrap_or_default().to_owned();
    refused.iter().map(|one| line(one.help.as_ref().unwrap())).collect()
}

#[test]
fn several_renames_are_paired_by_name_and_by_content() {
    let store = |name: &str, size: i64, engine: &str| json!({ "StoreName": name, "Size": size, "Engine": engine });
    // By the name they bear, whatever else changes.
    assert_eq!(
        renames(
            &[("data.one", store("a", 1, "x")), ("data.two", store("b", 2, "x"))],
            &[("data.uno", store("b", 9, "y")), ("data.due", store("a", 9, "y"))],
        ),
        ["moved data.one to data.due", "moved data.two to data.uno"]
    );
    // Names are the same in their form.
    assert_eq!(
        renames(
            &[("data.one", store("Orders", 1, "x")), ("data.two", store("b", 2, "x"))],
            &[("data.uno", store("B", 9, "y")), ("data.due", store("orders", 9, "y"))],
        ),
        ["moved data.one to data.due", "moved data.two to data.uno"]
    );
    // By what they hold.
    let store = |size: i64, engine: &str| json!({ "Size": size, "Engine": engine });
    assert_eq!(
        renames(
            &[("data.one", store(1, "x")), ("data.two", store(2, "y"))],
            &[("data.uno", store(2, "y")), ("data.due", store(1, "x"))],
        ),
        ["moved data.one to data.due", "moved data.two to data.uno"]
    );
    // What goes for good has no pair, and what is new has none.
    assert_eq!(
        renames(
            &[("data.one", store(1, "x")), ("data.two", store(2, "y"))],
            &[("data.uno", store(1, "x")), ("data.due", store(7, "z")), ("data.tre", store(8, "w"))],
        ),
        ["moved data.one to data.uno"]
    );
}

#[test]
fn a_part_that_was_renamed_as_a_whole_is_moved_by_one_line() {
    let store = |size: i64| json!({ "Size": size });
    assert_eq!(
        renames(
            &[("data.one.a", store(1)), ("data.one.b[\"x.y\"]", store(2))],
            &[("data.uno.a", store(1)), ("data.uno.b[\"x.y\"]", store(2))],
        ),
        ["moved data.one to data.uno"]
    );
    // Not when part of it stays.
    assert_eq!(
        renames(
            &[("data.one.a", store(1)), ("data.one.b", store(2)), ("data.one.c", store(3))],
            &[("data.uno.a", store(1)), ("data.uno.b", store(2)), ("data.one.c", store(3))],
        ),
        ["moved data.one.a to data.uno.a", "moved data.one.b to data.uno.b"]
    );
}

#[test]
fn a_name_that_cannot_be_given_up_in_time_is_refused() {
    // The old attachment goes after the new one is there, which needs the new role, which bears the name of the old one.
    let with = |role: &str| {
        let target = json!({ "Target": to(role, "Arn") });
        let mut at = resource("compute.at", "aws.run.attachment", target);
        at.lifecycle.replace = Some(Replacement::CreateThenDelete);
        model([resource(role, "aws.iam.role", json!({ "RoleName": "r" })), at])
    };
    let refused = FakeCloud::applied(&with("data.a")).try_plan(&with("data.b")).unwrap_err();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].code, "GPB7002");
    assert!(refused[0].help.as_ref().unwrap().contains("`moved data.a to data.b`"), "{:?}", refused[0].help);
}

/// Checks whether a replacement of `data.main` is allowed, by mode and by what its text says of protection.
#[test]
fn what_holds_data_is_protected_where_it_is_live() {
    let cases = [
        (Mode::Sandbox, None, false),
        (Mode::Live, None, true),
        (Mode::Live, Some(false), false),
        (Mode::Sandbox, Some(true), true),
    ];
    for (mode, protect, expected) in cases {
        let mut before = store(json!({ "Engine": "x" }));
        before.environment.mode = mode;
        before.resources[0].lifecycle = Lifecycle { protect, ..Lifecycle::default() };
        let mut world = FakeCloud::applied(&before);
        let mut after = before.clone();
        after.resources[0].properties.insert("Engine".into(), PropertyValue::Text("y".into()));
        let plan = world.plan(&after);
        assert_eq!(refusals(&plan, Some(&after)).len(), usize::from(expected), "{mode:?} {protect:?}");
        // Without the declaration the state still knows what it said.
        after.resources.clear();
        assert_eq!(refusals(&world.plan(&after), None).len(), usize::from(expected), "{mode:?} {protect:?}");
        world.options.unprotect = ProtectionOverride::Only([address("data.main")].into());
        assert_eq!(refusals(&world.plan(&after), None), []);
    }
}

#[test]
fn a_resource_declared_elsewhere_or_as_something_else_is_replaced() {
    let mut model = store(json!({ "Size": 1 }));
    let world = FakeCloud::applied(&model);
    std::sync::Arc::make_mut(&mut model.resources[0].place).region = "us-west-2".into();
    assert_eq!(told(&world.plan(&model)), "+/- data.main: @place!");
    std::sync::Arc::make_mut(&mut model.resources[0].place).region = "us-east-1".into();
    model.resources[0].ty = "aws.net.vpc".into();
    model.resources[0].properties.clear();
    assert_eq!(told(&world.plan(&model)), "+/- data.main: @type!");
}

/// Plans another type at the same address: `StoreName` becomes `GroupName`.
#[test]
fn another_type_comes_first_unless_the_two_may_bear_one_name() {
    let check = |service: &str, name: &str, declared: Option<Replacement>, expected: &str| {
        let ty = format!("aws.{service}.copy");
        let world = FakeCloud::applied(&store(json!({ "StoreName": "a" })));
        let mut after = model([resource("data.main", &ty, json!({ "StoreName": name }))]);
        after.resources[0].lifecycle.replace = declared;
        assert_eq!(told(&world.plan(&after)), format!("{expected} data.main: @type!"), "{service} {name}");
    };
    check("data", "a", None, "-/+");
    check("data", "b", None, "+/-");
    check("other", "a", None, "+/-");
    check("data", "a", Some(Replacement::CreateThenDelete), "+/-");
    check("other", "b", Some(Replacement::DeleteThenCreate), "-/+");
}

#[test]
fn tags_of_others_are_left_alone_and_never_sent_back() {
    let tagged = |tags: Json| store(json!({ "Tags": tags }));
    let model = tagged(json!([{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": "2" }]));
    let mut world = FakeCloud::applied(&model);
    world.observed("data.main").insert(
        "Tags".into(),
        json!([{ "Key": "b", "Value": "2" }, { "Key": "theirs", "Value": "x" }, { "Key": "a", "Value": "1" }]),
    );
    assert_eq!(told(&world.plan(&model)), "= data.main: (Tags)");
    let plan = world.plan(&tagged(json!([{ "Key": "a", "Value": "1" }])));
    assert_eq!(told(&plan), "~ data.main: Tags (Tags)");
    let before = change(&plan, "data.main").before.as_ref().unwrap();
    assert_eq!(before["Tags"], json!([{ "Key": "b", "Value": "2" }, { "Key": "a", "Value": "1" }]));
}

#[test]
fn a_create_only_place_inside_a_list_forces_only_when_it_changes() {
    let task = |image: &str, command: &str| {
        model([resource(
            "compute.t",
            "aws.run.task",
            json!({ "Containers": [{ "Name": "web", "Image": image, "Command": [command] }] }),
        )])
    };
    let world = FakeCloud::applied(&task("a", "run"));
    assert_eq!(told(&world.plan(&task("b", "run"))), "~ compute.t: Containers");
    assert_eq!(told(&world.plan(&task("a", "walk"))), "+/- compute.t: Containers!");
}

#[test]
fn a_namesake_of_what_goes_is_made_after_it() {
    let role = |name: &str| model([resource(name, "aws.iam.role", json!({ "RoleName": "same" }))]);
    let world = FakeCloud::applied(&role("data.old"));
    let plan = world.plan(&role("data.new"));
    assert_eq!(change(&plan, "data.new").depends_on, [address("data.old")]);
}

#[test]
fn a_name_beside_the_identifier_has_one_bearer_too() {
    let group = |name: &str, called: &str| resource(name, "aws.net.group", json!({ "GroupName": called }));
    let world = FakeCloud::applied(&model([group("network.old", "same"), group("network.kept", "other")]));
    let plan = world.plan(&model([group("network.kept", "other"), group("network.new", "same")]));
    assert_eq!(change(&plan, "network.new").depends_on, [address("network.old")]);
    // One that is replaced to bear the name waits as well.
    let plan = world.plan(&model([group("network.kept", "same")]));
    assert_eq!(change(&plan, "network.kept").depends_on, [address("network.old")]);
}

#[test]
fn what_is_left_over_makes_way_for_a_successor_of_its_name() {
    let named = |name: &str| model([resource("network.g", "aws.net.group", json!({ "GroupName": name }))]);
    let mut world = FakeCloud::applied(&named("a"));
    let old = deposed_address(&address("network.g"), 7);
    let record = world.snapshot.resources[&address("network.g")].clone();
    world.snapshot.resources.insert(old.clone(), ResourceRecord { address: old.clone(), id: "old".into(), ..record });
    world.cloud.insert(old.clone(), world.cloud[&address("network.g")].clone());
    world.observed("network.g").insert("GroupName".into(), "b".into());
    let plan = world.plan(&named("a"));
    assert_eq!(change(&plan, "network.g").depends_on, std::slice::from_ref(&old));
    assert_eq!(change(&plan, old.as_str()).depends_on, []);
}

#[test]
fn what_is_left_over_goes_after_those_that_may_still_use_it() {
    let vpc = resource("network.vpc", "aws.net.vpc", json!({ "Cidr": "10.0.0.0/16" }));
    let subnet = resource("network.a", "aws.net.subnet", json!({ "Vpc": to("network.vpc", "") }));
    let mut world = FakeCloud::applied(&model([vpc.clone(), subnet]));
    let old = deposed_address(&address("network.vpc"), 7);
    let record = world.snapshot.resources[&address("network.vpc")].clone();
    world.snapshot.resources.insert(old.clone(), ResourceRecord { address: old.clone(), id: "old".into(), ..record });
    world.cloud.insert(old.clone(), world.cloud[&address("network.vpc")].clone());
    let plan = world.plan(&model([vpc]));
    assert_eq!(change(&plan, old.as_str()).depends_on, [address("network.a"), address("network.vpc")]);
}

#[test]
fn a_plan_that_was_not_observed_says_so() {
    let model = store(json!({ "Size": 1 }));
    let world = FakeCloud::applied(&model);
    let plan = world.plan_with(&model, None).unwrap();
    assert!(!plan.observed);
    assert_eq!(told(&plan), "= data.main");
    assert_eq!(told(&world.plan_with(&store(json!({ "Size": 2 })), None).unwrap()), "~ data.main: Size");
}

#[test]
fn no_secret_is_in_a_plan() {
    let task = |image: &str| {
        model([resource(
            "compute.t",
            "aws.run.task",
            json!({ "Containers": [{ "Name": "web", "Image": image, "Env": [
                { "Name": "KEY", "Value": { "$secret": { "from": "store", "name": "stripe" } } },
                { "Name": "PLAIN", "Value": "shown" },
            ] }] }),
        )])
    };
    let world = FakeCloud::applied(&task("a"));
    assert_eq!(told(&world.plan(&task("a"))), "= compute.t");
    let plan = world.plan(&task("b"));
    assert_eq!(told(&plan), "~ compute.t: Containers");
    let saved = crate::plan::to_json(&plan);
    assert!(!saved.contains("CLEAR TEXT"), "{saved}");
    assert!(saved.contains("shown"));
}
