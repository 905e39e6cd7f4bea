#![allow(clippy::needless_pass_by_value)] // a case reads better without borrows
use super::condition::operator;
use super::{PolicyStatementValue, Principal, document};
use crate::ty::TypeContext;
use crate::ty::testing::{NOWHERE, TestFacts, show, show_all, value};
use serde_json::{Value as Json, json};

/// A statement from `{allow, actions, to: [[kind, value]], on, when}`.
fn statement(json: &Json) -> PolicyStatementValue {
    let list = |key: &str| json[key].as_array().cloned().unwrap_or_default().into_iter().map(value).collect();
    let to = json["to"].as_array().cloned().unwrap_or_default();
    PolicyStatementValue {
        allow: json["allow"] != json!(false),
        actions: list("actions"),
        principals: to
            .iter()
            .map(|pair| Principal {
                kind: pair[0].as_str().unwrap().into(),
                kind_span: NOWHERE,
                value: pair.get(1).cloned().map(value),
            })
            .collect(),
        resources: list("on"),
        conditions: json.get("when").cloned().map(value),
        span: NOWHERE,
    }
}

fn check(json: Json, expected: &str, diagnostics: &str) {
    let (document, found) = document(&[statement(&json)], &TypeContext::new(&TestFacts), NOWHERE);
    let statement: Json = serde_json::from_str(&show(Ok(document))).unwrap();
    assert_eq!(statement["Version"], "2012-10-17");
    assert_eq!(statement["Statement"][0].to_string(), expected);
    assert_eq!(show_all(&found), diagnostics);
}

#[test]
fn statements_become_aws_documents() {
    check(
        json!({"actions": ["s3:GetObject"], "on": [{"$hole": "arn"}, "arn:aws:s3:::b/*"],
            "when": {"string_equals": {"aws:SourceAccount": "1"}, "bool": {"aws:SecureTransport": false}}}),
        r#"{"Action":"s3:GetObject","Condition":{"Bool":{"aws:SecureTransport":"false"},"StringEquals":{"aws:SourceAccount":"1"}},"Effect":"Allow","Resource":[{"$ref":{"path":"Out","to":"x"}},"arn:aws:s3:::b/*"]}"#,
        "",
    );
    check(
        json!({"actions": ["sts:AssumeRole"], "to": [["service", "ec2.amazonaws.com"], ["aws", ["1", "2"]], ["service", "ecs-tasks.amazonaws.com"]]}),
        r#"{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"AWS":["1","2"],"Service":["ec2.amazonaws.com","ecs-tasks.amazonaws.com"]}}"#,
        "",
    );
    check(
        json!({"allow": false, "actions": ["s3:*"], "to": [["anyone"]], "on": ["*"]}),
        r#"{"Action":"s3:*","Effect":"Deny","Principal":"*","Resource":"*"}"#,
        "",
    );
}

#[test]
fn mistakes_are_told() {
    check(
        json!({"actions": ["s3:GetObjet", "GetObject"], "on": [{"$resource": "aws.s3.bucket"}]}),
        r#"{"Action":["s3:GetObjet","GetObject"],"Effect":"Allow","Resource":[]}"#,
        "GPB9001 AWS has no action `s3:GetObjet` [change to `s3:GetObject`]\nGPB9001 AWS has no action `GetObject`\nGPB2005 a string is expected here, and this is a whole `aws.s3.bucket` [add `.arn`]",
    );
    check(
        json!({"actions": ["*"], "to": [["servce", "x"], ["service", "ec2"], ["aws"]]}),
        r#"{"Action":"*","Effect":"Allow","Principal":{"Service":"ec2"}}"#,
        "GPB9002 `servce` is not a valid kind of principal [change to `service`]\nGPB9005 `ec2` is not a service principal\nGPB9004 `aws` needs a value",
    );
    check(
        json!({"actions": ["*"], "when": {"string_equal": {"a": 1}}}),
        r#"{"Action":"*","Condition":{},"Effect":"Allow"}"#,
        "GPB9006 this statement says neither to whom nor on what\nGPB9003 `string_equal` is not a valid condition operator [change to `string_equals`]",
    );
}

#[test]
fn operators_have_their_aws_names() {
    for (written, aws) in [
        ("string_equals", Some("StringEquals")),
        ("arn_like_if_exists", Some("ArnLikeIfExists")),
        ("for_any_value_string_like", Some("ForAnyValue:StringLike")),
        ("for_all_values_string_equals_if_exists", Some("ForAllValues:StringEqualsIfExists")),
        ("not_ip_address", Some("NotIpAddress")),
        ("StringEquals", Some("StringEquals")),
        ("ForAnyValue:StringLike", Some("ForAnyValue:StringLike")),
        ("null", Some("Null")),
        ("null_if_exists", None),
        ("string", None),
    ] {
        assert_eq!(operator(written).as_deref(), aws, "{written}");
    }
}
