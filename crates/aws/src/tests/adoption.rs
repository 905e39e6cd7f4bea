//! Adoption: gpb takes for its own only what bears the mark of the very creation, or what its journal proves.

use super::*;
use gpb_engine::cloud::{Progress, ProgressSink};

fn zone(id: &str, reference: &str) -> Json {
    json!({ "Id": format!("/hostedzone/{id}"), "Name": "shop.example.", "CallerReference": reference })
}

async fn found(script: &Arc<Script>, ty: &str, matching: Json, sent: bool) -> Vec<String> {
    let (place, matching) = (place(), object(matching));
    let find = FindRequest { ty, place: &place, matching: &matching, token: Some("a"), label: None, sent };
    let found = cloud(script).find(find).await.unwrap();
    script.done();
    found.into_iter().map(|seen| seen.id).collect()
}

#[tokio::test]
async fn a_zone_is_known_by_the_reference_of_its_creation() {
    let script = Script::new(vec![
        ok("route53:ListHostedZones", json!({}), json!({ "HostedZones": [zone("Z1", "other"), zone("Z2", TOKEN)] })),
        ok("route53:GetHostedZone", json!({ "Id": "Z2" }), json!({ "HostedZone": zone("Z2", TOKEN) })),
        ok("route53:GetHostedZone", json!({ "Id": "Z2" }), json!({ "HostedZone": zone("Z2", TOKEN) })),
        ok(
            "route53:ListTagsForResource",
            json!({ "ResourceType": "hostedzone", "ResourceId": "Z2" }),
            json!({ "ResourceTagSet": { "ResourceId": "Z2", "Tags": [] } }),
        ),
    ]);
    assert_eq!(found(&script, "aws.route53.hosted_zone", json!({ "Name": "shop.example" }), false).await, ["Z2"]);
}

#[tokio::test]
async fn a_key_that_may_not_be_read_is_somebody_elses() {
    let key = |id: &str| json!({ "KeyMetadata": { "KeyId": id, "Arn": format!("arn:{id}") } });
    let script = Script::new(vec![
        ok("kms:ListKeys", json!({}), json!({ "Keys": [{ "KeyId": "theirs" }, { "KeyId": "ours" }] })),
        error("kms:DescribeKey", json!({ "KeyId": "theirs" }), "AccessDeniedException"),
        ok("kms:DescribeKey", json!({ "KeyId": "ours" }), key("ours")),
        ok("kms:GetKeyPolicy", json!({ "KeyId": "ours", "PolicyName": "default" }), json!({ "Policy": "{}" })),
        ok("kms:GetKeyRotationStatus", json!({ "KeyId": "ours" }), json!({ "KeyRotationEnabled": false })),
        ok(
            "kms:ListResourceTags",
            json!({ "KeyId": "ours" }),
            json!({ "Tags": [{ "TagKey": "gpb:token", "TagValue": TOKEN }] }),
        ),
    ]);
    assert_eq!(found(&script, "aws.kms.key", json!({}), false).await, ["ours"]);
}

/// A lost answer, and a key whose policy lets its rotation be read by nobody: no second key is made.
#[tokio::test]
async fn what_may_not_be_read_is_passed_over_only_where_its_tags_show_another_creation() {
    let denied = |operation: &'static str| error(operation, json!({ "KeyId": "k" }), "AccessDeniedException");
    let tagged = |token: &str| {
        let tags = json!({ "Tags": [{ "TagKey": "gpb:token", "TagValue": token }] });
        ok("kms:ListResourceTags", json!({ "KeyId": "k" }), tags)
    };
    let described = json!({ "KeyMetadata": { "KeyId": "k", "Arn": "arn:k" } });
    let policy = || ok("kms:GetKeyPolicy", json!({ "KeyId": "k", "PolicyName": "default" }), json!({ "Policy": "{}" }));
    let rotation = || {
        let read = ok("kms:DescribeKey", json!({ "KeyId": "k" }), described.clone());
        vec![read, policy(), denied("kms:GetKeyRotationStatus")]
    };
    let whole = || vec![denied("kms:DescribeKey")];
    for (reads, tags, expected) in [
        (rotation(), tagged(TOKEN), Err(CloudErrorKind::Denied)),
        (whole(), tagged("theirs"), Ok(0)),
        (whole(), denied("kms:ListResourceTags"), Err(CloudErrorKind::Denied)),
    ] {
        let mut steps = vec![ok("kms:ListKeys", json!({}), json!({ "Keys": [{ "KeyId": "k" }] }))];
        steps.extend(reads);
        steps.push(tags);
        let script = Script::new(steps);
        let (place, matching) = (place(), Properties::new());
        let (ty, token) = ("aws.kms.key", Some("a"));
        let find = FindRequest { ty, place: &place, matching: &matching, token, label: Some("shop"), sent: false };
        let found = cloud(&script).find(find).await;
        assert_eq!(found.map(|found| found.len()).map_err(|error| error.kind), expected);
        script.done();
    }
}

