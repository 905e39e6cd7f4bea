//! Real requests and answers of every service, against emulators: moto, and ministack where moto does not speak the
//! protocol of the Rust SDK (CloudWatch, in CBOR).

use std::sync::OnceLock;
use std::time::Duration;

use gpb_aws_facade::{Clients, ErrorKind};
use gpb_testkit::Emulator;
use serde_json::{Value as Json, json};

use crate::support::{block, call, clients};

static MOTO: OnceLock<Emulator> = OnceLock::new();
static MINISTACK: OnceLock<Emulator> = OnceLock::new();

struct Run(Clients);

impl Run {
    async fn ok(&self, what: &str, input: Json) -> Json {
        call(&self.0, what, input).await.unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// The code of the error it must end with.
    async fn fails(&self, what: &str, input: Json) -> String {
        let error = call(&self.0, what, input).await.expect_err(what);
        assert_eq!(error.kind, ErrorKind::Service, "{what}: {error}");
        assert!(!error.retryable && !error.may_have_applied, "{what}: {error}");
        error.code
    }
}

/// One emulator of a kind serves all cases; it ends with the process.
fn with_moto<F: Future<Output = ()>>(case: impl FnOnce(Run) -> F) {
    with(MOTO.get_or_init(|| Emulator::moto().unwrap()), case);
}

fn with_ministack<F: Future<Output = ()>>(case: impl FnOnce(Run) -> F) {
    with(MINISTACK.get_or_init(|| Emulator::ministack().unwrap()), case);
}

fn with<F: Future<Output = ()>>(emulator: &Emulator, case: impl FnOnce(Run) -> F) {
    block(async { case(Run(clients(&emulator.endpoint(), Duration::from_mins(1)).await)).await });
}

fn text(json: &Json, pointer: &str) -> String {
    json.pointer(pointer).and_then(Json::as_str).unwrap_or_else(|| panic!("no {pointer} in {json}")).to_owned()
}

#[test]
fn sts_says_who_we_are() {
    with_moto(|run| async move {
        let who = run.ok("sts.GetCallerIdentity", json!({})).await;
        assert_eq!(text(&who, "/Account"), "123456789012");
    });
}

#[test]
fn sqs_keeps_attributes_in_a_map_whose_keys_are_an_enumeration() {
    with_moto(|run| async move {
        let attributes = json!({"DelaySeconds": "7", "KmsMasterKeyId": "alias/aws/sqs"});
        let made =
            run.ok("sqs.CreateQueue", json!({"QueueName": "orders", "Attributes": attributes, "tags": {"a": "b"}}));
        let url = text(&made.await, "/QueueUrl");
        let read = run.ok("sqs.GetQueueAttributes", json!({"QueueUrl": url, "AttributeNames": ["All"]})).await;
        assert_eq!(read.pointer("/Attributes/DelaySeconds"), Some(&json!("7")));
        let tags = run.ok("sqs.ListQueueTags", json!({"QueueUrl": url})).await;
        assert_eq!(tags, json!({"Tags": {"a": "b"}}));
        run.ok("sqs.DeleteQueue", json!({"QueueUrl": url})).await;
        let code = run.fails("sqs.GetQueueAttributes", json!({"QueueUrl": url, "AttributeNames": ["All"]})).await;
        assert!(code.ends_with("NonExistentQueue") || code == "QueueDoesNotExist", "{code}");
    });
}

#[test]
fn sns_topics_have_attributes_and_tags() {
    with_moto(|run| async move {
        let input = json!({"Name": "alerts", "Attributes": {"DisplayName": "A"}, "Tags": [{"Key": "k", "Value": "v"}]});
        let topic = text(&run.ok("sns.CreateTopic", input).await, "/TopicArn");
        let read = run.ok("sns.GetTopicAttributes", json!({"TopicArn": topic})).await;
        assert_eq!(text(&read, "/Attributes/DisplayName"), "A");
        let tags = run.ok("sns.ListTagsForResource", json!({"ResourceArn": topic})).await;
        assert_eq!(tags, json!({"Tags": [{"Key": "k", "Value": "v"}]}));
    });
}

#[test]
fn ec2_networks_nest_lists_of_objects() {
    with_moto(|run| async move {
        let named = |ty: &str| json!([{"ResourceType": ty, "Tags": [{"Key": "Name", "Value": "main"}]}]);
        let made =
            run.ok("ec2.CreateVpc", json!({"CidrBlock": "10.9.0.0/16", "TagSpecifications": named("vpc")})).await;
        let vpc = text(&made, "/Vpc/VpcId");
        assert_eq!(text(&made, "/Vpc/Tags/0/Value"), "main");
        run.ok("ec2.ModifyVpcAttribute", json!({"VpcId": vpc, "EnableDnsHostnames": {"Value": true}})).await;
        let read = run.ok("ec2.DescribeVpcAttribute", json!({"VpcId": vpc, "Attribute": "enableDnsHostnames"})).await;
        assert_eq!(read.pointer("/EnableDnsHostnames/Value"), Some(&json!(true)));

        let group = json!({"GroupName": "web", "Description": "web", "VpcId": vpc});
        let group = text(&run.ok("ec2.CreateSecurityGroup", group).await, "/GroupId");
        let rule = json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
            "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "inside"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]});
        let input = json!({"GroupId": group, "IpPermissions": [rule]});
        run.ok("ec2.AuthorizeSecurityGroupIngress", input.clone()).await;
        assert_eq!(run.fails("ec2.AuthorizeSecurityGroupIngress", input).await, "InvalidPermission.Duplicate");
        let read = run.ok("ec2.DescribeSecurityGroups", json!({"GroupIds": [group]})).await;
        assert_eq!(read.pointer("/SecurityGroups/0/IpPermissions/0/FromPort"), Some(&json!(443)));
        assert_eq!(text(&read, "/SecurityGroups/0/IpPermissions/0/IpRanges/0/Description"), "inside");
        let none = run.fails("ec2.DescribeVpcs", json!({"VpcIds": ["vpc-00000000000000000"]})).await;
        assert_eq!(none, "InvalidVpcID.NotFound");
    });
}

#[test]
fn iam_documents_come_back_encoded_and_times_as_text() {
    with_moto(|run| async move {
        let trust = r#"{"Version":"2012-10-17","Statement":[]}"#;
        let input = json!({"RoleName": "app", "AssumeRolePolicyDocument": trust, "MaxSessionDuration": 7200});
        let made = run.ok("iam.CreateRole", input).await;
        assert_eq!(made.pointer("/Role/MaxSessionDuration"), Some(&json!(7200)));
        let read = run.ok("iam.GetRole", json!({"RoleName": "app"})).await;
        assert!(text(&read, "/Role/AssumeRolePolicyDocument").starts_with("%7B%22Version"));
        let created = text(&read, "/Role/CreateDate");
        assert!(created.contains('T') && created.ends_with('Z'), "{created}");
        let allow = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
        let policy = json!({"RoleName": "app", "PolicyName": "p", "PolicyDocument": allow});
        run.ok("iam.PutRolePolicy", policy).await;
        let listed = run.ok("iam.ListRolePolicies", json!({"RoleName": "app"})).await;
        assert_eq!(listed, json!({"PolicyNames": ["p"], "IsTruncated": false}));
        assert_eq!(run.fails("iam.DeleteRole", json!({"RoleName": "app"})).await, "DeleteConflict");
        assert_eq!(run.fails("iam.GetRole", json!({"RoleName": "nobody"})).await, "NoSuchEntity");
    });
}

#[test]
fn kms_keys_rotate_and_are_deleted_later() {
    with_moto(|run| async move {
        let made =
            run.ok("kms.CreateKey", json!({"Description": "data", "Tags": [{"TagKey": "a", "TagValue": "b"}]})).await;
        let key = text(&made, "/KeyMetadata/KeyId");
        run.ok("kms.EnableKeyRotation", json!({"KeyId": key})).await;
        let read = run.ok("kms.GetKeyRotationStatus", json!({"KeyId": key})).await;
        assert_eq!(read.get("KeyRotationEnabled"), Some(&json!(true)));
        let gone = run.ok("kms.ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7})).await;
        assert!(text(&gone, "/DeletionDate").ends_with('Z'));
        let missing = json!({"KeyId": "00000000-0000-0000-0000-000000000000"});
        assert_eq!(run.fails("kms.DescribeKey", missing).await, "NotFoundException");
    });
}

#[test]
fn secrets_hold_bytes() {
    with_moto(|run| async move {
        run.ok("secretsmanager.CreateSecret", json!({"Name": "db", "SecretBinary": "AAEC/w=="})).await;
        let read = run.ok("secretsmanager.GetSecretValue", json!({"SecretId": "db"})).await;
        assert_eq!(text(&read, "/SecretBinary"), "AAEC/w==");
        let code = run.fails("secretsmanager.GetSecretValue", json!({"SecretId": "nobody"})).await;
        assert_eq!(code, "ResourceNotFoundException");
    });
}

#[test]
fn s3_buckets_have_their_properties_apart_and_objects_are_streams() {
    with_moto(|run| async move {
        run.ok("s3.CreateBucket", json!({"Bucket": "media"})).await;
        let rules = json!({"Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}}]});
        run.ok("s3.PutBucketLifecycleConfiguration", json!({"Bucket": "media", "LifecycleConfiguration": rules})).await;
        let read = run.ok("s3.GetBucketLifecycleConfiguration", json!({"Bucket": "media"})).await;
        assert_eq!(read.pointer("/Rules/0/Filter"), Some(&json!({"Prefix": "tmp/"})));
        assert_eq!(read.pointer("/Rules/0/Expiration/Days"), Some(&json!(3)));
        let versioning = json!({"Status": "Enabled"});
        run.ok("s3.PutBucketVersioning", json!({"Bucket": "media", "VersioningConfiguration": versioning})).await;
        let read = run.ok("s3.GetBucketVersioning", json!({"Bucket": "media"})).await;
        assert_eq!(read, json!({"Status": "Enabled"}));
        let metrics = json!({"Id": "all", "Filter": {"Prefix": "a/"}});
        let input = json!({"Bucket": "media", "Id": "all", "MetricsConfiguration": metrics});
        // The emulator does not know metrics; what counts is that the union was accepted and sent.
        let _ = call(&run.0, "s3.PutBucketMetricsConfiguration", input).await.map_err(|error| {
            assert_eq!(error.kind, ErrorKind::Service, "{error}");
        });
        run.ok("s3.PutObject", json!({"Bucket": "media", "Key": "k", "Body": "aGVsbG8="})).await;
        let read = run.ok("s3.GetObject", json!({"Bucket": "media", "Key": "k"})).await;
        assert_eq!((text(&read, "/Body").as_str(), read.get("ContentLength")), ("aGVsbG8=", Some(&json!(5))));
        assert_eq!(run.fails("s3.DeleteBucket", json!({"Bucket": "media"})).await, "BucketNotEmpty");
        let listed = run.ok("s3.ListObjectVersions", json!({"Bucket": "media"})).await;
        assert_eq!(text(&listed, "/Versions/0/Key"), "k");
        let version = text(&listed, "/Versions/0/VersionId");
        let delete = json!({"Bucket": "media", "Delete": {"Objects": [{"Key": "k", "VersionId": version}]}});
        run.ok("s3.DeleteObjects", delete).await;
        run.ok("s3.DeleteBucket", json!({"Bucket": "media"})).await;
        assert_eq!(run.fails("s3.HeadBucket", json!({"Bucket": "media"})).await, "NotFound");
        let code = run.fails("s3.GetBucketTagging", json!({"Bucket": "media"})).await;
        assert_eq!(code, "NoSuchBucket");
    });
}

#[test]
fn the_parts_of_a_bucket_that_nobody_set_are_empty() {
    with_moto(|run| async move {
        run.ok("s3.CreateBucket", json!({"Bucket": "plain"})).await;
        let bucket = || json!({"Bucket": "plain"});
        for (what, expected) in [
            ("s3.GetBucketAccelerateConfiguration", json!({})),
            ("s3.GetBucketNotificationConfiguration", json!({})),
            ("s3.GetBucketVersioning", json!({})),
            ("s3.GetBucketRequestPayment", json!({"Payer": "BucketOwner"})),
            ("s3.ListBucketAnalyticsConfigurations", json!({})),
            ("s3.ListBucketIntelligentTieringConfigurations", json!({})),
            ("s3.ListBucketMetricsConfigurations", json!({})),
        ] {
            assert_eq!(run.ok(what, bucket()).await, expected, "{what}");
        }
        assert_eq!(run.fails("s3.GetBucketTagging", bucket()).await, "NoSuchTagSet");
    });
}

#[test]
fn log_groups_keep_what_they_hold_for_a_while() {
    with_moto(|run| async move {
        run.ok("cloudwatchlogs.CreateLogGroup", json!({"logGroupName": "/app"})).await;
        run.ok("cloudwatchlogs.PutRetentionPolicy", json!({"logGroupName": "/app", "retentionInDays": 30})).await;
        let read = run.ok("cloudwatchlogs.DescribeLogGroups", json!({"logGroupNamePrefix": "/app"})).await;
        assert_eq!(read.pointer("/logGroups/0/retentionInDays"), Some(&json!(30)));
        let again = json!({"logGroupName": "/app"});
        assert_eq!(run.fails("cloudwatchlogs.CreateLogGroup", again).await, "ResourceAlreadyExistsException");
    });
}

#[test]
fn alarms_have_a_threshold_with_a_fraction() {
    with_ministack(|run| async move {
        let alarm = json!({"AlarmName": "deep", "Namespace": "AWS/SQS", "MetricName": "ApproximateAgeOfOldestMessage",
            "Statistic": "Maximum", "Period": 60, "EvaluationPeriods": 3, "Threshold": 0.1,
            "ComparisonOperator": "GreaterThanThreshold", "Dimensions": [{"Name": "QueueName", "Value": "orders"}]});
        run.ok("cloudwatch.PutMetricAlarm", alarm).await;
        let read = run.ok("cloudwatch.DescribeAlarms", json!({"AlarmNames": ["deep"]})).await;
        assert_eq!(read.pointer("/MetricAlarms/0/Threshold"), Some(&json!(0.1)));
        assert_eq!(text(&read, "/MetricAlarms/0/Dimensions/0/Value"), "orders");
    });
}

#[test]
fn ecs_task_definitions_nest_deeply() {
    with_moto(|run| async move {
        run.ok("ecs.CreateCluster", json!({"clusterName": "main"})).await;
        let container = json!({"name": "web", "image": "nginx", "cpu": 256, "essential": true,
            "portMappings": [{"containerPort": 80, "protocol": "tcp"}], "environment": [{"name": "A", "value": "1"}],
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/app"}},
            "healthCheck": {"command": ["CMD-SHELL", "true"], "interval": 5}});
        let task = json!({"family": "web", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc",
            "cpu": "256", "memory": "512", "containerDefinitions": [container]});
        let made = run.ok("ecs.RegisterTaskDefinition", task).await;
        assert_eq!(
            text(&made, "/taskDefinition/containerDefinitions/0/logConfiguration/options/awslogs-group"),
            "/app"
        );
        let arn = text(&made, "/taskDefinition/taskDefinitionArn");
        let service = json!({"cluster": "nowhere", "serviceName": "web", "taskDefinition": arn});
        assert_eq!(run.fails("ecs.CreateService", service).await, "ClusterNotFoundException");
    });
}

#[test]
fn load_balancers_forward_to_groups() {
    with_moto(|run| async move {
        let vpc = text(&run.ok("ec2.CreateVpc", json!({"CidrBlock": "10.8.0.0/16"})).await, "/Vpc/VpcId");
        let mut subnets = Vec::new();
        for (cidr, zone) in [("10.8.0.0/24", "us-east-1a"), ("10.8.1.0/24", "us-east-1b")] {
            let input = json!({"VpcId": vpc, "CidrBlock": cidr, "AvailabilityZone": zone});
            subnets.push(text(&run.ok("ec2.CreateSubnet", input).await, "/Subnet/SubnetId"));
        }
        let input = json!({"Name": "edge", "Subnets": subnets, "Scheme": "internal"});
        let balancer =
            text(&run.ok("elasticloadbalancingv2.CreateLoadBalancer", input).await, "/LoadBalancers/0/LoadBalancerArn");
        let input = json!({"Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": vpc, "TargetType": "ip"});
        let group =
            text(&run.ok("elasticloadbalancingv2.CreateTargetGroup", input).await, "/TargetGroups/0/TargetGroupArn");
        let forward =
            json!([{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group, "Weight": 1}]}}]);
        let input = json!({"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": 80, "DefaultActions": forward});
        let made = run.ok("elasticloadbalancingv2.CreateListener", input).await;
        assert_eq!(text(&made, "/Listeners/0/DefaultActions/0/ForwardConfig/TargetGroups/0/TargetGroupArn"), group);
        let attributes = json!([{"Key": "idle_timeout.timeout_seconds", "Value": "90"}]);
        let input = json!({"LoadBalancerArn": balancer, "Attributes": attributes});
        run.ok("elasticloadbalancingv2.ModifyLoadBalancerAttributes", input).await;
        let read =
            run.ok("elasticloadbalancingv2.DescribeLoadBalancerAttributes", json!({"LoadBalancerArn": balancer})).await;
        assert!(read.to_string().contains(r#"{"Key":"idle_timeout.timeout_seconds","Value":"90"}"#), "{read}");
    });
}

#[test]
fn scaling_targets_follow_a_metric() {
    with_moto(|run| async move {
        run.ok("ecs.CreateCluster", json!({"clusterName": "scaled"})).await;
        let container = json!([{"name": "web", "image": "nginx", "memory": 64}]);
        run.ok("ecs.RegisterTaskDefinition", json!({"family": "scaled", "containerDefinitions": container})).await;
        let service = json!({"cluster": "scaled", "serviceName": "web", "taskDefinition": "scaled", "desiredCount": 1});
        run.ok("ecs.CreateService", service).await;
        let id = json!({"ServiceNamespace": "ecs", "ResourceId": "service/scaled/web", "ScalableDimension": "ecs:service:DesiredCount"});
        let with = |more: Json| {
            let mut all = id.clone();
            all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            all
        };
        run.ok("applicationautoscaling.RegisterScalableTarget", with(json!({"MinCapacity": 1, "MaxCapacity": 9})))
            .await;
        let policy = json!({"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 60.5,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}});
        run.ok("applicationautoscaling.PutScalingPolicy", with(policy)).await;
        let read = run.ok("applicationautoscaling.DescribeScalingPolicies", json!({"ServiceNamespace": "ecs"})).await;
        let value = "/ScalingPolicies/0/TargetTrackingScalingPolicyConfiguration/TargetValue";
        assert_eq!(read.pointer(value), Some(&json!(60.5)));
    });
}

#[test]
fn databases_are_made_read_and_deleted() {
    with_moto(|run| async move {
        let input = json!({"DBClusterIdentifier": "data", "Engine": "aurora-mysql", "MasterUsername": "admin",
            "MasterUserPassword": "correct horse", "EnableCloudwatchLogsExports": ["error"]});
        let made = run.ok("rds.CreateDBCluster", input).await;
        assert_eq!(text(&made, "/DBCluster/Engine"), "aurora-mysql");
        let input = json!({"DBInstanceIdentifier": "data-1", "DBClusterIdentifier": "data", "Engine": "aurora-mysql",
            "DBInstanceClass": "db.r6g.large"});
        run.ok("rds.CreateDBInstance", input).await;
        let read = run.ok("rds.DescribeDBClusters", json!({"DBClusterIdentifier": "data"})).await;
        assert_eq!(text(&read, "/DBClusters/0/DBClusterMembers/0/DBInstanceIdentifier"), "data-1");
        run.ok("rds.DeleteDBInstance", json!({"DBInstanceIdentifier": "data-1", "SkipFinalSnapshot": true})).await;
        run.ok("rds.DeleteDBCluster", json!({"DBClusterIdentifier": "data", "SkipFinalSnapshot": true})).await;
        let code = run.fails("rds.DescribeDBClusters", json!({"DBClusterIdentifier": "data"})).await;
        assert_eq!(code, "DBClusterNotFoundFault");
    });
}

#[test]
fn caches_have_groups() {
    with_moto(|run| async move {
        let input = json!({"ReplicationGroupId": "sessions", "ReplicationGroupDescription": "s", "NumNodeGroups": 2,
            "ReplicasPerNodeGroup": 1, "CacheNodeType": "cache.t4g.small", "Engine": "valkey",
            "AutomaticFailoverEnabled": true});
        let made = run.ok("elasticache.CreateReplicationGroup", input).await;
        assert_eq!(text(&made, "/ReplicationGroup/ReplicationGroupId"), "sessions");
        let read = run.ok("elasticache.DescribeReplicationGroups", json!({"ReplicationGroupId": "sessions"})).await;
        assert_eq!(read.pointer("/ReplicationGroups/0/NodeGroups").and_then(Json::as_array).map(Vec::len), Some(2));
        let code = run.fails("elasticache.DescribeReplicationGroups", json!({"ReplicationGroupId": "none"})).await;
        assert_eq!(code, "ReplicationGroupNotFoundFault");
    });
}

#[test]
fn kafka_clusters_need_their_nested_members() {
    with_moto(|run| async move {
        let wrong = json!({"ClusterName": "events", "Provisioned": {"KafkaVersion": "3.8.x"}});
        let wrong = call(&run.0, "kafka.CreateClusterV2", wrong).await.unwrap_err();
        assert_eq!(wrong.message, "Provisioned: `BrokerNodeGroupInfo`, `NumberOfBrokerNodes` are missing");
        let provisioned = json!({"KafkaVersion": "3.8.x", "NumberOfBrokerNodes": 3, "BrokerNodeGroupInfo":
            {"InstanceType": "kafka.m7g.large", "ClientSubnets": ["subnet-1", "subnet-2", "subnet-3"],
             "StorageInfo": {"EbsStorageInfo": {"VolumeSize": 100}}}});
        let made = run.ok("kafka.CreateClusterV2", json!({"ClusterName": "events", "Provisioned": provisioned})).await;
        let arn = text(&made, "/ClusterArn");
        let read = run.ok("kafka.DescribeClusterV2", json!({"ClusterArn": arn})).await;
        assert_eq!(text(&read, "/ClusterInfo/ClusterName"), "events");
        let size = "/ClusterInfo/Provisioned/BrokerNodeGroupInfo/StorageInfo/EbsStorageInfo/VolumeSize";
        assert_eq!(read.pointer(size), Some(&json!(100)));
    });
}

#[test]
fn zones_have_records() {
    with_moto(|run| async move {
        let input = json!({"Name": "example.com", "CallerReference": "1", "HostedZoneConfig": {"Comment": "c", "PrivateZone": false}});
        let zone = text(&run.ok("route53.CreateHostedZone", input).await, "/HostedZone/Id");
        let record =
            json!({"Name": "www.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]});
        let change = json!({"HostedZoneId": zone, "ChangeBatch": {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}});
        let made = run.ok("route53.ChangeResourceRecordSets", change).await;
        assert_eq!(text(&made, "/ChangeInfo/Status"), "INSYNC");
        let read = run.ok("route53.ListResourceRecordSets", json!({"HostedZoneId": zone})).await;
        assert!(read.to_string().contains("192.0.2.1"), "{read}");
        assert_eq!(run.fails("route53.DeleteHostedZone", json!({"Id": zone})).await, "HostedZoneNotEmpty");
    });
}
