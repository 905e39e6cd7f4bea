//! gpb with the official SDKs against AWS emulators, read back by boto3.
//!
//! moto has most services; ministack has those that moto lacks or lacks in part (MSK, ElastiCache, CloudWatch).

#[path = "../life/acts.rs"]
mod acts;
mod fixture;
mod kills;
mod life;
mod services;

use crate::support::Folder;
use fixture::WireFixture;
use serde_json::json;

const TAKEN: &str = r#"
environment test of shop { account = "123456789012", region = us-east-1, mode = sandbox }

stack shop {
  layer streaming {
    resource aws.sqs.queue jobs { queue_name = "jobs" }

    resource aws.cloudwatch.alarm busy {
      alarm_name          = "busy"
      namespace           = "shop"
      metric_name         = "depth"
      statistic           = "Maximum"
      period              = 60
      evaluation_periods  = 1
      threshold           = 100
      comparison_operator = "GreaterThanThreshold"
    }
  }
}
"#;

/// AWS would return the existing queue as if it were new, and overwrite the alarm.
#[test]
fn what_somebody_else_made_under_the_same_name_is_left_as_it_was() {
    let world = WireFixture::new();
    world.folder.write("shop.gpb", TAKEN);
    world.boto("sqs", "create_queue", &json!({ "QueueName": "jobs" }));
    let alarm = json!({
        "AlarmName": "busy", "Namespace": "theirs", "MetricName": "depth", "Statistic": "Maximum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 7.0, "ComparisonOperator": "GreaterThanThreshold",
    });
    world.boto("cloudwatch", "put_metric_alarm", &alarm);
    let alarms = || world.boto("cloudwatch", "describe_alarms", &json!({}));
    let url = world.boto("sqs", "get_queue_url", &json!({ "QueueName": "jobs" }))["QueueUrl"].clone();
    let tags = || world.boto("sqs", "list_queue_tags", &json!({ "QueueUrl": url }));
    let (before, alarms_before, tags_before) = (world.layer("streaming"), alarms(), tags());

    let refused = world.folder.expect(1, &["apply", "shop.gpb", "--yes"]);
    assert_eq!(refused.err.matches("GPB8002").count(), 2, "{}", refused.text());
    for part in ["streaming.jobs", "AlarmName = busy", "QueueName = jobs", url.as_str().unwrap(), "`existing`"] {
        assert!(refused.err.contains(part), "{part}\n{}", refused.text());
    }
    assert_eq!((world.layer("streaming"), alarms(), tags()), (before, alarms_before, tags_before));
    // Nothing of theirs is in the state, so nothing of theirs goes.
    world.folder.expect(0, &["destroy", "shop.gpb", "--yes"]);
    assert_eq!(alarms()["MetricAlarms"][0]["Namespace"], "theirs");
}

#[test]
fn credentials_of_another_account_are_refused_before_anything_is_done() {
    let world = WireFixture::new();
    let before = world.inventory();
    world.folder.edit("specs/sandbox.gpb", "account = \"123456789012\"", "account = \"999999999999\"");
    let refused = world.folder.expect(3, &["apply", "specs/sandbox.gpb", "--yes"]);
    assert!(refused.err.contains("GPB8020"), "{}", refused.text());
    assert_eq!(world.inventory(), before);
}

#[test]
fn without_credentials_a_plan_is_made_against_the_state_alone() {
    let mut folder = Folder::with_specs();
    let nowhere = folder.path("none").display().to_string();
    for name in ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"] {
        folder.set(name, &nowhere);
    }
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"] {
        folder.set(name, "");
    }
    let plan = folder.expect(0, &["plan", "specs/sandbox.gpb"]);
    assert!(plan.out.contains("103 to create") && plan.err.contains("cannot be applied"), "{}", plan.text());
    let apply = folder.expect(1, &["apply", "--yes"]);
    assert!(apply.err.contains("--cloud sim"), "{}", apply.text());
}
