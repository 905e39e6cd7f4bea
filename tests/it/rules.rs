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

/// Lists the sources of the command and of all crates but the generated ones and the test kit.
fn own_sources() -> Vec<PathBuf> {
    let crates = std::fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let own =
        crates.filter(|path| !path.ends_with("aws-facade") && !path.ends_with("testkit")).map(|path| path.join("src"));
    let mut all: Vec<PathBuf> = own.chain([root().join("src")]).flat_map(|folder| sources(&folder)).collect();
    all.sort();
    all
}

/// Returns the strings of a code, without their quotes; what is escaped in them stays so.
fn literals(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(open) = rest.find(['"', '\'']) {
        let after = &rest[open + 1..];
        if rest[open..].starts_with('\'') {
            // A sign, `'"'` or `'\\''`; else a lifetime.
            let sign = after.strip_prefix('\\').unwrap_or(after);
            let end = sign.chars().next().map_or(0, char::len_utf8);
            rest = if sign[end..].starts_with('\'') { &sign[end + 1..] } else { after };
            continue;
        }
        let hashes = rest[..open].bytes().rev().take_while(|byte| *byte == b'#').count();
        let is_raw = rest[..open - hashes].ends_with('r');
        let mut end = 0;
        if is_raw {
            end = after.find(&format!("\"{}", "#".repeat(hashes))).unwrap_or(after.len());
        } else {
            while let Some(at) = after[end..].find(['"', '\\']) {
                end += at;
                if after[end..].starts_with('"') {
                    break;
                }
                // Over the escaped character.
                end += 1 + after[end + 1..].chars().next().map_or(0, char::len_utf8);
            }
        }
        found.push(&after[..end]);
        rest = after.get(end + 1..).unwrap_or_default();
    }
    found
}

#[test]
fn strings_are_found_whatever_is_escaped_in_them() {
    assert_eq!(
        literals(r#"a("x \"aws.y\" z", '"', "b") 'a, "c" r"d\" '\'' "e""#),
        [r#"x \"aws.y\" z"#, "b", "c", r"d\", "e"]
    );
}

/// Returns the code without comments and without the unit tests at its end.
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
        // An example in a message is `aws.service.type`: it names none either.
        for text in literals(&code(&path)) {
            let names = || services.iter().any(|service| text.contains(service.as_str()));
            if text.contains("AWS::") || text.contains("aws.") && names() {
                named.push(format!("{}: \"{text}\"", path.display()));
            }
        }
    }
    assert!(named.is_empty(), "AWS services named in the compiler:\n{}", named.join("\n"));
}

/// Files that spell values as an AWS API does, each with its reason.
const API_SPELLING: [(&str, &str); 2] = [
    ("crates/lang/src/policy/condition.rs", "policy documents are part of the language, and their grammar is IAM's"),
    ("crates/check/src/cost/book/product.rs", "it reads the documents of AWS's price lists"),
];

/// Returns the values of all enumerations in the catalog that only an API spells so: `StepScaling`, `PROVISIONED_THROUGHPUT`.
fn api_values() -> BTreeSet<String> {
    let is_spelled_by_an_api = |value: &String| {
        let letters: Vec<char> = value.chars().collect();
        let has_humps = letters.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
        has_humps || value.contains('_') && *value == value.to_ascii_uppercase()
    };
    let mut values = BTreeSet::new();
    for entry in std::fs::read_dir(root().join("stdlib/catalog/generated/aws")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for (at, head) in text.match_indices("\"enum\":[") {
            // A number among numbers is no spelling.
            let list = text[at + head.len() - 1..].split_inclusive(']').next().unwrap();
            let list: Vec<String> = serde_json::from_str(list).unwrap_or_default();
            values.extend(list.into_iter().filter(is_spelled_by_an_api));
        }
    }
    values
}

#[test]
fn the_compiler_spells_no_value_of_an_api() {
    let values = api_values();
    assert!(values.contains("ChangeInCapacity") && values.len() > 1000, "{} values", values.len());
    let mut spelled = Vec::new();
    let mut used = BTreeSet::new();
    for path in own_sources() {
        if path.starts_with(root().join("crates/aws")) || is_test(&path) {
            continue;
        }
        let exempt = API_SPELLING.iter().find(|(file, _)| path.ends_with(file));
        for literal in literals(&code(&path)).into_iter().filter(|literal| values.contains(*literal)) {
            match exempt {
                Some((file, _)) => drop(used.insert(*file)),
                None => spelled.push(format!("{}: \"{literal}\"", path.display())),
            }
        }
    }
    assert!(spelled.is_empty(), "values of AWS APIs, which belong into stdlib/:\n{}", spelled.join("\n"));
    assert_eq!(used, API_SPELLING.map(|(file, _)| file).into(), "a file that is exempt needs it no more");
}

#[test]
fn every_test_file_is_part_of_the_binary() {
    let top = root().join("tests/it");
    let files = sources(&top);
    assert!(files.len() > 20, "{files:?}");
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let folder = path.parent().unwrap();
        // A module's parent is `main.rs`, the folder's `mod.rs`, or the file beside the folder with its name.
        let parents = [top.join("main.rs"), folder.join("mod.rs"), folder.with_extension("rs")];
        let parent = if folder == top { parents.first() } else { parents.iter().skip(1).find(|file| file.exists()) };
        let parent = parent.unwrap_or_else(|| panic!("{} has no parent", path.display()));
        let is_root = path == *parent || name == "mod";
        let is_declared = || {
            let text = std::fs::read_to_string(parent).unwrap();
            text.lines().any(|line| line.trim_start_matches("pub ") == format!("mod {name};"))
        };
        assert!(is_root || is_declared(), "{} is not in {}", path.display(), parent.display());
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

#[test]
fn every_path_and_test_that_a_document_names_is_there() {
    let pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
        .map(|page| root().join(page));
    let docs = std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut missing = Vec::new();
    for page in docs.chain(pages) {
        let text = std::fs::read_to_string(&page).unwrap();
        for path in text.split('`').skip(1).step_by(2) {
            let first = path.split('/').next().unwrap_or_default();
            let is_path =
                ["crates", "src", "stdlib", "tools", "tests", "specs", "grammar", "editors", "docs"].contains(&first);
            let is_plain = path.contains('/') && !path.contains([' ', '*', '{', '<', '…', '\n']);
            let (path, test) = path.split_once("::").map_or((path, None), |(path, test)| (path, Some(test)));
            let path = path.split(':').next().unwrap_or(path);
            let is_there = |path: &Path| match test {
                Some(test) => std::fs::read_to_string(path).is_ok_and(|text| text.contains(&format!("fn {test}("))),
                None => path.exists(),
            };
            if is_path && is_plain && !is_there(&root().join(path)) {
                missing.push(format!("{}: {path} {}", page.display(), test.unwrap_or_default()));
            }
        }
    }
    assert!(missing.is_empty(), "paths that are not there:\n{}", missing.join("\n"));
}
