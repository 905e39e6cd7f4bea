#![allow(clippy::needless_pass_by_value)] // a case reads better without borrows
use super::to_model;
use crate::ty::TypeContext;
use crate::ty::testing::{NOWHERE, TestFacts, show_all, value};
use gpb_base::source::{FileId, Span};
use gpb_catalog::Catalog;
use gpb_model::value::{Value, ValueEntry};
use serde_json::{Map as JsonMap, Value as Json, json};

/// Checks the result of a body: the properties as JSON, then the diagnostics.
fn check(ty: &str, body: Json, expected: Json, diagnostics: &str) {
    let def = Catalog::embedded().get(ty).unwrap();
    let names = || vec!["engine_name".into()];
    let cx = TypeContext { names: &names, ..TypeContext::new(&TestFacts) };
    let found = to_model(&value(body), &def, false, NOWHERE, &cx);
    let values: JsonMap<String, Json> =
        found.values.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    assert_eq!(Json::Object(values), expected);
    assert_eq!(show_all(&found.diagnostics), diagnostics);
}

#[test]
fn names_and_values_become_aws_s() {
    check(
        "aws.sqs.queue",
        json!({"queue_name": "jobs", "delay_seconds": 5, "fifo_queue": null, "tags": {"b": "2", "a": "1"},
            "redrive_policy": {"dead_letter_target_arn": {"$hole": "arn"}, "max_receive_count": 3}}),
        json!({"QueueName": "jobs", "DelaySeconds": 5,
            "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
            "RedrivePolicy": {"deadLetterTargetArn": {"$ref": {"to": "x", "path": "Out"}}, "maxReceiveCount": 3}}),
        "",
    );
    check(
        "aws.ec2.security_group",
        json!({"group_description": "web", "security_group_ingress": {"ip_protocol": "tcp", "from_port": 80, "cidr_ip": "0.0.0.0/0"}}),
        json!({"GroupDescription": "web", "SecurityGroupIngress": [{"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 80}]}),
        "",
    );
}

#[test]
fn names_that_do_not_exist_are_told() {
    check(
        "aws.sqs.queue",
        json!({"queu_name": "x"}),
        json!({}),
        "GPB2001 `aws.sqs.queue` has no property `queu_name` [rename to `queue_name`]",
    );
    check(
        "aws.sqs.queue",
        json!({"QueueName": "x"}),
        json!({"QueueName": "x"}),
        "GPB2002 `QueueName` is written `queue_name` here [rename to `queue_name`]",
    );
    check("aws.sqs.queue", json!({"arn": "x"}), json!({}), "GPB2003 `arn` of `aws.sqs.queue` is set by AWS alone");
    check(
        "aws.sqs.queue",
        json!({"queue_name": "x", "QueueName": "y"}),
        json!({"QueueName": "y"}),
        "GPB2002 `QueueName` is written `queue_name` here [rename to `queue_name`]\nGPB2009 `queue_name` is given twice",
    );
}

#[test]
fn values_that_do_not_fit_are_told() {
    check(
        "aws.sqs.queue",
        json!({"delay_seconds": "#5s", "queue_name": {"$resource": "aws.sns.topic"}, "fifo_queue": "yes", "kms_master_key_id": "~alias"}),
        json!({}),
        "GPB2004 `delay_seconds` is a bare number, and `5s` is a duration\n\
         GPB2008 `fifo_queue` is a bool, not a string\n\
         GPB1105 `alias` is not a name in scope, and `kms_master_key_id` is a string [put it in quotes]\n\
         GPB2005 a string is expected here, and this is a whole `aws.sns.topic`",
    );
    check(
        "aws.ec2.vpc",
        json!({"cidr_block": "10.0.0.0/16", "instance_tenancy": "~default", "enable_dns_support": {"$hole": "number"}}),
        json!({"CidrBlock": "10.0.0.0/16", "InstanceTenancy": "default"}),
        "GPB2008 `enable_dns_support` is a bool, not a `number` that is unknown until apply",
    );
}

#[test]
fn secrets_go_only_where_they_are_never_shown() {
    check(
        "aws.rds.db_instance",
        json!({"master_user_password": {"$secret": "pw"}}),
        json!({"MasterUserPassword": {"$secret": {"from": "store", "name": "pw"}}}),
        "",
    );
    check(
        "aws.sqs.queue",
        json!({"queue_name": {"$secret": "pw"}}),
        json!({}),
        "GPB2007 `queue_name` keeps no secrets",
    );
    check(
        "aws.iam.role",
        json!({"assume_role_policy_document": {"Statement": [{"Sid": {"$secret": "pw"}}]}}),
        json!({}),
        "GPB2007 `assume_role_policy_document` keeps no secrets",
    );
}

#[test]
fn the_spans_name_every_place() {
    let def = Catalog::embedded().get("aws.ec2.security_group").unwrap();
    let body = value(
        json!({"group_description": "d", "tags": {"Name": "n"}, "security_group_ingress": [{"ip_protocol": "tcp"}]}),
    );
    let spans = to_model(&body, &def, false, NOWHERE, &TypeContext::new(&TestFacts)).spans;
    let paths: Vec<String> = spans.paths().map(ToString::to_string).collect();
    assert_eq!(
        paths,
        [
            "GroupDescription",
            "SecurityGroupIngress",
            "SecurityGroupIngress/0",
            "SecurityGroupIngress/0/IpProtocol",
            "Tags",
            "Tags/0",
            "Tags/0/Key",
            "Tags/0/Value",
        ]
    );
}

#[test]
fn the_catalog_s_rules_are_told_at_the_property() {
    check(
        "aws.sqs.queue",
        json!({"delay_seconds": 901}),
        json!({"DelaySeconds": 901}),
        "GPB2012 `delay_seconds` must be at most 900, not 901",
    );
    check(
        "aws.ec2.subnet",
        json!({"cidr_block": "10.0.0.0/24"}),
        json!({"CidrBlock": "10.0.0.0/24"}),
        "GPB2013 `vpc_id` is required and missing",
    );
    // A misspelt name explains what is missing: one mistake, one diagnostic.
    check(
        "aws.ec2.subnet",
        json!({"cidr_block": "10.0.0.0/24", "vpc_idd": "vpc-1"}),
        json!({"CidrBlock": "10.0.0.0/24"}),
        "GPB2001 `aws.ec2.subnet` has no property `vpc_idd` [rename to `vpc_id`]",
    );
    check(
        "aws.ec2.volume",
        json!({"availability_zone": "#5s"}),
        json!({}),
        "GPB2008 `availability_zone` is a string, not a duration",
    );
}

#[test]
fn a_broken_rule_points_where_the_value_was_written() {
    let def = Catalog::embedded().get("aws.sqs.queue").unwrap();
    let (head, key, at) = (Span::new(FileId(0), 0, 5), Span::new(FileId(0), 10, 14), Span::new(FileId(0), 17, 25));
    let body = |name: &str, inner: Value| {
        Value::map([(name.into(), ValueEntry { key, value: inner.with_span(at) })].into_iter().collect(), head)
    };
    let first = |body: Value| {
        let found = to_model(&body, &def, false, head, &TypeContext::new(&TestFacts)).diagnostics;
        found.into_iter().next().map(|one| (one.code, one.labels[0].span, one.fix.map(|fix| fix.replacement)))
    };
    assert_eq!(first(body("delay_seconds", value(json!(-1)))), Some(("GPB2012", at, None)));
    assert_eq!(first(body("queu_name", value(json!("x")))), Some(("GPB2001", key, Some("queue_name".into()))));
    let quoted = Span::new(FileId(0), 17, 20);
    let entry = ValueEntry { key, value: value(json!(100)).with_span(quoted) };
    assert_eq!(
        first(Value::map([("queue_name".into(), entry)].into_iter().collect(), head)),
        Some(("GPB2008", quoted, Some("\"100\"".into())))
    );
}
