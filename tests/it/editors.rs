//! The editors' grammars: generated from the language's own, and true to it.
//!
//! The parser finds the keywords, strings, numbers and comments of each file; the editors' own engines (`vscode-textmate`
//! under Node, Vim) must colour exactly those.

use crate::support::root;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[path = "../../tools/editors/mod.rs"]
mod generator;
#[path = "../editors/truth.rs"]
mod truth;

/// Lists every `.gpb` file of the repository but those that are wrong on purpose.
fn corpus() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["specs", "stdlib", "tests", "editors"] {
        collect(&root().join(folder), &mut found);
    }
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("node_modules") && !path.ends_with("tests/bad") {
                collect(&path, found);
            }
        } else if path.extension().is_some_and(|end| end == "gpb") {
            found.push(path);
        }
    }
}

/// Returns the corpus as the editors' tests read it, with the tokens that the parser finds.
///
/// Files with syntax errors, from the tests of diagnostics, are coloured too, but their tokens are unknown.
fn expectations() -> (Json, BTreeSet<String>) {
    let mut rules = BTreeSet::new();
    let mut files = Vec::new();
    for path in corpus() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let parsed = gpb_syntax::parse(gpb_base::source::FileId::default(), &text);
        let valid = parsed.diagnostics.is_empty();
        let tokens = if valid { truth::tokens(&text) } else { Vec::new() };
        rules.extend(tokens.iter().filter_map(|token| token.get(4).and_then(Json::as_str)).map(str::to_owned));
        files.push(json!({ "path": path, "valid": valid, "tokens": tokens }));
    }
    (json!({ "root": root(), "files": files }), rules)
}

#[test]
fn generated_files_are_fresh() {
    let mut stale = Vec::new();
    for file in generator::generate(root()).unwrap() {
        if fs::read_to_string(&file.path).is_ok_and(|text| text == file.text) {
            continue;
        }
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(file.path.parent().unwrap()).unwrap();
            fs::write(&file.path, &file.text).unwrap();
        } else {
            stale.push(file.path.display().to_string());
        }
    }
    assert!(
        stale.is_empty(),
        "run `UPDATE=1 cargo test --test it editors::`, for these are stale: {}",
        stale.join(", ")
    );
}

#[test]
fn every_keyword_and_operator_occurs_in_the_corpus() {
    let grammar = fs::read_to_string(root().join("grammar/gpb.pest")).unwrap();
    let (_, seen) = expectations();
    let declared = grammar.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim());
    let unseen: Vec<&str> = declared
        .filter(|name| name.starts_with("kw_") || name.starts_with("op_"))
        .filter(|name| !seen.contains(*name))
        .collect();
    assert!(unseen.is_empty(), "no valid file uses {}: extend tests/editors/everything.gpb", unseen.join(", "));
}

#[test]
fn textmate_colours_what_the_parser_sees() {
    let modules = node_modules();
    let work = tempfile::tempdir().unwrap();
    let expected = work.path().join("expected.json");
    fs::write(&expected, expectations().0.to_string()).unwrap();
    let mut command = Command::new("node");
    command.arg("--test").arg(modules.join("textmate.test.mjs"));
    must(command.env("GPB_EXPECTED", &expected).env("GPB_ROOT", root()));
}

#[test]
fn vim_colours_and_indents_what_the_parser_sees() {
    if Command::new("vim").arg("--version").output().is_err() {
        eprintln!("vim is not installed: its syntax and indent files are not tested");
        return;
    }
    let work = tempfile::tempdir().unwrap();
    let expected = work.path().join("expected.json");
    fs::write(&expected, expectations().0.to_string()).unwrap();
    let report = work.path().join("report.txt");
    let mut command = Command::new("vim");
    command.args(["-N", "-u", "NONE", "-i", "NONE", "-n", "-es", "-S"]).arg(root().join("tests/editors/vim.vim"));
    let output =
        command.env("GPB_EXPECTED", &expected).env("GPB_REPORT", &report).env("GPB_ROOT", root()).output().unwrap();
    let said = fs::read_to_string(&report).unwrap_or_else(|_| format!("vim wrote no report: {output:?}"));
    assert_eq!(said, "", "vim differs from the parser");
}

/// Returns a snippet as it is inserted, each placeholder with its proposal.
fn put_in(body: &str) -> String {
    let mut text = body.replace("$0", "");
    // The innermost placeholder is the last that opens.
    while let Some(start) = text.rfind("${") {
        let end = start + text[start..].find('}').unwrap();
        let inner = text[start + 2..end].trim_start_matches(|c: char| c.is_ascii_digit());
        let choice = inner.trim_matches('|').split(',').next().unwrap();
        let proposed = if inner.starts_with('|') { choice } else { inner.trim_start_matches(':') };
        text = format!("{}{proposed}{}", &text[..start], &text[end + 1..]);
    }
    text
}

#[test]
fn snippets_are_right_where_they_belong() {
    let text = fs::read_to_string(root().join("editors/vscode/snippets/gpb.json")).unwrap();
    let snippets: serde_json::Map<String, Json> = serde_json::from_str(&text).unwrap();
    let around = [("", ""), ("stack s {\n", "\n}"), ("const c = ", "")];
    for (name, snippet) in snippets {
        let lines: Vec<&str> = snippet["body"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let body = put_in(&lines.join("\n"));
        let right = around.iter().any(|(before, after)| {
            let text = format!("{before}{body}{after}\n");
            gpb_syntax::parse(gpb_base::source::FileId::default(), &text).diagnostics.is_empty()
        });
        assert!(right, "the snippet `{name}` is no gpb:\n{body}");
    }
}

/// Returns the folder of the Node tests with their packages, made once below the target folder.
///
/// Tests that run at the same time wait for the first.
fn node_modules() -> PathBuf {
    let version = Command::new("node").arg("--version").output();
    let version = version.unwrap_or_else(|error| panic!("the editors' tests need Node 20 or newer (`node`): {error}"));
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let major: u32 = version.trim().trim_start_matches('v').split('.').next().unwrap().parse().unwrap();
    assert!(major >= 20, "the editors' tests need Node 20 or newer, and `node` is {version}");

    let folder = target().join("editors-npm");
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let source = root().join("tests/editors");
    let mut wanted = String::new();
    for name in ["package.json", "package-lock.json", ".npmrc", "textmate.test.mjs"] {
        let text = fs::read_to_string(source.join(name)).unwrap();
        fs::write(folder.join(name), &text).unwrap();
        if name.starts_with("package") {
            wanted.push_str(&text);
        }
    }
    let stamp = folder.join("installed.txt");
    if !fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        must(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder));
        // Written last: an installation that was cut short is begun anew.
        fs::write(&stamp, wanted).unwrap();
    }
    folder
}

/// Returns the folder Cargo builds into: this test's own binary lies in it.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.ancestors().nth(3).unwrap().to_owned()
}

fn must(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}\n{}{}", text(&output.stdout), text(&output.stderr));
    output
}
