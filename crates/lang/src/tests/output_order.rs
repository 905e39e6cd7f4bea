//! Outputs that carry order: whoever uses one comes after what it names.

use super::{check, model, stack};

const NET: &str = r#"
component net {
  resource aws.ec2.vpc vpc { cidr_block = "10.0.0.0/16" }
  resource aws.ec2.internet_gateway gateway { }
  resource aws.ec2.vpc_gateway_attachment attachment { vpc_id = vpc.id, internet_gateway_id = gateway.id }
  for zone in ["a", "b"] {
    resource aws.ec2.subnet public { vpc_id = vpc.id, cidr_block = "10.0.0.0/24" }
  }
  output vpc = vpc
  output label = "net" after attachment
  output subnets = [for zone, subnet in public: subnet.id] after attachment
  output zones = ["a", "b"] after public["a"]
}
component queue {
  param label: string
  let twice = "${label}-${label}"
  resource aws.sqs.queue main { queue_name = twice }
  resource aws.sqs.queue other { queue_name = "other" }
  output label = main.queue_name
}
"#;

/// Returns `resource after what` of every resource with an order.
fn orders(body: &str) -> Vec<String> {
    told(body, "after")
}

/// Returns the lines of a kind below each resource, with its address.
fn told(body: &str, kind: &str) -> Vec<String> {
    let model = model(&(NET.to_owned() + &stack(body)));
    assert!(model.starts_with("environment"), "{model}");
    let mut address = "";
    let mut found = Vec::new();
    for line in model.lines() {
        match line.strip_prefix(&format!("  {kind} ")) {
            Some(rest) => found.push(format!("{address} {kind} {rest}")),
            None if !line.starts_with(' ') => address = line.split(' ').next().unwrap_or(""),
            None => {}
        }
    }
    found
}

#[test]
fn whoever_uses_an_output_comes_after_what_it_names() {
    let found = orders(
        r#"
  net n { }
  resource aws.sqs.queue user { queue_name = n.label }
  resource aws.sqs.queue again { queue_name = "${n.label}-again" }
  resource aws.sqs.queue nothing { queue_name = "nothing", tags { Vpc = n.vpc.id } }
  resource aws.sqs.queue both { queue_name = "both", tags { A = n.label, B = join(n.subnets, ",") } }
"#,
    );
    assert_eq!(found, ["user after n.attachment", "again after n.attachment", "both after n.attachment"]);
}

#[test]
fn an_order_goes_through_lets_parameters_properties_and_other_outputs() {
    let found = orders(
        r#"
  layer low { net n { }, output name = n.label }
  layer high uses low {
    let named = "x-${low.name}"
    queue q { label = named }
    queue r { label = named }
    queue s { label = q.label }
    resource aws.sqs.queue last { queue_name = r.main.queue_name }
  }
"#,
    );
    let after = |name: &str| format!("high.{name} after low.n.attachment");
    assert_eq!(found, ["q.main", "r.main", "s.main", "last"].map(after));
}

#[test]
fn the_variable_of_a_for_carries_an_order_and_a_condition_does_not() {
    let found = orders(
        r#"
  net n { }
  for zone in n.zones {
    resource aws.sqs.queue each { queue_name = zone }
    resource aws.sqs.queue quiet { }
    queue inside { label = zone }
  }
  if n.label == "net" { resource aws.sqs.queue chosen { queue_name = "chosen" } }
  resource aws.sqs.queue last { queue_name = "last", tags { Arn = quiet["a"].arn, Many = text(length(each)) } }
"#,
    );
    let after = |name: &str| format!(r#"{name} after n.public["a"]"#);
    let named = [r#"each["a"]"#, r#"inside["a"].main"#, r#"each["b"]"#, r#"inside["b"].main"#];
    assert_eq!(found, named.map(after));
}

#[test]
fn an_order_names_items() {
    insta::assert_snapshot!(check(
        &(r"
component wrong {
  resource aws.sqs.queue main { }
  output a = 1 after nothing
  output b = 1 after main.arn
  let c = 1 after main
}
"
        .to_owned()
            + &stack(r#"wrong w { }, resource aws.sqs.queue user { queue_name = "${w.a}${w.b}" }"#))
    ));
}

/// A value that the text gives is known, and yet it is the other resource's: the order of creation and deletion follows it.
#[test]
fn a_written_property_of_another_resource_is_a_dependency() {
    let found = told(
        r#"
  resource aws.sqs.queue jobs { queue_name = "jobs" }
  resource aws.sqs.queue same { queue_name = "${jobs.queue_name}-again" }
  let named = same.queue_name
  resource aws.sqs.queue far { queue_name = "x-${named}", tags { Of = jobs.queue_name } }
  resource aws.sqs.queue id { queue_name = "id", tags { Of = jobs.arn } }
  resource aws.sqs.queue own { queue_name = "own" }
"#,
        "reads",
    );
    assert_eq!(found, ["same reads jobs in QueueName", "far reads same in QueueName", "far reads jobs in Tags"]);
}
