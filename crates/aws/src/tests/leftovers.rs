//! Leftovers: things of AWS or of others below a resource, and what only its service knows of it.

use super::*;
use gpb_engine::cloud::CloudError;
use gpb_engine::cloud::deletion_locks::DeletionLockRequest;
use script::Step;

async fn update(steps: Vec<Step>, (ty, id): (&str, &str), before: Json, desired: Json, changed: &[&str]) {
    let script = Script::new(steps);
    let (before, desired, key) = (object(before), object(desired), key(ty, id));
    let changed: Vec<PropPath> = changed.iter().map(|path| PropPath((*path).into())).collect();
    let update =
        UpdateRequest { key: &key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "b" };
    cloud(&script).update(update, &Quiet::default()).await.unwrap();
    script.done();
}

async fn delete(steps: Vec<Step>, ty: &str, id: &str) -> Result<(), CloudError> {
    let script = Script::new(steps);
    let answer = cloud(&script).delete(&key(ty, id), "t", &Quiet::default()).await;
    script.done();
    answer
}

/// Five versions are all there may be: those that people have added go before the sixth comes.
///
/// The call that puts the new one in force is the last: the policy reads as declared after it, so that nothing would make up
/// for a further one that a kill prevents.
#[tokio::test]
async fn a_policy_with_five_versions_can_be_changed() {
    let policy = |mut input: Json| {
        input["PolicyArn"] = "arn:p".into();
        input
    };
    let current = |version: &str| {
        let policy_of = json!({ "Policy": { "Arn": "arn:p", "DefaultVersionId": version } });
        ok("iam:GetPolicy", policy(json!({})), policy_of)
    };
    let gone = |version: &str| ok("iam:DeletePolicyVersion", policy(json!({ "VersionId": version })), json!({}));
    let versions: Vec<Json> =
        (1..=5).rev().map(|nth| json!({ "VersionId": format!("v{nth}"), "IsDefaultVersion": nth == 4 })).collect();
    let created = policy(json!({ "PolicyDocument": "{\"Id\":\"new\"}", "SetAsDefault": true }));
    let document = |version: &str| {
        let document = json!({ "PolicyVersion": { "Document": "%7B%22Id%22%3A%22new%22%7D" } });
        ok("iam:GetPolicyVersion", policy(json!({ "VersionId": version })), document)
    };
    let roles = json!({ "PolicyRoles": [] });
    let steps = vec![
        current("v4"),
        ok("iam:ListPolicyVersions", policy(json!({})), json!({ "Versions": versions })),
        gone("v5"),
        gone("v3"),
        gone("v2"),
        gone("v1"),
        ok("iam:CreatePolicyVersion", created, json!({ "PolicyVersion": { "VersionId": "v6" } })),
        current("v6"),
        document("v6"),
        ok("iam:ListEntitiesForPolicy", policy(json!({ "EntityFilter": "Role" })), roles),
    ];
    let documents = |id: &str| json!({ "PolicyDocument": { "Id": id } });
    let managed = ("aws.iam.managed_policy", "arn:p");
    update(steps, managed, documents("old"), documents("new"), &["PolicyDocument"]).await;
}

#[tokio::test]
async fn a_role_leaves_the_profiles_of_others_before_it_goes() {
    let role = || json!({ "RoleName": "r" });
    let steps = vec![
        ok("iam:GetRole", role(), json!({ "Role": { "RoleName": "r", "Arn": "arn:r" } })),
        ok("iam:ListAttachedRolePolicies", role(), json!({ "AttachedPolicies": [] })),
        ok("iam:ListRolePolicies", role(), json!({ "PolicyNames": [] })),
        ok(
            "iam:ListInstanceProfilesForRole",
            role(),
            json!({ "InstanceProfiles": [{ "InstanceProfileName": "theirs" }] }),
        ),
        ok("iam:RemoveRoleFromInstanceProfile", json!({ "RoleName": "r", "InstanceProfileName": "theirs" }), json!({})),
        ok("iam:DeleteRole", role(), json!({})),
        error("iam:GetRole", role(), "NoSuchEntity"),
    ];
    delete(steps, "aws.iam.role", "r").await.unwrap();
}

