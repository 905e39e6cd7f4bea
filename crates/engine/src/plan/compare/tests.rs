#![allow(clippy::needless_pass_by_value)] // the cases are literals

use super::{CompareRules, CurrentState, differences, documents_equal};
use crate::plan::fixtures::{hash, types, value};
use crate::plan::masking::mask;
use gpb_catalog::{Shape, TextShape};
use gpb_model::PropPath;
use gpb_model::PropertyValue;
use serde_json::{Map, Value as Json, json};

/// The places where `desired` differs from `observed`, and the same once everything was applied like that before.
fn places(ty: &str, desired: Json, observed: Json) -> Vec<String> {
    let def = types(ty);
    let rules = CompareRules { def: def.as_deref(), ..CompareRules::bare() };
    let PropertyValue::Map(desired) = value(desired) else { panic!("properties are an object") };
    let sides = CurrentState { observed: observed.as_object().unwrap(), applied: None, recorded: None };
    differences(rules, &desired, sides).into_iter().map(|difference| difference.path.0.into()).collect()
}

fn same(ty: &str, desired: Json, observed: Json) {
    assert_eq!(places(ty, desired, observed), Vec::<String>::new());
}

#[test]
fn scalars_are_equal_however_they_are_spelled() {
    for (desired, observed) in [
        (json!(1), json!(1.0)),
        (json!(1.0), json!(1)),
        (json!(1), json!("1")),
        (json!(1), json!("1.0")),
        (json!(true), json!("true")),
        (json!("true"), json!(true)),
        (json!("5"), json!(5)),
    ] {
        same("aws.data.store", json!({ "Size": desired }), json!({ "Size": observed }));
    }
    for (desired, observed) in
        [(json!("1"), json!("1.0")), (json!("A"), json!("a")), (json!(true), json!("True")), (json!(1), json!(true))]
    {
        assert_eq!(places("aws.data.store", json!({ "Engine": desired }), json!({ "Engine": observed })), ["Engine"]);
    }
}

#[test]
fn objects_are_compared_place_by_place() {
    let observed = json!({ "Backup": { "Days": 1, "Window": "w", "Extra": 1 }, "Engine": "x" });
    same("aws.data.store", json!({ "Backup": { "Days": 1 } }), observed.clone());
    assert_eq!(
        places("aws.data.store", json!({ "Backup": { "Days": 2, "Window": "v" } }), observed),
        ["Backup/Days", "Backup/Window"]
    );
    assert_eq!(places("aws.data.store", json!({ "Backup": { "Days": 2 } }), json!({})), ["Backup"]);
}

#[test]
fn order_means_something_only_where_the_catalog_says_so() {
    same("aws.data.store", json!({ "Subnets": ["a", "b"] }), json!({ "Subnets": ["b", "a"] }));
    assert_eq!(
        places("aws.data.store", json!({ "Subnets": ["a", "a"] }), json!({ "Subnets": ["a", "b"] })),
        ["Subnets"]
    );
    let container = |command: Json| json!({ "Containers": [{ "Name": "n", "Command": command }] });
    same("aws.run.task", container(json!(["a", "b"])), container(json!(["a", "b"])));
    assert_eq!(places("aws.run.task", container(json!(["a", "b"])), container(json!(["b", "a"]))), ["Containers"]);
}

#[test]
fn an_element_that_fits_two_does_not_take_the_place_of_one_that_fits_only_there() {
    let desired = json!({ "Rules": [{ "Port": 1 }, { "Port": 1, "Note": "n" }] });
    same("aws.net.group", desired, json!({ "Rules": [{ "Port": 1, "Note": "n" }, { "Port": 1, "Cidr": "c" }] }));
}

#[test]
fn an_element_more_or_less_is_a_difference() {
    let one = json!({ "Rules": [{ "Port": 1 }] });
    let two = json!({ "Rules": [{ "Port": 1 }, { "Port": 2 }] });
    assert_eq!(places("aws.net.group", one.clone(), two.clone()), ["Rules"]);
    assert_eq!(places("aws.net.group", two, one), ["Rules"]);
}

#[test]
fn many_elements_in_another_order_are_still_the_same() {
    let rules = |range: &mut dyn Iterator<Item = i64>| json!({ "Rules": range.map(|n| json!({ "Port": n, "Cidr": format!("10.0.{n}.0/24") })).collect::<Vec<_>>() });
    same("aws.net.group", rules(&mut (0..200)), rules(&mut (0..200).rev()));
    let names =
        |range: &mut dyn Iterator<Item = i64>| json!({ "Subnets": range.map(|n| format!("s{n}")).collect::<Vec<_>>() });
    same("aws.data.store", names(&mut (0..5_000)), names(&mut (0..5_000).rev()));
}

