//! `gpb test`.

use super::{SHOP, shop};

/// Tests of the shop: what holds and what does not.
const TESTS: &str = r#"
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

#[test]
fn tests_pass_and_fail() {
    let folder = shop();
    folder.write("shop_tests.gpb", &format!("{SHOP}{TESTS}"));
    folder.expect(0, &["test", "shop_tests.gpb", "--on", "2026-11-23"]);
    // In a file of their own.
    folder.write("public.gpb", &format!("pub {SHOP}"));
    folder.write("apart.gpb", &format!("use \"public.gpb\"\n{TESTS}"));
    folder.expect(0, &["test", "apart.gpb", "--on", "2026-11-23"]);
    folder.expect(1, &["test", "shop_tests.gpb", "--filter", "shorter"]);
    folder.expect(1, &["test", "shop.gpb"]);
    assert!(!folder.path(".gpb").exists(), "a test touches nothing");
}

#[test]
fn tests_change_nothing_about_the_spec() {
    let folder = shop();
    let before = folder.expect(0, &["check", "shop.gpb"]).out;
    folder.write("shop_tests.gpb", &format!("{SHOP}{TESTS}"));
    let after = folder.expect(0, &["check", "shop_tests.gpb"]).out;
    assert_eq!(after, before);
}

#[test]
fn a_spec_with_mistakes_of_its_own_runs_no_test() {
    let folder = shop();
    folder.write("wrong.gpb", &format!("{SHOP}\ntest \"wrong\" {{\n  expect queues.jobs == 1\n}}\n"));
    let ran = folder.expect(3, &["test", "wrong.gpb"]);
    assert!(ran.err.contains("GPB1003"), "{}", ran.text());
}