/// Attachments taken from a role a moment ago may still be listed; that one is not there any more is no word about the role.
#[tokio::test]
async fn what_a_list_still_shows_does_not_hide_the_role() {
    let role = || json!({ "RoleName": "r" });
    let attached = |arn: &str| json!({ "RoleName": "r", "PolicyArn": arn });
    let profile = || json!({ "RoleName": "r", "InstanceProfileName": "left" });
    let listed = json!({ "AttachedPolicies": [{ "PolicyArn": "arn:gone" }, { "PolicyArn": "arn:there" }] });
    let steps = vec![
        ok("iam:GetRole", role(), json!({ "Role": { "RoleName": "r", "Arn": "arn:r" } })),
        ok("iam:ListAttachedRolePolicies", role(), listed),
        error("iam:DetachRolePolicy", attached("arn:gone"), "NoSuchEntity"),
        ok("iam:DetachRolePolicy", attached("arn:there"), json!({})),
        ok("iam:ListRolePolicies", role(), json!({ "PolicyNames": [] })),
        ok(
            "iam:ListInstanceProfilesForRole",
            role(),
            json!({ "InstanceProfiles": [{ "InstanceProfileName": "left" }] }),
        ),
        error("iam:RemoveRoleFromInstanceProfile", profile(), "NoSuchEntity"),
        ok("iam:DeleteRole", role(), json!({})),
        error("iam:GetRole", role(), "NoSuchEntity"),
    ];
    delete(steps, "aws.iam.role", "r").await.unwrap();
}

/// Of a policy that lies upon several roles, the rest goes though one is gone.
#[tokio::test]
async fn a_policy_that_one_role_has_no_more_leaves_the_others() {
    let of = |role: &str| json!({ "RoleName": role, "PolicyName": "p" });
    let steps = vec![
        error("iam:DeleteRolePolicy", of("a"), "NoSuchEntity"),
        ok("iam:DeleteRolePolicy", of("b"), json!({})),
        error("iam:GetRolePolicy", of("a"), "NoSuchEntity"),
        error("iam:GetRolePolicy", of("b"), "NoSuchEntity"),
    ];
    delete(steps, "aws.iam.policy", "p,a,b").await.unwrap();
}

#[tokio::test]
async fn a_subscription_that_nobody_confirmed_counts_as_deleted() {
    let arn = || json!({ "SubscriptionArn": "arn:s" });
    let mut pending = error("sns:Unsubscribe", arn(), "InvalidParameter");
    if let Err(error) = &mut pending.answer {
        error.message = "Invalid parameter: This subscription is pending confirmation".into();
    }
    let gone = error("sns:GetSubscriptionAttributes", arn(), "NotFound");
    delete(vec![pending, gone], "aws.sns.subscription", "arn:s").await.unwrap();
}

#[tokio::test]
async fn a_bucket_bears_its_tags_from_the_call_that_makes_it() {
    let tags = || json!([{ "Key": "gpb:token", "Value": TOKEN }]);
    for (region, configuration) in [
        ("us-east-1", json!({ "Tags": tags() })),
        ("eu-west-1", json!({ "LocationConstraint": "eu-west-1", "Tags": tags() })),
    ] {
        let sent = json!({ "Bucket": "media", "CreateBucketConfiguration": configuration });
        let script = Script::new(vec![
            error("s3:HeadBucket", json!({ "Bucket": "media" }), "NotFound"),
            error("s3:GetBucketVersioning", json!({ "Bucket": "media" }), "NoSuchBucket"),
            error("s3:CreateBucket", sent, "InvalidBucketName"),
        ]);
        let place = Place { region: region.into(), ..place() };
        let desired = object(json!({ "BucketName": "media" }));
        let refused = cloud(&script).create(create("aws.s3.bucket", &place, &desired), &Quiet::default()).await;
        assert_eq!(refused.unwrap_err().kind, CloudErrorKind::Invalid);
        script.done();
    }
}

