//! The engine on the cloud that behaves as AWS does: changes that come late, are undone, or are refused for a while.

use super::scripted_cloud::{ScriptedCloud, failure};
use super::*;
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_engine::cloud::CloudErrorKind;

/// A world of AWS's own types, as hostile as they are.
pub(super) fn world() -> EngineFixture {
    let mut world = EngineFixture::new();
    let library = Library::embedded();
    let behaviour = Behaviour::aws(&library).unwrap();
    let forms = OutputForms::parse(library.get("sim/forms.toml").unwrap()).unwrap();
    let types: Arc<dyn TypeSource> = Arc::new(Catalog::embedded());
    let options =
        SimOptions { types: types.clone(), forms, behaviour, ..options(&world.clock, Faults::default(), None) };
    world.sim = SimCloud::in_memory(options).unwrap().without_idempotency();
    world.types = types;
    world
}

pub(super) fn service(image: &str) -> DesiredMap {
    let containers = json!([{"Name": "web", "Image": image}]);
    vec![
        ("cluster", "ecs.cluster", json!({"ClusterName": "main"})),
        ("task", "ecs.task_definition", json!({"Family": "web", "ContainerDefinitions": containers})),
        (
            "web",
            "ecs.service",
            json!({"Cluster": to("cluster", "Arn"), "ServiceName": "web", "TaskDefinition": to("task", ""), "DesiredCount": 2}),
        ),
    ]
}

fn is_deposed_left(world: &EngineFixture) -> bool {
    world.snapshot().resources.keys().any(|address| deposed_from(address).is_some())
}

#[test]
fn a_deployment_that_is_rolled_back_is_no_success() {
    let world = world();
    assert_eq!(world.live(&service("repository/web:1")).failed, []);
    let outcome = world.live(&service("repository/web:missing"));
    let error = &outcome.failed[0].error;
    assert_eq!(error.kind, CloudErrorKind::Differs, "{error}");
    assert!(error.message.contains("for task_definition"), "{error}");
    assert!(is_deposed_left(&world), "the old revision is the one that runs");
    assert_eq!(world.live(&service("repository/web:2")).failed, []);
    world.assert_settled(&service("repository/web:2"), "mended");
}

#[test]
fn a_first_deployment_that_fails_is_replaced() {
    let world = world();
    let outcome = world.live(&service("repository/web:missing"));
    assert_eq!(outcome.failed[0].error.kind, CloudErrorKind::FailedState, "{:?}", outcome.failed);
    assert!(world.snapshot().resources[&Address::new("web")].failed);
    assert_eq!(world.live(&service("repository/web:1")).failed, []);
    world.assert_settled(&service("repository/web:1"), "replaced");
}

#[test]
fn a_plan_right_after_an_apply_is_empty_though_lists_lag() {
    let world = world();
    let desired = vec![
        ("group", "logs.log_group", json!({"LogGroupName": "app", "RetentionInDays": 7})),
        ("key", "kms.key", json!({"Description": "data", "KeyPolicy": {"Version": "2012-10-17", "Statement": []}})),
        ("alias", "kms.alias", json!({"AliasName": "alias/data", "TargetKeyId": to("key", "")})),
        ("topic", "sns.topic", json!({"TopicName": "news"})),
        ("queue", "sqs.queue", json!({"QueueName": "jobs", "VisibilityTimeout": 30})),
    ];
    assert_eq!(world.live(&desired).failed, []);
    world.assert_settled(&desired, "created");
    let mut changed = desired.clone();
    changed[0].2["RetentionInDays"] = json!(14);
    changed[1].2["Description"] = json!("more data");
    changed[4].2["VisibilityTimeout"] = json!(60);
    assert_eq!(world.live(&changed).failed, []);
    world.assert_settled(&changed, "changed");
}

#[test]
fn an_update_that_takes_minutes_and_is_cut_short_is_finished() {
    let world = world();
    let group = |days: u32, note: &str| {
        vec![(
            "cache",
            "elasticache.replication_group",
            json!({
                "ReplicationGroupId": "cache", "ReplicationGroupDescription": note, "SnapshotRetentionLimit": days,
                "CacheNodeType": "cache.t4g.micro", "Engine": "valkey",
            }),
        )]
    };
    assert_eq!(world.live(&group(1, "a")).failed, []);
    let cloud = ScriptedCloud {
        leaves: vec![PropPath("SnapshotRetentionLimit".into())],
        after: Box::new(|call, nth| match call {
            "update" if nth == 0 => Err(failure(CloudErrorKind::Conflict)),
            _ => Ok(()),
        }),
        ..ScriptedCloud::new(&world)
    };
    assert_eq!(cloud.live(&group(5, "b")).failed, []);
    world.assert_settled(&group(5, "b"), "changed");
}

#[test]
fn a_key_that_is_not_known_yet_is_waited_for() {
    let world = world();
    let desired = vec![
        ("key", "kms.key", json!({"KeyPolicy": {"Version": "2012-10-17", "Statement": []}})),
        ("group", "logs.log_group", json!({"LogGroupName": "app", "KmsKeyId": to("key", "Arn")})),
    ];
    let cloud = ScriptedCloud::new(&world);
    assert_eq!(cloud.live(&desired).failed, []);
    let tried = cloud.made(&["create"]).len();
    assert!(tried > 2, "it was refused before: {:?}", cloud.calls.lock());
    world.assert_settled(&desired, "encrypted");
}
