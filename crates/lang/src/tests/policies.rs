//! Policy documents as programs write them.

use super::{check, model, stack};

/// Returns the documents of a stack with a role for each policy written.
fn documents(names: &str, policies: &[&str]) -> String {
    let mut body = names.to_owned();
    for (number, policy) in policies.iter().enumerate() {
        body += &format!(
            "\n  resource aws.iam.managed_policy p{number} {{\n    managed_policy_name = \"p{number}\"\n    policy_document = {policy}\n  }}"
        );
    }
    model(&stack(&body))
}

#[test]
fn statements_are_chosen_and_repeated() {
    insta::assert_snapshot!(documents(
        "  param writable: bool = true\n  param partner: account?\n  let buckets = [\"a\", \"b\"]",
        &[
            r#"policy {
      allow "s3:ListAllMyBuckets" on "*" sid "List"
      for number, bucket in buckets {
        allow "s3:GetObject" on "arn:aws:s3:::${bucket}/*" sid "Read${number}"
        if writable {
          allow "s3:PutObject" on "arn:aws:s3:::${bucket}/*"
        } else if bucket == "a" {
          deny "s3:PutObject" on "arn:aws:s3:::${bucket}/*"
        } else {
          deny "s3:*" on "*"
        }
      }
      if is_set(partner) {
        allow "sts:AssumeRole" on "arn:aws:iam::${partner}:role/shop"
      }
    }"#,
            r#"policy { for name, actions in { sqs = ["sqs:SendMessage"], sns = ["sns:Publish"] } { allow actions on "arn:aws:${name}:*:*:*" } }"#,
        ],
    ));
}

#[test]
fn clauses_name_what_is_meant_or_all_but_that() {
    insta::assert_snapshot!(documents(
        "  let own = [\"111111111111\"]",
        &[
            r#"policy { deny not "iam:*", "sts:*" on "*" when { bool_if_exists { "aws:MultiFactorAuthPresent" = false } } }"#,
            r#"policy { deny "s3:*" to not aws own, "222222222222", service "ec2.amazonaws.com", "lambda.amazonaws.com" on not "arn:aws:s3:::a", "arn:aws:s3:::a/*" }"#,
            r#"policy { allow "s3:GetObject" to aws own[0], "222222222222",
          "333333333333", service "ec2.amazonaws.com", canonical "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be" on "*" }"#,
            r#"policy { allow "s3:GetObject" to anyone on "*" when { ip_address { "aws:SourceIp" = ["203.0.113.0/24", "2001:db8::/32"] }, date_less_than { "aws:CurrentTime" = "2027-01-01T00:00:00Z" }, numeric_less_than { "aws:MultiFactorAuthAge" = seconds(1h) } } }"#,
        ],
    ));
}

#[test]
fn documents_are_joined() {
    insta::assert_snapshot!(documents(
        r#"
  let read = policy { allow "s3:GetObject" on "*" sid "Read" }
  let json = from_json("{\"Id\": \"old\", \"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:ListBucket\", \"Resource\": \"*\"}}")
  resource aws.sqs.queue q { queue_name = "q" }"#,
        &[
            r#"read + policy { allow "s3:PutObject" on "*" }"#,
            r#"json + read + policy { allow "sqs:SendMessage" on q.arn }"#,
            r#"read + policy { if account == "1" { allow "s3:PutObject" on "*" } }"#,
        ],
    ));
}

#[test]
fn what_else_is_wrong_with_them() {
    insta::assert_snapshot!(check(&stack(
        r#"
  resource aws.iam.managed_policy one {
    managed_policy_name = "one"
    policy_document = policy {
      let a = 1
      after other
      if given { allow "s3:GetObject" on "*" }
      for x in 5 { allow "s3:GetObject" on "*" }
      allow not on "*"
      allow "s3:GetObject" to service on "*"
      allow "s3:GetObject" sid on "*"
    }
  }
  allow "s3:GetObject" on "*"
"#
    )));
}
