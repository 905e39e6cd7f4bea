//! The README shows what commands print; they must go on printing it.

use crate::support::{Folder, root};
use std::fmt::Write as _;

/// Returns the commands of the `console` blocks, each with the lines shown under it.
fn shown() -> Vec<(Vec<String>, Vec<String>)> {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let mut shown: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ gpb ").filter(|_| inside) {
            shown.push((words(command.split(" #").next().unwrap_or_default()), Vec::new()));
        } else if let Some((_, lines)) = shown.last_mut().filter(|_| inside && !line.trim().is_empty()) {
            lines.push(line.to_owned());
        }
    }
    shown
}

/// Returns the words of a command, as a shell splits them.
fn words(command: &str) -> Vec<String> {
    let parts = command.split('"').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

/// Returns a line without the blanks that only align it.
fn plain(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the shown lines that are missing. They must come in their order, others may be between them, `…` is anything.
fn missing(lines: &[String], printed: &str) -> Vec<String> {
    let mut left = printed.lines().map(plain);
    let mut missing = Vec::new();
    for line in lines.iter().filter(|line| line.trim() != "…") {
        let line = plain(line);
        let (start, end) = line.split_once('…').unwrap_or((&line, ""));
        let mut rest = left.clone();
        let is_it = |printed: &String| {
            let whole = !line.contains('…');
            printed
                .strip_prefix(start.trim_end())
                .is_some_and(|rest| (rest.is_empty() || !whole) && rest.ends_with(end.trim_start()))
        };
        if rest.any(|printed| is_it(&printed)) {
            left = rest;
        } else {
            missing.push(line);
        }
    }
    missing
}

#[test]
fn what_the_readme_shows_is_what_is_printed() {
    let mut folder = Folder::with_specs();
    folder.set("COLUMNS", "200");
    let mut wrong = String::new();
    let shown = shown();
    for (command, lines) in &shown {
        let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        if arguments.first() == Some(&"cost") {
            // Some prices begin or end on a day.
            arguments.extend(["--on", "2026-11-23"]);
        }
        if arguments.first() == Some(&"plan") {
            folder.expect(0, &["apply", "specs/sandbox.gpb", "--cloud", "sim", "--yes"]);
            folder.edit("specs/sandbox.gpb", "log_retention = 7d", "log_retention = 14d");
        }
        let printed = folder.expect(0, &arguments).out;
        for line in missing(lines, &printed) {
            let _ = writeln!(wrong, "gpb {} does not print: {line}", command.join(" "));
        }
        if arguments.first() == Some(&"plan") {
            folder.edit("specs/sandbox.gpb", "log_retention = 14d", "log_retention = 7d");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(shown.len() > 5, "the README shows {} commands", shown.len());
}
