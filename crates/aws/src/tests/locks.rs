//! Deletion locks: what AWS would refuse a deletion for is read, named and turned off.

use super::*;
use gpb_engine::cloud::deletion_locks::{DeletionLock, DeletionLockRequest, LockRelease};

async fn locks(script: &Arc<Script>, key: &ResourceKey, observed: Json, leaving: &[ResourceKey]) -> Vec<DeletionLock> {
    let observed = object(observed);
    let found = cloud(script).deletion_locks(DeletionLockRequest { key, observed: &observed, leaving }).await.unwrap();
    script.done();
    found
}

/// Needs no call for what a property says.
async fn by_property(ty: &str, observed: Json) -> Vec<DeletionLock> {
    locks(&Script::new(Vec::new()), &key(ty, "x"), observed, &[]).await
}

#[tokio::test]
async fn protection_is_a_property_that_a_call_turns_off() {
    let call = |property: &str| DeletionLock {
        reason: "its deletion protection is on".to_owned(),
        release: LockRelease::Call { property: PropPath(property.into()) },
    };
    let instance = "aws.rds.db_instance";
    assert_eq!(by_property(instance, json!({ "DeletionProtection": true })).await, [call("DeletionProtection")]);
    assert_eq!(by_property(instance, json!({ "DeletionProtection": false })).await, []);
    for (protected, expected) in [(true, vec![call("DeletionProtection")]), (false, vec![])] {
        // A cluster is also asked whether it runs.
        let running = json!({ "DBClusters": [{ "DBClusterIdentifier": "x", "Status": "available" }] });
        let script = Script::new(vec![ok("rds:DescribeDBClusters", json!({ "DBClusterIdentifier": "x" }), running)]);
        let observed = json!({ "DBClusterIdentifier": "x", "DeletionProtection": protected });
        assert_eq!(locks(&script, &key("aws.rds.db_cluster", "x"), observed, &[]).await, expected);
    }
    let log_group = by_property("aws.logs.log_group", json!({ "DeletionProtectionEnabled": true })).await;
    assert_eq!(log_group, [call("DeletionProtectionEnabled")]);
    let attributes = |value: &str| {
        json!({ "LoadBalancerAttributes": [
            { "Key": "idle_timeout.timeout_seconds", "Value": "60" }, { "Key": "deletion_protection.enabled", "Value": value },
        ] })
    };
    let balancer = "aws.elasticloadbalancingv2.load_balancer";
    assert_eq!(by_property(balancer, attributes("true")).await, [call("LoadBalancerAttributes")]);
    assert_eq!(by_property(balancer, attributes("false")).await, []);
}

#[tokio::test]
async fn what_the_bindings_know_no_lock_of_has_none() {
    assert_eq!(by_property("aws.sqs.queue", json!({ "DelaySeconds": 1 })).await, []);
}

/// One version or one delete marker is enough, and one page is looked at, whatever the bucket holds.
#[tokio::test]
async fn a_bucket_that_holds_anything_is_not_deleted() {
    let bucket = key("aws.s3.bucket", "media");
    let listed = |answer: Json| {
        Script::new(vec![ok("s3:ListObjectVersions", json!({ "Bucket": "media", "MaxKeys": 1 }), answer)])
    };
    let more = json!({ "Name": "media", "IsTruncated": true, "NextKeyMarker": "a", "Versions": [{ "Key": "a" }] });
    let found = locks(&listed(more), &bucket, json!({}), &[]).await;
    assert_eq!(found[0].reason, "it is not empty");
    assert!(
        matches!(&found[0].release, LockRelease::Manual { help } if help.contains("aws s3 rm s3://media --recursive"))
    );
    let marker = json!({ "Name": "media", "Versions": [], "DeleteMarkers": [{ "Key": "a" }] });
    assert_eq!(locks(&listed(marker), &bucket, json!({}), &[]).await.len(), 1);
    let empty = json!({ "Name": "media", "IsTruncated": false });
    assert_eq!(locks(&listed(empty), &bucket, json!({}), &[]).await, []);
}

#[tokio::test]
async fn a_page_of_somebody_else_does_not_say_that_a_bucket_is_empty() {
    let script = Script::new(vec![ok(
        "s3:ListObjectVersions",
        json!({ "Bucket": "media", "MaxKeys": 1 }),
        json!({ "html": 1 }),
    )]);
    let (key, observed) = (key("aws.s3.bucket", "media"), Properties::new());
    let asked = DeletionLockRequest { key: &key, observed: &observed, leaving: &[] };
    assert_eq!(cloud(&script).deletion_locks(asked).await.unwrap_err().code, "UnexpectedAnswer");
}

