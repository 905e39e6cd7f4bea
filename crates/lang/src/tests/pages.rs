//! The pages behind the codes: each example does what its page says.

use super::{check_program, with_files, wrong};
use crate::Compilation;
use gpb_base::diag::{CodePage, pages};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// The text of the block that opens with ```` ```gpb kind ````.
fn example<'a>(page: &CodePage, kind: &str) -> Option<&'a str>
where
    'static: 'a,
{
    let (_, rest) = page.text.split_once(&format!("```gpb {kind}\n"))?;
    rest.split_once("```").map(|(code, _)| code)
}

fn checked(source: &str) -> Compilation {
    let files =
        [("main.gpb", source), ("motd.txt", "Welcome to ${name}.\n"), ("nested.txt", "${file(\"motd.txt\")}\n")];
    with_files(&files, &[], |entry, inputs| check_program(entry, inputs, None))
}

#[test]
fn the_examples_of_every_page_are_true() {
    let mut faults = Vec::new();
    // These are found by the checks, whose pages are tried with the whole command.
    let of_the_language = |page: &&CodePage| {
        (page.code < "GPB3000" || page.code >= "GPB9000")
            && !matches!(page.code, "GPB1920" | "GPB2017" | "GPB2019" | "GPB2020")
            && !("GPB9020".."GPB9030").contains(&page.code)
    };
    for page in pages().iter().filter(of_the_language) {
        let title = format!("# {}: ", page.code);
        if !page.text.starts_with(&title) {
            faults.push(format!("{}: the page does not start with `{title}`", page.code));
        }
        for (kind, expected) in [("fail", true), ("pass", false)] {
            let Some(source) = example(page, kind) else { continue };
            let compilation = checked(source);
            if compilation.diagnostics.iter().any(|found| found.code == page.code) != expected {
                faults.push(format!("{} {kind}:\n{}", page.code, wrong(&compilation)));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Adds the text of every source file in a folder, tests aside.
#[expect(clippy::disallowed_methods, reason = "the sources are read from disk")]
fn gather(folder: &Path, sources: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        match path.file_name().and_then(OsStr::to_str) {
            Some("tests" | "tests.rs") => {}
            Some(_) if path.is_dir() => gather(&path, sources),
            _ => sources.push(fs::read_to_string(&path).expect("a source file")),
        }
    }
}

#[test]
fn every_code_of_the_language_has_a_page() {
    let mut sources = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let mut codes = BTreeSet::new();
    for source in &sources {
        let starts = source.match_indices("\"GPB").map(|(at, _)| at + 1);
        codes.extend(
            starts
                .filter_map(|at| source.get(at..at + 7))
                .filter(|code| code.bytes().skip(3).all(|byte| byte.is_ascii_digit())),
        );
    }
    let missing: Vec<_> = codes.iter().filter(|code| gpb_base::diag::page(code).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?} have no page");
    assert!(codes.len() > 100, "only {} codes were found", codes.len());
}
