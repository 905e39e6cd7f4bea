//! Bindings run against a scripted API: every request is as expected, in order.
#![expect(clippy::needless_pass_by_value, reason = "cases read better without `&`")]

mod absence;
mod adoption;
mod call_log;
mod capability;
mod changes;
mod cloud_control;
mod coverage;
mod format;
mod leftovers;
mod locks;
mod name_conflicts;
mod script;
mod secrets;
mod services;
mod waits;

use super::binding::{ApiCall, BindingFile, ReadyCheck, TypeBinding};
use super::{BindingError, Bindings, lint};
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_engine::cloud::{
    Cloud as _, CloudErrorKind, CreateRequest, FindRequest, Properties, ResourceKey, UpdateRequest,
};
use gpb_model::Place;
use gpb_model::PropPath;
use script::{Quiet, Script, cloud, error, ok};
use serde_json::{Value as Json, json};
use std::sync::Arc;

fn place() -> Place {
    Place { account: Some("123456789012".into()), region: "us-east-1".into(), ..Place::default() }
}

fn object(value: Json) -> Properties {
    value.as_object().cloned().unwrap()
}

fn key(ty: &str, id: &str) -> ResourceKey {
    ResourceKey { ty: ty.to_owned(), place: place(), id: id.to_owned() }
}

const TOKEN: &str = "ca978112ca1bbdcafac231b39a23dc4d";

fn create<'a>(ty: &'a str, place: &'a Place, desired: &'a Properties) -> CreateRequest<'a> {
    CreateRequest { ty, place, desired, label: "shop", token: "a" }
}

#[tokio::test]
async fn a_queue_is_created_named_marked_and_read() {
    let url = "https://sqs/1/shop-ca978112";
    let script = Script::new(vec![
        ok(
            "sqs:CreateQueue",
            json!({ "QueueName": "shop-ca978112", "Attributes": { "VisibilityTimeout": "30" }, "tags": { "gpb:token": TOKEN } }),
            json!({ "QueueUrl": url }),
        ),
        ok(
            "sqs:GetQueueAttributes",
            json!({ "QueueUrl": url, "AttributeNames": ["All"] }),
            json!({ "Attributes": { "VisibilityTimeout": "30", "QueueArn": "arn:q" } }),
        ),
        ok("sqs:ListQueueTags", json!({ "QueueUrl": url }), json!({ "Tags": { "gpb:token": TOKEN, "aws:x": "y" } })),
    ]);
    let sink = Quiet::default();
    let seen = cloud(&script)
        .create(create("aws.sqs.queue", &place(), &object(json!({ "VisibilityTimeout": 30 }))), &sink)
        .await
        .unwrap();
    assert_eq!(seen.id, url);
    assert_eq!(
        Json::from(seen.properties),
        json!({ "Arn": "arn:q", "QueueName": "shop-ca978112", "QueueUrl": url, "VisibilityTimeout": 30 })
    );
    assert_eq!(sink.identified(), [url]);
    script.done();
}

#[tokio::test]
async fn an_update_sends_what_changed_and_the_tags_apart() {
    let script = Script::new(vec![
        ok(
            "sqs:SetQueueAttributes",
            json!({ "QueueUrl": "u", "Attributes": { "DelaySeconds": "0", "VisibilityTimeout": "60" } }),
            json!({}),
        ),
        ok("sqs:UntagQueue", json!({ "QueueUrl": "u", "TagKeys": ["old"] }), json!({})),
        ok("sqs:TagQueue", json!({ "QueueUrl": "u", "Tags": { "new": "1" } }), json!({})),
        ok(
            "sqs:GetQueueAttributes",
            json!({ "QueueUrl": "u", "AttributeNames": ["All"] }),
            json!({ "Attributes": { "QueueArn": "arn:q" } }),
        ),
        ok("sqs:ListQueueTags", json!({ "QueueUrl": "u" }), json!({})),
    ]);
    let before = object(
        json!({ "VisibilityTimeout": 30, "DelaySeconds": 5, "Tags": [{ "Key": "old", "Value": "1" }, { "Key": "same", "Value": "1" }] }),
    );
    let desired = object(
        json!({ "VisibilityTimeout": 60, "Tags": [{ "Key": "same", "Value": "1" }, { "Key": "new", "Value": "1" }] }),
    );
    let changed = ["VisibilityTimeout", "DelaySeconds", "Tags/0/Key"].map(|path| PropPath(path.into()));
    let key = key("aws.sqs.queue", "u");
    let update =
        UpdateRequest { key: &key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "b" };
    cloud(&script).update(update, &Quiet::default()).await.unwrap();
    script.done();
}

