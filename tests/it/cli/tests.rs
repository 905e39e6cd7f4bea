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

/// Returns a spec with tests.
fn with_tests(tests: &str) -> String {
    format!("{SHOP}{tests}")
}

#[test]
fn an_expected_error_comes_from_what_the_test_gives() {
    let folder = shop();
    let broken = SHOP.replace("hold: duration = 30s", "hold: duration = 1d");
    assert_ne!(broken, SHOP);
    let given = "\ntest \"live\" of test {\n  with { mode = live }\n  expect error GPB2012\n}\n";
    folder.write("shop_tests.gpb", &format!("{broken}{given}"));
    let ran = folder.expect(1, &["test", "shop_tests.gpb"]);
    assert!(ran.text().contains("GPB9028"), "{}", ran.text());
    // Of the environment as it is.
    let as_it_is = "\ntest \"broken\" of test {\n  expect error GPB2012\n}\n";
    folder.write("shop_tests.gpb", &format!("{broken}{as_it_is}"));
    folder.expect(0, &["test", "shop_tests.gpb"]);
}

#[test]
fn codes_are_asked_for_in_conditions() {
    let folder = shop();
    let tests = "\ntest \"a day\" of test {\n  with { hold = 1d }\n  expect contains(plan.errors, \"GPB2012\")\n}\n\
                 test \"nothing\" of test {\n  expect plan.errors == [] && plan.refused == []\n}\n";
    folder.write("shop_tests.gpb", &with_tests(tests));
    folder.expect(0, &["test", "shop_tests.gpb"]);
    let wrong = "\ntest \"a day\" of test {\n  with { hold = 1d }\n  expect contains(plan.errors, \"GPB2013\")\n}\n";
    folder.write("shop_tests.gpb", &with_tests(wrong));
    let ran = folder.expect(1, &["test", "shop_tests.gpb"]);
    assert!(ran.text().contains("GPB9026") && ran.text().contains("GPB9028"), "{}", ran.text());
}

#[test]
fn an_override_is_merged_into_that_of_its_resource() {
    let folder = shop();
    let spec = SHOP.replace("mode    = sandbox", "mode    = sandbox\n  override messages.jobs { delay_seconds = 5 }");
    assert_ne!(spec, SHOP);
    let tests = "\ntest \"both\" of test {\n  with {\n    override messages.jobs { maximum_message_size = 2048 }\n  }\n  \
                 expect messages.jobs.delay_seconds == 5 && messages.jobs.maximum_message_size == 2048\n}\n\
                 test \"other\" of test {\n  with {\n    override messages.jobs { delay_seconds = 7 }\n  }\n  \
                 expect messages.jobs.delay_seconds == 7\n}\n";
    folder.write("shop_tests.gpb", &format!("{spec}{tests}"));
    folder.expect(0, &["test", "shop_tests.gpb"]);
}

#[test]
fn what_gpb_does_not_make_is_not_counted_and_not_made_up() {
    let folder = shop();
    let spec = SHOP.replacen(
        "layer messages {",
        "layer messages {\n    existing aws.sqs.queue old { queue_name = \"old\" }",
        1,
    );
    assert_ne!(spec, SHOP);
    let tests =
        "\ntest \"one\" of test {\n  expect count(aws.sqs.queue) == 1 && messages.old.queue_name == \"old\"\n}\n";
    folder.write("shop_tests.gpb", &format!("{spec}{tests}"));
    folder.expect(0, &["test", "shop_tests.gpb"]);
    let tests = "\ntest \"no key\" of test {\n  expect !is_set(messages.old.kms_master_key_id)\n}\n";
    folder.write("shop_tests.gpb", &format!("{spec}{tests}"));
    let ran = folder.expect(1, &["test", "shop_tests.gpb"]);
    assert!(ran.text().contains("is `existing`"), "{}", ran.text());
}

#[test]
fn no_old_report_is_left() {
    let folder = shop();
    folder.write("shop_tests.gpb", &with_tests(TESTS));
    let report = || std::fs::read_to_string(folder.path("report.xml")).unwrap();
    folder.expect(0, &["test", "shop_tests.gpb", "--on", "2026-11-23", "--junit", "report.xml"]);
    assert!(report().contains("failures=\"0\">") && !report().contains("<error"), "{}", report());
    folder.write("wrong.gpb", &with_tests("\ntest \"wrong\" {\n  expect queues.jobs == 1\n}\n"));
    for (code, args) in [
        (3, ["test", "wrong.gpb"].as_slice()),
        (1, &["test", "shop.gpb"]),
        (1, &["test", "shop_tests.gpb", "--filter", "shorter"]),
        (1, &["test", "shop_tests.gpb", "--on", "soon"]),
        (1, &["test", "shop_tests.gpb", "--env", "test"]),
    ] {
        folder.write("report.xml", "<testsuites failures=\"0\"/>");
        folder.expect(code, &[args, &["--junit", "report.xml"]].concat());
        assert!(report().contains("errors=\"1\"") && report().contains("<error"), "{}", report());
    }
}

#[test]
fn an_environment_is_chosen_by_the_tests() {
    let folder = shop();
    folder.write("shop_tests.gpb", &with_tests(TESTS));
    let ran = folder.expect(1, &["test", "shop_tests.gpb", "--env", "test"]);
    assert!(ran.err.contains("--filter"), "{}", ran.text());
}
