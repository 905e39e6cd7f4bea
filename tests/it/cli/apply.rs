//! `gpb apply` and `gpb destroy`.

use super::{Story, applied, shop};
use crate::support::cloud::{in_the_cloud, in_the_state, lose};

#[test]
fn a_whole_life() {
    let folder = shop();
    Story::of(&folder)
        .run(1, &["apply"])
        .run(1, &["apply", "shop.gpb"])
        .run(0, &["apply", "shop.gpb", "--yes"])
        .run(0, &["apply", "shop.gpb", "--yes"])
        .run(0, &["destroy", "shop.gpb", "--yes"])
        .run(0, &["destroy", "shop.gpb", "--yes"])
        .end("life");
    assert_eq!((in_the_cloud(&folder), in_the_state(&folder)), (vec![], vec![]));
}

#[test]
fn a_whole_life_for_machines() {
    let folder = shop();
    Story::of(&folder)
        .lines(1, &["apply", "--json"])
        .lines(1, &["apply", "shop.gpb", "--json"])
        .lines(0, &["apply", "shop.gpb", "--yes", "--json"])
        .lines(0, &["apply", "shop.gpb", "--yes", "--json"])
        .lines(0, &["destroy", "shop.gpb", "--yes", "--json"])
        .end("life_json");
}

#[test]
fn a_saved_plan_is_applied_as_it_was_shown() {
    let folder = shop();
    Story::of(&folder)
        .run(0, &["plan", "shop.gpb", "--out", "kept.json"])
        .run(1, &["apply", "kept.json"])
        .run(0, &["apply", "kept.json", "--yes"])
        .end("saved_plan");
    let story = Story::of(&folder);
    folder.edit("shop.gpb", "30s", "50s");
    folder.expect(0, &["plan", "shop.gpb", "--out", "kept.json"]);
    story.lines(0, &["apply", "kept.json", "--yes", "--json"]).end("saved_plan_json");
}

#[test]
fn a_plan_of_another_spec_is_stale() {
    let folder = shop();
    folder.expect(0, &["plan", "shop.gpb", "--out", "kept.json"]);
    Story::of(&folder)
        .edit("30s", "31s")
        .run(3, &["apply", "kept.json", "--yes"])
        .run(3, &["apply", "--yes"])
        .lines(3, &["apply", "--yes", "--json"])
        .end("stale_spec");
    assert_eq!(in_the_cloud(&folder), []);
}

#[test]
fn a_comment_does_not_make_a_plan_stale() {
    let folder = shop();
    folder.expect(0, &["plan", "shop.gpb"]);
    folder.edit("shop.gpb", "stack shop {", "// A shop.\n\nstack shop {");
    folder.expect(0, &["apply", "--yes"]);
}

#[test]
fn a_plan_of_another_state_is_stale() {
    let folder = applied();
    folder.edit("shop.gpb", "30s", "31s");
    folder.expect(0, &["plan", "shop.gpb", "--out", "kept.json"]);
    folder.expect(0, &["apply", "kept.json", "--yes"]);
    Story::of(&folder).run(3, &["apply", "kept.json", "--yes"]).end("stale_state");
}

#[test]
fn a_plan_of_another_cloud_is_stale() {
    let folder = applied();
    folder.edit("shop.gpb", "protocol  = \"sqs\"", "protocol  = \"sqs\"\n      raw_message_delivery = true");
    folder.expect(0, &["plan", "shop.gpb"]);
    Story::of(&folder)
        .then("the subscription is deleted outside gpb", |folder| lose(folder, "aws.sns.subscription"))
        .run(3, &["apply", "--yes"])
        .run(0, &["plan", "shop.gpb"])
        .run(0, &["apply", "--yes"])
        .end("stale_cloud");
}

#[test]
fn a_plan_for_one_cloud_is_not_applied_to_another() {
    let folder = shop();
    folder.expect(0, &["plan", "shop.gpb"]);
    let ran = folder.expect(3, &["apply", "--yes", "--cloud", "aws"]);
    assert!(ran.err.contains("made for `--cloud sim`"), "{}", ran.text());
    assert_eq!(in_the_cloud(&folder), []);
}

#[test]
fn outputs_follow_the_program_though_no_resource_changes() {
    let folder = applied();
    folder.edit("shop.gpb", "output queue = messages.jobs.queue_url", "output queue = messages.jobs.arn");
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    assert_eq!(folder.expect(0, &["output", "shop.gpb", "queue"]).out, "arn:aws:sqs:us-east-1:123456789012:jobs\n");
}

#[test]
fn what_fails_is_named_and_the_rest_is_done() {
    let folder = shop();
    folder.edit("shop.gpb", "topic_name = \"news\" }", "topic_name = \"news\", display_name = \"${env}\" }");
    let refused = folder.expect(3, &["apply", "shop.gpb", "--yes"]);
    assert!(refused.err.contains("env"), "{}", refused.text());
    folder.edit("shop.gpb", ", display_name = \"${env}\"", "");
    // Every call fails because a dependency is not visible yet, until the retries are exhausted.
    let failed = folder.expect(1, &["apply", "shop.gpb", "--yes", "--sim", "latency=0,not_ready=1"]);
    assert!(failed.err.contains("GPB8005") && failed.err.contains("Failed: 2. Not started: 1."), "{}", failed.text());
    assert_eq!(in_the_cloud(&folder), in_the_state(&folder));
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
}
