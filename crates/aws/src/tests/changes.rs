//! Changes that AWS carries out after its answer, refuses late, or has made already.

use super::*;
use gpb_engine::cloud::{CloudError, ObservedResource, Progress, ProgressSink};
use script::Step;

/// Updates `id` from `before` to `desired`, of which `changed` differs.
async fn update(
    steps: Vec<Step>,
    (ty, id): (&str, &str),
    before: Json,
    desired: Json,
    changed: &[&str],
) -> Result<ObservedResource, CloudError> {
    let script = Script::new(steps);
    let (before, desired, key) = (object(before), object(desired), key(ty, id));
    let changed: Vec<PropPath> = changed.iter().map(|path| PropPath((*path).into())).collect();
    let update =
        UpdateRequest { key: &key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "b" };
    let answer = cloud(&script).update(update, &Quiet::default()).await;
    script.done();
    answer
}

async fn delete(steps: Vec<Step>, ty: &str, id: &str) -> Result<(), CloudError> {
    let script = Script::new(steps);
    let answer = cloud(&script).delete(&key(ty, id), "t", &Quiet::default()).await;
    script.done();
    answer
}

fn service(deployments: Json) -> Json {
    json!({ "serviceArn": "arn:s", "status": "ACTIVE", "taskDefinition": "td:1", "deployments": deployments })
}

#[tokio::test]
async fn a_deployment_that_was_rolled_back_has_failed() {
    let deployment = |id: &str, status: &str, state: &str| json!({ "id": id, "status": status, "rolloutState": state });
    let sent = json!({ "cluster": "c", "service": "arn:s", "taskDefinition": "td:2" });
    let read = json!({ "cluster": "c", "services": ["arn:s"], "include": ["TAGS"] });
    let mut failed = deployment("new", "ACTIVE", "FAILED");
    failed["rolloutStateReason"] = "the circuit breaker was triggered".into();
    let steps = vec![
        ok(
            "ecs:UpdateService",
            sent,
            json!({ "service": service(json!([deployment("new", "PRIMARY", "IN_PROGRESS")])) }),
        ),
        ok(
            "ecs:DescribeServices",
            read.clone(),
            json!({ "services": [service(json!([deployment("new", "PRIMARY", "IN_PROGRESS")]))] }),
        ),
        ok(
            "ecs:DescribeServices",
            read,
            json!({ "services": [service(json!([deployment("old", "PRIMARY", "COMPLETED"), failed]))] }),
        ),
    ];
    let (before, desired) = (json!({ "TaskDefinition": "td:1" }), json!({ "TaskDefinition": "td:2" }));
    let failed = update(steps, ("aws.ecs.service", "arn:s|c"), before, desired, &["TaskDefinition"]).await.unwrap_err();
    assert_eq!(failed.kind, CloudErrorKind::FailedState);
    assert!(failed.message.contains("the circuit breaker was triggered"), "{failed}");
}

fn brokers(version: &str) -> Step {
    let info = json!({ "ClusterArn": "arn:k", "ClusterName": "k", "State": "ACTIVE", "CurrentVersion": version });
    ok("kafka:DescribeCluster", json!({ "ClusterArn": "arn:k" }), json!({ "ClusterInfo": info }))
}

fn operation(state: Json) -> Step {
    let input = json!({ "ClusterOperationArn": "arn:o" });
    ok("kafka:DescribeClusterOperation", input, json!({ "ClusterOperationInfo": state }))
}

#[tokio::test]
async fn each_call_names_the_version_that_the_one_before_it_left() {
    let begun = || json!({ "ClusterArn": "arn:k", "ClusterOperationArn": "arn:o" });
    let count = json!({ "ClusterArn": "arn:k", "CurrentVersion": "v1", "TargetNumberOfBrokerNodes": 6 });
    let version = json!({ "ClusterArn": "arn:k", "CurrentVersion": "v2", "TargetKafkaVersion": "3.9.x",
        "ConfigurationInfo": { "Arn": "arn:c", "Revision": 2 } });
    let done = || operation(json!({ "OperationState": "UPDATE_COMPLETE" }));
    let steps = vec![
        brokers("v1"),
        ok("kafka:UpdateBrokerCount", count, begun()),
        operation(json!({ "OperationState": "UPDATE_IN_PROGRESS" })),
        done(),
        brokers("v2"),
        ok("kafka:UpdateClusterKafkaVersion", version, begun()),
        done(),
        brokers("v3"),
        brokers("v3"),
    ];
    let before = json!({ "NumberOfBrokerNodes": 3, "KafkaVersion": "3.6.0", "ConfigurationInfo": { "Arn": "arn:c", "Revision": 1 } });
    let desired = json!({ "NumberOfBrokerNodes": 6, "KafkaVersion": "3.9.x", "ConfigurationInfo": { "Arn": "arn:c", "Revision": 2 } });
    let changed = ["NumberOfBrokerNodes", "KafkaVersion", "ConfigurationInfo/Revision"];
    update(steps, ("aws.msk.cluster", "arn:k"), before, desired, &changed).await.unwrap();
}

