//! The parts of a network that AWS allows only one of, each made anew while everything else stands on it.

use crate::world::{AS_IT_IS, Wish, World};

const SHOP: &str = r#"
environment test of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}

stack shop {
  layer network {
    resource aws.ec2.vpc vpc { cidr_block = "10.0.0.0/16" }
    resource aws.ec2.internet_gateway gateway {}
    resource aws.ec2.vpc_gateway_attachment attachment {
      vpc_id              = vpc.id
      internet_gateway_id = gateway.id
    }
    resource aws.ec2.route_table outer { vpc_id = vpc.id }
    resource aws.ec2.route internet {
      after attachment
      route_table_id         = outer.id
      destination_cidr_block = "0.0.0.0/0"
      gateway_id             = gateway.id
    }
    resource aws.ec2.subnet left {
      after attachment
      vpc_id            = vpc.id
      availability_zone = "us-east-1a"
      cidr_block        = "10.0.1.0/24"
    }
    resource aws.ec2.subnet right {
      after attachment
      vpc_id            = vpc.id
      availability_zone = "us-east-1b"
      cidr_block        = "10.0.2.0/24"
    }
    resource aws.ec2.subnet_route_table_association left_routes {
      subnet_id      = left.id
      route_table_id = outer.id
    }
    resource aws.ec2.eip address {
      after attachment
      domain = "vpc"
    }
    resource aws.ec2.nat_gateway nat {
      subnet_id     = left.id
      allocation_id = address.allocation_id
    }
    resource aws.ec2.route_table inner { vpc_id = vpc.id }
    resource aws.ec2.route outbound {
      route_table_id         = inner.id
      destination_cidr_block = "0.0.0.0/0"
      nat_gateway_id         = nat.id
    }
    resource aws.ec2.security_group group {
      vpc_id            = vpc.id
      group_description = "Web"
    }
  }

  layer edge uses network {
    resource aws.elasticloadbalancingv2.load_balancer balancer {
      name            = "shop"
      type            = "application"
      scheme          = "internet-facing"
      subnets         = [network.left.id, network.right.id]
      security_groups = [network.group.id]
    }
    resource aws.elasticloadbalancingv2.target_group targets {
      vpc_id      = network.vpc.id
      protocol    = "HTTP"
      port        = 8000
      target_type = "ip"
    }
    resource aws.elasticloadbalancingv2.listener http {
      load_balancer_arn = balancer.id
      port              = 80
      protocol          = "HTTP"
      default_actions   = [{ type = "forward", target_group_arn = targets.id }]
    }
    resource aws.elasticloadbalancingv2.listener_rule orders {
      listener_arn = http.id
      priority     = 10
      conditions   = [{ field = "path-pattern", path_pattern_config = { values = ["/orders/*"] } }]
      actions      = [{ type = "forward", target_group_arn = targets.id }]
    }
  }
}
"#;

fn anew(address: &'static str) -> Wish {
    Wish { replace: vec![address], ..Wish::default() }
}

#[test]
fn each_part_of_a_network_is_made_anew() {
    let mut world = World::of(SHOP);
    let first = live(&mut world);
    insta::assert_snapshot!(first);
    assert_eq!(live(&mut world), first, "the second life is as the first");
}

fn live(world: &mut World) -> String {
    world.reset();
    world.story.clear();
    world.act("a network", AS_IT_IS);
    world.act("other addresses for a subnet", &[("10.0.2.0/24", "10.0.3.0/24")]);
    world.act("other addresses for the subnet of the NAT gateway", &[("10.0.1.0/24", "10.0.4.0/24")]);
    world.act("a subnet in another zone", &[("us-east-1b", "us-east-1c"), ("10.0.3.0/24", "10.0.5.0/24")]);
    world.refuse("a subnet of the same addresses", &[("us-east-1c", "us-east-1d")], &Wish::default());
    world.refuse("the same subnet anew", AS_IT_IS, &anew("network.left"));
    world.carry("another NAT gateway", &anew("network.nat"));
    world.carry("another address of the NAT gateway", &anew("network.address"));
    world.act("another port of the targets", &[("port        = 8000", "port        = 8080")]);
    world.act("another protocol of the targets", &[("protocol    = \"HTTP\"", "protocol    = \"HTTPS\"")]);
    world.act("another port of the listener", &[("port              = 80", "port              = 8080")]);
    world.carry("another listener", &anew("edge.http"));
    world.carry("another rule", &anew("edge.orders"));
    world.carry("another route", &anew("network.internet"));
    world.destroy();
    std::mem::take(&mut world.story)
}
