//! The parser the build script writes against pest's own reading of the same grammar.

#![allow(clippy::disallowed_methods)] // The programs that lie about in the repository are read from it.

use super::super::scan::scan;
use super::super::tree::{Tree, trim};
use super::programs::program;
use super::recovery;
use gpb_base::source::FileId;
use pest::{Parser, Token};
use proptest::prelude::*;
use std::path::Path;
use std::sync::LazyLock;

/// Nothing but the grammar decides what pest reads.
mod pests_own {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/gpb.pest"]
    pub struct Grammar;
}

/// Every node that pest makes of a text: its rule, its start and its end.
fn pest(text: &str) -> Vec<(String, usize, usize)> {
    let mut nodes = Vec::new();
    let mut open = Vec::new();
    for token in pests_own::Grammar::parse(pests_own::Rule::file, text).expect("every text parses").tokens() {
        match token {
            Token::Start { rule, pos } => {
                open.push(nodes.len());
                nodes.push((format!("{rule:?}"), pos.pos(), pos.pos()));
            }
            Token::End { rule, pos } => {
                let node: &mut (String, usize, usize) = &mut nodes[open.pop().unwrap()];
                let name = format!("{rule:?}");
                let known = super::super::parser::ALL_RULES.iter().find(|known| format!("{known:?}") == name);
                let known = known.copied().unwrap_or(super::super::tree::Rule::EOI);
                (node.1, node.2) = trim(text, known, node.1, pos.pos());
            }
        }
    }
    nodes
}

fn ours(text: &str) -> Vec<(String, usize, usize)> {
    let tree = Tree::parse(text).expect("every text parses");
    tree.nodes().map(|node| (format!("{:?}", node.rule()), node.start(), node.end())).collect()
}

/// pest descends through many functions for a bracket, so nothing that nests deeper is held against it.
const DEPTH: usize = 24;
const STACK: usize = 256 * 1024 * 1024;

fn check(text: &str) {
    let scan = scan(FileId(0), text);
    let Some(clean) = scan.text.filter(|_| scan.depth <= DEPTH) else { return };
    let read = || (ours(&clean), pest(&clean));
    let (ours, pest) = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, read);
        thread.expect("there is a thread").join().expect("both read it")
    });
    assert_eq!(ours, pest, "of {text:?}");
}

/// Every program of the repository: specs, examples, the library, the mistakes.
static PROGRAMS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["specs", "examples", "stdlib", "tests"] {
        gather(&root.join(folder), &mut found);
    }
    found
});

fn gather(folder: &Path, found: &mut Vec<String>) {
    let mut paths: Vec<_> = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            gather(&path, found);
        } else if path.extension().is_some_and(|end| end == "gpb") {
            found.push(String::from_utf8_lossy(&std::fs::read(path).expect("a file")).into_owned());
        }
    }
}

#[test]
fn every_mistake_is_read_as_pest_reads_it() {
    recovery::cases().into_iter().for_each(check);
}

#[test]
fn the_programs_of_the_repository_are_read_as_pest_reads_them() {
    assert!(PROGRAMS.len() > 100, "only {} programs were found", PROGRAMS.len());
    PROGRAMS.iter().for_each(|text| check(text));
}

/// What damages a text most when it is put somewhere.
const DAMAGE: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "\"\"\"",
    "${",
    "\\",
    "$",
    ",",
    ":",
    ";",
    "=",
    "==",
    "=>",
    "<",
    ">",
    "|",
    "||",
    "&&",
    "!",
    "??",
    "?.",
    "..",
    ".",
    "//",
    "#",
    "'",
    "\n",
    "\r\n",
    "\t",
    "é",
    "“",
    " if ",
    " else ",
    " for ",
    " in ",
    " or ",
    "not ",
    "policy {",
    "\nresource ",
    "\nlet ",
    "\nstack x {\n",
    "1.2.3",
    "0",
    "-",
    "_",
    "%",
    "5 min",
];

/// Puts something in the place of up to three characters, a few times.
type Damage = Vec<(prop::sample::Index, &'static str, usize)>;

fn damage() -> impl Strategy<Value = Damage> {
    prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(DAMAGE), 0_usize..4), 0..4)
}

fn damaged(mut text: String, damage: Damage) -> String {
    for (place, with, cut) in damage {
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let from = place.index(starts.len());
        let to = (from + cut).min(starts.len() - 1);
        text.replace_range(starts[from]..starts[to], with);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_programs_are_read_as_pest_reads_them(text in program(), damage in damage()) {
        check(&damaged(text, damage));
    }

    #[test]
    fn damaged_files_are_read_as_pest_reads_them(which in any::<prop::sample::Index>(), damage in damage()) {
        check(&damaged(which.get(&PROGRAMS).clone(), damage));
    }
}
