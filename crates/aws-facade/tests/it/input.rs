//! Inputs that are refused before anything is sent.

use gpb_aws_facade::ErrorKind;
use serde_json::{Value as Json, json};

use crate::support::call_once;

/// No server listens there: whatever gets that far fails in another way.
const NOWHERE: &str = "http://127.0.0.1:9";

fn refused(what: &str, input: Json, message: &str) {
    let error = call_once(NOWHERE, what, input).unwrap_err();
    assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Input, "BadInput"), "{error}");
    assert_eq!(error.message, message);
    assert!(!error.retryable && !error.may_have_applied);
}

#[test]
fn an_unknown_member_is_refused_where_it_stands() {
    refused("sqs.CreateQueue", json!({"QueueName": "q", "Attribute": {}}), "Attribute: AWS has no such member here");
    refused(
        "ec2.CreateVpc",
        json!({"TagSpecifications": [{"ResourceType": "vpc"}, {"Tag": []}]}),
        "TagSpecifications[1].Tag: AWS has no such member here",
    );
}

#[test]
fn a_missing_required_member_is_refused() {
    refused("iam.GetRole", json!({}), "`RoleName` is missing");
    refused("iam.GetRole", Json::Null, "`RoleName` is missing");
    refused("iam.GetRole", json!({"RoleName": null}), "`RoleName` is missing");
    refused("iam.CreateRole", json!({"Path": "/"}), "`RoleName`, `AssumeRolePolicyDocument` are missing");
    refused(
        "s3.PutBucketReplication",
        json!({"Bucket": "b", "ReplicationConfiguration": {"Role": "r", "Rules": [{"Status": "Enabled", "Destination": {}}]}}),
        "ReplicationConfiguration.Rules[0].Destination: `Bucket` is missing",
    );
}

#[test]
fn a_value_of_another_kind_is_refused() {
    refused("sqs.CreateQueue", json!({"QueueName": 3}), "QueueName: expected a string, found a number");
    refused("sqs.CreateQueue", json!(["q"]), "expected an object, found a list");
    refused(
        "sqs.CreateQueue",
        json!({"QueueName": "q", "Attributes": {"DelaySeconds": 3}}),
        "Attributes.DelaySeconds: expected a string, found a number",
    );
    refused(
        "rds.CreateDBCluster",
        json!({"DBClusterIdentifier": "c", "Engine": "aurora-mysql", "Port": 1.5}),
        "Port: expected a whole number, found a number",
    );
    refused(
        "rds.CreateDBCluster",
        json!({"DBClusterIdentifier": "c", "Engine": "aurora-mysql", "Port": 4_294_967_296_u64}),
        "Port: 4294967296 does not fit into 32 bits",
    );
}

#[test]
fn bytes_and_times_have_one_form_each() {
    refused(
        "secretsmanager.CreateSecret",
        json!({"Name": "s", "SecretBinary": "not base64!"}),
        "SecretBinary: expected bytes as a base64 string",
    );
    refused(
        "rds.RestoreDBClusterToPointInTime",
        json!({"DBClusterIdentifier": "c", "RestoreToTime": "yesterday"}),
        "RestoreToTime: `yesterday` is not a valid time; expected one such as 2026-01-31T12:00:00Z",
    );
}

/// It gets as far as the network, which is not there.
fn passes(what: &str, input: Json) {
    let error = call_once(NOWHERE, what, input).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Transport, "{what}: {error}");
}

#[test]
fn numbers_and_times_may_be_written_in_several_ways() {
    for time in [json!("2026-01-31T12:00:00Z"), json!("2026-01-31T13:00:00.5+01:00"), json!(1_769_860_800), json!(1.5)]
    {
        passes("rds.RestoreDBClusterToPointInTime", json!({"DBClusterIdentifier": "c", "RestoreToTime": time}));
    }
    for port in [json!(3306), json!(3306.0)] {
        passes("rds.CreateDBCluster", json!({"DBClusterIdentifier": "c", "Engine": "aurora-mysql", "Port": port}));
    }
    passes("ecs.CreateCluster", json!({"clusterName": null}));
}

#[test]
fn a_union_has_exactly_one_member() {
    let filter =
        |filter: Json| json!({"Bucket": "b", "Id": "m", "MetricsConfiguration": {"Id": "m", "Filter": filter}});
    let place = "MetricsConfiguration.Filter";
    refused(
        "s3.PutBucketMetricsConfiguration",
        filter(json!({})),
        &format!("{place}: expected exactly one of Prefix, Tag, AccessPointArn, And, found 0"),
    );
    refused(
        "s3.PutBucketMetricsConfiguration",
        filter(json!({"Prefix": "a", "Tag": {"Key": "k", "Value": "v"}})),
        &format!("{place}: expected exactly one of Prefix, Tag, AccessPointArn, And, found 2"),
    );
    refused(
        "s3.PutBucketMetricsConfiguration",
        filter(json!({"Suffix": "a"})),
        &format!("{place}.Suffix: AWS has no such member here"),
    );
}

#[test]
fn unknown_names_are_said_to_be_unknown() {
    let error = call_once(NOWHERE, "sqs.createQueue", json!({})).unwrap_err();
    assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Unsupported, "NoOperation"));
    assert_eq!(error.message, "the operation `createQueue` is not carried; it is spelled CreateQueue");
    let error = call_once(NOWHERE, "quantum.Create", json!({})).unwrap_err();
    assert_eq!((error.kind, error.code.as_str()), (ErrorKind::Unsupported, "NoService"));
}
