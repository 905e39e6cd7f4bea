#![allow(clippy::needless_pass_by_value)] // a case reads better without borrows
use super::TypeContext;
use super::conform;
use super::testing::{NOWHERE, TestFacts, show, value};
use gpb_base::unit::Dimension;
use gpb_model::Place;
use gpb_model::ty::{DefaultId, FieldType, ObjectType, Type};
use gpb_model::value::{Value, ValueKind};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::sync::Arc;

fn check(input: Json, ty: &Type, expected: &str) {
    let names = || vec!["database".into(), "tasks".into()];
    let defaults = |id: DefaultId| Ok(value(json!(format!("default {}", id.0))));
    let cx = TypeContext { names: &names, defaults: &defaults, ..TypeContext::new(&TestFacts) };
    assert_eq!(show(conform(value(input.clone()), ty, &cx)), expected, "{input} as {ty}");
}

fn duration() -> Type {
    Type::Dimension(Dimension::Duration)
}

fn health() -> Type {
    let field = |ty: Type, default| FieldType { ty, default, doc: None, span: None };
    Type::Object(Arc::new(ObjectType {
        name: Some("health_check".into()),
        fields: [
            (Arc::from("path"), field(Type::String, Some(DefaultId(7)))),
            (Arc::from("every"), field(duration(), None)),
            (Arc::from("note"), field(Type::String.optional(), None)),
        ]
        .into(),
        ..ObjectType::default()
    }))
}

#[test]
fn words_are_read_by_the_expected_type() {
    let tier = Type::words(["low", "medium", "high"]);
    check(json!("~low"), &tier, "\"low\"");
    check(json!("low"), &tier, "\"low\"");
    check(json!("~hihg"), &tier, "GPB1106 `hihg` is none of `low | medium | high` [change to `high`]");
    check(json!("~us-east-1"), &Type::Region, "\"us-east-1\"");
    check(json!("~us-esat-1"), &Type::Region, "GPB1112 `us-esat-1` is not a known region [change to `us-east-1`]");
    check(json!("eu-moon-1"), &Type::Region, "\"eu-moon-1\"");
    check(json!("~us-east-1d"), &Type::Zone, "GPB1114 `us-east-1d` is not an availability zone");
    check(json!("~us-west-2"), &Type::Place, "\"us-west-2\"");
    let range = Type::range(Type::Dimension(Dimension::Acu));
    check(
        json!("~databse"),
        &range,
        "GPB1105 `databse` is not a name in scope, and a `range<acu>` is expected here [change to `database`]",
    );
    check(
        json!("~aurora-mysql"),
        &Type::String,
        "GPB1105 `aurora-mysql` is not a name in scope, and a `string` is expected here [put it in quotes]",
    );
}

#[test]
fn dimensions_are_checked() {
    check(json!("#30s"), &duration(), "\"30s\"");
    check(json!("#70%"), &duration(), "GPB1102 `70%` is a percentage, where a duration is expected");
    check(json!(30), &duration(), "GPB1104 a number without a unit, where a duration is expected");
    check(json!("#30s"), &Type::Int, "GPB1102 `30s` is a duration, where an `int` is expected");
    check(json!(2.5), &Type::Int, "GPB1116 `2.5` is not a whole number");
    check(json!(-1), &Type::Count, "GPB1116 `-1` is negative");
    check(json!(-1), &Type::Int, "-1");
}

#[test]
fn ranges_take_the_unit_of_their_high_end() {
    let acu = Type::range(Type::Dimension(Dimension::Acu));
    check(json!({"$range": [8, "#64ACU"]}), &acu, "\"8 ACU..64 ACU\"");
    check(json!({"$range": [512, "#2048MiB"]}), &Type::range(Type::Dimension(Dimension::Bytes)), "\"512MiB..2GiB\"");
    check(json!({"$range": ["#64ACU", "#8ACU"]}), &acu, "GPB1107 the range starts at 64 ACU, above its end 8 ACU");
    check(json!({"$range": ["#8ACU", 64]}), &acu, "GPB1104 a number without a unit, where a number of ACU is expected");
    check(json!(5), &Type::range(Type::Count), "GPB1101 expected a `range<count>`, found a number");
}

#[test]
fn texts_have_their_form() {
    check(json!("10.0.0.0/16"), &Type::Cidr, "\"10.0.0.0/16\"");
    check(
        json!("10.0.0.1/16"),
        &Type::Cidr,
        "GPB1111 `10.0.0.1/16` is an address inside a network, not a network [change to \"10.0.0.0/16\"]",
    );
    check(json!("10.0.0.1"), &Type::Cidr, "GPB1111 `10.0.0.1` is not a network [write \"10.0.0.1/32\"]");
    check(json!("2001:db8::/32"), &Type::Cidr, "\"2001:db8::/32\"");
    check(json!(12_345_678), &Type::Account, "GPB1101 expected an `account`, found a number [put it in quotes]");
    check(json!("123"), &Type::Account, "GPB1113 `123` is not an account");
    check(json!("arn:aws:sqs:us-east-1:123456789012:q"), &Type::Arn, "\"arn:aws:sqs:us-east-1:123456789012:q\"");
    check(json!("m7g"), &Type::InstanceType, "GPB1113 `m7g` is not an instance type");
}

