//! `replace_when x changes`: a resource is made anew when a value is another than at the last apply.

use super::actions::told;
use crate::plan::fixtures::*;
use gpb_base::source::Span;
use gpb_model::{Model, PropertyValue, Resource, SecretSource, WatchedValue};
use serde_json::{Value as Json, json};

fn task(watched: &[(&str, Option<PropertyValue>)]) -> Resource {
    let mut task = resource("compute.t", "aws.run.task", json!({ "Count": 1 }));
    let watch = |(label, value): &(&str, Option<PropertyValue>)| WatchedValue {
        label: (*label).to_owned(),
        value: value.clone(),
        span: Span::default(),
    };
    task.lifecycle.watched = watched.iter().map(watch).collect();
    task
}

fn watching(label: &str, to: Json) -> Model {
    model([task(&[(label, Some(value(to)))])])
}

#[test]
fn a_value_that_changes_makes_it_anew_and_the_first_one_does_not() {
    let mut world = FakeCloud::applied(&model([task(&[])]));
    let first = watching("image", json!("a"));
    let plan = world.plan(&first);
    assert_eq!(told(&plan), "= compute.t", "it was not watched before");
    world = FakeCloud::applied(&first);
    assert_eq!(told(&world.plan(&first)), "= compute.t");
    let plan = world.plan(&watching("image", json!("b")));
    assert_eq!(told(&plan), "+/- compute.t: @replace_when/image!");
    assert_eq!(plan.changes[0].differences[0].before, Some(json!("a")));
    world.apply(&plan);
    assert_eq!(told(&world.plan(&watching("image", json!("b")))), "= compute.t");
    // Under another name it is another value, and what is no longer watched changes nothing.
    assert_eq!(told(&world.plan(&watching("tag", json!("c")))), "= compute.t");
    assert_eq!(told(&world.plan(&model([task(&[])]))), "= compute.t");
}

/// `gpb fmt` moves blanks and commas: what it leaves is the same expression.
#[test]
fn another_layout_is_the_same_expression() {
    let world = FakeCloud::applied(&watching("[a,{x=a}]", json!(["v", { "x": "v" }])));
    let formatted = |to: &str| watching("[a, { x = a }]", json!([to, { "x": to }]));
    assert_eq!(told(&world.plan(&formatted("v"))), "= compute.t");
    assert!(told(&world.plan(&formatted("w"))).starts_with("+/- compute.t"));
}

#[test]
fn absence_is_a_value() {
    let absent = model([task(&[("image", None)])]);
    let world = FakeCloud::applied(&absent);
    assert_eq!(told(&world.plan(&absent)), "= compute.t");
    assert_eq!(told(&world.plan(&watching("image", json!("a")))), "+/- compute.t: @replace_when/image!");
    let world = FakeCloud::applied(&watching("image", json!("a")));
    assert_eq!(told(&world.plan(&absent)), "+/- compute.t: @replace_when/image!");
}

#[test]
fn a_secret_is_compared_by_its_hash() {
    let of = |name: &str| {
        let secret = PropertyValue::Secret(SecretSource::Store { name: name.into() });
        model([task(&[("key", Some(secret))])])
    };
    let world = FakeCloud::applied(&of("one"));
    let remembered = &world.snapshot.resources[&address("compute.t")].watched["key"];
    assert_eq!(*remembered, json!({ "$secret": "hash of one" }));
    assert_eq!(told(&world.plan(&of("one"))), "= compute.t");
    assert_eq!(told(&world.plan(&of("two"))), "+/- compute.t: @replace_when/key!");
}

#[test]
fn what_another_resource_will_be_is_not_known_and_makes_it_anew() {
    let of = |cidr: &str| {
        let vpc = resource("network.vpc", "aws.net.vpc", json!({ "Cidr": cidr }));
        model([vpc, task(&[("vpc", Some(value(to("network.vpc", ""))))])])
    };
    let world = FakeCloud::applied(&of("a"));
    assert_eq!(told(&world.plan(&of("a"))), "= network.vpc\n= compute.t");
    assert_eq!(told(&world.plan(&of("b"))), "+/- network.vpc: Cidr!\n+/- compute.t: @replace_when/vpc!");
}
