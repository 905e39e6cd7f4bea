//! Resources that AWS makes by itself, and those that somebody else holds.

use crate::world::{AS_IT_IS, Wish, World};
use serde_json::json;
use std::time::Duration;

const DATABASE: &str = r#"
environment test of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}

stack shop {
  resource aws.rds.db_cluster cluster {
    db_cluster_identifier       = "shop"
    engine                      = "aurora-postgresql"
    engine_version              = "16.8"
    master_username             = "shop_admin"
    manage_master_user_password = true
    serverless_v2_scaling_configuration {
      min_capacity = 0.5
      max_capacity = 2
    }
  }
  resource aws.rds.db_instance writer {
    db_instance_identifier = "shop-writer"
    db_cluster_identifier  = cluster.id
    db_instance_class      = "db.serverless"
    engine                 = "aurora-postgresql"
  }
  resource aws.applicationautoscaling.scalable_target readers {
    after writer
    service_namespace  = "rds"
    scalable_dimension = "rds:cluster:ReadReplicaCount"
    resource_id        = "cluster:${cluster.id}"
    min_capacity       = 1
    max_capacity       = 3
  }
}
"#;

/// AWS leaves the readers behind that its scaling made.
#[test]
fn a_reader_that_scaling_made_goes_with_its_cluster() {
    let mut world = World::of(DATABASE);
    world.act("a database", AS_IT_IS);
    world.pass(Duration::from_hours(2));
    let readers = || world.everything("aws.rds.db_instance");
    assert_eq!(readers(), ["application-autoscaling-shop", "shop-writer"]);
    world.assert_settled("a reader of AWS's own is nobody's business", false);
    world.destroy();
    assert_eq!(world.everything("aws.rds.db_instance"), Vec::<String>::new());
}

const GROUP: &str = r#"
environment test of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}

stack shop {
  resource aws.ec2.vpc vpc { cidr_block = "10.0.0.0/16" }
  resource aws.ec2.security_group group {
    vpc_id            = vpc.id
    group_description = "Web"
  }
}
"#;

/// It is tried for long, and every try says who holds it.
#[test]
fn what_somebody_else_uses_is_named_as_long_as_it_is_waited_for() {
    let mut world = World::of(GROUP);
    world.act("a group", AS_IT_IS);
    let group = world.key("group").id;
    world.pass(Duration::from_mins(1));
    let theirs = world.create_outside(
        "aws.rds.db_cluster",
        &json!({
            "DBClusterIdentifier": "theirs", "Engine": "aurora-postgresql", "VpcSecurityGroupIds": [group],
        }),
    );
    let (plan, _) = world.plan(&Wish { destroy: true, ..Wish::default() });
    let (outcome, log) = world.carry_out(&plan.unwrap());
    let failed = &outcome.failed[0];
    assert!(failed.error.message.contains(&theirs.id), "{}", failed.error);
    let (time, _) = log.longest_retry().unwrap();
    assert!(time > Duration::from_mins(10), "{time:?}");
    world.assert_told("destroy", &log);
}
