//! Drift: changes from outside gpb, and the warnings about them.

use crate::cloud::{ObservedResource, Properties};
use crate::plan::fixtures::{FakeCloud, address};
use crate::plan::{Action, Plan, PlanInputs, PlanOptions, ResourceChange};
use crate::state::ResourceRecord;
use gpb_catalog::Catalog;
use gpb_model::graph::Graph;
use gpb_model::testing::{model, resource};
use gpb_model::{Model, PropertyValue};
use serde_json::{Map, Value as Json, json};

fn object(json: &Json) -> Properties {
    json.as_object().cloned().unwrap_or_default()
}

/// A world of the real catalog: each resource is declared, was read once, and is now what it is.
pub(super) fn world(resources: &[(&str, &str, Json, Json, Json)]) -> (Model, FakeCloud) {
    let declared = resources.iter().map(|(name, ty, applied, ..)| resource(name, ty, applied.clone()));
    let model = model(declared.collect::<Vec<_>>());
    let mut world = FakeCloud::new();
    for (at, (name, ty, applied, recorded, now)) in resources.iter().enumerate() {
        let id = format!("id-{at}");
        let place = (*model.resources[at].place).clone();
        let whole = |more: &Json| object(applied).into_iter().chain(object(more)).collect::<Map<_, _>>();
        let record = ResourceRecord {
            address: address(name),
            ty: (*ty).to_owned(),
            place,
            id: id.clone(),
            applied: object(applied).into(),
            observed: whole(recorded).into(),
            depends_on: Vec::new(),
            layer: None,
            protect: None,
            tainted: None,
            failed: false,
            changing: false,
            keep: false,
            watched: serde_json::Map::new(),
        };
        world.snapshot.resources.insert(address(name), record);
        world.cloud.insert(address(name), Some(ObservedResource { id, properties: whole(now).into() }));
    }
    (model, world)
}

pub(super) fn plan(model: &Model, world: &FakeCloud) -> Plan {
    let graph = Graph::build(model);
    let inputs = PlanInputs {
        model,
        graph: &graph,
        types: &|name| Catalog::embedded().get(name),
        snapshot: &world.snapshot,
        observation: Some(&world.cloud),
        call: &|_, _| Err("nothing is called here".to_owned()),
        secret: &|_| None,
        options: &PlanOptions::default(),
    };
    crate::plan::plan(&inputs).unwrap()
}

/// The change of one resource, of which the first three are: what was applied, read besides, and is there besides.
fn drifted(ty: &str, applied: Json, recorded: Json, now: Json) -> ResourceChange {
    let (model, world) = world(&[("x.one", ty, applied, recorded, now)]);
    plan(&model, &world).changes.remove(0)
}

pub(super) fn told(change: &ResourceChange) -> Vec<(String, String)> {
    let why = |path: &str| change.drift_warnings.iter().find(|one| one.path.0 == path).map(|one| one.why.clone());
    change.drift.iter().map(|one| (one.path.to_string(), why(&one.path.0).unwrap_or_default())).collect()
}

