//! Kept resources stay on AWS when gpb lets go of them, and keep what they stand in.

use super::actions::told;
use crate::plan::fixtures::*;
use crate::plan::{Action, Plan, ProtectionOverride, refusals};
use gpb_base::source::Span;
use gpb_model::{Mode, Model, Removal, Resource};
use serde_json::{Value as Json, json};

fn kept(mut resource: Resource) -> Resource {
    resource.lifecycle.keep = Some(true);
    resource
}

fn queue(properties: Json) -> Resource {
    resource("data.main", "aws.data.store", properties)
}

fn removed(model: Model, name: &str, keep: Option<bool>) -> Model {
    let removal = Removal { address: address(name), keep, span: Span::default() };
    Model { removals: vec![removal], ..model }
}

/// The codes and messages of a plan's refusals.
fn refused(plan: &Plan, model: &Model) -> Vec<String> {
    refusals(plan, Some(model)).into_iter().map(|one| format!("{} {}", one.code, one.message)).collect()
}

#[test]
fn what_leaves_the_program_is_let_go_of_and_stays() {
    let mut world = FakeCloud::applied(&model([kept(queue(json!({ "StoreName": "a" })))]));
    let plan = world.plan(&model([]));
    assert_eq!(told(&plan), "kept data.main");
    assert!(!plan.deletes() && !plan.is_empty());
    world.apply(&plan);
    assert!(world.snapshot.resources.is_empty() && world.cloud.len() == 1);
    world.cloud.clear();
    assert!(world.plan(&model([])).is_empty());
}

#[test]
fn a_destroy_lets_go_of_what_is_declared_so_even_if_it_was_not_applied() {
    let plain = model([queue(json!({ "StoreName": "a" }))]);
    let mut world = FakeCloud::applied(&plain);
    world.options.destroy = true;
    assert_eq!(told(&world.plan(&plain)), "- data.main");
    assert_eq!(told(&world.plan(&model([kept(queue(json!({ "StoreName": "a" })))]))), "kept data.main");
}

#[test]
fn the_text_has_the_last_word_over_what_is_remembered() {
    let keeping = model([kept(queue(json!({ "StoreName": "a" })))]);
    let mut world = FakeCloud::applied(&keeping);
    assert_eq!(told(&world.plan(&removed(model([]), "data.main", Some(false)))), "- data.main");
    assert_eq!(told(&world.plan(&removed(model([]), "data", Some(false)))), "- data.main", "the layer around it");
    assert_eq!(told(&world.plan(&removed(model([]), "data.main", None))), "kept data.main");
    // Without `keep` in its declaration it is no longer kept, once that is applied.
    let plain = model([queue(json!({ "StoreName": "a" }))]);
    let plan = world.plan(&plain);
    assert_eq!(told(&plan), "= data.main");
    world.apply(&plan);
    assert_eq!(told(&world.plan(&model([]))), "- data.main");
    assert_eq!(told(&world.plan(&removed(model([]), "data.main", Some(true)))), "kept data.main");
}

#[test]
fn what_is_gone_is_forgotten_and_what_failed_is_deleted() {
    let keeping = model([kept(queue(json!({ "StoreName": "a" })))]);
    let mut world = FakeCloud::applied(&keeping);
    let record = world.snapshot.resources.get_mut(&address("data.main")).unwrap();
    (record.tainted, record.failed) = (Some("it ended as FAILED".into()), true);
    assert_eq!(told(&world.plan(&model([]))), "- data.main");
    world.cloud.insert(address("data.main"), None);
    assert_eq!(told(&world.plan(&model([]))), "x data.main: ()");
}

#[test]
fn what_it_stands_in_must_stay() {
    let net = resource("network.vpc", "aws.net.vpc", json!({ "Cidr": "a" }));
    let subnet = resource("network.a", "aws.net.subnet", json!({ "Vpc": to("network.vpc", ""), "Cidr": "a" }));
    let store = kept(queue(json!({ "StoreName": "a", "Subnets": [to("network.a", "")] })));
    let whole = model([net.clone(), subnet.clone(), store]);
    let mut world = FakeCloud::applied(&whole);
    world.options.destroy = true;
    let plan = world.plan(&whole);
    let message = "GPB7071 `data.main` is kept, and what it stands in would be deleted: `network.a`, `network.vpc`";
    assert_eq!(refused(&plan, &whole), [message]);
    // Kept with it, or meant.
    let all = model(whole.resources.iter().cloned().map(kept));
    assert!(refused(&world.plan(&all), &all).is_empty());
    world.options.unprotect = ProtectionOverride::All;
    assert!(refused(&world.plan(&whole), &whole).is_empty());
}