/// ListSecrets may show it minutes later: it is described by the name that was given, or made of the token.
#[tokio::test]
async fn a_secret_is_known_by_its_name_before_lists_show_it() {
    for (matching, name) in [(json!({ "Name": "shop/key" }), "shop/key"), (json!({}), "shop-ca978112")] {
        let shown = json!({ "ARN": "arn:s", "Name": name, "Tags": [{ "Key": "gpb:token", "Value": TOKEN }] });
        let script = Script::new(vec![
            ok("secretsmanager:DescribeSecret", json!({ "SecretId": name }), shown.clone()),
            ok("secretsmanager:DescribeSecret", json!({ "SecretId": "arn:s" }), shown),
        ]);
        let (place, matching) = (place(), object(matching));
        let (ty, token, label) = ("aws.secretsmanager.secret", Some("a"), Some("shop"));
        let find = FindRequest { ty, place: &place, matching: &matching, token, label, sent: false };
        assert_eq!(cloud(&script).find(find).await.unwrap().len(), 1);
        script.done();
    }
}

/// An alias can bear no mark: without the journal's word it is not gpb's, and with it only when it is what was asked for.
#[tokio::test]
async fn an_alias_is_gpbs_only_by_the_journal() {
    let wanted = || json!({ "AliasName": "alias/shop", "TargetKeyId": "arn:aws:kms:us-east-1:1:key/k-1" });
    let aliases = |target: &str| {
        ok("kms:ListAliases", json!({}), json!({ "Aliases": [{ "AliasName": "alias/shop", "TargetKeyId": target }] }))
    };
    let alias = "aws.kms.alias";
    assert_eq!(found(&Script::new(vec![aliases("k-1")]), alias, wanted(), false).await, [""; 0]);
    assert_eq!(found(&Script::new(vec![aliases("k-2")]), alias, wanted(), true).await, [""; 0]);
    assert_eq!(found(&Script::new(vec![aliases("k-1")]), alias, wanted(), true).await, ["alias/shop"]);
}

/// The text of a configuration of brokers comes back encoded, in the answer of a second call.
#[tokio::test]
async fn a_configuration_is_known_by_what_it_says() {
    let arn = "arn:aws:kafka:us-east-1:1:configuration/c";
    let shown = json!({ "Arn": arn, "Name": "shop", "KafkaVersions": ["3.8.x"], "LatestRevision": { "Revision": 1 } });
    let script = Script::new(vec![
        ok("kafka:ListConfigurations", json!({}), json!({ "Configurations": [shown] })),
        ok("kafka:DescribeConfiguration", json!({ "Arn": arn }), shown.clone()),
        ok(
            "kafka:DescribeConfigurationRevision",
            json!({ "Arn": arn, "Revision": 1 }),
            json!({ "Arn": arn, "Revision": 1, "ServerProperties": "YT0xCg==" }),
        ),
    ]);
    let wanted = json!({ "Name": "shop", "KafkaVersionsList": ["3.8.x"], "ServerProperties": "a=1\n" });
    assert_eq!(found(&script, "aws.msk.configuration", wanted, true).await, [arn]);
}

#[tokio::test]
async fn a_health_check_is_known_by_the_reference_of_its_creation() {
    let check =
        json!({ "HealthCheck": { "Id": "h", "CallerReference": TOKEN, "HealthCheckConfig": { "Type": "TCP" } } });
    let theirs = json!({ "Id": "g", "CallerReference": "other", "HealthCheckConfig": { "Type": "TCP" } });
    let script = Script::new(vec![
        ok("route53:ListHealthChecks", json!({}), json!({ "HealthChecks": [theirs, check["HealthCheck"]] })),
        ok("route53:GetHealthCheck", json!({ "HealthCheckId": "h" }), check.clone()),
        ok(
            "route53:ListTagsForResource",
            json!({ "ResourceType": "healthcheck", "ResourceId": "h" }),
            json!({ "ResourceTagSet": { "Tags": [] } }),
        ),
    ]);
    assert_eq!(found(&script, "aws.route53.health_check", json!({}), false).await, ["h"]);
}

