//! Capability gaps of bindings, known from a plan without a call.

use super::*;
use crate::NoSdk;
use gpb_engine::cloud::capability::{CapabilityRequest, GapSubject, PlannedOperation};
use gpb_model::{PropertyMap, PropertyValue, Reference};

fn values(json: Json) -> PropertyMap {
    let Some(PropertyValue::Map(entries)) = PropertyValue::from_json(&json) else { panic!("{json} is no object") };
    entries.into_iter().collect()
}

/// A value that is known only after another resource was made.
fn unknown() -> PropertyValue {
    PropertyValue::Ref(Reference { to: gpb_model::Address::new("other"), path: PropPath("Arn".into()) })
}

fn gaps_of(
    ty: &str,
    operation: PlannedOperation,
    desired: &PropertyMap,
    before: Json,
    changed: &[&str],
) -> Vec<String> {
    let (place, before) = (place(), object(before));
    let changed: Vec<PropPath> = changed.iter().map(|path| PropPath((*path).into())).collect();
    let request = CapabilityRequest { ty, place: &place, operation, desired, before: &before, changed: &changed };
    cloud(&Script::new(Vec::new())).gaps(request).into_iter().map(|gap| gap.message).collect()
}

fn creation(ty: &str, desired: Json) -> Vec<String> {
    gaps_of(ty, PlannedOperation::Create, &values(desired), json!({}), &[])
}

fn update(ty: &str, before: Json, desired: Json, changed: &[&str]) -> Vec<String> {
    gaps_of(ty, PlannedOperation::Update, &values(desired), before, changed)
}

#[test]
fn a_type_without_a_binding_is_one_gap() {
    let found = creation("aws.nosuch.thing", json!({ "A": 1 }));
    assert_eq!(
        found,
        [
            "`aws.nosuch.thing` has no binding, and AWS's Cloud Control API does not drive it: expected in stdlib/aws/nosuch.toml"
        ]
    );
}

#[test]
fn every_property_that_cannot_be_set_is_named_at_once() {
    let bucket = json!({ "BucketName": "b", "AccessControl": "Private", "WebsiteConfiguration": {} });
    let found = creation("aws.s3.bucket", bucket);
    assert_eq!(
        found,
        [
            "`access_control` of `aws.s3.bucket` cannot be set: stdlib/aws/s3.toml names it as unsupported",
            "`website_configuration` of `aws.s3.bucket` cannot be set: stdlib/aws/s3.toml names it as unsupported",
        ]
    );
    let found = creation("aws.kms.key", json!({ "PendingWindowInDays": 7, "Enabled": true }));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("`pending_window_in_days` of `aws.kms.key` cannot be set"), "{found:?}");
}

#[test]
fn what_the_bindings_can_do_has_no_gap() {
    let queue = json!({ "QueueName": "q", "DelaySeconds": 5, "Tags": [{ "Key": "a", "Value": "b" }] });
    assert_eq!(creation("aws.sqs.queue", queue.clone()), [""; 0]);
    let changed = ["DelaySeconds", "Tags/0/Value"];
    assert_eq!(update("aws.sqs.queue", json!({ "QueueName": "q", "DelaySeconds": 1 }), queue, &changed), [""; 0]);
}

#[test]
fn an_update_that_no_call_makes_is_a_gap() {
    let found =
        update("aws.kms.key", json!({ "MultiRegion": false }), json!({ "MultiRegion": true }), &["MultiRegion"]);
    assert_eq!(
        found,
        ["`multi_region` of `aws.kms.key` cannot be changed: stdlib/aws/kms.toml has no operation that changes it"]
    );
}

/// No call has a member for the launch type of a service: it changes along with the strategy, and not by itself.
#[test]
fn a_launch_type_changes_along_with_a_strategy_alone() {
    let strategy = || json!([{ "CapacityProvider": "FARGATE_SPOT", "Weight": 1 }]);
    let (by_type, by_strategy) = (json!({ "LaunchType": "EC2" }), json!({ "CapacityProviderStrategy": strategy() }));
    let both = ["CapacityProviderStrategy", "LaunchType"];
    assert_eq!(update("aws.ecs.service", by_type.clone(), by_strategy.clone(), &both), [""; 0]);
    assert_eq!(update("aws.ecs.service", by_strategy, by_type.clone(), &both), [""; 0]);
    let found = update("aws.ecs.service", by_type, json!({ "LaunchType": "FARGATE" }), &["LaunchType"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("`launch_type` of `aws.ecs.service`"), "{found:?}");
}

/// A cache of one shard again: there is no way back from a cluster, and the number of shards alone could change.
#[test]
fn what_could_change_by_itself_is_not_named_beside_what_cannot() {
    let group =
        |mode: &str, shards: i64| json!({ "ReplicationGroupId": "c", "ClusterMode": mode, "NumNodeGroups": shards });
    let changed = ["ClusterMode", "NumNodeGroups"];
    // Read, or not shown by the cloud that was read.
    for before in [group("enabled", 2), json!({ "ReplicationGroupId": "c", "ClusterMode": "enabled" })] {
        let found = update("aws.elasticache.replication_group", before, group("disabled", 1), &changed);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("`cluster_mode` of `aws.elasticache.replication_group` cannot be"), "{found:?}");
    }
}

