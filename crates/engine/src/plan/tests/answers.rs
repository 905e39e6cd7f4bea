//! Answers of AWS where something else was sent: none of them is a difference. With the catalog in the binary.

use crate::plan::compare::{self, CompareRules, CurrentState};
use crate::plan::fixtures::value;
use gpb_catalog::Catalog;
use gpb_model::PropertyValue;
use serde_json::{Value as Json, json};

/// Returns the places that differ between what was sent and what AWS answers, once and for all.
fn places(ty: &str, sent: &Json, back: &Json) -> Vec<String> {
    places_after(ty, sent, Some(back), back)
}

/// Returns the places that differ now, where AWS answered otherwise before, or was not asked yet.
fn places_after(ty: &str, sent: &Json, before: Option<&Json>, back: &Json) -> Vec<String> {
    let def = Catalog::embedded().get(ty).unwrap_or_else(|| panic!("no {ty}"));
    for name in sent.as_object().unwrap().keys().chain(back.as_object().unwrap().keys()) {
        assert!(def.root.by_aws(name).is_some(), "{ty} has no {name}");
    }
    let rules = CompareRules { def: Some(&def), ..CompareRules::bare() };
    let PropertyValue::Map(desired) = value(sent.clone()) else { panic!("properties are an object") };
    let (observed, applied) = (back.as_object().unwrap(), sent.as_object().unwrap());
    let recorded = before.and_then(Json::as_object);
    let sides = CurrentState { observed, applied: Some(applied), recorded };
    compare::differences(rules, &desired, sides).into_iter().map(|one| one.path.0.into()).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "a table of tests reads best with values")]
fn same(ty: &str, sent: Json, back: Json) {
    assert_eq!(places(ty, &sent, &back), Vec::<String>::new(), "{ty}");
}

#[expect(clippy::needless_pass_by_value, reason = "a table of tests reads best with values")]
fn different(ty: &str, sent: Json, back: Json, expected: &[&str]) {
    assert_eq!(places(ty, &sent, &back), expected, "{ty}");
}

#[test]
fn databases() {
    let sent = json!({
        "DBInstanceIdentifier": "Orders-DB", "Engine": "postgres", "EngineVersion": "16",
        "PreferredMaintenanceWindow": "Sun:04:30-Sun:05:30", "KmsKeyId": "alias/aws/rds",
        "AutoMinorVersionUpgrade": true,
    });
    let back = json!({
        "DBInstanceIdentifier": "orders-db", "Engine": "postgres", "EngineVersion": "16.8",
        "PreferredMaintenanceWindow": "sun:04:30-sun:05:30", "AutoMinorVersionUpgrade": true,
        "KmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/0f1e2d3c-0000-0000-0000-000000000000",
    });
    same("aws.rds.db_instance", sent, back);
    let version = |version: &str, auto: bool| json!({ "EngineVersion": version, "AutoMinorVersionUpgrade": auto });
    let ty = "aws.rds.db_instance";
    same(ty, version("16.3", true), version("16.8", true));
    different(ty, version("16.3", false), version("16.8", false), &["EngineVersion"]);
    different(ty, version("17", true), version("16.8", true), &["EngineVersion"]);
    let aurora = |version: &str| json!({ "Engine": "aurora-mysql", "EngineVersion": version });
    let ty = "aws.rds.db_cluster";
    same(ty, aurora("8.0.mysql_aurora.3.05.2"), aurora("8.0.mysql_aurora.3.08.0"));
    let mysql = |version: &str| json!({ "Engine": "mysql", "EngineVersion": version });
    same(ty, mysql("8.0.35"), mysql("8.0.41"));
    different(ty, mysql("8.0.35"), mysql("8.4.3"), &["EngineVersion"]);
}

#[test]
fn networks() {
    let rule =
        |protocol: &str, range: &str| json!({ "IpProtocol": protocol, "FromPort": 22, "ToPort": 22, "CidrIp": range });
    same(
        "aws.ec2.security_group",
        json!({ "SecurityGroupIngress": [rule("TCP", "10.8.10.0/16"), rule("6", "10.9.0.0/16")] }),
        json!({ "SecurityGroupIngress": [rule("tcp", "10.9.0.0/16"), rule("tcp", "10.8.0.0/16")] }),
    );
    same("aws.ec2.security_group_ingress", rule("tcp", "10.8.10.0/16"), rule("tcp", "10.8.0.0/16"));
    let route = |range: &str| json!({ "RouteTableId": "rtb-1", "DestinationIpv6CidrBlock": range });
    same("aws.ec2.route", route("2001:DB8:0:0::/32"), route("2001:db8::/32"));
    different(
        "aws.ec2.security_group",
        json!({ "SecurityGroupIngress": [rule("tcp", "10.8.10.0/16")] }),
        json!({ "SecurityGroupIngress": [rule("tcp", "10.8.10.0/24")] }),
        &["SecurityGroupIngress"],
    );
}