/// Keeps what the cloud says before it sends the creating call.
#[derive(Default)]
struct Sent(std::sync::Mutex<usize>);

#[async_trait::async_trait]
impl ProgressSink for Sent {
    async fn progress(&self, progress: Progress) -> Result<(), gpb_engine::cloud::CloudError> {
        *self.0.lock().unwrap() += usize::from(progress == Progress::Sending);
        Ok(())
    }
}

async fn look(steps: Vec<script::Step>, ty: &str, desired: Json) -> (CloudErrorKind, usize) {
    let script = Script::new(steps);
    let (place, desired, sink) = (place(), object(desired), Sent::default());
    let failed = cloud(&script).create(create(ty, &place, &desired), &sink).await.unwrap_err();
    script.done();
    (failed.kind, sink.0.into_inner().unwrap())
}

#[tokio::test]
async fn what_can_bear_no_mark_is_looked_for_before_it_is_created() {
    let alias = || json!({ "AliasName": "alias/shop", "TargetKeyId": "k-1" });
    let listed = |aliases: Json| ok("kms:ListAliases", json!({}), json!({ "Aliases": aliases }));
    let theirs = listed(json!([alias()]));
    assert_eq!(look(vec![theirs], "aws.kms.alias", alias()).await, (CloudErrorKind::AlreadyExists, 0));
    // A look that fails creates nothing; one that finds nothing is told before the call, whose answer is lost.
    let lost = error("kms:ListAliases", json!({}), "KMSInternalException");
    assert_eq!(look(vec![lost], "aws.kms.alias", alias()).await, (CloudErrorKind::Unavailable, 0));
    let fails = error("kms:CreateAlias", alias(), "LimitExceededException");
    assert_eq!(look(vec![listed(json!([])), fails], "aws.kms.alias", alias()).await, (CloudErrorKind::Quota, 1));
}

#[tokio::test]
async fn a_record_of_somebody_else_is_left_alone() {
    let record =
        json!({ "Name": "shop.example.", "Type": "A", "TTL": 60, "ResourceRecords": [{ "Value": "10.0.0.1" }] });
    let read = ok(
        "route53:ListResourceRecordSets",
        json!({ "HostedZoneId": "Z", "StartRecordName": "shop.example", "StartRecordType": "A" }),
        json!({ "ResourceRecordSets": [record] }),
    );
    let desired = json!({ "HostedZoneId": "Z", "Name": "shop.example", "Type": "A", "TTL": "60", "ResourceRecords": ["10.0.0.2"] });
    assert_eq!(look(vec![read], "aws.route53.record_set", desired).await, (CloudErrorKind::AlreadyExists, 0));
}

fn topic(policy: &Json) -> script::Step {
    ok(
        "sns:GetTopicAttributes",
        json!({ "TopicArn": "arn:t" }),
        json!({ "Attributes": { "TopicArn": "arn:t", "Policy": policy.to_string() } }),
    )
}

#[tokio::test]
async fn a_topics_own_policy_is_free_and_another_is_not() {
    let statement = |sid: &str| json!({ "Sid": sid, "Effect": "Allow" });
    let own = json!({ "Id": "__default_policy_ID", "Statement": [statement("__default_statement_ID")] });
    let opened =
        json!({ "Id": "__default_policy_ID", "Statement": [statement("__default_statement_ID"), statement("x")] });
    let desired = || json!({ "Topics": ["arn:t"], "PolicyDocument": { "Statement": [] } });
    let set = json!({ "TopicArn": "arn:t", "AttributeName": "Policy", "AttributeValue": "{\"Statement\":[]}" });
    let policy = "aws.sns.topic_policy";
    let steps = vec![topic(&own), error("sns:SetTopicAttributes", set, "AuthorizationError")];
    assert_eq!(look(steps, policy, desired()).await, (CloudErrorKind::Denied, 1));
    assert_eq!(look(vec![topic(&opened)], policy, desired()).await, (CloudErrorKind::AlreadyExists, 0));
}

