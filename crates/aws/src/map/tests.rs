//! Conversions of properties to an API's members, and back.
#![expect(clippy::needless_pass_by_value, reason = "cases read better without `&`")]

use super::*;
use crate::binding::{PropertyMappings, PropertySide};
use crate::path::MemberPath;
use crate::shapes::Api;
use gpb_catalog::Catalog;
use gpb_model::PropPath;
use serde_json::{Map, Value as Json, json};

/// An API with one operation, whose input and output is the structure `In`.
fn api(shapes: Json) -> Api {
    serde_json::from_value(
        json!({ "service": "x", "operations": { "Op": { "input": "In", "output": "In" } }, "shapes": shapes }),
    )
    .unwrap()
}

fn with<T>(ty: &str, places: Json, attributes: Option<&str>, run: impl FnOnce(Mapping<'_>) -> T) -> T {
    let def = Catalog::embedded().get(ty).unwrap();
    let places: PropertyMappings = serde_json::from_value(places).unwrap();
    let attributes: Option<MemberPath> = attributes.map(|path| path.parse().unwrap());
    run(Mapping { def: &def, places: &places, attributes: attributes.as_ref(), fill: &|_| None })
}

/// Writes properties and reads the same object back: both sides must be as expected, and the way back must end where it began.
fn check(ty: &str, places: Json, attributes: Option<&str>, shapes: Json, properties: Json, expected: Json) {
    let api = api(shapes);
    with(ty, places, attributes, |mapping| {
        let mut target = Json::Object(Map::new());
        for (name, value) in properties.as_object().unwrap() {
            assert!(mapping.write(name, value, api.input("Op"), &mut target).unwrap(), "{name} has no place");
        }
        assert_eq!(target, expected);
        let here = attributes.and_then(|path| target.get(path)).unwrap_or(&target);
        assert_eq!(Json::Object(mapping.read(here, &target)), properties);
    });
}

#[test]
fn attribute_maps_hold_text() {
    check(
        "aws.sqs.queue",
        json!({}),
        Some("Attributes"),
        json!({ "In": { "members": { "Attributes": "Map" } }, "Map": { "map": "string" } }),
        json!({ "VisibilityTimeout": 30, "FifoQueue": true, "RedrivePolicy": { "maxReceiveCount": 5 } }),
        json!({ "Attributes": { "VisibilityTimeout": "30", "FifoQueue": "true", "RedrivePolicy": "{\"maxReceiveCount\":5}" } }),
    );
}

#[test]
fn names_differ_in_case_at_every_depth() {
    check(
        "aws.ecs.task_definition",
        json!({}),
        None,
        json!({
            "In": { "members": { "family": "string", "containerDefinitions": "Containers" } },
            "Containers": { "list": "Container" },
            "Container": { "members": { "name": "string", "portMappings": "Ports", "environment": "Pairs" } },
            "Ports": { "list": "Port" }, "Port": { "members": { "containerPort": "integer" } },
            "Pairs": { "list": "Pair" }, "Pair": { "members": { "name": "string", "value": "string" } },
        }),
        json!({ "Family": "web", "ContainerDefinitions": [{ "Name": "a", "PortMappings": [{ "ContainerPort": 80 }], "Environment": [{ "Name": "x", "Value": "y" }] }] }),
        json!({ "family": "web", "containerDefinitions": [{ "name": "a", "portMappings": [{ "containerPort": 80 }], "environment": [{ "name": "x", "value": "y" }] }] }),
    );
}

#[test]
fn tags_change_between_lists_and_maps() {
    let tags = json!({ "Tags": [{ "Key": "a", "Value": "b" }] });
    let map = json!({ "In": { "members": { "tags": "Map" } }, "Map": { "map": "string" } });
    check("aws.sqs.queue", json!({}), None, map, tags.clone(), json!({ "tags": { "a": "b" } }));
    let pairs = json!({ "In": { "members": { "Tags": "List" } }, "List": { "list": "Tag" }, "Tag": { "members": { "TagKey": "string", "TagValue": "string" } } });
    check("aws.kms.key", json!({}), None, pairs, tags, json!({ "Tags": [{ "TagKey": "a", "TagValue": "b" }] }));
}

#[test]
fn counted_lists_are_wrapped() {
    check(
        "aws.cloudfront.distribution",
        json!({}),
        None,
        json!({
            "In": { "members": { "DistributionConfig": "Config" } },
            "Config": { "members": { "Aliases": "Aliases", "Enabled": "boolean" } },
            "Aliases": { "members": { "Quantity": "integer", "Items": "Names" } }, "Names": { "list": "string" },
        }),
        json!({ "DistributionConfig": { "Aliases": ["a.example"], "Enabled": true } }),
        json!({ "DistributionConfig": { "Aliases": { "Quantity": 1, "Items": ["a.example"] }, "Enabled": true } }),
    );
}

#[test]
fn renames_wrap_and_filter() {
    check(
        "aws.ec2.vpc",
        json!({ "CidrBlock": "Config.Block", "Tags": "Specs[ResourceType=vpc].Tags" }),
        None,
        json!({
            "In": { "members": { "Config": "Config", "Specs": "Specs" } }, "Config": { "members": { "Block": "string" } },
            "Specs": { "list": "Spec" }, "Spec": { "members": { "ResourceType": "string", "Tags": "Tags" } },
            "Tags": { "list": "Tag" }, "Tag": { "members": { "Key": "string", "Value": "string" } },
        }),
        json!({ "CidrBlock": "10.0.0.0/16", "Tags": [{ "Key": "a", "Value": "b" }] }),
        json!({ "Config": { "Block": "10.0.0.0/16" }, "Specs": [{ "ResourceType": "vpc", "Tags": [{ "Key": "a", "Value": "b" }] }] }),
    );
}

#[test]
fn lists_of_ids_become_lists_of_objects() {
    check(
        "aws.rds.db_subnet_group",
        json!({ "SubnetIds": "Subnets.*.SubnetIdentifier" }),
        None,
        json!({ "In": { "members": { "Subnets": "Subnets" } }, "Subnets": { "list": "Subnet" }, "Subnet": { "members": { "SubnetIdentifier": "string" } } }),
        json!({ "SubnetIds": ["a", "b"] }),
        json!({ "Subnets": [{ "SubnetIdentifier": "a" }, { "SubnetIdentifier": "b" }] }),
    );
}

#[test]
fn objects_may_lie_flat_in_their_parent() {
    with(
        "aws.rds.db_cluster",
        json!({ "Endpoint": ".", "Endpoint/Address": "Endpoint", "Endpoint/Port": "Port" }),
        None,
        |mapping| {
            let object = json!({ "Endpoint": "host", "Port": 5432, "DatabaseName": null });
            let read = Json::Object(mapping.read(&object, &object));
            assert_eq!(read["Endpoint"], json!({ "Address": "host", "Port": "5432" }));
            assert!(read.get("DatabaseName").is_none(), "null is absent");
        },
    );
}

#[test]
fn url_encoded_documents_are_read() {
    with("aws.iam.role", json!({}), None, |mapping| {
        let object = json!({ "AssumeRolePolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%7D" });
        let read = mapping.read(&object, &object);
        assert_eq!(read["AssumeRolePolicyDocument"], json!({ "Version": "2012-10-17" }));
    });
}

#[test]
fn what_does_not_fit_is_refused_with_its_path() {
    let api = api(
        json!({ "In": { "members": { "Tags": "Tags" } }, "Tags": { "list": "Tag" }, "Tag": { "members": { "Name": "string" } } }),
    );
    with("aws.kms.key", json!({}), None, |mapping| {
        let mut target = Json::Object(Map::new());
        let error =
            mapping.write("Tags", &json!([{ "Key": "a", "Value": "b" }]), api.input("Op"), &mut target).unwrap_err();
        assert_eq!(error.to_string(), "`tags[*].key` has no member `Key` to be written to");
        let error = mapping.write("Tags", &json!("x"), api.input("Op"), &mut target).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("`tags` is {}, and the API takes a list", gpb_base::json::noun(&json!("x")))
        );
        assert_eq!(mapping.write("Description", &json!("x"), api.input("Op"), &mut target), Ok(false));
    });
}

