//! References between resources, and the statements about their life.

use super::{check, model, stack};

#[test]
fn known_properties_are_values_and_others_are_holes() {
    insta::assert_snapshot!(model(&stack(
        r#"
  resource aws.sqs.queue a { queue_name = "${b.queue_name}-a", tags { Id = b.id, Arn = b.arn, Url = b.queue_url } }
  resource aws.sqs.queue b { queue_name = "b", redrive_policy = { dead_letter_target_arn = a.arn, max_receive_count = 5 } }
  resource aws.rds.db_instance db { db_instance_class = "db.t4g.micro", engine = "postgres", allocated_storage = "20" }
  output address = "${db.endpoint.address}:${db.endpoint.port}"
  existing aws.ec2.vpc shared { tags = { Name = "shared" } }
  resource aws.ec2.subnet s { vpc_id = shared.vpc_id, cidr_block = "10.0.0.0/24" }
"#
    )));
}

#[test]
fn wrong_references() {
    insta::assert_snapshot!(check(&stack(
        r#"
  resource aws.sqs.queue a { queue_name = b.queue_nam, tags { X = a.arm } }
  resource aws.sqs.queue b { queue_name = c.queue_name }
  resource aws.sqs.queue c { queue_name = b.queue_name }
  resource aws.rds.db_instance db { db_instance_class = "db.t4g.micro", engine = "postgres", allocated_storage = "20" }
  output address = db.endpoint.adress
  let x = y + 1
  let y = x + 1
  output z = b.queue_name
"#
    )));
}

#[test]
fn what_nobody_expands_is_checked_as_far_as_it_goes() {
    insta::assert_snapshot!(check(
        r#"
component unused {
  param name: string
  resource aws.sqs.queue q { queue_nam = name }
  resource aws.ec2.subnet s { cidr_block = name }
  if name == "x" { resource aws.sqs.queue r { arn = name } }
}
"#
    ));
}

#[test]
fn lifecycle() {
    insta::assert_snapshot!(model(&stack(
        r#"
  resource aws.sqs.queue a {
    queue_name = "a"
    protect always
    ignore delay_seconds, tags["x"]
    replace create_first
    after b, b
  }
  resource aws.sqs.queue b { queue_name = "b", protect never }
"#
    )));
    insta::assert_snapshot!(check(&stack(
        r"
  resource aws.sqs.queue a {
    protect alway
    replace soon
    ignore delay_secs
    after b.arn, nothing
    param x: count
    output y = 1
  }
  resource aws.sqs.queue b { }
  x = 5
"
    )));
}

/// `instance["a"]` inside the `for` that makes `instance`: the others come after one of them.
#[test]
fn one_iteration_may_come_after_another() {
    let model = model(&stack(
        r#"
  for name in ["a", "b", "c"] {
    resource aws.sqs.queue each { queue_name = name, if name != "a" { after each["a"] } }
    for side in ["l", "r"] {
      if name != "c" {
        resource aws.sqs.queue pair { queue_name = "${name}-${side}", if name == "b" { after pair["a"]["r"] } }
      }
    }
  }
"#,
    ));
    assert_eq!(model.matches("after each[\"a\"]").count(), 2, "{model}");
    assert_eq!(model.matches("after pair[\"a\"][\"r\"]").count(), 2, "{model}");
    insta::assert_snapshot!(check(&stack(
        r#"
  for name in ["a", "b"] { resource aws.sqs.queue each { queue_name = name, if name != "a" { after each["z"] } } }
"#
    )));
}