#[test]
fn what_the_text_does_not_write_is_told_too() {
    let trust = json!({ "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [] }, "RoleName": "r" });
    let admin = json!({ "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"] });
    let change = drifted("aws.iam.role", trust, json!({}), admin);
    assert_eq!(change.action, Action::NoOp);
    assert_eq!(told(&change), [("ManagedPolicyArns".into(), "wider policy: the role has AdministratorAccess".into())]);
    assert_eq!(change.drift[0].before, None);
    assert!(matches!(&change.drift[0].after, Some(PropertyValue::List(items)) if items.len() == 1));

    let rule = json!({ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0" });
    let group = json!({ "GroupDescription": "g" });
    let change = drifted("aws.ec2.security_group", group, json!({}), json!({ "SecurityGroupIngress": [rule] }));
    assert_eq!(told(&change), [("SecurityGroupIngress".into(), "open port: anyone may reach it".into())]);
}

#[test]
fn each_kind_of_harm_is_a_warning() {
    let cases = [
        ("aws.kms.key", json!({ "Enabled": true }), json!({ "Enabled": false }), "key disabled"),
        ("aws.cloudwatch.alarm", json!({ "ActionsEnabled": true }), json!({ "ActionsEnabled": false }), "silenced"),
        (
            "aws.ec2.subnet",
            json!({ "MapPublicIpOnLaunch": false }),
            json!({ "MapPublicIpOnLaunch": true }),
            "public access",
        ),
        (
            "aws.s3.bucket",
            json!({ "BucketEncryption": { "ServerSideEncryptionConfiguration": [{ "BucketKeyEnabled": true }] } }),
            json!({}),
            "encryption off",
        ),
        (
            "aws.s3.bucket",
            json!({ "PublicAccessBlockConfiguration": { "BlockPublicAcls": true, "BlockPublicPolicy": true } }),
            json!({ "PublicAccessBlockConfiguration": { "BlockPublicAcls": true, "BlockPublicPolicy": false } }),
            "public access",
        ),
        (
            "aws.route53.record_set",
            json!({ "AliasTarget": { "DNSName": "a.example", "HostedZoneId": "Z1" } }),
            json!({ "AliasTarget": { "DNSName": "evil.example", "HostedZoneId": "Z1" } }),
            "DNS points elsewhere",
        ),
        (
            "aws.elasticloadbalancingv2.load_balancer",
            json!({ "LoadBalancerAttributes": [{ "Key": "deletion_protection.enabled", "Value": "true" }] }),
            json!({ "LoadBalancerAttributes": [{ "Key": "deletion_protection.enabled", "Value": "false" }] }),
            "protection off",
        ),
        ("aws.rds.db_cluster", json!({ "BackupRetentionPeriod": 7 }), json!({ "BackupRetentionPeriod": 1 }), "backups"),
    ];
    for (ty, recorded, now, why) in cases {
        // Written in the text, or only read: it is told either way.
        for written in [true, false] {
            let (applied, read) = if written { (recorded.clone(), json!({})) } else { (json!({}), recorded.clone()) };
            let change = if written {
                let (model, mut world) = world(&[("x.one", ty, applied, read, json!({}))]);
                world.cloud.get_mut(&address("x.one")).unwrap().as_mut().unwrap().properties = object(&now).into();
                plan(&model, &world).changes.remove(0)
            } else {
                drifted(ty, applied, read, now.clone())
            };
            assert_eq!(
                change.drift_warnings.len(),
                1,
                "{ty} {written}: {:?} {:?}",
                change.drift,
                change.drift_warnings
            );
            assert!(change.drift_warnings[0].why.contains(why), "{ty}: {:?}", change.drift_warnings);
            assert!(change.drift.iter().any(|one| one.path == change.drift_warnings[0].path), "{:?}", change.drift);
        }
    }
}

#[test]
fn what_is_tightened_is_told_without_a_warning() {
    let change = drifted("aws.kms.key", json!({}), json!({ "Enabled": false }), json!({ "Enabled": true }));
    assert_eq!(told(&change), [("Enabled".into(), String::new())]);
    let fewer =
        json!({ "SecurityGroupIngress": [{ "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "::/0" }] });
    let change = drifted("aws.ec2.security_group", json!({}), fewer, json!({}));
    assert_eq!(told(&change), [("SecurityGroupIngress".into(), String::new())]);
}

#[test]
fn what_aws_changes_by_itself_is_not_told() {
    let before = json!({ "DBInstanceStatus": "available", "LatestRestorableTime": "1", "AllocatedStorage": "20", "MaxAllocatedStorage": 100 });
    let after = json!({ "DBInstanceStatus": "backing-up", "LatestRestorableTime": "2", "AllocatedStorage": "40", "MaxAllocatedStorage": 100 });
    assert_eq!(told(&drifted("aws.rds.db_instance", json!({}), before, after)), []);
    let lists = |order: [&str; 2]| json!({ "VPCSecurityGroups": order });
    assert_eq!(told(&drifted("aws.rds.db_instance", json!({}), lists(["a", "b"]), lists(["b", "a"]))), []);
    // Without automatic growth somebody has done it.
    let sizes = |size: &str| json!({ "AllocatedStorage": size });
    let change = drifted("aws.rds.db_instance", json!({}), sizes("20"), sizes("40"));
    assert_eq!(told(&change), [("AllocatedStorage".into(), String::new())]);
}

#[test]
fn what_another_declared_resource_put_there_is_not_told() {
    let rule = |port: i64| json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/8" });
    let mut own = rule(443);
    own["GroupId"] = "id-0".into();
    let group =
        |ports: &[i64]| json!({ "SecurityGroupIngress": ports.iter().map(|port| rule(*port)).collect::<Vec<_>>() });
    let named = json!({ "GroupDescription": "g" });
    let resources = |now: Json| {
        [
            ("x.group", "aws.ec2.security_group", named.clone(), json!({}), now),
            ("x.rule", "aws.ec2.security_group_ingress", own.clone(), json!({}), json!({})),
        ]
    };
    let (model, clouds) = world(&resources(group(&[443])));
    assert_eq!(plan(&model, &clouds).changes.iter().flat_map(told).collect::<Vec<_>>(), []);
    let (model, clouds) = world(&resources(group(&[443, 22])));
    let found: Vec<_> = plan(&model, &clouds).changes.iter().flat_map(told).collect();
    assert_eq!(found, [("SecurityGroupIngress".to_owned(), "open port: more may reach it".to_owned())]);
}

#[test]
fn a_rule_for_the_port_of_another_is_still_told() {
    let from_group = json!({ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": "sg-9" });
    let from_all = json!({ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0" });
    let mut own = from_group.clone();
    own["GroupId"] = "id-0".into();
    let now = json!({ "SecurityGroupIngress": [from_group, from_all] });
    let (model, clouds) = world(&[
        ("x.group", "aws.ec2.security_group", json!({ "GroupDescription": "g" }), json!({}), now),
        ("x.rule", "aws.ec2.security_group_ingress", own, json!({}), json!({})),
    ]);
    let found: Vec<_> = plan(&model, &clouds).changes.iter().flat_map(told).collect();
    assert_eq!(found, [("SecurityGroupIngress".to_owned(), "open port: anyone may reach it".to_owned())]);
}

#[test]
fn a_policy_that_a_declared_role_attaches_has_the_role() {
    let policy = "arn:aws:iam::123456789012:policy/read";
    let of = |roles: Json| {
        world(&[
            ("x.policy", "aws.iam.managed_policy", json!({ "ManagedPolicyName": "read" }), json!({}), roles),
            ("x.role", "aws.iam.role", json!({ "ManagedPolicyArns": [policy] }), json!({}), json!({})),
        ])
    };
    let told_of = |roles: Json| {
        let (model, mut clouds) = of(roles);
        let record = clouds.snapshot.resources.get_mut(&address("x.policy")).unwrap();
        policy.clone_into(&mut record.id);
        let observed = clouds.cloud.get_mut(&address("x.policy")).unwrap().as_mut().unwrap();
        policy.clone_into(&mut observed.id);
        plan(&model, &clouds).changes.iter().flat_map(told).collect::<Vec<_>>()
    };
    assert_eq!(told_of(json!({ "Roles": ["id-1"] })), []);
    let warned = ("Roles".to_owned(), "wider policy: others have it".to_owned());
    assert_eq!(told_of(json!({ "Roles": ["id-1", "theirs"] })), [warned]);
}

#[test]
fn a_desired_count_that_a_scaler_moves_is_the_scalers() {
    let target =
        json!({ "ResourceId": "service/main/id-0", "ServiceNamespace": "ecs", "MinCapacity": 1, "MaxCapacity": 9 });
    let service =
        ("x.service", "aws.ecs.service", json!({}), json!({ "DesiredCount": 3 }), json!({ "DesiredCount": 8 }));
    let scaler = ("x.scaler", "aws.applicationautoscaling.scalable_target", target, json!({}), json!({}));
    let (model, clouds) = world(&[service.clone(), scaler]);
    assert_eq!(plan(&model, &clouds).changes.iter().flat_map(told).collect::<Vec<_>>(), []);
    let (model, clouds) = world(&[service]);
    assert_eq!(told(&plan(&model, &clouds).changes[0]), [("DesiredCount".to_owned(), String::new())]);
}

#[test]
fn a_policy_is_wider_where_it_allows_more_or_denies_less() {
    let allow = |action: &str, resource: &str| json!({ "Effect": "Allow", "Principal": { "AWS": "111111111111" }, "Action": action, "Resource": resource });
    let policy =
        |statements: Vec<Json>| json!({ "PolicyDocument": { "Version": "2012-10-17", "Statement": statements } });
    let warned = |before: Vec<Json>, after: Vec<Json>| {
        let change = drifted("aws.s3.bucket_policy", json!({}), policy(before), policy(after));
        assert_eq!(change.drift.len(), 1);
        !change.drift_warnings.is_empty()
    };
    let get = || allow("s3:GetObject", "arn:aws:s3:::b/*");
    let mut bounded = get();
    bounded["Condition"] = json!({ "Bool": { "aws:SecureTransport": "true" } });
    let mut deny = allow("s3:*", "*");
    deny["Effect"] = "Deny".into();
    assert!(warned(vec![get()], vec![get(), allow("s3:PutObject", "arn:aws:s3:::b/*")]));
    assert!(warned(vec![get()], vec![allow("s3:*", "arn:aws:s3:::b/*")]));
    assert!(warned(vec![bounded.clone()], vec![get()]));
    assert!(warned(vec![get(), deny.clone()], vec![get()]));
    assert!(!warned(vec![get(), deny.clone()], vec![deny.clone()]));
    assert!(!warned(vec![get()], vec![bounded]));
    assert!(!warned(vec![allow("s3:*", "*")], vec![get()]));
    assert!(!warned(vec![get()], vec![get(), deny]));
}

#[test]
fn a_secret_that_was_read_stays_a_hash() {
    let applied = json!({ "Description": "d" });
    let (model, mut world) = world(&[("x.one", "aws.kms.key", applied, json!({}), json!({ "Enabled": true }))]);
    let record = world.snapshot.resources.get_mut(&address("x.one")).unwrap();
    record.observed.insert("Enabled".to_owned(), json!({ "$secret": "hash" }));
    let plan = plan(&model, &world);
    assert_eq!(plan.changes[0].drift, []);
}

#[test]
fn the_loss_of_what_guards_is_a_warning() {
    let (model, mut world) = world(&[("x.one", "aws.cloudwatch.alarm", json!({}), json!({}), json!({}))]);
    world.cloud.insert(address("x.one"), None);
    let plan = plan(&model, &world);
    assert_eq!(
        told(&plan.changes[0]),
        [(String::new(), "the alarm is gone: nothing watches this any more".to_owned())]
    );
}

#[test]
fn what_the_cloud_filled_into_a_list_does_not_go() {
    let applied = json!({ "ContainerDefinitions": [{ "Name": "web", "Image": "web:1", "Essential": true }] });
    let filled = json!({ "ContainerDefinitions": [{ "Name": "web", "Image": "web:1", "Essential": true, "Cpu": 0 }] });
    let before = |declared: Json, now: &Json| {
        let (_, mut world) = world(&[("x.one", "aws.ecs.task_definition", applied.clone(), filled.clone(), json!({}))]);
        world.cloud.get_mut(&address("x.one")).unwrap().as_mut().unwrap().properties = object(now).into();
        let declared = json!({ "ContainerDefinitions": [declared] });
        let model = model([resource("x.one", "aws.ecs.task_definition", declared)]);
        let change = plan(&model, &world).changes.remove(0);
        change.differences[0].before.clone().unwrap()[0].clone()
    };
    let next = || json!({ "Name": "web", "Image": "web:2" });
    // `Essential` was declared and goes; `Cpu` came by itself.
    assert_eq!(before(next(), &filled), json!({ "Name": "web", "Image": "web:1", "Essential": true }));
    // What is declared now is compared with what is there.
    let with_cpu = json!({ "Name": "web", "Image": "web:2", "Cpu": 5 });
    assert_eq!(before(with_cpu, &filled)["Cpu"], 0);
    // What somebody put there since goes.
    let moved = json!({ "ContainerDefinitions": [{ "Name": "web", "Image": "web:1", "Essential": true, "Cpu": 7 }] });
    assert_eq!(before(next(), &moved)["Cpu"], 7);
}
