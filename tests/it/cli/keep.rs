//! Resources that are kept, removed, and made anew when a value changes.

use super::{Story, applied, empty};
use crate::support::Folder;
use crate::support::cloud::in_the_cloud;

const KEPT: &str = r#"stack shop {
  param generation = 1

  layer network {
    resource aws.ec2.vpc main { cidr_block = "10.0.0.0/16" }
    resource aws.ec2.security_group app {
      group_description = "app"
      vpc_id            = main.vpc_id
    }
  }

  layer data uses network {
    resource aws.sqs.queue jobs {
      keep true
      replace_when generation changes
    }
    resource aws.sqs.queue work {}
  }
}

environment test of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}
"#;

fn kept() -> Folder {
    let folder = empty();
    folder.write("shop.gpb", KEPT);
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    folder
}

#[test]
fn what_is_kept_outlives_its_environment() {
    let folder = kept();
    Story::of(&folder)
        .run(0, &["destroy", "shop.gpb", "--yes"])
        .run(0, &["state", "list"])
        .run(0, &["plan", "shop.gpb"])
        .end("kept_destroy");
    assert_eq!(in_the_cloud(&folder).len(), 1);
}

#[test]
fn a_value_that_changes_replaces_and_the_old_one_stays() {
    let folder = kept();
    Story::of(&folder)
        .run(0, &["plan", "shop.gpb", "--detailed-exitcode"])
        .run(0, &["plan", "shop.gpb", "--set", "generation=2"])
        .json(0, &["plan", "shop.gpb", "--set", "generation=2", "--json"])
        .run(0, &["apply", "--yes"])
        .run(0, &["plan", "shop.gpb", "--set", "generation=2", "--detailed-exitcode"])
        .end("kept_replacement");
    assert_eq!(in_the_cloud(&folder).len(), 5);
}

#[test]
fn what_a_kept_one_stands_in_is_not_deleted() {
    let folder = kept();
    Story::of(&folder)
        .edit("vpc_id            = main.vpc_id", "vpc_id            = main.vpc_id\n      keep")
        .run(3, &["destroy", "shop.gpb", "--yes"])
        .lines(3, &["destroy", "shop.gpb", "--yes", "--json"])
        .edit("10.0.0.0/16\"", "10.0.0.0/16\", keep true")
        .run(0, &["destroy", "shop.gpb", "--yes"])
        .end("kept_holds");
    assert_eq!(in_the_cloud(&folder).len(), 3);
}

#[test]
fn a_removal_lets_go_and_is_told_where_it_means_nothing() {
    let folder = applied();
    let before = in_the_cloud(&folder).len();
    Story::of(&folder)
        .edit("    resource aws.sns.topic news { topic_name = \"news\" }\n", "")
        .edit(
            "    resource aws.sns.subscription feed {\n      topic_arn = messages.news.topic_arn\n      protocol  = \"sqs\"\n      \
             endpoint  = messages.jobs.arn\n    }\n",
            "",
        )
        .edit("stack shop {", "stack shop {\n  removed messages.new { keep true }\n  removed wiring { keep true }")
        .run(3, &["plan", "shop.gpb"])
        .edit("messages.new {", "messages.news {")
        .run(0, &["apply", "shop.gpb", "--yes"])
        .run(0, &["plan", "shop.gpb", "--detailed-exitcode"])
        .end("removed");
    assert_eq!(in_the_cloud(&folder).len(), before);
}