#[test]
fn nothing_is_as_good_as_an_empty_list() {
    same("aws.data.store", json!({ "Subnets": [], "Backup": {} }), json!({}));
}

#[test]
fn a_removal_inside_an_element_is_a_difference() {
    let def = types("aws.net.group");
    let rules = CompareRules { def: def.as_deref(), ..CompareRules::bare() };
    let PropertyValue::Map(desired) = value(json!({ "Rules": [{ "Port": 1 }] })) else { panic!() };
    let full = json!({ "Rules": [{ "Port": 1, "Note": "n" }] });
    let full = full.as_object().unwrap();
    let found = |applied| {
        differences(rules, &desired, CurrentState { observed: full, applied: Some(applied), recorded: Some(full) })
    };
    assert_eq!(found(full).len(), 1);
    // Nobody asked for the note: it is the cloud's.
    assert_eq!(found(json!({ "Rules": [{ "Port": 1 }] }).as_object().unwrap()), []);
}

#[test]
fn create_only_places_that_the_cloud_spells_its_own_way_are_left_alone() {
    let def = types("aws.data.store");
    let rules = CompareRules { def: def.as_deref(), ..CompareRules::bare() };
    let PropertyValue::Map(desired) = value(json!({ "Engine": "X" })) else { panic!() };
    let object = |engine: &str| Map::from_iter([("Engine".to_owned(), Json::from(engine))]);
    let found = |applied: &str, recorded: &str| {
        let sides =
            CurrentState { observed: &object("x"), applied: Some(&object(applied)), recorded: Some(&object(recorded)) };
        differences(rules, &desired, sides).len()
    };
    assert_eq!(found("X", "x"), 0);
    assert_eq!(found("X", "X"), 1, "it was changed since");
    assert_eq!(found("y", "x"), 1, "it was applied as something else");
}

#[test]
fn a_list_that_the_cloud_keeps_in_its_own_order_is_left_alone_as_long_as_nothing_moves() {
    let list = |items: [&str; 2]| json!({ "Names": items }).as_object().unwrap().clone();
    let PropertyValue::Map(desired) = value(json!({ "Names": ["a", "b"] })) else { panic!() };
    let found = |applied: [&str; 2], recorded: [&str; 2]| {
        let (observed, applied, recorded) = (list(["b", "a"]), list(applied), list(recorded));
        let sides = CurrentState { observed: &observed, applied: Some(&applied), recorded: Some(&recorded) };
        differences(CompareRules::bare(), &desired, sides).len()
    };
    assert_eq!(found(["a", "b"], ["b", "a"]), 0);
    assert_eq!(found(["a", "b"], ["a", "b"]), 1, "somebody turned it round");
    assert_eq!(found(["b", "a"], ["b", "a"]), 1, "the text turned it round");
}

#[test]
fn capitals_mean_nothing_where_the_catalog_says_so() {
    let mut def = (*types("aws.data.store").unwrap()).clone();
    let engine = def.root.properties.iter_mut().find(|property| property.aws == "Engine").unwrap();
    engine.shape = Shape::Text(TextShape { any_case: true, ..TextShape::default() });
    let PropertyValue::Map(desired) = value(json!({ "Engine": "Fast" })) else { panic!() };
    let observed = json!({ "Engine": "FAST" });
    let sides = CurrentState { observed: observed.as_object().unwrap(), applied: None, recorded: None };
    assert_eq!(differences(CompareRules { def: Some(&def), ..CompareRules::bare() }, &desired, sides), []);
}

fn policy(statement: Json) -> Json {
    json!({ "Version": "2012-10-17", "Statement": statement })
}

