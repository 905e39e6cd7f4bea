//! `gpb test`.

use super::{Story, settings, shop};

/// Tests of the shop: what holds and what does not.
const TESTS: &str = r#"use "shop.gpb"

test "there is one queue, by the name people know" {
  expect count(aws.sqs.queue) == 1
  expect messages.jobs.queue_name == "jobs" else "the dashboards look for it"
  expect wiring.feed.protocol == "sqs"
  expect hold == 30s && environment.mode == sandbox
}

test "a longer hold" of test {
  with { hold = 1min }
  expect messages.jobs.visibility_timeout == 60
  expect plan.cost.expected < $10
  expect plan.resources == 3
}

test "a stack by itself" of shop {
  with { mode = live }
  expect environment.mode == live && environment.region == us-east-1
}

test "a hold of a day is more than SQS takes" {
  with { hold = 1d }
  expect error GPB2012
}
"#;

/// Tests that fail, each in a way of its own.
const FAILING: &str = r#"use "shop.gpb"

test "two queues" {
  expect count(aws.sqs.queue) == 2 else "one for each team"
}

test "a name" {
  expect messages.jobs.queue_name == "work"
}

test "an address" {
  expect messages.jobs.queue_url == "https://sqs"
}

test "no such key" {
  expect plan.recovery.zone.of["messages.jobs"].rto <= 5min
}

test "an error that does not come" {
  expect error GPB4001 else "nothing is demanded"
}

test "an error that nobody expects" {
  with { hold = 1d }
  expect count(aws.sqs.queue) == 1
}

test "a warning too many" {
  expect no warning GPB9020 else "queues & topics <are> \"owned\""
}

policy owned {
  severity = warning
  each aws.sqs.queue as q require is_set(q.tags) else "nobody owns it"
}
"#;

#[test]
fn tests_that_pass_and_tests_that_fail() {
    let folder = shop();
    folder.write("shop_tests.gpb", TESTS);
    folder.write("failing.gpb", FAILING);
    Story::of(&folder)
        .run(0, &["test", "shop_tests.gpb", "--on", "2026-11-23"])
        .run(0, &["test", "shop_tests.gpb", "--filter", "longer", "--on", "2026-11-23"])
        .run(1, &["test", "shop_tests.gpb", "--filter", "shorter"])
        .run(1, &["test", "shop.gpb"])
        .run(1, &["test", "failing.gpb", "--on", "2026-11-23", "--junit", "junit.xml"])
        .json(1, &["test", "failing.gpb", "--on", "2026-11-23", "--filter", "queues", "--json"])
        .end("tests");
    assert!(!folder.path(".gpb").exists(), "a test touches nothing");
    let junit = std::fs::read_to_string(folder.path("junit.xml")).unwrap();
    settings().bind(|| insta::assert_snapshot!("junit", junit));
}

#[test]
fn tests_change_nothing_about_the_spec() {
    let folder = shop();
    let before = folder.expect(0, &["check", "shop.gpb"]).out;
    folder.write("shop_tests.gpb", TESTS);
    let after = folder.expect(0, &["check", "shop_tests.gpb"]).out;
    assert_eq!(after, before);
}

#[test]
fn a_spec_with_mistakes_of_its_own_runs_no_test() {
    let folder = shop();
    folder.write("wrong.gpb", "use \"shop.gpb\"\n\ntest \"wrong\" {\n  expect queues.jobs == 1\n}\n");
    let ran = folder.expect(3, &["test", "wrong.gpb"]);
    assert!(ran.err.contains("GPB1003"), "{}", ran.text());
}