#[test]
fn objects_are_completed_and_every_mistake_is_told() {
    check(json!({"every": "#30s"}), &health(), r#"{"every":"30s","path":"default 7"}"#);
    check(
        json!({"pth": "/", "every": 30}),
        &health(),
        "GPB1108 `health_check` has no field `pth` [rename to `path`]\nGPB1104 a number without a unit, where a duration is expected",
    );
    check(json!({}), &health(), "GPB1109 the field `every` of `health_check` is missing");
    let open = conform(
        value(json!({"every": "#1s"})),
        &health(),
        &TypeContext { defaults: &|_| Ok(value(json!("/"))), ..TypeContext::new(&TestFacts) },
    );
    assert!(open.unwrap().as_map().unwrap()["note"].value.is_absent());
}

#[test]
fn what_is_unknown_is_accepted_by_its_type() {
    check(json!({"$hole": "string"}), &Type::Arn, r#"{"$ref":{"path":"Out","to":"x"}}"#);
    check(json!({"$hole": "any"}), &duration(), r#"{"$ref":{"path":"Out","to":"x"}}"#);
    check(
        json!({"$hole": "number"}),
        &duration(),
        "GPB1101 expected a `duration`, found a `number` that is unknown until apply",
    );
}

#[test]
fn secrets_and_resources_are_no_text() {
    check(json!({"$secret": "a"}), &Type::Secret, r#"{"$secret":{"from":"store","name":"a"}}"#);
    check(json!({"$secret": "a"}), &Type::String, "GPB1115 a secret has no text form");
    check(json!("hunter2"), &Type::Secret, "GPB1101 expected a `secret`, found a string");
    check(
        json!({"$resource": "aws.ec2.vpc"}),
        &Type::Resource(Some("aws.ec2.subnet".into())),
        "GPB1125 a resource of type `aws.ec2.vpc`, where `aws.ec2.subnet` is expected",
    );
    check(json!(null), &Type::String, "GPB1110 no value was given where a `string` is required");
    check(json!(null), &Type::String.optional(), "absent");
    check(json!("a"), &Type::list(Type::String), "GPB1101 expected a `list<string>`, found a string");
    check(json!("{}"), &Type::Policy, "GPB1117 this JSON is not a policy document");
    check(json!(r#"{"Statement": []}"#), &Type::Policy, r#"{"Statement":[]}"#);
}

#[test]
fn a_region_given_as_a_place_keeps_the_account() {
    let here = Place { account: Some("123456789012".into()), region: "us-east-1".into(), ..Place::default() };
    let cx = TypeContext { place: Some(&here), ..TypeContext::new(&TestFacts) };
    let read = conform(value(json!("~us-west-2")), &Type::Place, &cx).unwrap();
    assert_eq!(read.kind, ValueKind::Place(Arc::new(Place { region: "us-west-2".into(), ..here.clone() })));
}

#[test]
fn types_read_as_they_are_written() {
    assert_eq!(Type::range(duration()).optional().to_string(), "range<duration>?");
    assert_eq!(Type::words(["a", "b"]).optional().to_string(), "(a | b)?");
    let plain = ObjectType {
        name: None,
        ..match health() {
            Type::Object(o) => (*o).clone(),
            _ => unreachable!(),
        }
    };
    assert_eq!(plain.to_string(), "{ path: string, every: duration, note: string? }");
}

fn any_value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        "[a-z0-9./]{0,6}".prop_map(Json::from),
        "~[a-z-]{1,8}".prop_map(Json::from),
        (0..100u32).prop_map(|n| json!(format!("#{n}s"))),
        (0..100u32).prop_map(|n| json!(format!("#{n}ACU"))),
        Just(json!("~us-east-1")),
        Just(json!("10.0.0.0/8")),
        (0..9u32, 0..9u32).prop_map(|(a, b)| json!({"$range": [a, format!("#{b}s")]})),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::btree_map("path|every|note|[a-z]{1,3}", inner, 0..3).prop_map(|map| json!(map)),
        ]
    })
}

fn any_type() -> impl Strategy<Value = Type> {
    let simple = prop::sample::select(gpb_model::ty::names()).prop_filter_map("takes arguments", Type::simple);
    let leaf = prop_oneof![simple, Just(health()), Just(Type::words(["low", "us-east-1"]))];
    leaf.prop_recursive(2, 4, 1, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::map),
            inner.clone().prop_map(Type::range),
            inner.prop_map(Type::optional),
        ]
    })
}

proptest! {
    #[test]
    fn reading_twice_changes_nothing(json in any_value(), ty in any_type()) {
        let defaults = |_| Ok(Value::text("/", NOWHERE));
        let cx = TypeContext { defaults: &defaults, ..TypeContext::new(&TestFacts) };
        if let Ok(once) = conform(value(json), &ty, &cx) {
            let twice = conform(once.clone(), &ty, &cx);
            prop_assert_eq!(twice, Ok(once));
        }
    }
}
