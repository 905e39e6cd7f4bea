//! Resources that cannot be read are left alone, and so is what depends on them; the rest goes on.

use super::{applied, shop};
use crate::support::cloud::{garble, in_the_cloud, snapshot};
use gpb_model::Address;

#[test]
fn what_cannot_be_read_stops_only_what_depends_on_it() {
    let folder = applied();
    let before = snapshot(&folder).unwrap();
    garble(&folder, "aws.sqs.queue", true);
    folder.edit("shop.gpb", "hold: duration = 30s", "hold: duration = 50s");
    folder.edit("shop.gpb", "topic_name = \"news\" }", "topic_name = \"news\", display_name = \"News\" }");
    let plan = folder.expect(1, &["plan", "shop.gpb"]);
    for text in [
        "Left alone:\n  messages.jobs (aws.sqs.queue): cannot be read: ",
        "  wiring.feed (aws.sns.subscription): depends on messages.jobs\n",
        "~ messages.news",
        "Plan: 0 to create, 1 to update",
    ] {
        assert!(plan.out.contains(text), "{text}\n{}", plan.text());
    }
    assert!(plan.err.contains("GPB7040") && plan.err.contains("cannot read messages.jobs"), "{}", plan.text());
    let json = folder.expect(1, &["plan", "shop.gpb", "--json"]).json();
    assert_eq!(json["withheld"][1]["because"], "messages.jobs", "{json}");
    assert_eq!(json["unread"].as_array().map(Vec::len), Some(2), "{json}");
    let apply = folder.expect(1, &["apply", "shop.gpb", "--yes"]);
    assert!(apply.err.contains("Done: 1 of 1."), "{}", apply.text());
    assert_eq!(
        (apply.err.matches("GPB7040").count(), apply.err.matches("cannot read").count()),
        (1, 1),
        "{}",
        apply.text()
    );
    let after = snapshot(&folder).unwrap();
    for name in ["messages.jobs", "wiring.feed"] {
        assert_eq!(before.resources.get(&Address::new(name)), after.resources.get(&Address::new(name)));
    }
    let destroy = folder.expect(1, &["destroy", "shop.gpb", "--yes"]);
    assert!(destroy.err.contains("GPB7040"), "{}", destroy.text());
    garble(&folder, "aws.sqs.queue", false);
    let left: Vec<String> = in_the_cloud(&folder).into_iter().map(|(ty, _)| ty).collect();
    assert_eq!(left, ["aws.sns.subscription", "aws.sns.topic", "aws.sqs.queue"], "the topic has a user that was left");
    assert!(folder.expect(0, &["apply", "shop.gpb", "--yes"]).err.contains("Done: 1 of 1."));
    folder.expect(0, &["destroy", "shop.gpb", "--yes"]);
    assert!(in_the_cloud(&folder).is_empty());
}

#[test]
fn a_saved_plan_does_not_change_what_can_no_longer_be_read() {
    let folder = applied();
    folder.edit("shop.gpb", "hold: duration = 30s", "hold: duration = 50s");
    folder.expect(0, &["plan", "shop.gpb"]);
    garble(&folder, "aws.sqs.queue", true);
    let ran = folder.expect(3, &["apply", "--yes"]);
    assert!(ran.err.contains("GPB7041") && ran.err.contains("messages.jobs"), "{}", ran.text());
    garble(&folder, "aws.sqs.queue", false);
    folder.expect(0, &["apply", "--yes"]);
}

/// The plan that was saved last is of one environment: another one is not taken for it.
#[test]
fn a_saved_plan_is_of_its_environment() {
    let folder = shop();
    folder.edit("shop.gpb", "environment test", "environment other of shop { account = \"123456789012\", region = eu-west-1, mode = sandbox }\n\nenvironment test");
    folder.expect(0, &["plan", "shop.gpb", "--env", "test", "--out", "kept.json"]);
    for command in [&["apply", "--yes", "--env", "other"][..], &["apply", "kept.json", "--yes", "--env", "other"]] {
        let ran = folder.expect(3, command);
        assert!(ran.err.contains("GPB7042") && ran.err.contains("gpb plan shop.gpb --env other"), "{}", ran.text());
    }
    assert!(in_the_cloud(&folder).is_empty());
    folder.expect(0, &["plan", "shop.gpb", "--env", "other"]);
    folder.expect(0, &["apply", "--yes", "--env", "other"]);
    folder.expect(0, &["apply", "kept.json", "--yes", "--env", "test"]);
    assert_eq!(in_the_cloud(&folder).len(), 6, "both live side by side in one folder");
    folder.expect(0, &["plan", "shop.gpb", "--env", "other", "--detailed-exitcode"]);
}