#[tokio::test]
async fn an_operation_that_fails_after_its_call_fails_the_update() {
    let sent = json!({ "ClusterArn": "arn:k", "CurrentVersion": "v1", "TargetInstanceType": "kafka.m7g.large" });
    let failed = json!({ "OperationState": "UPDATE_FAILED", "ErrorInfo": { "ErrorString": "no capacity" } });
    let steps = vec![
        brokers("v1"),
        ok("kafka:UpdateBrokerType", sent, json!({ "ClusterArn": "arn:k", "ClusterOperationArn": "arn:o" })),
        operation(failed),
    ];
    let nodes = |ty: &str| json!({ "BrokerNodeGroupInfo": { "InstanceType": ty, "ClientSubnets": ["s"] } });
    let changed = ["BrokerNodeGroupInfo/InstanceType"];
    let cluster = ("aws.msk.cluster", "arn:k");
    let failed = update(steps, cluster, nodes("kafka.t3.small"), nodes("kafka.m7g.large"), &changed).await.unwrap_err();
    assert_eq!(failed.kind, CloudErrorKind::FailedState);
    assert!(failed.message.contains("no capacity"), "{failed}");
}

fn database(status: &str, class: &str, pending: Json) -> Step {
    let instance = json!({ "DBInstanceIdentifier": "d", "DBInstanceArn": "arn:d", "DBInstanceStatus": status, "DBInstanceClass": class, "PendingModifiedValues": pending });
    ok("rds:DescribeDBInstances", json!({ "DBInstanceIdentifier": "d" }), json!({ "DBInstances": [instance] }))
}

#[tokio::test]
async fn available_is_believed_once_the_change_has_begun_and_nothing_is_pending() {
    let sent = json!({ "DBInstanceIdentifier": "d", "DBInstanceClass": "db.r7g.large", "ApplyImmediately": true });
    let tags = ok("rds:ListTagsForResource", json!({ "ResourceName": "arn:d" }), json!({ "TagList": [] }));
    let steps = vec![
        // The ARN that tags are written by.
        database("available", "db.t4g.medium", json!({})),
        ok("rds:ModifyDBInstance", sent, json!({})),
        // It has not begun, then waits, then runs, and is over.
        database("available", "db.t4g.medium", json!({})),
        database("available", "db.t4g.medium", json!({ "DBInstanceClass": "db.r7g.large" })),
        database("modifying", "db.t4g.medium", json!({})),
        database("available", "db.r7g.large", json!({})),
        database("available", "db.r7g.large", json!({})),
        tags,
    ];
    let class = |class: &str| json!({ "DBInstanceClass": class });
    let (before, desired) = (class("db.t4g.medium"), class("db.r7g.large"));
    let seen = update(steps, ("aws.rds.db_instance", "d"), before, desired, &["DBInstanceClass"]).await.unwrap();
    assert_eq!(seen.properties["DBInstanceClass"], "db.r7g.large");
}

#[tokio::test]
async fn a_new_version_may_be_a_major_one() {
    let cluster = |version: &str| {
        let cluster = json!({ "DBClusterIdentifier": "c", "DBClusterArn": "arn:c", "Status": "available", "EngineVersion": version });
        ok("rds:DescribeDBClusters", json!({ "DBClusterIdentifier": "c" }), json!({ "DBClusters": [cluster] }))
    };
    let sent = json!({ "DBClusterIdentifier": "c", "ApplyImmediately": true, "AllowMajorVersionUpgrade": true, "EngineVersion": "16.4" });
    let mut steps = vec![cluster("15.17"), ok("rds:ModifyDBCluster", sent, json!({}))];
    // The answer, and the log exports and the roles of it.
    steps.extend([cluster("16.4"), cluster("16.4"), cluster("16.4")]);
    steps.push(ok("rds:ListTagsForResource", json!({ "ResourceName": "arn:c" }), json!({ "TagList": [] })));
    let version = |version: &str| json!({ "EngineVersion": version });
    let changed = ["EngineVersion"];
    update(steps, ("aws.rds.db_cluster", "c"), version("15.17"), version("16.4"), &changed).await.unwrap();
}