#[test]
fn names_and_records() {
    let record = |name: &str, target: &str| json!({ "Name": name, "Type": "A", "AliasTarget": { "DNSName": target, "HostedZoneId": "Z35SXDOTRQ7X7K" } });
    same(
        "aws.route53.record_set",
        record("*.Example.org", "Front-1.us-east-1.elb.amazonaws.com"),
        record("\\052.example.org.", "front-1.us-east-1.elb.amazonaws.com."),
    );
    same("aws.route53.hosted_zone", json!({ "Name": "Example.org" }), json!({ "Name": "example.org." }));
    let alias = |key: &str| json!({ "AliasName": "alias/app", "TargetKeyId": key });
    same("aws.kms.alias", alias("arn:aws:kms:us-east-1:123456789012:key/k"), alias("k"));
    let service = |cluster: &str| json!({ "Cluster": cluster });
    same("aws.ecs.service", service("c"), service("arn:aws:ecs:us-east-1:123456789012:cluster/c"));
}

#[test]
fn attributes_and_keys() {
    let pair = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    same(
        "aws.elasticloadbalancingv2.target_group",
        json!({ "TargetGroupAttributes": [pair("deregistration_delay.timeout_seconds", "30")] }),
        json!({ "TargetGroupAttributes": [pair("stickiness.enabled", "false"), pair("deregistration_delay.timeout_seconds", "30")] }),
    );
    different(
        "aws.elasticloadbalancingv2.load_balancer",
        json!({ "LoadBalancerAttributes": [pair("idle_timeout.timeout_seconds", "60")] }),
        json!({ "LoadBalancerAttributes": [pair("idle_timeout.timeout_seconds", "30")] }),
        &["LoadBalancerAttributes"],
    );
    let key = |key: &str| json!({ "SSESpecification": { "SSEEnabled": true, "KMSMasterKeyId": key } });
    same("aws.dynamodb.table", key("alias/app"), key("arn:aws:kms:us-east-1:123456789012:key/k"));
    same("aws.secretsmanager.secret", json!({ "Name": "s", "Description": "" }), json!({ "Name": "s" }));
}

/// AWS introduces attributes now and then, and each list has them from then on.
#[test]
fn attributes_that_come_later() {
    let pair = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    for (ty, property) in [
        ("load_balancer", "LoadBalancerAttributes"),
        ("listener", "ListenerAttributes"),
        ("target_group", "TargetGroupAttributes"),
    ] {
        let list = |pairs: &[Json]| json!({ property: pairs });
        let (sent, added) = (pair("a.b", "1"), pair("new.one", "2"));
        let (before, now) = (list(std::slice::from_ref(&sent)), list(&[added, sent]));
        let ty = format!("aws.elasticloadbalancingv2.{ty}");
        assert_eq!(places_after(&ty, &before, Some(&before), &now), Vec::<String>::new(), "{ty}");
    }
}

/// Values never read before are compared by the form that AWS keeps.
#[test]
fn forms_at_first_sight() {
    for (ty, property, sent, back) in [
        ("aws.ec2.route", "DestinationCidrBlock", "10.9.0.5/16", "10.9.0.0/16"),
        ("aws.ec2.security_group_ingress", "CidrIp", "10.9.0.5/16", "10.9.0.0/16"),
        ("aws.rds.db_cluster", "PreferredMaintenanceWindow", "Mon:04:30-Mon:05:30", "mon:04:30-mon:05:30"),
        ("aws.route53.record_set", "Name", "*.Shop.example", "\\052.shop.example."),
    ] {
        let found = places_after(ty, &json!({ property: sent }), None, &json!({ property: back }));
        assert_eq!(found, Vec::<String>::new(), "{ty}");
    }
}

#[test]
fn policies_in_another_order() {
    let trust = |services: Json| {
        json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": services } },
        ] })
    };
    same(
        "aws.iam.role",
        json!({
            "AssumeRolePolicyDocument": trust(json!(["ec2.amazonaws.com", "lambda.amazonaws.com"])),
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/SecurityAudit"],
        }),
        json!({
            "AssumeRolePolicyDocument": trust(json!(["lambda.amazonaws.com", "ec2.amazonaws.com"])),
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/SecurityAudit", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
        }),
    );
}

#[test]
fn names_in_a_definition() {
    let definition = |resource: &str| {
        format!("{{\n  \"States\": {{ \"A\": {{ \"Resource\": \"{resource}\", \"Retries\": 3 }} }}\n}}")
    };
    let sent = |text: String| json!({ "DefinitionString": text, "DefinitionSubstitutions": { "Function": "arn:f", "Times": 3 } });
    let back = |resource: &str| json!({ "DefinitionString": definition(resource).replace(['\n', ' '], "") });
    let ty = "aws.stepfunctions.state_machine";
    same(ty, sent(definition("${Function}").replace('3', "${Times}")), back("arn:f"));
    different(ty, sent(definition("${Function}")), back("arn:g"), &["DefinitionString"]);
    different(ty, sent(definition("${Other}")), back("arn:f"), &["DefinitionString"]);
}
