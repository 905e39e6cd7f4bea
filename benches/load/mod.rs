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