/// One call replaces all tags: gpb's own marker and AWS's own stay.
#[tokio::test]
async fn a_change_of_tags_keeps_the_marker_of_a_bucket() {
    let tag = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    let bucket = || json!({ "Bucket": "media" });
    let shown = |team: &str| json!({ "TagSet": [tag("team", team), tag("gpb:token", "t"), tag("aws:x", "y")] });
    let sent = json!({
        "Bucket": "media",
        "Tagging": { "TagSet": [tag("team", "web"), tag("gpb:token", "t"), tag("aws:x", "y")] },
    });
    let script = Script::new(vec![
        ok("s3:GetBucketTagging", bucket(), shown("shop")),
        ok("s3:PutBucketTagging", sent, json!({})),
        error("s3:HeadBucket", bucket(), "AccessDenied"),
    ]);
    let (key, tags) = (key("aws.s3.bucket", "media"), |team: &str| object(json!({ "Tags": [tag("team", team)] })));
    let (before, desired, changed) = (tags("shop"), tags("web"), [PropPath("Tags".into())]);
    let update =
        UpdateRequest { key: &key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "b" };
    let answer = cloud(&script).update(update, &Quiet::default()).await;
    assert_eq!(answer.unwrap_err().kind, CloudErrorKind::Denied);
    script.done();
}

/// The ARN ends in the name, so that the service looks for one policy and lists no others.
#[tokio::test]
async fn a_scaling_policy_is_read_by_its_name() {
    let arn =
        "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:u:resource/dynamodb/table/t:policyName/Read:table/t";
    let asked = json!({
        "PolicyNames": ["Read:table/t"], "ServiceNamespace": "dynamodb",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    });
    let policy = |arn: &str| json!({ "PolicyARN": arn, "PolicyName": "Read:table/t", "ResourceId": "table/t" });
    let listed = json!({ "ScalingPolicies": [policy("arn:other:policyName/Read:table/t"), policy(arn)] });
    let script = Script::new(vec![ok("applicationautoscaling:DescribeScalingPolicies", asked, listed)]);
    let id = format!("{arn}|dynamodb:table:ReadCapacityUnits");
    let seen = cloud(&script).read(&key("aws.applicationautoscaling.scaling_policy", &id)).await.unwrap().unwrap();
    assert_eq!(seen.properties["PolicyName"], "Read:table/t");
    script.done();
}

#[tokio::test]
async fn an_endpoint_that_guardduty_put_there_goes_with_the_subnet() {
    let subnet = json!({ "Subnets": [{ "SubnetId": "s", "VpcId": "v", "State": "available" }] });
    let read = || json!({ "Filters": [{ "Name": "subnet-id", "Values": ["s"] }] });
    let endpoint = |id: &str, tags: Json| json!({ "VpcEndpointId": id, "State": "available", "Tags": tags });
    let managed = json!([{ "Key": "GuardDutyManaged", "Value": "true" }]);
    let steps = vec![
        ok("ec2:DescribeSubnets", read(), subnet),
        ok(
            "ec2:DescribeVpcEndpoints",
            json!({ "Filters": [{ "Name": "vpc-id", "Values": ["v"] }] }),
            json!({ "VpcEndpoints": [endpoint("theirs", json!([])), endpoint("guard", managed)] }),
        ),
        ok("ec2:DeleteVpcEndpoints", json!({ "VpcEndpointIds": ["guard"] }), json!({ "Unsuccessful": [] })),
        ok("ec2:DeleteSubnet", json!({ "SubnetId": "s" }), json!({})),
        ok("ec2:DescribeSubnets", read(), json!({ "Subnets": [] })),
    ];
    delete(steps, "aws.ec2.subnet", "s").await.unwrap();
}