fn cache(shards: &[&str], replicas: usize) -> Vec<Step> {
    let members: Vec<Json> = (0..=replicas).map(|node| json!({ "CacheClusterId": format!("n{node}") })).collect();
    let groups: Vec<Json> = shards.iter().map(|id| json!({ "NodeGroupId": id, "NodeGroupMembers": members })).collect();
    let group = json!({ "ReplicationGroupId": "g", "ARN": "arn:g", "Status": "available", "MemberClusters": ["n0"], "NodeGroups": groups, "AutomaticFailover": "enabled" });
    vec![
        ok(
            "elasticache:DescribeReplicationGroups",
            json!({ "ReplicationGroupId": "g" }),
            json!({ "ReplicationGroups": [group] }),
        ),
        ok(
            "elasticache:DescribeCacheClusters",
            json!({ "CacheClusterId": "n0" }),
            json!({ "CacheClusters": [{ "EngineVersion": "7.1" }] }),
        ),
        ok("elasticache:ListTagsForResource", json!({ "ResourceName": "arn:g" }), json!({ "TagList": [] })),
    ]
}

/// The group alone, without what belongs to a whole read.
fn cache_alone(shards: &[&str], replicas: usize) -> Step {
    cache(shards, replicas).remove(0)
}

#[tokio::test]
async fn shards_that_stay_are_named_and_what_is_so_already_is_no_failure() {
    let shards = json!({ "ReplicationGroupId": "g", "ApplyImmediately": true, "NodeGroupCount": 2, "NodeGroupsToRetain": ["0001", "0002"] });
    let replicas = json!({ "ReplicationGroupId": "g", "ApplyImmediately": true, "NewReplicaCount": 2 });
    let window = json!({ "ReplicationGroupId": "g", "ApplyImmediately": true, "SnapshotWindow": "01:00-02:00" });
    let mut no_change = error("elasticache:ModifyReplicationGroup", window, "InvalidParameterCombination");
    if let Err(error) = &mut no_change.answer {
        error.message = "No modifications were requested".into();
    }
    let mut steps = vec![
        cache_alone(&["0001", "0002", "0003"], 1),
        ok("elasticache:ModifyReplicationGroupShardConfiguration", shards, json!({})),
        cache_alone(&["0001", "0002"], 1),
        ok("elasticache:IncreaseReplicaCount", replicas, json!({})),
        cache_alone(&["0001", "0002"], 2),
        no_change,
    ];
    // What is not shown, the window, is waited for until the change must have begun.
    // The reads are after 0, 5, 12.5, 23.75 and 38.75 seconds.
    steps.extend((0..5).map(|_| cache_alone(&["0001", "0002"], 2)));
    steps.extend(cache(&["0001", "0002"], 2));
    let before = json!({ "NumNodeGroups": 3, "ReplicasPerNodeGroup": 1, "SnapshotWindow": "00:00-01:00" });
    let desired = json!({ "NumNodeGroups": 2, "ReplicasPerNodeGroup": 2, "SnapshotWindow": "01:00-02:00" });
    let changed = ["NumNodeGroups", "ReplicasPerNodeGroup", "SnapshotWindow"];
    let group = ("aws.elasticache.replication_group", "g");
    let seen = update(steps, group, before, desired, &changed).await;
    let seen = seen.unwrap();
    assert_eq!(seen.properties["ReplicasPerNodeGroup"], 2);
    assert_eq!(seen.properties["AutomaticFailoverEnabled"], true);
    assert_eq!(seen.properties["EngineVersion"], "7.1");
}