#[test]
fn a_property_that_cannot_be_unset_is_a_gap() {
    let found = update("aws.secretsmanager.secret", json!({ "SecretString": "x" }), json!({}), &["SecretString"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("`secret_string` of `aws.secretsmanager.secret` cannot be unset"), "{found:?}");
}

#[test]
fn an_update_counts_only_the_calls_whose_conditions_hold() {
    let text = |call: &str| {
        format!(
            "service = \"sqs\"\n[types.queue]\ncreate = {{ call = \"CreateQueue\" }}\n\
             read = {{ call = \"GetQueueAttributes\", at = \"Attributes\" }}\nattributes = \"Attributes\"\n\
             update = {{ call = \"SetQueueAttributes\", properties = [\"DelaySeconds\"], {call} }}\n"
        )
    };
    let found = |call: &str, before: Json, desired: PropertyMap| {
        let generated = Library::embedded().get("aws/generated/sqs.json").map(Arc::clone).unwrap();
        let files = [("aws/sqs.toml".to_owned(), Arc::from(text(call).as_str()))];
        let library: Library = files.into_iter().chain([("aws/generated/sqs.json".to_owned(), generated)]).collect();
        let bindings = Bindings::new(library, Arc::new(Catalog::embedded()));
        let (place, before) = (place(), object(before));
        let changed = [PropPath("DelaySeconds".into())];
        super::super::AwsCloud::new(Arc::new(NoSdk), Arc::new(bindings))
            .gaps(CapabilityRequest {
                ty: "aws.sqs.queue",
                place: &place,
                operation: PlannedOperation::Update,
                desired: &desired,
                before: &before,
                changed: &changed,
            })
            .into_iter()
            .filter(|gap| !matches!(gap.subject, GapSubject::Service(_)))
            .map(|gap| gap.message)
            .collect::<Vec<_>>()
    };
    let refused =
        ["`delay_seconds` of `aws.sqs.queue` cannot be changed: stdlib/aws/sqs.toml has no operation for this change"];
    let desired = |fifo: bool| values(json!({ "DelaySeconds": 5, "FifoQueue": fifo }));
    let condition = "when = { FifoQueue = true }";
    assert_eq!(found(condition, json!({ "DelaySeconds": 1 }), desired(true)), [""; 0]);
    assert_eq!(found(condition, json!({ "DelaySeconds": 1 }), desired(false)), refused);
    let grown = "if_increased = \"DelaySeconds\"";
    assert_eq!(found(grown, json!({ "DelaySeconds": 1 }), desired(true)), [""; 0]);
    assert_eq!(found(grown, json!({ "DelaySeconds": 9 }), desired(true)), refused);
    // What is not known yet may fit.
    let mut open = values(json!({ "DelaySeconds": 5 }));
    open.insert("FifoQueue".into(), unknown());
    assert_eq!(found(condition, json!({ "DelaySeconds": 1 }), open), [""; 0]);
}

#[test]
fn a_value_that_is_not_known_yet_fits_every_member() {
    let mut desired = values(json!({ "QueueName": "q" }));
    desired.insert("DelaySeconds".into(), unknown());
    desired.insert("RedrivePolicy".into(), unknown());
    assert_eq!(gaps_of("aws.sqs.queue", PlannedOperation::Create, &desired, json!({}), &[]), [""; 0]);
}

#[test]
fn a_build_names_the_services_it_lacks() {
    let bindings = Arc::new(Bindings::embedded());
    let (place, desired, before) = (place(), values(json!({ "LogGroupName": "g" })), Properties::new());
    let request = CapabilityRequest {
        ty: "aws.logs.log_group",
        place: &place,
        operation: PlannedOperation::Reach,
        desired: &desired,
        before: &before,
        changed: &[],
    };
    let found = super::super::AwsCloud::new(Arc::new(NoSdk), bindings).gaps(request);
    let messages: Vec<&str> = found.iter().map(|gap| gap.message.as_str()).collect();
    assert_eq!(messages, ["this build has no SDK of `cloudwatchlogs`"]);
}
