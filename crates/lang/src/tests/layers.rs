//! Layers: what they see of each other, and their order.

use super::{check, model, stack};

#[test]
fn a_layer_sees_what_it_uses_and_itself() {
    insta::assert_snapshot!(model(&stack(
        r#"
  layer compute uses network {
    resource aws.sqs.queue q { queue_name = "q", tags { Vpc = network.main.id, Other = compute.p.arn } }
    resource aws.sqs.queue p { queue_name = "p" }
  }
  layer network { resource aws.ec2.vpc main { cidr_block = "10.0.0.0/16" } }
"#
    )));
}

#[test]
fn an_unused_layer_is_out_of_reach() {
    insta::assert_snapshot!(check(&stack(
        r#"
  layer network { resource aws.ec2.vpc main { cidr_block = "10.0.0.0/16" } }
  layer security { resource aws.sqs.queue s { queue_name = "s" } }
  layer compute { resource aws.sqs.queue q { queue_name = "q", tags { Vpc = network.main.id } } }
  layer data uses security { resource aws.sqs.queue q { queue_name = "q", after network.main } }
"#
    )));
}

#[test]
fn circles_and_unknown_layers() {
    insta::assert_snapshot!(check(&stack(
        r"
  layer a uses b { }
  layer b uses c { }
  layer c uses a { }
  layer network { }
  layer data uses netwrok { }
"
    )));
}

#[test]
fn members_of_layers_are_known_without_expansion() {
    insta::assert_snapshot!(check(
        r#"
stack demo {
  layer network { resource aws.ec2.vpc main { cidr_block = "10.0.0.0/16" }, let hidden = 1 }
  output a = network.man.id
  output b = network.hidden
}
"#
    ));
}