#[tokio::test]
async fn a_cache_becomes_a_cluster_step_by_step() {
    let group = |status: &str, mode: &str, shards: usize| {
        let members = json!([{ "CacheClusterId": "n0" }, { "CacheClusterId": "n1" }]);
        let groups: Vec<Json> = (0..shards).map(|_| json!({ "NodeGroupMembers": members })).collect();
        let group = json!({ "ReplicationGroupId": "g", "ARN": "arn:g", "Status": status, "ClusterMode": mode,
            "MemberClusters": ["n0"], "NodeGroups": groups });
        let input = json!({ "ReplicationGroupId": "g" });
        ok("elasticache:DescribeReplicationGroups", input, json!({ "ReplicationGroups": [group] }))
    };
    let modify = |sent: Json| {
        let mut input = json!({ "ReplicationGroupId": "g", "ApplyImmediately": true });
        input.as_object_mut().unwrap().extend(object(sent));
        ok("elasticache:ModifyReplicationGroup", input, json!({}))
    };
    let parameters = "default.valkey8.cluster.on";
    let shards = json!({ "ReplicationGroupId": "g", "ApplyImmediately": true, "NodeGroupCount": 2 });
    let mut steps = vec![
        group("available", "disabled", 1),
        modify(json!({ "ClusterMode": "compatible", "CacheParameterGroupName": parameters })),
        group("modifying", "disabled", 1),
        group("available", "compatible", 1),
        modify(json!({ "ClusterMode": "enabled" })),
        group("modifying", "compatible", 1),
        group("available", "enabled", 1),
        ok("elasticache:ModifyReplicationGroupShardConfiguration", shards, json!({})),
        group("modifying", "enabled", 1),
        group("available", "enabled", 2),
        modify(json!({ "CacheParameterGroupName": parameters })),
        group("modifying", "enabled", 2),
        group("available", "enabled", 2),
        group("available", "enabled", 2),
    ];
    steps.extend(cache(&["0001", "0002"], 1).split_off(1));
    let before = json!({ "ClusterMode": "disabled", "NumNodeGroups": 1 });
    let desired = json!({ "ClusterMode": "enabled", "NumNodeGroups": 2, "CacheParameterGroupName": parameters });
    let changed = ["ClusterMode", "NumNodeGroups", "CacheParameterGroupName"];
    let seen = update(steps, ("aws.elasticache.replication_group", "g"), before, desired, &changed).await.unwrap();
    assert_eq!(seen.properties["ClusterMode"], "enabled");
}

#[tokio::test]
async fn what_no_call_sets_again_is_no_error_after_an_interrupted_creation() {
    // Once for the templates, once to see that it is ready.
    let mut steps = vec![cache_alone(&["0001"], 1)];
    steps.extend(cache(&["0001"], 1));
    let script = Script::new(steps);
    let (before, desired) = (object(json!({})), object(json!({ "ReplicasPerNodeGroup": 1 })));
    let (key, changed) = (key("aws.elasticache.replication_group", "g"), [PropPath("ReplicasPerNodeGroup".into())]);
    let update = UpdateRequest {
        key: &key,
        before: &before,
        desired: &desired,
        changed: &changed,
        reasserted: &changed,
        token: "b",
    };
    cloud(&script).update(update, &Quiet::default()).await.unwrap();
    script.done();
}

#[tokio::test]
async fn a_success_that_holds_a_failure_is_one() {
    let failed = json!({ "Unsuccessful": [{ "ResourceId": "vpce-1", "Error": { "Code": "OperationNotPermitted", "Message": "it is managed" } }] });
    let steps = vec![ok("ec2:DeleteVpcEndpoints", json!({ "VpcEndpointIds": ["vpce-1"] }), failed)];
    let failed = delete(steps, "aws.ec2.vpc_endpoint", "vpce-1").await.unwrap_err();
    assert_eq!((failed.code.as_str(), failed.message.as_str()), ("OperationNotPermitted", "it is managed"));
}

#[tokio::test]
async fn a_zone_with_records_of_others_is_not_waited_for_long() {
    let refused = || error("route53:DeleteHostedZone", json!({ "Id": "Z" }), "HostedZoneNotEmpty");
    // 1, 2, 4, 8 and then 15 seconds, for two minutes.
    let failed = delete((0..12).map(|_| refused()).collect(), "aws.route53.hosted_zone", "Z").await.unwrap_err();
    assert_eq!((failed.kind, failed.code.as_str()), (CloudErrorKind::Invalid, "HostedZoneNotEmpty"));
}

#[tokio::test]
async fn readers_that_auto_scaling_made_go_with_their_cluster() {
    let members: Vec<Json> =
        ["writer", "application-autoscaling-1"].iter().map(|id| json!({ "DBInstanceIdentifier": id })).collect();
    let cluster = json!({ "DBClusterIdentifier": "c", "DBClusterArn": "arn:c", "BackupRetentionPeriod": 1, "DBClusterMembers": members });
    let read = json!({ "DBClusterIdentifier": "c" });
    let steps = vec![
        ok("rds:DescribeDBClusters", read.clone(), json!({ "DBClusters": [cluster] })),
        ok(
            "rds:DeleteDBInstance",
            json!({ "DBInstanceIdentifier": "application-autoscaling-1", "SkipFinalSnapshot": true }),
            json!({}),
        ),
        ok("rds:DeleteDBCluster", json!({ "DBClusterIdentifier": "c", "SkipFinalSnapshot": true }), json!({})),
        error("rds:DescribeDBClusters", read, "DBClusterNotFoundFault"),
    ];
    delete(steps, "aws.rds.db_cluster", "c").await.unwrap();
}

