#![allow(clippy::needless_pass_by_value)] // a case reads better without borrows
use super::condition::operator;
use super::{ClauseValue, PolicyStatementValue, Principal, document};
use crate::ty::TypeContext;
use crate::ty::testing::{NOWHERE, TestFacts, show, show_all, value};
use serde_json::{Value as Json, json};

/// A statement from `{allow, sid, actions, to: [[kind, value…]], on, when}`, with `not` the clauses that exclude.
fn statement(json: &Json) -> PolicyStatementValue {
    let list = |json: &Json| json.as_array().cloned().unwrap_or_default().into_iter().map(value).collect::<Vec<_>>();
    let not = |key: &str| json["not"].as_array().is_some_and(|not| not.contains(&json!(key))).then_some(NOWHERE);
    let to = json["to"].as_array().cloned().unwrap_or_default();
    PolicyStatementValue {
        allow: json["allow"] != json!(false),
        sid: json.get("sid").cloned().map(value),
        actions: ClauseValue { not: not("actions"), values: list(&json["actions"]) },
        principals: ClauseValue {
            not: not("to"),
            values: to
                .iter()
                .map(|kind| Principal {
                    kind: kind[0].as_str().unwrap().into(),
                    kind_span: NOWHERE,
                    values: kind.as_array().unwrap().iter().skip(1).cloned().map(value).collect(),
                })
                .collect(),
        },
        resources: ClauseValue { not: not("on"), values: list(&json["on"]) },
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
        json!({"actions": ["sts:AssumeRole"], "to": [["service", "ec2.amazonaws.com"], ["aws", ["111111111111", "222222222222"]], ["service", "ecs-tasks.amazonaws.com"]]}),
        r#"{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"AWS":["111111111111","222222222222"],"Service":["ec2.amazonaws.com","ecs-tasks.amazonaws.com"]}}"#,
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
        "GPB9002 `servce` is not a valid kind of principal [change to `service`]\nGPB9005 `ec2` is not a service principal [change to `ec2.amazonaws.com`]\nGPB9004 `aws` needs a value",
    );
    check(
        json!({"actions": ["*"], "when": {"string_equal": {"a": 1}}}),
        r#"{"Action":"*","Condition":{},"Effect":"Allow"}"#,
        "GPB9006 this statement says neither to whom nor on what\nGPB9003 `string_equal` is not a valid condition operator [change to `string_equals`]",
    );
}

#[test]
fn clauses_may_exclude() {
    check(
        json!({"allow": false, "sid": "Rest", "actions": ["s3:*"], "to": [["aws", "111111111111", "222222222222"]], "on": ["*"], "not": ["actions", "to", "on"]}),
        r#"{"Effect":"Deny","NotAction":"s3:*","NotPrincipal":{"AWS":["111111111111","222222222222"]},"NotResource":"*","Sid":"Rest"}"#,
        "",
    );
    check(
        json!({"actions": ["*"], "to": [["anyone"]], "on": ["*"], "not": ["to"]}),
        r#"{"Action":"*","Effect":"Allow","NotPrincipal":"*","Resource":"*"}"#,
        "GPB9004 all but `anyone` is nobody\nGPB9011 this allows everyone but the named, also people without an AWS account",
    );
}

#[test]
fn names_of_statements() {
    check(
        json!({"sid": "read it", "actions": ["*"], "on": ["*"]}),
        r#"{"Action":"*","Effect":"Allow","Resource":"*","Sid":"read it"}"#,
        "GPB9014 `read it` cannot name a statement [change to `readit`]",
    );
    check(
        json!({"sid": "read it", "actions": ["*"], "to": [["aws", "111111111111"]], "on": ["*"]}),
        r#"{"Action":"*","Effect":"Allow","Principal":{"AWS":"111111111111"},"Resource":"*","Sid":"read it"}"#,
        "",
    );
}

/// Returns the diagnostics of one condition.
fn condition(operator: &str, tested: Json) -> String {
    let when = json!({ operator: { "aws:X": tested } });
    let statement = statement(&json!({"actions": ["*"], "on": ["*"], "when": when}));
    show_all(&document(&[statement], &TypeContext::new(&TestFacts), NOWHERE).1)
}

#[test]
fn operators_compare_values_of_their_type() {
    for (operator, right) in [
        ("bool", json!([true, "false", "TRUE"])),
        ("null", json!(true)),
        ("numeric_less_than", json!([3600, "0.5"])),
        (
            "date_greater_than",
            json!([
                "2026-04-01T00:00:00Z",
                "2026-04-01",
                "2026",
                "2026-04",
                "2024-02-29T23:59:59.5+01:00",
                1_700_000_000
            ]),
        ),
        ("ip_address", json!(["203.0.113.7", "203.0.113.0/24", "2001:db8::/32"])),
        ("not_ip_address_if_exists", json!("10.0.0.0/8")),
        ("arn_like", json!(["arn:aws:s3:::b", "arn:aws:iam::1:role/*", "arn:*:sns:*:1:*", "*"])),
        ("for_any_value_arn_equals", json!("arn:aws:sns:us-east-1:1:t")),
        ("string_like", json!(["a*", "${aws:username}"])),
        ("ip_address", json!("${aws:SourceIp}")),
        ("binary_equals", json!("aGVsbG8=")),
    ] {
        assert_eq!(condition(operator, right), "", "{operator}");
    }
    for (operator, wrong) in [
        ("bool", json!("yes")),
        ("bool", json!(1)),
        ("null", json!("never")),
        ("numeric_less_than", json!("many")),
        ("numeric_less_than", json!(true)),
        ("date_greater_than", json!("tomorrow")),
        ("date_greater_than", json!("2026-02-29")),
        ("date_greater_than", json!("2026-13-01")),
        ("date_greater_than", json!("2026-04-01T25:00:00Z")),
        ("date_greater_than", json!("2026-04-01T10:00:00")),
        ("date_greater_than", json!("2026-4-1")),
        ("ip_address", json!("office")),
        ("ip_address", json!("203.0.113.0/33")),
        ("ip_address", json!("203.0.113.256")),
        ("arn_like", json!("my-topic")),
        ("arn_like", json!("arn:aws")),
        ("string_equals", json!(true)),
        ("string_equals", json!(123_456_789_012_u64)),
        ("binary_equals", json!("?")),
    ] {
        let told = condition(operator, wrong.clone());
        assert!(told.starts_with("GPB9008 "), "{operator} {wrong}: {told}");
    }
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
