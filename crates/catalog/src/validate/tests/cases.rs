//! Tests the reports of small mistakes, and that there is none without a mistake.

use crate::validate::{ViolationKind, check, check_json};
use crate::{Catalog, Shape, TypeDef};
use gpb_model::{Address, PropertyMap, PropertyValue, Reference, SecretSource};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::Arc;

fn get(name: &str) -> Arc<TypeDef> {
    Catalog::embedded().get(name).unwrap()
}

/// One line a violation: place, kind, message, help.
fn said(name: &str, properties: Json) -> String {
    let Json::Object(properties) = properties else { panic!("properties are an object") };
    let lines = check_json(&get(name), &properties).into_iter().map(|one| {
        let kind = match one.kind {
            ViolationKind::Rule(_) => "Rule".to_owned(),
            kind => format!("{kind:?}"),
        };
        let help = one.help.map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{} {kind}: {}{help}", one.path, one.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_sound_cluster_passes() {
    let cluster = json!({
        "Engine": "aurora-postgresql", "EngineVersion": "15.17", "DBSubnetGroupName": "main", "MasterUsername": "gpb",
        "ManageMasterUserPassword": true, "StorageEncrypted": true, "BackupRetentionPeriod": 7,
        "ServerlessV2ScalingConfiguration": { "MinCapacity": 0.5, "MaxCapacity": 16 },
        "VpcSecurityGroupIds": ["sg-1"], "Tags": [{ "Key": "env", "Value": "live" }],
    });
    assert_eq!(said("aws.rds.db_cluster", cluster), "");
}

/// Reports each of these, one after the other.
fn all_said(cases: &[(&str, Json)]) -> String {
    let texts =
        cases.iter().map(|(name, properties)| format!("{name} {properties}\n{}\n", said(name, properties.clone())));
    texts.collect::<Vec<_>>().join("\n")
}

#[test]
fn names() {
    insta::assert_snapshot!(all_said(&[
        ("aws.rds.db_cluster", json!({ "EngineVersoin": "15", "Engine": "x", "Zebra": 1 })),
        ("aws.sqs.queue", json!({ "Arn": "arn:aws:sqs:::x", "delay_second": 1 })),
        ("aws.rds.db_cluster", json!({ "ServerlessV2ScalingConfiguration": { "MinCapcity": 1 } })),
    ]));
}

#[test]
fn types() {
    insta::assert_snapshot!(all_said(&[
        ("aws.sqs.queue", json!({ "DelaySeconds": "5", "FifoQueue": "true", "QueueName": 7 })),
        ("aws.sqs.queue", json!({ "Tags": { "Key": "a" }, "RedriveAllowPolicy": true, "RedrivePolicy": [1] })),
        (
            "aws.autoscaling.auto_scaling_group",
            json!({ "MinSize": "1", "MaxSize": "1", "LaunchConfigurationName": "a",
            "NotificationConfigurations": [{ "TopicARN": 1 }, { "TopicARN": "a" }, { "TopicARN": ["a", 1] }] })
        ),
    ]));
}

#[test]
fn bounds_and_choices() {
    insta::assert_snapshot!(all_said(&[
        ("aws.sqs.queue", json!({ "DelaySeconds": 901, "VisibilityTimeout": -1, "MaximumMessageSize": 2048.0 })),
        ("aws.ecs.service", json!({ "SchedulingStrategy": "REPLCA", "LaunchType": "LAMBDA" })),
        ("aws.ec2.vpc", json!({ "CidrBlock": "10.0.0.0/33" })),
        ("aws.ec2.volume", json!({ "AvailabilityZone": "z", "Size": 1, "VolumeType": "GP3" })),
        ("aws.ec2.volume", json!({ "AvailabilityZone": "z", "Size": 1, "VolumeType": "gp4" })),
        ("aws.rds.db_instance", json!({ "PerformanceInsightsRetentionPeriod": 8, "DBInstanceClass": "db.t4g.micro" })),
    ]));
}

#[test]
fn required_and_rules() {
    insta::assert_snapshot!(all_said(&[
        ("aws.ec2.subnet", json!({})),
        ("aws.ec2.vpc", json!({ "CidrBlock": "10.0.0.0/16", "Ipv4IpamPoolId": "p" })),
        ("aws.rds.db_cluster", json!({ "SourceDBClusterIdentifier": "a", "MasterUserPassword": "b" })),
        ("aws.ec2.volume", json!({ "Size": 8 })),
        (
            "aws.ec2.security_group",
            json!({ "GroupDescription": "d",
            "SecurityGroupIngress": [{ "IpProtocol": "tcp", "CidrIp": "0.0.0.0/0", "CidrIpv6": "::/0" }] })
        ),
        ("aws.cloudfront.key_value_store", json!({ "Name": "a", "ImportSource": {} })),
    ]));
}

#[test]
fn lists_and_patterns() {
    insta::assert_snapshot!(all_said(&[
        ("aws.elasticloadbalancingv2.load_balancer", json!({ "Subnets": ["a", "b", "a"] })),
        ("aws.sqs.queue", json!({ "Tags": [{ "Key": "a\u{1}", "Value": "" }, { "Key": "", "Value": "x" }] })),
        ("aws.kms.key", json!({ "KeyPolicy": {}, "PendingWindowInDays": 1, "Tags": [{ "Key": "a" }] })),
    ]));
}

#[test]
fn documents_may_be_objects_or_text() {
    let role = |document: Json| said("aws.iam.role", json!({ "AssumeRolePolicyDocument": document }));
    assert_eq!(role(json!({ "Version": "2012-10-17", "Statement": [] })), "");
    assert_eq!(role(json!("{}")), "");
    assert_ne!(role(json!(1)), "");
}

fn reference() -> PropertyValue {
    PropertyValue::Ref(Reference { to: Address::new("data.key"), path: gpb_model::PropPath("Arn".into()) })
}

fn kinds(name: &str, property: &str, value: PropertyValue) -> Vec<ViolationKind> {
    let found = check(&get(name), &PropertyMap::from_iter([(property.into(), value)]));
    found.into_iter().map(|one| one.kind).filter(|kind| !matches!(kind, ViolationKind::MissingRequired)).collect()
}

#[test]
fn holes_stand_where_their_kind_could() {
    let text = || PropertyValue::Concat(vec![PropertyValue::Text("a".into()), reference()]);
    assert_eq!(kinds("aws.sqs.queue", "KmsMasterKeyId", reference()), []);
    assert_eq!(kinds("aws.sqs.queue", "DelaySeconds", reference()), []);
    assert_eq!(kinds("aws.sqs.queue", "Tags", reference()), []);
    assert_eq!(kinds("aws.sqs.queue", "QueueName", text()), []);
    assert_eq!(kinds("aws.sqs.queue", "RedriveAllowPolicy", text()), []);
    assert_eq!(kinds("aws.sqs.queue", "DelaySeconds", text()), [ViolationKind::WrongType]);
    assert_eq!(kinds("aws.sqs.queue", "Tags", PropertyValue::List(vec![reference()])), []);
    // What AWS decides cannot be set, not even to what nobody knows yet.
    assert_eq!(kinds("aws.sqs.queue", "Arn", reference()), [ViolationKind::ReadOnly]);
}

#[test]
fn secrets_go_only_where_nobody_reads_them() {
    let secret = || PropertyValue::Secret(SecretSource::Store { name: "a".into() });
    let plain = [ViolationKind::SecretInPlainProperty];
    assert_eq!(kinds("aws.secretsmanager.secret", "SecretString", secret()), []);
    assert_eq!(kinds("aws.docdb.db_cluster", "MasterUserPassword", secret()), []);
    assert_eq!(kinds("aws.sqs.queue", "QueueName", secret()), plain);
    let inside = PropertyValue::Concat(vec![PropertyValue::Text("a".into()), secret()]);
    assert_eq!(kinds("aws.secretsmanager.secret", "SecretString", inside.clone()), []);
    assert_eq!(kinds("aws.sqs.queue", "QueueName", inside.clone()), plain);
    let document = PropertyValue::Map(PropertyMap::from_iter([("a".into(), PropertyValue::List(vec![inside]))]));
    assert_eq!(kinds("aws.sqs.queue", "RedriveAllowPolicy", document), plain);
    let call = PropertyValue::Call { function: "base64".into(), args: vec![secret()] };
    assert_eq!(kinds("aws.sqs.queue", "QueueName", call), plain);
    assert_eq!(kinds("aws.sqs.queue", "DelaySeconds", secret()), [ViolationKind::WrongType]);
}

#[test]
fn an_object_that_looks_like_a_hole_is_an_object_in_a_document() {
    assert_ne!(said("aws.sqs.queue", json!({ "QueueName": { "$ref": { "to": "a", "path": "b" } } })), "");
}

/// Choices are tried one after the other; inside a recursion they would be tried without end.
#[test]
fn recursion_never_passes_through_a_choice() {
    fn reaches(def: &TypeDef, shape: &Shape, wanted: usize, seen: &mut BTreeSet<usize>) -> bool {
        match shape {
            Shape::Nested(index) => {
                *index == wanted || seen.insert(*index) && reaches(def, &def.nested[*index].shape, wanted, seen)
            }
            Shape::List(list) => reaches(def, &list.item, wanted, seen),
            Shape::Map { value, .. } => reaches(def, value, wanted, seen),
            Shape::Object(object) => object.properties.iter().any(|one| reaches(def, &one.shape, wanted, seen)),
            Shape::Any(shapes) => shapes.iter().any(|one| reaches(def, one, wanted, seen)),
            _ => false,
        }
    }
    fn choices(shape: &Shape) -> Vec<&Shape> {
        match shape {
            Shape::List(list) => choices(&list.item),
            Shape::Map { value, .. } => choices(value),
            Shape::Object(object) => object.properties.iter().flat_map(|one| choices(&one.shape)).collect(),
            Shape::Any(_) => vec![shape],
            _ => Vec::new(),
        }
    }
    for def in crate::tests::all() {
        for (index, nested) in def.nested.iter().enumerate() {
            for choice in choices(&nested.shape) {
                assert!(!reaches(&def, choice, index, &mut BTreeSet::new()), "{} {}", def.aws, nested.aws);
            }
        }
    }
}

fn any_value() -> impl Strategy<Value = PropertyValue> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(PropertyValue::Bool),
        any::<i64>().prop_map(PropertyValue::Int),
        any::<f64>().prop_map(|double| PropertyValue::Number(double.into())),
        ".{0,12}".prop_map(|text| PropertyValue::Text(text.into())),
        Just(reference()),
        Just(PropertyValue::Secret(SecretSource::Generated { length: 8 })),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(PropertyValue::List),
            prop::collection::vec(inner.clone(), 0..3).prop_map(PropertyValue::Concat),
            prop::collection::btree_map("[A-Z][a-z]{0,8}", inner, 0..4).prop_map(|entries| {
                PropertyValue::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_anywhere_is_judged_without_a_panic(value in any_value(), pick in any::<prop::sample::Index>()) {
        let names: Vec<_> = Catalog::embedded().names().collect();
        let name: &str = names[pick.index(names.len())];
        let def = get(name);
        let properties = def.root.properties.iter().map(|one| (one.aws.clone(), value.clone())).collect();
        let once = check(&def, &properties);
        prop_assert_eq!(&once, &check(&def, &properties));
        // A property AWS sets is refused whatever it is given.
        for path in def.read_only.iter().filter(|path| path.segments().count() == 1) {
            prop_assert!(once.iter().any(|one| one.path == *path && one.kind == ViolationKind::ReadOnly));
        }
    }
}