/// A zone's own records and those that the plan deletes are no lock; however Route 53 spells their names.
#[tokio::test]
async fn a_zone_is_held_by_the_records_that_stay() {
    let zone = key("aws.route53.hosted_zone", "Z1");
    let record = |name: &str, ty: &str| json!({ "Name": name, "Type": ty, "TTL": 60 });
    let listed = |records: Vec<Json>| {
        let answer = json!({ "ResourceRecordSets": records, "IsTruncated": false, "MaxItems": "300" });
        Script::new(vec![ok("route53:ListResourceRecordSets", json!({ "HostedZoneId": "Z1" }), answer)])
    };
    let leaving = |id: &str| key("aws.route53.record_set", id);
    let own = [record("example.com.", "SOA"), record("example.com.", "NS")];
    let observed = || json!({ "Id": "Z1", "Name": "example.com" });
    assert_eq!(locks(&listed(own.to_vec()), &zone, observed(), &[]).await, []);
    let all = [
        own.as_slice(),
        &[record("api.example.com.", "A"), record("\\052.example.com.", "A"), record("sub.example.com.", "NS")],
    ]
    .concat();
    let gone =
        [leaving("API.example.com|Z1|A|-"), leaving("*.example.com.|Z1|A|-"), leaving("sub.example.com|Z2|NS|-")];
    let found = locks(&listed(all.clone()), &zone, observed(), &gone).await;
    assert_eq!(found[0].reason, "it holds records that this plan does not delete: `sub.example.com. NS`");
    assert!(matches!(&found[0].release, LockRelease::Manual { help } if help.contains("hosted zone Z1")));
    let found = locks(&listed(all), &zone, observed(), &[]).await;
    let named = "`api.example.com. A`, `\\052.example.com. A`, `sub.example.com. NS`";
    assert_eq!(found[0].reason, format!("it holds records that this plan does not delete: {named}"));
}

#[tokio::test]
async fn protection_is_turned_off_and_read_until_it_is_off() {
    let name = || json!({ "logGroupNamePrefix": "g" });
    let read = |protected: bool| {
        let group = json!({ "logGroupName": "g", "deletionProtectionEnabled": protected });
        ok("cloudwatchlogs:DescribeLogGroups", name(), json!({ "logGroups": [group] }))
    };
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:g";
    let tags = || ok("cloudwatchlogs:ListTagsForResource", json!({ "resourceArn": arn }), json!({ "tags": {} }));
    let script = Script::new(vec![
        read(true),
        tags(),
        ok(
            "cloudwatchlogs:PutLogGroupDeletionProtection",
            json!({ "logGroupIdentifier": "g", "deletionProtectionEnabled": false }),
            json!({}),
        ),
        read(true),
        tags(),
        read(false),
        tags(),
    ]);
    let group = key("aws.logs.log_group", "g");
    let seen = cloud(&script).turn_off_deletion_locks(&group, "t", &Quiet::default()).await.unwrap().unwrap();
    assert_eq!(seen.properties["DeletionProtectionEnabled"], json!(false));
    script.done();
}

#[tokio::test]
async fn what_is_not_protected_is_not_touched() {
    let script = Script::new(vec![
        ok(
            "cloudwatchlogs:DescribeLogGroups",
            json!({ "logGroupNamePrefix": "g" }),
            json!({ "logGroups": [{ "logGroupName": "g" }] }),
        ),
        ok(
            "cloudwatchlogs:ListTagsForResource",
            json!({ "resourceArn": "arn:aws:logs:us-east-1:123456789012:log-group:g" }),
            json!({ "tags": {} }),
        ),
    ]);
    let group = key("aws.logs.log_group", "g");
    assert!(cloud(&script).turn_off_deletion_locks(&group, "t", &Quiet::default()).await.unwrap().is_some());
    script.done();
}

#[test]
fn mistakes_in_locks_are_named() {
    let problem = |lock: &str| {
        let text = format!(
            "service = \"sqs\"\n[types.queue]\ncreate = {{ call = \"CreateQueue\" }}\n\
             read = {{ call = \"GetQueueAttributes\" }}\nlocks = {{ {lock} }}\n"
        );
        let generated = Library::embedded().get("aws/generated/sqs.json").map(Arc::clone).unwrap();
        let files =
            [("aws/sqs.toml".to_owned(), Arc::from(text.as_str())), ("aws/generated/sqs.json".to_owned(), generated)];
        let library: Library = files.into_iter().collect();
        Bindings::new(library, Arc::new(Catalog::embedded())).get("aws.sqs.queue").err().map(|error| error.to_string())
    };
    let said = |lock: &str| problem(lock).unwrap_or_default();
    assert!(said("why = \"x\"").contains("one of the two"), "{}", said("why = \"x\""));
    assert!(said("property = \"FifoQueue\"").contains("needs `why` and `help`"));
    assert!(said("call = \"ListQueues\", at = \"QueueUrls\"").contains("needs `at`, `why` and `help`"));
    assert!(said("property = \"FifoQueu\", why = \"x\", help = \"y\"").contains("has no property `FifoQueu`"));
    assert!(said("call = \"ListQueues\", at = \"Nope\", why = \"x\", help = \"y\"").contains("no such place"));
    assert!(
        said("property = \"FifoQueue\", clear = { call = \"DropQueue\" }").contains("`sqs:DropQueue` are not known")
    );
    assert_eq!(problem("property = \"FifoQueue\", clear = { call = \"SetQueueAttributes\" }"), None);
}