#[test]
fn a_replacement_of_what_is_kept_lets_go_of_the_old_one() {
    let of = |properties: Json| model([kept(resource("compute.t", "aws.run.task", properties))]);
    let command = |word: &str| json!({ "Containers": [{ "Name": "a", "Command": [word] }] });
    let world = FakeCloud::applied(&of(command("a")));
    let plan = world.plan(&of(command("b")));
    assert!(told(&plan).starts_with("+/- compute.t"), "{}", told(&plan));
    assert!(!plan.deletes() && plan.changes[0].retains());
}

#[test]
fn a_successor_cannot_bear_what_the_kept_one_goes_on_bearing() {
    let of = |engine: &str, name: &str| model([kept(queue(json!({ "StoreName": name, "Engine": engine })))]);
    let world = FakeCloud::applied(&of("x", "a"));
    let code = |model: &Model| world.try_plan(model).map(|plan| told(&plan)).map_err(|told| told[0].code);
    assert_eq!(code(&of("y", "a")), Err("GPB7070"));
    assert_eq!(code(&of("y", "b")), Ok("+/- data.main: Engine! StoreName!".to_owned()));
    // Nor can another one.
    let other = resource("data.other", "aws.data.store", json!({ "StoreName": "a" }));
    assert_eq!(code(&removed(model([other.clone()]), "data.main", None)), Err("GPB7072"));
    assert_eq!(code(&model([other])), Err("GPB7002"), "most likely it was renamed");
}

#[test]
fn a_removal_says_that_it_is_no_rename() {
    let world = FakeCloud::applied(&model([queue(json!({ "StoreName": "a", "Size": 1 }))]));
    let other = model([resource("data.new", "aws.data.store", json!({ "StoreName": "b", "Size": 1 }))]);
    assert_eq!(world.try_plan(&other).unwrap_err()[0].code, "GPB7002");
    let plan = world.plan(&removed(other, "data.main", None));
    assert_eq!(told(&plan), "- data.main\n+ data.new");
}

#[test]
fn protection_holds_against_a_replacement_and_not_against_letting_go() {
    let live = |mut model: Model| {
        model.environment.mode = Mode::Live;
        model
    };
    let of = |engine: &str, name: &str| live(model([kept(queue(json!({ "StoreName": name, "Engine": engine })))]));
    let world = FakeCloud::applied(&of("x", "a"));
    let after = of("y", "b");
    let plan = world.plan(&after);
    let [message] = refused(&plan, &after).try_into().unwrap();
    assert!(message.contains("begins with an empty one, and gpb lets go of the old one"), "{message}");
    let gone = live(model([]));
    let plan = world.plan(&gone);
    assert_eq!((plan.changes[0].action, refused(&plan, &gone)), (Action::Retain, vec![]));
}

#[test]
fn one_that_a_kept_one_was_replaced_on_stays_as_well() {
    let vpc = |cidr: &str| resource("network.vpc", "aws.net.vpc", json!({ "Cidr": cidr }));
    let subnet = || kept(resource("network.a", "aws.net.subnet", json!({ "Vpc": to("network.vpc", ""), "Cidr": "s" })));
    let world = FakeCloud::applied(&model([vpc("a"), subnet()]));
    let after = model([vpc("b"), subnet()]);
    let plan = world.plan(&after);
    assert_eq!(told(&plan), "+/- network.a: Vpc!\n+/- network.vpc: Cidr!");
    let message = "GPB7071 `network.a` is kept, and what it stands in would be deleted: `network.vpc`";
    assert_eq!(refused(&plan, &after), [message]);
}

#[test]
fn a_new_keep_or_another_removal_is_another_model() {
    let hash = |model: &Model| crate::plan::model_hash(model);
    let plain = model([queue(json!({ "StoreName": "a" }))]);
    let keeping = model([kept(queue(json!({ "StoreName": "a" })))]);
    assert_ne!(hash(&plain), hash(&keeping));
    assert_ne!(hash(&plain), hash(&removed(plain.clone(), "data.old", Some(true))));
    assert_ne!(hash(&removed(plain.clone(), "data.old", None)), hash(&removed(plain, "data.old", Some(true))));
}

/// A resource that is only read would stay in the state unseen, and go with a destroy.
#[test]
fn what_gpb_has_created_is_not_only_read_from_then_on() {
    let mut world = FakeCloud::applied(&model([kept(queue(json!({ "StoreName": "a" })))]));
    let only_read = model([Resource { existing: true, ..queue(json!({ "StoreName": "a" })) }]);
    let code = |world: &FakeCloud| world.try_plan(&only_read).map(|plan| told(&plan)).map_err(|told| told[0].code);
    assert_eq!(code(&world), Err("GPB7074"));
    world.options.destroy = true;
    assert_eq!(code(&world), Err("GPB7074"));
}