#[tokio::test]
async fn a_deletion_waits_until_it_is_gone() {
    let read = || json!({ "Filters": [{ "Name": "vpc-id", "Values": ["vpc-1"] }] });
    // GuardDuty may have put a group of its own there.
    let groups = || {
        let name = json!({ "Name": "group-name", "Values": ["GuardDutyManagedSecurityGroup-vpc-1"] });
        let asked = json!({ "Filters": [{ "Name": "vpc-id", "Values": ["vpc-1"] }, name] });
        ok("ec2:DescribeSecurityGroups", asked, json!({ "SecurityGroups": [] }))
    };
    let script = Script::new(vec![
        groups(),
        ok("ec2:DeleteVpc", json!({ "VpcId": "vpc-1" }), json!({})),
        ok("ec2:DescribeVpcs", read(), json!({ "Vpcs": [{ "VpcId": "vpc-1", "State": "available" }] })),
        ok("ec2:DescribeVpcs", read(), json!({ "Vpcs": [] })),
        groups(),
        error("ec2:DeleteVpc", json!({ "VpcId": "vpc-1" }), "InvalidVpcID.NotFound"),
        ok("ec2:DescribeVpcs", read(), json!({ "Vpcs": [] })),
    ]);
    let cloud = cloud(&script);
    let sink = Quiet::default();
    cloud.delete(&key("aws.ec2.vpc", "vpc-1"), "t", &sink).await.unwrap();
    cloud.delete(&key("aws.ec2.vpc", "vpc-1"), "t", &sink).await.unwrap();
    script.done();
}

#[tokio::test]
async fn what_is_not_visible_yet_is_waited_for_and_what_is_in_use_is_not() {
    let attach = || json!({ "VpcId": "v", "InternetGatewayId": "i" });
    let look = json!({ "Filters": [{ "Name": "attachment.vpc-id", "Values": ["v"] }] });
    let script = Script::new(vec![
        ok("ec2:DescribeInternetGateways", look, json!({ "InternetGateways": [] })),
        error("ec2:AttachInternetGateway", attach(), "InvalidInternetGatewayID.NotFound"),
        error("ec2:AttachInternetGateway", attach(), "Resource.AlreadyAssociated"),
    ]);
    let desired = object(attach());
    let made =
        cloud(&script).create(create("aws.ec2.vpc_gateway_attachment", &place(), &desired), &Quiet::default()).await;
    assert_eq!(made.unwrap_err().kind, CloudErrorKind::Conflict);
    script.done();
}

#[tokio::test]
async fn many_are_read_in_one_call() {
    let keys: Vec<_> = ["igw-1", "igw-2", "igw-3"].map(|id| key("aws.ec2.internet_gateway", id)).into();
    let input = json!({ "Filters": [{ "Name": "internet-gateway-id", "Values": ["igw-1", "igw-2", "igw-3"] }] });
    let script = Script::new(vec![
        ok(
            "ec2:DescribeInternetGateways",
            input.clone(),
            json!({ "InternetGateways": [{ "InternetGatewayId": "igw-3" }], "NextToken": "n" }),
        ),
        ok(
            "ec2:DescribeInternetGateways",
            {
                let mut next = input;
                next["NextToken"] = json!("n");
                next
            },
            json!({ "InternetGateways": [{ "InternetGatewayId": "igw-1" }] }),
        ),
        ok(
            "ec2:DescribeInternetGateways",
            json!({ "Filters": [{ "Name": "internet-gateway-id", "Values": ["igw-2"] }] }),
            json!({ "InternetGateways": [] }),
        ),
    ]);
    let found: Vec<_> =
        cloud(&script).read_many(&keys).await.into_iter().map(|one| one.unwrap().map(|seen| seen.id)).collect();
    assert_eq!(found, [Some("igw-1".to_owned()), None, Some("igw-3".to_owned())]);
    script.done();
}

#[tokio::test]
async fn an_interrupted_creation_is_found_by_its_marker() {
    let input = json!({ "Filters": [{ "Name": "tag:gpb:token", "Values": [TOKEN] }] });
    let gateway = |token: &str| json!({ "InternetGateways": [{ "InternetGatewayId": "igw-1", "Tags": [{ "Key": "gpb:token", "Value": token }] }] });
    let single = json!({ "Filters": [{ "Name": "internet-gateway-id", "Values": ["igw-1"] }] });
    let script = Script::new(vec![
        ok("ec2:DescribeInternetGateways", input.clone(), gateway(TOKEN)),
        ok("ec2:DescribeInternetGateways", single.clone(), gateway(TOKEN)),
        ok("ec2:DescribeInternetGateways", input, gateway("another")),
        ok("ec2:DescribeInternetGateways", single, gateway("another")),
    ]);
    let (cloud, matching) = (cloud(&script), Properties::new());
    let find = FindRequest {
        ty: "aws.ec2.internet_gateway",
        place: &place(),
        matching: &matching,
        token: Some("a"),
        label: None,
        sent: false,
    };
    assert_eq!(cloud.find(find.clone()).await.unwrap().len(), 1);
    assert_eq!(cloud.find(find).await.unwrap().len(), 0);
    script.done();
}

