//! Commands that only read: state, output, graph, explain; and fmt.

use super::{SHOP, Story, applied, empty, shop};
use crate::support::{Folder, Ran};
use std::io::Write as _;
use std::process::Stdio;

#[test]
fn state() {
    let folder = applied();
    Story::of(&folder)
        .run(0, &["state", "list"])
        .json(0, &["state", "list", "--json"])
        .run(0, &["state", "show", "messages.jobs"])
        .json(0, &["state", "show", "messages.jobs", "--json"])
        .run(1, &["state", "show", "messages.job"])
        .json(1, &["state", "show", "messages.job", "--json"])
        .end("state");
    let folder = shop();
    Story::of(&folder).run(1, &["state", "list"]).end("state_none");
}

#[test]
fn output() {
    let folder = shop();
    Story::of(&folder)
        .run(0, &["output", "shop.gpb"])
        .run(1, &["output", "shop.gpb", "queue"])
        .run(0, &["apply", "shop.gpb", "--yes"])
        .run(0, &["output", "shop.gpb"])
        .json(0, &["output", "shop.gpb", "--json"])
        .run(0, &["output", "shop.gpb", "queue"])
        .json(0, &["output", "shop.gpb", "queue", "--json"])
        .json(0, &["output", "shop.gpb", "hold", "--json"])
        .run(1, &["output", "shop.gpb", "quee"])
        .end("output");
}

#[test]
fn graph() {
    let folder = shop();
    Story::of(&folder)
        .run(0, &["graph", "shop.gpb"])
        .run(0, &["graph", "shop.gpb", "--format", "mermaid"])
        .json(0, &["graph", "shop.gpb", "--format", "json"])
        .end("graph");
    assert_eq!(
        folder.expect(0, &["graph", "shop.gpb", "--json"]).out,
        folder.expect(0, &["graph", "shop.gpb", "--format", "json"]).out
    );
    Story::of(&folder)
        .edit("topic_name = \"news\" }", "topic_name = \"news\", display_name = jobs.arn }")
        .edit(
            "queue_name         = \"jobs\"",
            "queue_name         = news.topic_name\n      kms_master_key_id  = news.topic_arn",
        )
        .run(3, &["graph", "shop.gpb"])
        .end("graph_cycle");
}

#[test]
fn explain() {
    let folder = empty();
    Story::of(&folder)
        .run(0, &["explain", "GPB7010"])
        .json(0, &["explain", "gpb7010", "--json"])
        .run(0, &["explain", "aws.sqs.queue"])
        .run(0, &["explain", "cidr_split"])
        .run(0, &["explain", "network"])
        .run(1, &["explain", "GPB7099"])
        .run(1, &["explain", "aws.sqs.queu"])
        .run(1, &["explain", "nothing of the kind"])
        .json(1, &["explain", "aws.sqs.queu", "--json"])
        .end("explain");
    let by_either_name = |name: &str| folder.expect(0, &["explain", name, "--json"]).json();
    assert_eq!(by_either_name("aws.sqs.queue"), by_either_name("AWS::SQS::Queue"));
}

#[test]
fn fmt() {
    let folder = empty();
    let untidy = SHOP.replace("  layer", "layer").replace("queue_name         =", "queue_name =");
    folder.write("shop.gpb", &untidy);
    folder.write("tidy.gpb", SHOP);
    Story::of(&folder)
        .run(1, &["fmt", "--check"])
        .json(1, &["fmt", "--check", "--json"])
        .run(0, &["fmt"])
        .run(0, &["fmt"])
        .run(0, &["fmt", "--check", "shop.gpb", "tidy.gpb"])
        .run(1, &["fmt", "none.gpb"])
        .then("broken.gpb has a brace too few", |folder| folder.write("broken.gpb", "stack shop {\n"))
        .run(1, &["fmt"])
        .json(1, &["fmt", "--json", ".", "none.gpb"])
        .end("fmt");
    let tidied = std::fs::read_to_string(folder.path("shop.gpb")).unwrap();
    assert_eq!(tidied, std::fs::read_to_string(folder.path("tidy.gpb")).unwrap());
    assert_eq!(std::fs::read_to_string(folder.path("broken.gpb")).unwrap(), "stack shop {\n");
    assert_eq!(through(&folder, &["fmt", "-"], &untidy).out, tidied);
    assert_eq!(through(&folder, &["fmt", "-", "--check"], &untidy).code, 1);
    assert_eq!(through(&folder, &["fmt", "-", "--check"], &tidied).code, 0);
}

#[test]
fn fmt_upgrade() {
    let folder = empty();
    let old = "fn name_of(a: string?, wide: bool) -> string? = if given(a) { \"x\" } else { a }\n\n\
               fn other(a: string?, wide: bool) -> string? = if wide { \"x\" } else { a }\n";
    folder.write("old.gpb", old);
    Story::of(&folder)
        .run(1, &["fmt", "--upgrade", "--check"])
        .json(1, &["fmt", "--upgrade", "--check", "--json"])
        .run(0, &["fmt", "--upgrade"])
        .run(0, &["fmt", "--upgrade", "--check"])
        .run(0, &["check", "old.gpb"])
        .end("fmt_upgrade");
    let new = std::fs::read_to_string(folder.path("old.gpb")).unwrap();
    assert!(new.starts_with("fn name_of(a: string?, wide: bool) -> string? = if is_set(a) { \"x\" }\n"), "{new}");
    assert_eq!(through(&folder, &["fmt", "-", "--upgrade"], old).out, new);
}

/// Runs a command with a text on its standard input.
fn through(folder: &Folder, arguments: &[&str], input: &str) -> Ran {
    let mut command = folder.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

#[test]
fn fmt_upgrade_keeps_a_function_of_a_used_file() {
    let folder = empty();
    folder.write("own.gpb", "pub fn given(x: count) -> bool = x > 1\n");
    let text = "use \"own.gpb\"\n\nconst many = given(2)\n";
    folder.write("main.gpb", text);
    folder.expect(0, &["fmt", "--upgrade"]);
    assert_eq!(std::fs::read_to_string(folder.path("main.gpb")).unwrap(), text);
    folder.expect(0, &["check", "main.gpb"]);
}

#[test]
fn a_check_without_an_environment_says_so() {
    let folder = shop();
    folder.write("names.gpb", "pub const size = 1\n");
    folder.write("both.gpb", "use \"names.gpb\"\nuse \"shop.gpb\"\n");
    let names = folder.expect(0, &["check", "names.gpb"]);
    assert!(names.out.starts_with("No environment, no stack and no component"), "{}", names.text());
    let both = folder.expect(0, &["check", "both.gpb"]);
    assert!(
        both.out.contains("those of a file are checked with that file, as `gpb check shop.gpb`"),
        "{}",
        both.text()
    );
    assert!(!folder.expect(0, &["check", "shop.gpb"]).out.contains("No environment"));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_spec() {
    let folder = empty();
    assert!(std::process::Command::new("mkfifo").arg(folder.path("pipe.gpb")).status().unwrap().success());
    for (code, command) in [(3, "check"), (1, "fmt")] {
        let ran = folder.expect(code, &[command, "pipe.gpb"]);
        assert!(ran.err.contains("it is a pipe or a device"), "{}", ran.text());
    }
    assert!(folder.expect(1, &["vendor", "."]).err.contains("it is a pipe or a device"));
}
