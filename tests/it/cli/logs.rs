//! Logs: off unless asked for, on standard error alone, with times and durations.

use super::{applied, shop};
use crate::support::{Folder, Ran};
use serde_json::Value as Json;
use std::collections::BTreeSet;

const APPLY: [&str; 4] = ["apply", "shop.gpb", "--yes", "--json"];

fn apply(folder: &Folder, options: &[&str]) -> Ran {
    folder.expect(0, &[&APPLY, options].concat())
}

/// The messages of a log in JSON, after a look at the form of each.
fn messages(log: &str) -> Vec<Json> {
    let message = |line: &str| {
        let message: Json = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let text = |name: &str| message[name].as_str().unwrap_or_else(|| panic!("no {name}: {line}"));
        assert!(["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(&text("level")), "{line}");
        assert!(text("target").starts_with("gpb"), "{line}");
        assert!(text("timestamp").parse::<jiff::Timestamp>().is_ok(), "not a time of RFC 3339: {line}");
        assert!(message["fields"].is_object(), "{line}");
        message
    };
    log.lines().map(message).collect()
}

fn levels(messages: &[Json]) -> BTreeSet<&str> {
    messages.iter().filter_map(|message| message["level"].as_str()).collect()
}

#[test]
fn a_log_in_json_is_one_object_a_line_and_leaves_standard_output_alone() {
    let ran = apply(&shop(), &["--log-format", "json", "-vv"]);
    for line in ran.out.lines() {
        let event: Json = serde_json::from_str(line).unwrap();
        assert!(event["event"].is_string(), "{line}");
    }
    let messages = messages(&ran.err);
    let command = messages.first().unwrap();
    assert_eq!(command["fields"]["message"], "command started");
    let span = &command["spans"][0];
    assert_eq!(
        (&span["name"], &span["command"], &span["spec"]),
        (&"command".into(), &"apply".into(), &"shop.gpb".into())
    );
    let stages = messages.iter().filter(|message| message["fields"]["message"] == "stage finished");
    let names = stages.clone().filter_map(|message| message["spans"][1]["stage"].as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["compile", "checks", "refresh", "plan", "apply"], "{}", ran.err);
    assert!(stages.into_iter().all(|message| message["fields"]["duration_ms"].is_u64()), "{}", ran.err);
    let end = messages.last().unwrap();
    assert_eq!((&end["fields"]["message"], &end["fields"]["exit_code"]), (&"command finished".into(), &0.into()));
}

#[test]
fn a_log_in_text_names_the_command_the_stage_and_how_long_it_took() {
    let folder = shop();
    let ran = apply(&folder, &["-v", "--env", "test"]);
    let line = ran.err.lines().find(|line| line.contains("stage=\"plan\"") && line.contains("stage finished"));
    let line = line.unwrap_or_else(|| panic!("{}", ran.err));
    for part in [
        " INFO ",
        "command{",
        "command=\"apply\"",
        "stage=\"plan\"",
        "spec=\"shop.gpb\"",
        "environment=\"test\"",
        "duration_ms=",
    ] {
        assert!(line.contains(part), "no {part} in {line}");
    }
    assert!(line.split(' ').next().unwrap().parse::<jiff::Timestamp>().is_ok(), "{line}");
}

#[test]
fn nothing_is_logged_unless_asked_for() {
    let mut folder = shop();
    assert_eq!(apply(&folder, &[]).err, "");
    assert_eq!(apply(&folder, &["--log-format", "json"]).err, "");
    folder.set("GPB_LOG", "");
    assert_eq!(apply(&folder, &[]).err, "");
    folder.set("GPB_LOG", "off");
    assert_eq!(apply(&folder, &["-vv"]).err, "");
}

#[test]
fn a_log_goes_as_deep_as_it_is_asked_to() {
    let info = messages(&apply(&shop(), &["-v", "--log-format", "json"]).err);
    assert_eq!(levels(&info), BTreeSet::from(["INFO"]), "one `-v` is for what happens, when all goes well");
    let debug = messages(&apply(&shop(), &["-vv", "--log-format", "json"]).err);
    let trace = messages(&apply(&shop(), &["-v", "-vv", "--log-format", "json"]).err);
    assert!(info.len() <= debug.len() && debug.len() <= trace.len());
    assert!(!levels(&debug).contains("TRACE"));
}

#[test]
fn the_variable_is_a_filter_and_counts_before_the_flags() {
    let mut folder = applied();
    folder.set("GPB_LOG", "error");
    assert_eq!(apply(&folder, &["-vvv"]).err, "");
    folder.set("GPB_LOG", "gpb=info");
    assert!(!apply(&folder, &[]).err.is_empty());
    folder.set("GPB_LOG", "another_crate=trace");
    assert_eq!(apply(&folder, &[]).err, "");
}

#[test]
fn a_filter_that_cannot_be_read_is_refused() {
    let mut folder = shop();
    folder.set("GPB_LOG", "nonsense===");
    let ran = folder.expect(1, &["check", "shop.gpb"]);
    assert_eq!(ran.out, "");
    assert!(ran.err.starts_with("error: `nonsense===` is not a valid filter for GPB_LOG: "), "{}", ran.err);
    let ran = folder.expect(1, &["check", "shop.gpb", "--json"]);
    assert_eq!(ran.err, "");
    assert!(ran.json()["error"].as_str().is_some_and(|why| why.contains("GPB_LOG")), "{}", ran.out);
}
