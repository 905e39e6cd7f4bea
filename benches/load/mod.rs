//! The program that the benches check.

use std::fmt::Write as _;

/// Writes groups of four: a queue, its dead-letter queue, an alarm on it, and a policy that may send to it.
pub fn spec_of(resources: usize) -> String {
    let mut text = String::from("stack load {\n  layer queues {\n");
    for n in 0..resources / 4 {
        let _ = write!(
            text,
            r#"    resource aws.sqs.queue jobs_{n} {{
      queue_name         = "jobs-{n}"
      visibility_timeout = 30
      redrive_policy     = {{ dead_letter_target_arn = dead_{n}.arn, max_receive_count = 5 }}
    }}
    resource aws.sqs.queue dead_{n} {{
      queue_name               = "jobs-{n}-dead"
      message_retention_period = seconds(14d)
      sqs_managed_sse_enabled  = true
    }}
    resource aws.cloudwatch.alarm late_{n} {{
      alarm_name          = "jobs-{n}-late"
      namespace           = "AWS/SQS"
      metric_name         = "ApproximateAgeOfOldestMessage"
      dimensions          = [{{ name = "QueueName", value = jobs_{n}.queue_name }}]
      statistic           = "Maximum"
      period              = seconds(1min)
      evaluation_periods  = 5
      comparison_operator = "GreaterThanThreshold"
      threshold           = {n}
    }}
    resource aws.iam.managed_policy send_{n} {{
      managed_policy_name = "send-{n}"
      policy_document     = policy {{
        allow "sqs:SendMessage", "sqs:GetQueueUrl" on jobs_{n}.arn
      }}
    }}
"#
        );
    }
    text.push_str("  }\n}\nenvironment bench of load {\n  account = \"123456789012\"\n  region = us-east-1\n  mode = sandbox\n  usage {\n    granted_managed_policies = 1M\n  }\n}\n");
    text
}

/// Writes resources of the same shapes as [`spec_of`] as a JSON array of objects.
#[allow(dead_code)] // Only the bench of scale compares with it.
pub fn json_of(resources: usize) -> String {
    let groups = (0..resources / 4).map(|n| {
        serde_json::json!([
            { "type": "aws.sqs.queue", "address": format!("queues.jobs_{n}"), "properties": {
                "QueueName": format!("jobs-{n}"), "VisibilityTimeout": 30,
                "RedrivePolicy": { "deadLetterTargetArn": { "to": format!("queues.dead_{n}"), "path": "Arn" }, "maxReceiveCount": 5 },
            } },
            { "type": "aws.sqs.queue", "address": format!("queues.dead_{n}"), "properties": {
                "QueueName": format!("jobs-{n}-dead"), "MessageRetentionPeriod": 1_209_600, "SqsManagedSseEnabled": true,
            } },
            { "type": "aws.cloudwatch.alarm", "address": format!("queues.late_{n}"), "properties": {
                "AlarmName": format!("jobs-{n}-late"), "Namespace": "AWS/SQS", "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{ "Name": "QueueName", "Value": format!("jobs-{n}") }], "Statistic": "Maximum", "Period": 60,
                "EvaluationPeriods": 5, "ComparisonOperator": "GreaterThanThreshold", "Threshold": n,
            } },
            { "type": "aws.iam.managed_policy", "address": format!("queues.send_{n}"), "properties": {
                "ManagedPolicyName": format!("send-{n}"),
                "PolicyDocument": { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow",
                    "Action": ["sqs:SendMessage", "sqs:GetQueueUrl"],
                    "Resource": { "to": format!("queues.jobs_{n}"), "path": "Arn" } }] },
            } },
        ])
    });
    let all: Vec<serde_json::Value> = groups.filter_map(|group| group.as_array().cloned()).flatten().collect();
    serde_json::Value::Array(all).to_string()
}
