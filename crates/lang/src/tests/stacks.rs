//! Stacks, parameters, layers, components, resources and what expands them.

use super::{check, model, stack};

#[test]
fn first() {
    insta::assert_snapshot!(model(&stack(
        r#"
  param tier: low | high = low
  layer network {
    resource aws.ec2.vpc main { cidr_block = "10.0.0.0/16" }
    for zone in zones(2) {
      resource aws.ec2.subnet public {
        vpc_id = main.id
        availability_zone = zone
        cidr_block = "10.0.0.0/24"
      }
    }
  }
  layer data uses network {
    queue jobs { name = "jobs-${region}", tags k = "v" }
    if tier == high { resource aws.sqs.queue extra { queue_name = "x" } }
    in us-west-2 { resource aws.sqs.queue far { queue_name = "far-${region}-${account}" } }
    after network.public["us-east-1a"]
  }
  output arn = data.jobs.arn
  output zones = [for zone, s in network.public: "${zone}=${s.id}"]
"#
    ).replace("stack demo", "component queue {\n, param name: string\n, param tags: map<string> = {}\n, resource aws.sqs.queue main { queue_name = name, tags = tags }\n, output arn = main.arn\n}\nstack demo")));
}

#[test]
fn one_error_does_not_hide_another() {
    insta::assert_snapshot!(check(&stack(
        r#"
  resource aws.sqs.queue a { queue_nam = "x" }
  resource aws.sqs.quue b { queue_name = "x" }
  resource aws.sqs.queue c { queue_name = "${nothing}" }
  resource aws.sqs.queue d { queue_name = b.queue_name }
"#
    )));
}
