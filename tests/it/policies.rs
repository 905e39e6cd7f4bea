//! Policy documents: what a program writes, and what AWS is sent.

use crate::support::InMemoryLoader;
use gpb_base::stdlib::Library;
use gpb_lang::{self as lang, CompileInputs};
use gpb_model::PropertyValue;
use serde_json::{Value as Json, json};

/// Returns the statements of the document that a policy of a stack has.
fn statements(names: &str, policy: &str) -> Json {
    document(names, policy)["Statement"].clone()
}

fn document(names: &str, policy: &str) -> Json {
    let text = format!(
        "stack shop {{\n{names}\n  resource aws.iam.managed_policy access {{\n    policy_document = {policy}\n  }}\n}}\n\
         environment test of shop {{\n  account = \"123456789012\"\n  region = us-east-1\n}}\n"
    );
    let (loader, library) = (InMemoryLoader(text.clone()), Library::embedded());
    let compiled = lang::compile("a.gpb", &CompileInputs::embedded(&loader, &library), None);
    let model = compiled.model().unwrap_or_else(|| panic!("{:?}\n{text}", compiled.diagnostics));
    assert!(compiled.diagnostics.is_empty(), "{:?}\n{text}", compiled.diagnostics);
    let access = model.resources.iter().find(|one| one.address.as_str() == "access").unwrap();
    access.properties.get("PolicyDocument").and_then(PropertyValue::to_json).unwrap()
}

#[test]
fn statements_are_chosen_and_repeated() {
    let names = "  param writable: bool = true\n  param partner: account?\n  let buckets = [\"a\", \"b\"]";
    let policy = r#"policy {
      allow "s3:ListAllMyBuckets" on "*" sid "List"
      for bucket in buckets {
        allow "s3:GetObject" on "arn:aws:s3:::${bucket}/*" sid "Read${bucket}"
        if !writable {
          deny "s3:*" on "*"
        } else if bucket == "a" {
          allow "s3:PutObject" on "arn:aws:s3:::a/*"
        } else {
          deny "s3:PutObject" on "arn:aws:s3:::b/*"
        }
      }
      if is_set(partner) {
        allow "sts:AssumeRole" on "arn:aws:iam::${partner}:role/shop"
      }
    }"#;
    assert_eq!(
        statements(names, policy),
        json!([
            {"Sid": "List", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
            {"Sid": "Reada", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"},
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::a/*"},
            {"Sid": "Readb", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
            {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"},
        ])
    );
}

#[test]
fn a_map_is_repeated_over_by_key_and_value() {
    let policy = r#"policy {
      for prefix, actions in { sqs = ["sqs:SendMessage", "sqs:ReceiveMessage"], sns = ["sns:Publish"] } {
        allow actions on "arn:aws:${prefix}:*:*:*"
      }
    }"#;
    assert_eq!(
        statements("", policy),
        json!([
            {"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"], "Resource": "arn:aws:sqs:*:*:*"},
            {"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:*"},
        ])
    );
}

#[test]
fn not_excludes_a_whole_clause() {
    let policy = r#"policy {
      deny not "iam:*", "sts:*" on "*" when { bool_if_exists { "aws:MultiFactorAuthPresent" = false } }
      deny "s3:*" to not aws owners, "333333333333", service "ec2.amazonaws.com", "lambda.amazonaws.com"
        on not "arn:aws:s3:::a", "arn:aws:s3:::a/*"
    }"#;
    assert_eq!(
        statements("  let owners = [\"111111111111\", \"222222222222\"]", policy),
        json!([
            {
                "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*",
                "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
            },
            {
                "Effect": "Deny", "Action": "s3:*",
                "NotPrincipal": {
                    "AWS": ["111111111111", "222222222222", "333333333333"],
                    "Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"],
                },
                "NotResource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"],
            },
        ])
    );
}

#[test]
fn principals_follow_their_kind() {
    let policy = r#"policy {
      allow "s3:GetObject" to service "ec2.amazonaws.com", "lambda.amazonaws.com",
        aws owner, "arn:aws:iam::${owner}:role/reader", canonical "79a5" on "*"
    }"#;
    assert_eq!(
        statements("  let owner = \"111111111111\"", policy)[0]["Principal"],
        json!({
            "Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"],
            "AWS": ["111111111111", "arn:aws:iam::111111111111:role/reader"],
            "CanonicalUser": "79a5",
        })
    );
}

#[test]
fn joined_documents_have_the_statements_of_both() {
    let names = r#"
  let read = policy { allow "s3:GetObject" on "*" sid "Read" }
  let old = from_json("{\"Id\": \"old\", \"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"*\"}}")"#;
    assert_eq!(
        document(names, r#"old + read + policy { if account == "111111111111" { allow "s3:PutObject" on "*" } }"#),
        json!({
            "Id": "old",
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
                {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
            ],
        })
    );
}

/// The policy is AWS's own: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.
#[test]
fn a_variable_may_be_compared_as_a_string_with_any_key() {
    let policy = r#"policy {
      deny "*" on "*" when { string_not_equals_if_exists { "aws:Ec2InstanceSourcePrivateIPv4" = "\${aws:VpcSourceIp}" } }
    }"#;
    assert_eq!(
        statements("", policy)[0]["Condition"],
        json!({"StringNotEqualsIfExists": {"aws:Ec2InstanceSourcePrivateIPv4": "${aws:VpcSourceIp}"}})
    );
}
