//! The policies of the library: each is broken by one example and met by another, and is a control that AWS publishes.

use crate::support::{InMemoryLoader, root};
use gpb_base::source::FileId;
use gpb_base::stdlib::Library;
use gpb_lang::{self as lang, CompileInputs};
use gpb_syntax::ast::{Body, Item};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

/// Returns the policies of the library with the texts of their files.
fn policies() -> Vec<(Body, String)> {
    let library = Library::embedded();
    let mut found = Vec::new();
    for (path, text) in library.below("policies/", ".gpb") {
        let parsed = gpb_syntax::parse(FileId::default(), text);
        assert!(parsed.diagnostics.is_empty(), "{path}: {:?}", parsed.diagnostics);
        found.extend(parsed.module.items.into_iter().filter_map(|item| match item {
            Item::Policy(body) => Some((body, text.to_string())),
            _ => None,
        }));
    }
    found
}

/// One example of `tests/policies/standard.txt`.
struct PolicyCase {
    policy: String,
    breaks: bool,
    body: String,
}

fn cases() -> Vec<PolicyCase> {
    let text = fs::read_to_string(root().join("tests/policies/standard.txt")).unwrap();
    let mut cases: Vec<PolicyCase> = Vec::new();
    let mut policy = "";
    for line in text.lines().skip(1) {
        if let Some(name) = line.strip_prefix("== ") {
            policy = name;
        } else if let Some(kind) = line.strip_prefix("-- ") {
            assert!(["breaks", "meets"].contains(&kind), "{line}");
            cases.push(PolicyCase { policy: policy.to_owned(), breaks: kind == "breaks", body: String::new() });
        } else if let Some(case) = cases.last_mut() {
            let _ = writeln!(case.body, "  {line}");
        }
    }
    cases
}

/// Returns the policies that a body breaks, and what is wrong with it.
fn broken_by(body: &str) -> (BTreeSet<String>, String) {
    let text = format!(
        "stack shop {{\n{body}}}\n\nenvironment test of shop {{\n  account = \"123456789012\"\n  region = us-east-1\n  \
         mode = live\n  policies = standard\n}}\n"
    );
    let (loader, library) = (InMemoryLoader(text), Library::embedded());
    let compiled = lang::compile("case.gpb", &CompileInputs::embedded(&loader, &library), None);
    let wrong: Vec<String> = compiled
        .diagnostics
        .iter()
        .filter(|one| one.is_error())
        .map(|one| format!("{} {}", one.code, one.message))
        .collect();
    let findings = compiled.model().map(|model| model.findings.as_slice()).unwrap_or_default();
    let broken = findings.iter().filter(|finding| finding.judged).map(|finding| finding.rule.policy.clone());
    (broken.collect(), wrong.join("; "))
}

#[test]
fn each_policy_is_broken_and_met_by_its_examples() {
    let mut wrong = String::new();
    for case in cases() {
        let (broken, errors) = broken_by(&case.body);
        if !errors.is_empty() || broken.contains(&case.policy) != case.breaks {
            let meant = if case.breaks { "to be broken" } else { "to be met" };
            let _ =
                writeln!(wrong, "{}: expected {meant} by\n{}broken are {broken:?}; {errors}", case.policy, case.body);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_policy_has_both_examples_a_source_and_a_way_out() {
    let cases = cases();
    let mut wrong = String::new();
    let policies = policies();
    assert!(policies.len() >= 30, "{}", policies.len());
    for (policy, text) in &policies {
        let name = policy.name.text.as_str();
        let whole = &text[policy.span.range()];
        for breaks in [true, false] {
            if !cases.iter().any(|case| case.policy == name && case.breaks == breaks) {
                let _ = writeln!(wrong, "{name}: no example that breaks it ({breaks})");
            }
        }
        let is_control = |doc: &str| doc.split_once(": ").is_some_and(|(control, _)| control.contains('.'));
        if !policy.doc.as_deref().is_some_and(|doc| is_control(doc) || doc.contains("https://")) {
            let _ = writeln!(wrong, "{name}: its doc comment names no control");
        }
        if !whole.contains("source") || !whole.contains("https://docs.aws.amazon.com/") || !whole.contains("help ") {
            let _ = writeln!(wrong, "{name}: no source or no help");
        }
    }
    let names: BTreeSet<&str> = policies.iter().map(|(policy, _)| policy.name.text.as_str()).collect();
    for case in &cases {
        if !names.contains(case.policy.as_str()) {
            let _ = writeln!(wrong, "{}: there is no such policy", case.policy);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_program_that_asks_for_no_policies_reads_none() {
    let text =
        "stack shop {\n  resource aws.sqs.queue jobs {}\n}\n\nenvironment test of shop {\n  region = us-east-1\n}\n";
    let (loader, library) = (InMemoryLoader(text.to_owned()), Library::embedded());
    let compiled = lang::compile("case.gpb", &CompileInputs::embedded(&loader, &library), None);
    let is_policy = |item: &Item| matches!(item, Item::Policy(_));
    assert!(compiled.modules.iter().all(|module| !module.items.iter().any(is_policy)));
    assert!(compiled.model().unwrap().policies.is_empty());
}

#[test]
fn an_environment_asks_for_packs_by_name() {
    let held = |asked: &str| {
        let text = format!(
            "stack shop {{\n  resource aws.sqs.queue jobs {{}}\n}}\n\nenvironment test of shop {{\n  region = us-east-1\n  \
             policies = {asked}\n}}\n"
        );
        let (loader, library) = (InMemoryLoader(text), Library::embedded());
        let compiled = lang::compile("case.gpb", &CompileInputs::embedded(&loader, &library), None);
        assert!(!compiled.has_errors(), "{:?}", compiled.diagnostics);
        let names = compiled.model().unwrap().policies.iter().map(|name| compiled.sources.slice(*name).to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(held("tags"), ["owner_tagged"]);
    assert_eq!(held("[tags, logs]").len(), 6);
    assert_eq!(held("standard").len(), policies().len());
}