#[test]
fn policies_are_compared_by_meaning() {
    let allow = |rest: Json| {
        let mut statement = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" });
        statement.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        statement
    };
    let equal = [
        (policy(allow(json!({}))), policy(json!([allow(json!({}))]))),
        (policy(allow(json!({ "Action": ["a:B", "a:C"] }))), policy(allow(json!({ "Action": ["a:c", "a:b"] })))),
        (policy(allow(json!({ "Resource": "x" }))), policy(allow(json!({ "Resource": ["x"] })))),
        (
            policy(allow(json!({ "Principal": { "AWS": "123456789012" } }))),
            policy(allow(json!({ "Principal": { "AWS": ["arn:aws:iam::123456789012:root"] } }))),
        ),
        (policy(allow(json!({ "Principal": "*" }))), policy(allow(json!({ "Principal": { "AWS": "*" } })))),
        (
            policy(allow(json!({ "Condition": { "Bool": { "aws:SecureTransport": true } } }))),
            policy(allow(json!({ "Condition": { "Bool": { "AWS:SecureTransport": ["true"] } } }))),
        ),
        (
            policy(json!([allow(json!({})), allow(json!({ "Sid": "b" }))])),
            policy(json!([allow(json!({ "Sid": "b" })), allow(json!({ "Sid": "" }))])),
        ),
        (policy(allow(json!({}))), Json::from(policy(json!([allow(json!({}))])).to_string())),
    ];
    for (a, b) in equal {
        assert!(documents_equal(&a, &b), "{a} {b}");
        assert!(documents_equal(&b, &a), "{b} {a}");
    }
    let different = [
        (policy(allow(json!({}))), policy(allow(json!({ "Effect": "Deny" })))),
        (policy(allow(json!({ "Resource": "A" }))), policy(allow(json!({ "Resource": "a" })))),
        (policy(allow(json!({ "Principal": "*" }))), policy(allow(json!({ "Principal": { "Service": "*" } })))),
        (
            policy(allow(json!({ "Principal": { "AWS": "123456789012" } }))),
            policy(allow(json!({ "Principal": { "AWS": "210987654321" } }))),
        ),
        (policy(allow(json!({}))), policy(json!([allow(json!({})), allow(json!({ "Action": "s3:*" }))]))),
        (policy(allow(json!({}))), json!({ "Statement": allow(json!({})) })),
    ];
    for (a, b) in different {
        assert!(!documents_equal(&a, &b), "{a} {b}");
    }
}

#[test]
fn a_document_is_the_same_as_its_text_however_it_comes_back() {
    let trust = policy(json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "x y" } }));
    let encoded: String = trust
        .to_string()
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect();
    for observed in
        [trust.clone(), trust.to_string().into(), encoded.into(), serde_json::to_string_pretty(&trust).unwrap().into()]
    {
        same("aws.iam.role", json!({ "Trust": trust }), json!({ "Trust": observed }));
    }
    same("aws.iam.role", json!({ "Note": "{\"a\": 1}" }), json!({ "Note": "{ \"a\" : 1 }" }));
    assert_eq!(places("aws.iam.role", json!({ "Trust": trust }), json!({ "Trust": "%7Bbroken" })), ["Trust"]);
    // A document is compared as a whole: what it does not say, it denies.
    assert_eq!(
        places("aws.iam.role", json!({ "Trust": { "a": 1 } }), json!({ "Trust": { "a": 1, "b": 2 } })),
        ["Trust"]
    );
}

#[test]
fn a_secret_in_a_readable_place_is_known_by_its_hash() {
    let def = types("aws.run.task");
    let rules = CompareRules { def: def.as_deref(), secret: &hash, ..CompareRules::bare() };
    let env = |value: Json| json!({ "Containers": [{ "Name": "web", "Env": [{ "Name": "KEY", "Value": value }] }] });
    let PropertyValue::Map(desired) = value(env(json!({ "$secret": { "from": "env", "name": "A" } }))) else {
        panic!()
    };
    let (clear, old, now) =
        (env("clear".into()), env(json!({ "$secret": "old" })), env(json!({ "$secret": "hash of A" })));
    let found = |applied: &Json| {
        let sides = CurrentState { observed: clear.as_object().unwrap(), applied: applied.as_object(), recorded: None };
        differences(rules, &desired, sides)
    };
    assert_eq!(found(&now), []);
    let changed = found(&old);
    assert_eq!(changed.len(), 1);
    assert!(!format!("{changed:?}").contains("clear"));
}

#[test]
fn a_mask_covers_what_is_secret_on_either_side_and_nothing_else() {
    let observed = json!([{ "Name": "A", "Value": "one" }, { "Name": "B", "Value": "two" }, { "Value": "three" }]);
    let desired = value(json!([{ "Name": "A", "Value": { "$secret": { "from": "env", "name": "A" } } }]));
    let applied = json!([{ "Name": "A", "Value": { "$secret": "h" } }]);
    let masked = mask(&observed, Some(&desired), Some(&applied)).to_string();
    assert!(!masked.contains("one") && masked.contains("\"A\""), "{masked}");
    // It has no name, so it could be the secret's.
    assert!(!masked.contains("three"), "{masked}");
    let text = mask(
        &json!("{\"password\":\"p\"}"),
        Some(&value(json!({ "password": { "$secret": { "from": "env", "name": "A" } } }))),
        None,
    );
    assert_eq!(text, json!({ "$secret": "" }));
}

#[test]
fn paths_are_those_of_the_document() {
    let found = places("aws.run.task", json!({ "Options": { "a/b~c": "1" } }), json!({ "Options": { "a/b~c": "2" } }));
    assert_eq!(found, ["Options/a~1b~0c"]);
    assert_eq!(PropPath::unescape("a~1b~0c"), "a/b~c");
}