/// Egress that AWS allows at first goes where rules are written, whatever a list shows yet.
#[tokio::test]
async fn a_new_group_lets_out_what_is_written_and_no_more() {
    let rule = json!({ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8" });
    let desired = object(json!({ "GroupName": "g", "GroupDescription": "d", "SecurityGroupEgress": [rule] }));
    let tags = json!([{ "ResourceType": "security-group", "Tags": [{ "Key": "gpb:token", "Value": TOKEN }] }]);
    let revoked = |ranges: Json| {
        let mut permission = json!({ "IpProtocol": "-1" });
        permission.as_object_mut().unwrap().extend(object(ranges));
        json!({ "GroupId": "sg", "IpPermissions": [permission] })
    };
    let added = json!({ "GroupId": "sg", "IpPermissions": [
        { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{ "CidrIp": "10.0.0.0/8" }] },
    ] });
    let script = Script::new(vec![
        ok(
            "ec2:CreateSecurityGroup",
            json!({ "GroupName": "g", "Description": "d", "TagSpecifications": tags }),
            json!({ "GroupId": "sg" }),
        ),
        ok(
            "ec2:RevokeSecurityGroupEgress",
            revoked(json!({ "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] })),
            json!({ "Return": true }),
        ),
        error(
            "ec2:RevokeSecurityGroupEgress",
            revoked(json!({ "Ipv6Ranges": [{ "CidrIpv6": "::/0" }] })),
            "InvalidPermission.NotFound",
        ),
        error("ec2:AuthorizeSecurityGroupEgress", added, "RulesPerSecurityGroupLimitExceeded"),
    ]);
    let failed = cloud(&script).create(create("aws.ec2.security_group", &place(), &desired), &Quiet::default()).await;
    assert_eq!(failed.unwrap_err().kind, CloudErrorKind::Quota);
    script.done();
}

#[tokio::test]
async fn a_stopped_cluster_is_started_by_a_person() {
    let read = || json!({ "DBClusterIdentifier": "c" });
    let state = |status: &str| json!({ "DBClusters": [{ "DBClusterIdentifier": "c", "Status": status }] });
    let script = Script::new(vec![
        ok("rds:DescribeDBClusters", read(), state("available")),
        ok("rds:DescribeDBClusters", read(), state("stopped")),
    ]);
    let (held, observed) = (key("aws.rds.db_cluster", "c"), object(json!({ "DBClusterIdentifier": "c" })));
    let request = || DeletionLockRequest { key: &held, observed: &observed, leaving: &[] };
    assert_eq!(cloud(&script).deletion_locks(request()).await.unwrap(), []);
    let found = cloud(&script).deletion_locks(request()).await.unwrap();
    assert_eq!(found[0].reason, "it is stopped, and AWS deletes no stopped cluster");
    script.done();
}

#[tokio::test]
async fn a_change_of_a_stopped_cluster_is_not_waited_for() {
    let cluster = json!({ "DBClusterIdentifier": "c", "DBClusterArn": "arn:c", "Status": "stopped" });
    let read = ok("rds:DescribeDBClusters", json!({ "DBClusterIdentifier": "c" }), json!({ "DBClusters": [cluster] }));
    let sent = json!({ "DBClusterIdentifier": "c", "ApplyImmediately": true, "BackupRetentionPeriod": 7 });
    let mut refused = error("rds:ModifyDBCluster", sent, "InvalidDBClusterStateFault");
    if let Err(error) = &mut refused.answer {
        error.message = "Db cluster c is in stopped state".into();
    }
    let script = Script::new(vec![read, refused]);
    let days = |days: u32| object(json!({ "BackupRetentionPeriod": days }));
    let (key, before, desired) = (key("aws.rds.db_cluster", "c"), days(1), days(7));
    let changed = [PropPath("BackupRetentionPeriod".into())];
    let update =
        UpdateRequest { key: &key, before: &before, desired: &desired, changed: &changed, reasserted: &[], token: "b" };
    let failed = cloud(&script).update(update, &Quiet::default()).await.unwrap_err();
    assert_eq!(failed.kind, CloudErrorKind::Invalid);
    script.done();
}

#[tokio::test]
async fn a_throttled_page_is_asked_for_again_and_the_others_are_not() {
    let alias = |name: &str| json!({ "AliasName": name, "TargetKeyId": "k" });
    let next = || json!({ "Marker": "m" });
    let first = json!({ "Aliases": [alias("alias/other")], "Truncated": true, "NextMarker": "m" });
    let script = Script::new(vec![
        ok("kms:ListAliases", json!({}), first),
        error("kms:ListAliases", next(), "ThrottlingException"),
        ok("kms:ListAliases", next(), json!({ "Aliases": [alias("alias/shop")], "Truncated": false })),
    ]);
    let seen = cloud(&script).read(&key("aws.kms.alias", "alias/shop")).await.unwrap().unwrap();
    assert_eq!(seen.properties["TargetKeyId"], "k");
    script.done();
}

/// A key that is used too often at once is no mistake of the request.
#[tokio::test]
async fn a_throttle_of_a_key_is_a_throttle() {
    let marker = json!([{ "Key": "gpb:token", "Value": TOKEN }]);
    for (ty, refused) in [
        (
            "aws.sns.topic",
            error("sns:CreateTopic", json!({ "Name": "shop-ca978112", "Tags": marker }), "KMSThrottling"),
        ),
        (
            "aws.sqs.queue",
            error(
                "sqs:CreateQueue",
                json!({ "QueueName": "shop-ca978112", "tags": { "gpb:token": TOKEN } }),
                "KmsThrottled",
            ),
        ),
    ] {
        let (script, desired) = (Script::new(vec![refused]), Properties::new());
        let failed = cloud(&script).create(create(ty, &place(), &desired), &Quiet::default()).await.unwrap_err();
        assert_eq!(failed.kind, CloudErrorKind::Throttled, "{ty}");
    }
}

fn launched(launch: Option<&str>, providers: &[&str]) -> Json {
    let strategy: Vec<Json> = providers.iter().map(|name| json!({ "capacityProvider": name, "weight": 1 })).collect();
    let mut service = json!({
        "serviceArn": "arn:s", "status": "ACTIVE", "capacityProviderStrategy": strategy,
        "deployments": [{ "id": "d", "status": "PRIMARY", "rolloutState": "COMPLETED" }],
    });
    if let Some(launch) = launch {
        service["launchType"] = launch.into();
    }
    service
}

/// The launch type has no member in the call: it goes as the strategy comes, and comes back as it goes.
#[tokio::test]
async fn a_service_changes_between_a_launch_type_and_capacity_providers() {
    let spot = || json!([{ "CapacityProvider": "FARGATE_SPOT", "Weight": 1 }]);
    let (by_type, by_strategy) = (json!({ "LaunchType": "FARGATE" }), json!({ "CapacityProviderStrategy": spot() }));
    let changed = ["CapacityProviderStrategy", "LaunchType"];
    for (before, desired, sent, after) in [
        (
            by_type.clone(),
            by_strategy.clone(),
            json!([{ "capacityProvider": "FARGATE_SPOT", "weight": 1 }]),
            launched(None, &["FARGATE_SPOT"]),
        ),
        (by_strategy, by_type, json!([]), launched(Some("FARGATE"), &[])),
    ] {
        let update_sent =
            json!({ "cluster": "c", "service": "arn:s", "capacityProviderStrategy": sent, "forceNewDeployment": true });
        let read = json!({ "cluster": "c", "services": ["arn:s"], "include": ["TAGS"] });
        let steps = vec![
            ok("ecs:UpdateService", update_sent, json!({ "service": after })),
            ok("ecs:DescribeServices", read, json!({ "services": [after] })),
        ];
        update(steps, ("aws.ecs.service", "arn:s|c"), before, desired, &changed).await;
    }
}

/// A rule's description is changed in place.
#[tokio::test]
async fn the_description_of_a_rule_is_changed_where_it_is() {
    let rule = json!({
        "SecurityGroupRuleId": "r", "GroupId": "g", "IsEgress": false, "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
        "CidrIpv4": "10.0.0.0/8", "Description": "new",
    });
    let read = || {
        let found = json!({ "SecurityGroupRules": [rule.clone()] });
        ok("ec2:DescribeSecurityGroupRules", json!({ "SecurityGroupRuleIds": ["r"] }), found)
    };
    let told =
        json!({ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIpv4": "10.0.0.0/8", "Description": "new" });
    let sent = json!({
        "GroupId": "g", "SecurityGroupRules": [{ "SecurityGroupRuleId": "r", "SecurityGroupRule": told }],
    });
    let steps = vec![read(), ok("ec2:ModifySecurityGroupRules", sent, json!({ "Return": true })), read()];
    let described = |text: &str| json!({ "GroupId": "g", "Description": text });
    let ingress = ("aws.ec2.security_group_ingress", "r");
    update(steps, ingress, described("old"), described("new"), &["Description"]).await;
}

/// The parameters of another group are in effect after a restart, which is done where AWS asks for it.
#[tokio::test]
async fn a_database_with_other_parameters_is_restarted() {
    let database = |status: &str, group: &str, applied: &str| {
        let groups = json!([{ "DBParameterGroupName": group, "ParameterApplyStatus": applied }]);
        let instance = json!({ "DBInstanceIdentifier": "d", "DBInstanceArn": "arn:d", "DBInstanceStatus": status, "DBParameterGroups": groups });
        ok("rds:DescribeDBInstances", json!({ "DBInstanceIdentifier": "d" }), json!({ "DBInstances": [instance] }))
    };
    let modify = || {
        let sent = json!({ "DBInstanceIdentifier": "d", "DBParameterGroupName": "new", "ApplyImmediately": true });
        ok("rds:ModifyDBInstance", sent, json!({}))
    };
    let tags = || ok("rds:ListTagsForResource", json!({ "ResourceName": "arn:d" }), json!({ "TagList": [] }));
    let restarted = vec![
        database("available", "old", "in-sync"),
        modify(),
        database("available", "new", "applying"),
        database("available", "new", "pending-reboot"),
        ok("rds:RebootDBInstance", json!({ "DBInstanceIdentifier": "d" }), json!({})),
        database("rebooting", "new", "pending-reboot"),
        database("available", "new", "in-sync"),
        database("available", "new", "in-sync"),
        tags(),
    ];
    let at_once = vec![
        database("available", "old", "in-sync"),
        modify(),
        database("available", "new", "applying"),
        database("available", "new", "in-sync"),
        database("available", "new", "in-sync"),
        tags(),
    ];
    let group = |name: &str| json!({ "DBParameterGroupName": name });
    for steps in [restarted, at_once] {
        update(steps, ("aws.rds.db_instance", "d"), group("old"), group("new"), &["DBParameterGroupName"]).await;
    }
}

/// CreateRoute keeps a destination in its canonical form, whatever was asked for.
#[tokio::test]
async fn a_route_is_read_by_the_range_that_is_kept() {
    let filter = json!({ "Filters": [{ "Name": "route-table-id", "Values": ["rtb"] }] });
    let routes =
        ["10.0.0.0/16", "10.9.0.0/16"].map(|range| json!({ "DestinationCidrBlock": range, "GatewayId": "igw" }));
    let script =
        Script::new(vec![ok("ec2:DescribeRouteTables", filter, json!({ "RouteTables": [{ "Routes": routes }] }))]);
    let seen = cloud(&script).read(&key("aws.ec2.route", "rtb|10.9.0.5/16")).await.unwrap().unwrap();
    assert_eq!(seen.properties["DestinationCidrBlock"], "10.9.0.0/16");
    script.done();
}

/// ModifyDBCluster would ignore it without a word.
#[tokio::test]
async fn the_data_api_of_a_cluster_is_switched_by_a_call_of_its_own() {
    let cluster = |on: bool| {
        let cluster = json!({ "DBClusterIdentifier": "c", "DBClusterArn": "arn:c", "Status": "available", "HttpEndpointEnabled": on });
        ok("rds:DescribeDBClusters", json!({ "DBClusterIdentifier": "c" }), json!({ "DBClusters": [cluster] }))
    };
    let mut steps = vec![
        cluster(false),
        ok("rds:EnableHttpEndpoint", json!({ "ResourceArn": "arn:c" }), json!({ "HttpEndpointEnabled": true })),
    ];
    // The answer, and the log exports and the roles of it.
    steps.extend([cluster(true), cluster(true), cluster(true)]);
    steps.push(ok("rds:ListTagsForResource", json!({ "ResourceName": "arn:c" }), json!({ "TagList": [] })));
    let enabled = |on: bool| json!({ "EnableHttpEndpoint": on });
    update(steps, ("aws.rds.db_cluster", "c"), enabled(false), enabled(true), &["EnableHttpEndpoint"]).await;
}

/// A cache whose snapshots are kept leaves a last one behind.
#[tokio::test]
async fn a_cache_that_is_kept_leaves_a_snapshot() {
    let group = |days: u32| {
        let group =
            json!({ "ReplicationGroupId": "g", "ARN": "arn:g", "Status": "available", "SnapshotRetentionLimit": days });
        ok(
            "elasticache:DescribeReplicationGroups",
            json!({ "ReplicationGroupId": "g" }),
            json!({ "ReplicationGroups": [group] }),
        )
    };
    for (days, last) in [(1, None), (7, Some(json!("final-e3b98a4da31a127d4bde6e43033f66ba")))] {
        let mut sent = json!({ "ReplicationGroupId": "g", "RetainPrimaryCluster": false });
        if let Some(name) = last {
            sent["FinalSnapshotIdentifier"] = name;
        }
        let gone = error(
            "elasticache:DescribeReplicationGroups",
            json!({ "ReplicationGroupId": "g" }),
            "ReplicationGroupNotFoundFault",
        );
        let steps = vec![group(days), ok("elasticache:DeleteReplicationGroup", sent, json!({})), gone];
        delete(steps, "aws.elasticache.replication_group", "g").await.unwrap();
    }
}

/// A cluster is held by the services that stay, by instances, and by providers of its own; never by Fargate's.
#[tokio::test]
async fn a_cluster_is_held_by_what_runs_in_it() {
    let cluster = || json!({ "cluster": "main" });
    let service = |name: &str| format!("arn:aws:ecs:us-east-1:123456789012:service/main/{name}");
    let script = Script::new(vec![
        ok("ecs:ListServices", cluster(), json!({ "serviceArns": [service("web"), service("theirs")] })),
        ok("ecs:ListContainerInstances", cluster(), json!({ "containerInstanceArns": ["arn:i"] })),
        ok(
            "ecs:DescribeCapacityProviders",
            json!({ "cluster": "main", "capacityProviders": ["FARGATE", "group", "managed"] }),
            json!({ "capacityProviders": [
                { "name": "FARGATE", "type": "FARGATE" }, { "name": "group", "type": "EC2_AUTOSCALING" },
                { "name": "managed", "type": "MANAGED_INSTANCES" },
            ] }),
        ),
    ]);
    let (held, observed) = (
        key("aws.ecs.cluster", "main"),
        object(json!({ "ClusterName": "main", "CapacityProviders": ["FARGATE", "group", "managed"] })),
    );
    let id = format!("{}|arn:aws:ecs:us-east-1:123456789012:cluster/main", service("web"));
    let leaving = [key("aws.ecs.service", &id)];
    let request = DeletionLockRequest { key: &held, observed: &observed, leaving: &leaving };
    let found = cloud(&script).deletion_locks(request).await.unwrap();
    script.done();
    let reasons: Vec<&str> = found.iter().map(|lock| lock.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "it runs services that this plan does not delete: `theirs`",
            "instances are registered in it",
            "it has capacity providers of its own: `managed`",
        ]
    );
}