#[tokio::test]
async fn old_versions_of_a_policy_go_before_it() {
    let policy = |input: Json| {
        let mut input = input;
        input["PolicyArn"] = "arn:p".into();
        input
    };
    let entities =
        |filter: &str, list: Json| ok("iam:ListEntitiesForPolicy", policy(json!({ "EntityFilter": filter })), list);
    let version = |id: &str, default: bool| json!({ "VersionId": id, "IsDefaultVersion": default });
    let steps = vec![
        ok("iam:GetPolicy", policy(json!({})), json!({ "Policy": { "Arn": "arn:p" } })),
        entities("Role", json!({ "PolicyRoles": [] })),
        entities("User", json!({ "PolicyUsers": [{ "UserName": "u" }] })),
        ok("iam:DetachUserPolicy", policy(json!({ "UserName": "u" })), json!({})),
        entities("Group", json!({ "PolicyGroups": [] })),
        ok(
            "iam:ListPolicyVersions",
            policy(json!({})),
            json!({ "Versions": [version("v2", true), version("v1", false)] }),
        ),
        ok("iam:DeletePolicyVersion", policy(json!({ "VersionId": "v1" })), json!({})),
        ok("iam:DeletePolicy", policy(json!({})), json!({})),
        error("iam:GetPolicy", policy(json!({})), "NoSuchEntity"),
    ];
    delete(steps, "aws.iam.managed_policy", "arn:p").await.unwrap();
}

fn records(zone: &str, start: Json, found: Json) -> Step {
    let mut input = start;
    input["HostedZoneId"] = zone.into();
    // More records follow, and are not asked for.
    let output =
        json!({ "ResourceRecordSets": found, "IsTruncated": true, "NextRecordName": "zz", "NextRecordType": "A" });
    ok("route53:ListResourceRecordSets", input, output)
}

#[tokio::test]
async fn a_record_is_read_by_all_parts_of_its_identifier() {
    let weighted =
        |set: &str| json!({ "Name": "\\052.shop.example.", "Type": "A", "SetIdentifier": set, "Weight": 1, "TTL": 60 });
    let start =
        || json!({ "StartRecordName": "*.Shop.example", "StartRecordType": "A", "StartRecordIdentifier": "blue" });
    let record = key("aws.route53.record_set", "*.Shop.example|Z|A|blue");
    let script = Script::new(vec![
        records("Z", start(), json!([weighted("green")])),
        records("Z", start(), json!([weighted("blue"), weighted("green")])),
    ]);
    let cloud = cloud(&script);
    assert_eq!(cloud.read(&record).await.unwrap(), None, "green is another record");
    assert_eq!(cloud.read(&record).await.unwrap().unwrap().properties["Weight"], 1);
    script.done();
}

#[tokio::test]
async fn an_alias_shows_its_target_and_is_deleted_as_it_is() {
    let alias = json!({ "Name": "shop.example.", "Type": "A", "AliasTarget": { "DNSName": "lb.elb.amazonaws.com.", "HostedZoneId": "ZLB", "EvaluateTargetHealth": true } });
    let start = || json!({ "StartRecordName": "shop.example", "StartRecordType": "A" });
    let script = Script::new(vec![
        records("Z", start(), json!([alias])),
        records("Z", start(), json!([alias])),
        ok(
            "route53:ChangeResourceRecordSets",
            json!({ "HostedZoneId": "Z", "ChangeBatch": { "Changes": [{ "Action": "DELETE", "ResourceRecordSet": alias }] } }),
            json!({ "ChangeInfo": {} }),
        ),
        records("Z", start(), json!([])),
    ]);
    let (cloud, record) = (cloud(&script), key("aws.route53.record_set", "shop.example|Z|A|-"));
    let seen = cloud.read(&record).await.unwrap().unwrap();
    let target = json!({ "DNSName": "lb.elb.amazonaws.com", "HostedZoneId": "ZLB", "EvaluateTargetHealth": true });
    assert_eq!(seen.properties["AliasTarget"], target);
    cloud.delete(&record, "t", &Quiet::default()).await.unwrap();
    script.done();
}