#[test]
fn nested_places_may_be_nowhere() {
    let api = api(
        json!({ "In": { "members": { "Tags": "Tags" } }, "Tags": { "list": "Tag" }, "Tag": { "members": { "Key": "string" } } }),
    );
    let def = Catalog::embedded().get("aws.kms.key").unwrap();
    let mut places = PropertyMappings::new();
    places.insert(
        PropPath("Tags/*/Value".into()),
        crate::binding::PropertyMapping { write: PropertySide::Nowhere, ..crate::binding::PropertyMapping::default() },
    );
    let mapping = Mapping { def: &def, places: &places, attributes: None, fill: &|_| None };
    let mut target = json!({});
    mapping.write("Tags", &json!([{ "Key": "a", "Value": "b" }]), api.input("Op"), &mut target).unwrap();
    assert_eq!(target, json!({ "Tags": [{ "Key": "a" }] }));
}

#[test]
fn a_structure_has_what_the_api_asks_for() {
    let bindings = crate::Bindings::embedded();
    let write = |ty: &str, call: &str, property: &str, value: Json| {
        let bound = bindings.get(ty).unwrap();
        let (api, _) = bound.operation(call).unwrap();
        let mapping = Mapping {
            def: &bound.def,
            places: &bound.binding.properties,
            attributes: None,
            fill: &|text| (text == "${BucketName}").then(|| "logs".to_owned()),
        };
        let mut target = Json::Object(Map::new());
        assert!(mapping.write(property, &value, api.input(call), &mut target).unwrap());
        target
    };
    let filter_of = |rule: Json| {
        let rules = json!({ "Rules": [rule] });
        let sent = write("aws.s3.bucket", "PutBucketLifecycleConfiguration", "LifecycleConfiguration", rules);
        sent["LifecycleConfiguration"]["Rules"][0]["Filter"].clone()
    };
    assert_eq!(filter_of(json!({ "Status": "Enabled", "ExpirationInDays": 7 })), json!({}));
    assert_eq!(filter_of(json!({ "Status": "Enabled", "Prefix": "a/" })), json!({ "Prefix": "a/" }));
    let both = json!({ "Status": "Enabled", "Prefix": "a/", "ObjectSizeGreaterThan": "5" });
    assert_eq!(filter_of(both), json!({ "And": { "Prefix": "a/", "ObjectSizeGreaterThan": 5 } }));
    let logging = |value: Json| write("aws.s3.bucket", "PutBucketLogging", "LoggingConfiguration", value);
    let enabled = |bucket: &str, prefix: &str| json!({ "BucketLoggingStatus": { "LoggingEnabled": { "TargetBucket": bucket, "TargetPrefix": prefix } } });
    assert_eq!(logging(json!({})), enabled("logs", ""));
    assert_eq!(logging(json!({ "DestinationBucketName": "b", "LogFilePrefix": "p" })), enabled("b", "p"));
    let alias = json!({ "DNSName": "a.example", "HostedZoneId": "Z1" });
    let sent = write("aws.route53.record_set", "ChangeResourceRecordSets", "AliasTarget", alias);
    let target = &sent["ChangeBatch"]["Changes"][0]["ResourceRecordSet"]["AliasTarget"];
    assert_eq!(*target, json!({ "DNSName": "a.example", "HostedZoneId": "Z1", "EvaluateTargetHealth": false }));
}
