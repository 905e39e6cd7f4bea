//! The rules of `ARCHITECTURE.md` that a program can check.

use crate::support::root;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The sources of the command and of all crates but the generated ones and the kit of tests.
fn own_sources() -> Vec<PathBuf> {
    let crates = std::fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let own =
        crates.filter(|path| !path.ends_with("aws-facade") && !path.ends_with("testkit")).map(|path| path.join("src"));
    let mut all: Vec<PathBuf> = own.chain([root().join("src")]).flat_map(|folder| sources(&folder)).collect();
    all.sort();
    all
}

/// The code without comments and without the unit tests at its end.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let body = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
    body.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_test(path: &Path) -> bool {
    let is_room = |name: &str| path.components().any(|part| part.as_os_str() == name);
    is_room("tests")
        || is_room("fixtures")
        || ["tests.rs", "testing.rs", "fixtures.rs"].iter().any(|name| path.ends_with(name))
}

#[test]
fn the_compiler_knows_no_service() {
    let services: BTreeSet<String> = gpb_catalog::Catalog::embedded()
        .names()
        .filter_map(|name| name.split('.').nth(1))
        .map(|service| format!("aws.{service}."))
        .collect();
    let mut named = Vec::new();
    for path in own_sources() {
        if path.starts_with(root().join("crates/aws")) || is_test(&path) {
            continue;
        }
        let code = code(&path);
        for (number, line) in code.lines().enumerate() {
            // What a person is shown as an example is no knowledge.
            if line.contains(".help(") {
                continue;
            }
            let names = || services.iter().any(|service| line.contains(service.as_str()));
            if line.contains("AWS::") || line.contains("aws.") && names() {
                named.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(named.is_empty(), "AWS services named in the compiler:\n{}", named.join("\n"));
}

#[test]
fn every_test_file_is_part_of_the_binary() {
    let folder = root().join("tests/it");
    let main = std::fs::read_to_string(folder.join("main.rs")).unwrap();
    for path in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_module = path.extension().is_some_and(|end| end == "rs") && name != "main";
        assert!(!is_module || main.contains(&format!("mod {name};")), "tests/it/{name}.rs is not in main.rs");
    }
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let mut used = BTreeSet::new();
    for path in own_sources() {
        let code = code(&path);
        if is_test(&path) {
            continue;
        }
        for (at, _) in code.match_indices("\"GPB") {
            let name: String = code[at + 1..].chars().take(7).collect();
            if name.len() == 7 && name[3..].chars().all(|c| c.is_ascii_digit()) {
                used.insert(name);
            }
        }
    }
    let pages: BTreeSet<_> = gpb_base::diag::pages().iter().map(|page| page.code.to_owned()).collect();
    assert_eq!(used, pages, "codes in the source and pages in crates/base/src/diag/codes differ");
}