fn held(tags: Json) -> Vec<Step> {
    let mut refused = error(
        "secretsmanager:CreateSecret",
        json!({ "Name": "n", "SecretString": "s", "ClientRequestToken": TOKEN,
            "Tags": [{ "Key": "team", "Value": "shop" }, { "Key": "gpb:token", "Value": TOKEN }] }),
        "InvalidRequestException",
    );
    if let Err(error) = &mut refused.answer {
        error.message = "a secret with this name is already scheduled for deletion".into();
    }
    let found = json!({ "ARN": "arn:n", "Name": "n", "DeletedDate": "2026-12-30T00:00:00Z", "Tags": tags });
    vec![refused, ok("secretsmanager:DescribeSecret", json!({ "SecretId": "n" }), found)]
}

/// The journal of a state that has made something by one token.
struct Journal(&'static str);

#[async_trait::async_trait]
impl ProgressSink for Journal {
    async fn progress(&self, _: Progress) -> Result<(), CloudError> {
        Ok(())
    }

    fn has_created(&self, _: &str, is_it: &dyn Fn(&str) -> bool) -> bool {
        is_it(self.0)
    }
}

async fn make_secret(steps: Vec<Step>) -> Result<ObservedResource, CloudError> {
    let script = Script::new(steps);
    let desired = object(json!({ "Name": "n", "SecretString": "s", "Tags": [{ "Key": "team", "Value": "shop" }] }));
    let made = cloud(&script).create(create("aws.secretsmanager.secret", &place(), &desired), &Journal("older")).await;
    script.done();
    made
}

#[tokio::test]
async fn a_secret_that_this_state_deleted_is_brought_back() {
    let tag = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    let mark_of = |token: &str| cloud(&Script::new(vec![])).mark_of(token);
    let marked = |token: &str| json!([tag("team", "shop"), tag("gpb:token", &mark_of(token))]);
    let own = marked("older");
    for theirs in [json!([tag("team", "shop")]), marked("of another stack")] {
        let refused = make_secret(held(theirs)).await.unwrap_err();
        assert_eq!(refused.kind, CloudErrorKind::AlreadyExists);
        assert!(refused.message.contains("until 2026-12-30"), "{refused}");
    }

    let mut steps = held(own);
    let marked = json!([tag("team", "shop"), tag("gpb:token", TOKEN)]);
    let read = json!({ "ARN": "arn:n", "Name": "n", "Tags": marked });
    let now = json!({ "SecretId": "arn:n", "ClientRequestToken": TOKEN, "SecretString": "s" });
    steps.extend([
        ok("secretsmanager:RestoreSecret", json!({ "SecretId": "arn:n" }), json!({ "ARN": "arn:n" })),
        ok("secretsmanager:UpdateSecret", now, json!({ "ARN": "arn:n" })),
        ok("secretsmanager:TagResource", json!({ "SecretId": "arn:n", "Tags": marked }), json!({})),
        ok("secretsmanager:DescribeSecret", json!({ "SecretId": "arn:n" }), read),
    ]);
    assert_eq!(make_secret(steps).await.unwrap().id, "arn:n");
}

/// The API asks for both lists, whatever is declared.
#[tokio::test]
async fn what_the_api_requires_and_nobody_declares_is_sent_as_its_default() {
    let shown =
        || json!({ "clusters": [{ "clusterName": "c", "status": "ACTIVE", "capacityProviders": ["FARGATE_SPOT"] }] });
    let read = || json!({ "clusters": ["c"], "include": ["SETTINGS", "CONFIGURATIONS", "TAGS"] });
    let put = json!({ "cluster": "c", "capacityProviders": ["FARGATE_SPOT"], "defaultCapacityProviderStrategy": [] });
    let script = Script::new(vec![
        ok("ecs:DescribeClusters", read(), shown()),
        ok("ecs:PutClusterCapacityProviders", put, json!({})),
        ok("ecs:DescribeClusters", read(), shown()),
        ok("ecs:DescribeClusters", read(), shown()),
    ]);
    let (key, before) = (key("aws.ecs.cluster", "c"), object(json!({ "CapacityProviders": ["FARGATE"] })));
    let desired = object(json!({ "CapacityProviders": ["FARGATE_SPOT"] }));
    let changed = [PropPath("CapacityProviders".into())];
    let update =
        UpdateRequest { key: &key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "b" };
    cloud(&script).update(update, &Quiet::default()).await.unwrap();
    script.done();
}