#[tokio::test]
async fn rules_are_added_and_removed_one_by_one() {
    let read = || json!({ "Filters": [{ "Name": "group-id", "Values": ["sg-1"] }] });
    let rule = |id: &str, port: u16, egress: bool| json!({ "SecurityGroupRuleId": id, "IsEgress": egress, "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIpv4": "10.0.0.0/8" });
    let rules = || json!({ "SecurityGroupRules": [rule("sgr-1", 80, false), rule("sgr-2", 81, false), rule("sgr-3", 82, true)] });
    let wanted = |port: u16| json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/8" });
    let script = Script::new(vec![
        ok("ec2:DescribeSecurityGroupRules", read(), rules()),
        ok(
            "ec2:RevokeSecurityGroupIngress",
            json!({ "GroupId": "sg-1", "SecurityGroupRuleIds": ["sgr-2"] }),
            json!({}),
        ),
        ok(
            "ec2:AuthorizeSecurityGroupIngress",
            json!({ "GroupId": "sg-1", "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{ "CidrIp": "10.0.0.0/8" }] }] }),
            json!({}),
        ),
        ok("ec2:DescribeSecurityGroups", read(), json!({ "SecurityGroups": [{ "GroupId": "sg-1" }] })),
        ok("ec2:DescribeSecurityGroupRules", read(), rules()),
        ok("ec2:DescribeSecurityGroupRules", read(), rules()),
    ]);
    let key = key("aws.ec2.security_group", "sg-1");
    let before = object(json!({ "SecurityGroupIngress": [wanted(80), wanted(81)] }));
    let desired = object(json!({ "SecurityGroupIngress": [wanted(80), wanted(443)] }));
    let changed = [PropPath("SecurityGroupIngress/1/FromPort".into())];
    let update =
        UpdateRequest { key: &key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "b" };
    let seen = cloud(&script).update(update, &Quiet::default()).await.unwrap();
    assert_eq!(seen.properties["SecurityGroupIngress"], json!([wanted(80), wanted(81)]));
    assert_eq!(seen.properties["SecurityGroupEgress"], json!([wanted(82)]));
    script.done();
}

#[tokio::test]
async fn what_cannot_be_done_is_said() {
    let script = Script::new(vec![]);
    let cloud = cloud(&script);
    let missing = cloud.supports("aws.nosuch.thing").unwrap_err();
    assert_eq!(missing.kind, CloudErrorKind::Unsupported);
    assert!(missing.message.contains("stdlib/aws/nosuch.toml"), "{missing}");
    let desired = object(json!({ "PendingWindowInDays": 7 }));
    let refused = cloud.create(create("aws.kms.key", &place(), &desired), &Quiet::default()).await.unwrap_err();
    assert_eq!((refused.kind, refused.code.as_str()), (CloudErrorKind::Unsupported, "GPB8104"));
    let key = key("aws.secretsmanager.secret", "s");
    let before = object(json!({ "SecretString": "x" }));
    let update = UpdateRequest {
        key: &key,
        before: &before,
        desired: &Properties::new(),
        changed: &[PropPath("SecretString".into())],
        reasserted: &[],
        token: "b",
    };
    assert_eq!(cloud.update(update, &Quiet::default()).await.unwrap_err().code, "GPB8105");
    script.done();
}

#[tokio::test]
async fn secrets_and_identity_are_data_too() {
    let script = Script::new(vec![
        ok("secretsmanager:GetSecretValue", json!({ "SecretId": "stripe/key" }), json!({ "SecretString": "hush" })),
        ok("sts:GetCallerIdentity", json!({}), json!({ "Account": "1", "Arn": "arn" })),
    ]);
    let cloud = cloud(&script);
    assert_eq!(cloud.secret(&place(), "stripe/key").await.unwrap(), "hush");
    assert_eq!(cloud.identity(&place()).await.unwrap().account, "1");
    assert_eq!(cloud.identity(&place()).await.unwrap().arn, "arn", "asked once a place");
    script.done();
}

/// Every binding in the library holds together with the catalog and the API.
#[test]
fn every_binding_is_sound() {
    let bindings = Bindings::embedded();
    let mistakes = |name: Result<String, BindingError>| match name {
        Ok(name) => bindings.mistakes(&name),
        Err(error) => vec![error],
    };
    let problems: Vec<String> =
        bindings.names().into_iter().flat_map(mistakes).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Whatever can be set can be set by some call, or is named as unsupported.
#[test]
fn no_property_is_forgotten() {
    let bindings = Bindings::embedded();
    let mut forgotten = Vec::new();
    for name in bindings.names().into_iter().flatten() {
        let lines = lint::audit(&bindings.get(&name).unwrap());
        forgotten.extend(
            lines.into_iter().filter(lint::Coverage::lacks_create).map(|line| format!("{name}: {}", line.property)),
        );
    }
    assert!(forgotten.is_empty(), "{}", forgotten.join("\n"));
}

/// Whatever can be changed is changed by some call, or the list says why not.
#[test]
fn every_update_has_a_call_or_a_reason() {
    let known: std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>> =
        toml::from_str(include_str!("tests/without_update.toml")).unwrap();
    let bindings = Bindings::embedded();
    let mut wrong = Vec::new();
    for name in bindings.names().into_iter().flatten() {
        let bound = bindings.get(&name).unwrap();
        let reasons = known.get(&name).cloned().unwrap_or_default();
        for line in lint::audit(&bound) {
            let lacks = line.lacks_update(bound.def.updatable) && !bound.binding.is_carried(&line.property);
            match (lacks, reasons.contains_key(&line.property)) {
                (true, false) => wrong.push(format!("{name}: no call changes {}", line.property)),
                (false, true) => wrong.push(format!("{name}: a call changes {}", line.property)),
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A part that no call takes would be refused when it is used: then the binding says so.
#[test]
fn every_part_that_is_written_has_a_place() {
    let bindings = Bindings::embedded();
    let mut lost = Vec::new();
    for name in bindings.names().into_iter().flatten() {
        let parts = lint::lost_parts(&bindings.get(&name).unwrap());
        lost.extend(
            parts.into_iter().filter(|part| !part.on_read).map(|part| format!("{name}: {} {}", part.path.0, part.call)),
        );
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn mistakes_in_bindings_are_named() {
    let problem = |text: &str| {
        let files = [("aws/sqs.toml".to_owned(), Arc::from(text))];
        let generated = Library::embedded().get("aws/generated/sqs.json").map(Arc::clone).unwrap();
        let library: Library = files.into_iter().chain([("aws/generated/sqs.json".to_owned(), generated)]).collect();
        Bindings::new(library, Arc::new(Catalog::embedded())).get("aws.sqs.queue").err().unwrap().to_string()
    };
    let binding = |rest: &str| {
        format!(
            "service = \"sqs\"\n[types.queue]\ncreate = {{ call = \"CreateQueue\" }}\nread = {{ call = \"GetQueueAttributes\" }}\n{rest}"
        )
    };
    assert!(problem(&binding("raed = 1")).contains("unknown field `raed`"));
    let former = problem(&binding("later = [\"QueueName\"]"));
    assert!(former.contains("unknown field `later`") && former.contains("`update_only`"), "{former}");
    assert!(
        problem(&binding("unsupported = [\"QueueNam\"]"))
            .contains("has no property `QueueNam`; did you mean `QueueName`?")
    );
    assert!(problem(&binding("delete = { call = \"DropQueue\" }")).contains("`sqs:DropQueue` are not known"));
    assert!(
        problem(&binding("delete = { call = \"DeleteQueue\", input = { Nope = 1 } }")).contains("has no member `Nope`")
    );
    assert!(
        problem(&binding("delete = { call = \"DeleteQueue\", input = { QueueUrl = \"${Nope}\" } }"))
            .contains("`${Nope}` is neither")
    );
    assert!(problem(&binding("list = { call = \"ListQueues\", at = \"Nope\" }")).contains("no such place: `Nope`"));
    let unread = "[types.queue.properties]\nDelaySeconds = { write = \"Attributes.DelaySeconds\", read = false }";
    assert!(problem(&binding(unread)).contains("`DelaySeconds` is written and never read: say `why`"));
    let ready = problem(&binding("ready = { path = \"State\", ready = [1] }"));
    assert!(ready.contains("`GetQueueAttributes` has no such place: `State`"), "{ready}");
    let late = "delete = { call = \"DeleteQueue\", if_changed = [\"QueueName\"] }";
    assert!(problem(&binding(late)).contains("if_changed, unless_changed` has no effect: they are for `update`"));
    let held = "[types.queue.revive]\ncall = \"GetQueueUrl\"\nuntil = \"QueueUrl\"\nrestore = []";
    assert!(problem(&binding(held)).contains("no code of `errors` is `held`"));
    assert!(problem("service = 1").contains("invalid type"));
    assert!(toml::from_str::<BindingFile>("service = \"x\"\n[types.a]\nready = { path = \"a..b\" }").is_err());
}