#[tokio::test]
async fn a_bucket_that_may_not_be_looked_at_is_anothers() {
    let head = error("s3:HeadBucket", json!({ "Bucket": "theirs" }), "Http403");
    let desired = json!({ "BucketName": "theirs" });
    assert_eq!(look(vec![head], "aws.s3.bucket", desired).await, (CloudErrorKind::AlreadyExists, 0));
}

const POLICY: &str = "{\"Id\":\"p\"}";

/// The first call of a creation that lays a policy upon two queues came through, the second did not.
#[tokio::test]
async fn a_creation_goes_on_with_its_own_first_half() {
    let read = |url: &str, policy: bool| {
        let mut attributes = json!({ "QueueArn": "arn:q" });
        if policy {
            attributes["Policy"] = POLICY.into();
        }
        let input = json!({ "QueueUrl": url, "AttributeNames": ["Policy", "QueueArn"] });
        ok("sqs:GetQueueAttributes", input, json!({ "Attributes": attributes }))
    };
    let set = |url: &str| json!({ "QueueUrl": url, "Attributes": { "Policy": POLICY } });
    let script = Script::new(vec![
        read("a", false),
        read("b", false),
        ok("sqs:SetQueueAttributes", set("a"), json!({})),
        error("sqs:SetQueueAttributes", set("b"), "ThrottlingException"),
        // The next try asks for the second alone, and puts both again.
        read("b", false),
        ok("sqs:SetQueueAttributes", set("a"), json!({})),
        ok("sqs:SetQueueAttributes", set("b"), json!({})),
        read("a", true),
        read("b", true),
    ]);
    let (cloud, place, sink) = (cloud(&script), place(), Quiet::default());
    let desired = object(json!({ "Queues": ["a", "b"], "PolicyDocument": { "Id": "p" } }));
    let throttled = cloud.create(create("aws.sqs.queue_policy", &place, &desired), &sink).await.unwrap_err();
    assert_eq!(throttled.kind, CloudErrorKind::Throttled);
    assert_eq!(sink.identified(), ["a,b"], "the first half is in the journal");
    let made = cloud.create(create("aws.sqs.queue_policy", &place, &desired), &sink).await.unwrap();
    assert_eq!(made.properties["PolicyDocument"], json!({ "Id": "p" }));
    script.done();
}

#[tokio::test]
async fn what_only_one_of_two_queues_shows_is_laid_upon_both_again() {
    let read = |url: &str, attributes: Json| {
        let input = json!({ "QueueUrl": url, "AttributeNames": ["Policy", "QueueArn"] });
        ok("sqs:GetQueueAttributes", input, json!({ "Attributes": attributes }))
    };
    let script = Script::new(vec![
        read("a", json!({ "QueueArn": "arn:a", "Policy": POLICY })),
        read("b", json!({ "QueueArn": "arn:b" })),
    ]);
    let seen = cloud(&script).read(&key("aws.sqs.queue_policy", "a,b")).await.unwrap().unwrap();
    assert_eq!(seen.properties["Queues"], json!(["a", "b"]));
    assert_eq!(seen.properties.get("PolicyDocument"), None);
    script.done();
}

/// A creation that failed before anything was laid has left nothing behind.
#[tokio::test]
async fn a_creation_that_failed_at_its_first_element_has_no_identifier() {
    let read = |role: &str| error("iam:GetRolePolicy", json!({ "RoleName": role, "PolicyName": "p" }), "NoSuchEntity");
    let put = |role: &str| json!({ "RoleName": role, "PolicyName": "p", "PolicyDocument": POLICY });
    for (refused, expected) in [("a", vec![]), ("b", vec!["p,a,b"])] {
        let mut steps = vec![read("a"), read("b")];
        if refused == "b" {
            steps.push(ok("iam:PutRolePolicy", put("a"), json!({})));
        }
        steps.push(error("iam:PutRolePolicy", put(refused), "AccessDenied"));
        let (script, sink) = (Script::new(steps), Quiet::default());
        let (place, desired) =
            (place(), object(json!({ "PolicyName": "p", "Roles": ["a", "b"], "PolicyDocument": { "Id": "p" } })));
        let failed = cloud(&script).create(create("aws.iam.policy", &place, &desired), &sink).await.unwrap_err();
        assert_eq!(failed.kind, CloudErrorKind::Denied);
        assert_eq!(sink.identified(), expected);
        script.done();
    }
}
