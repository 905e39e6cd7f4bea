//! The parser the build script writes against pest's own reading of the same grammar.

use super::super::scan::scan;
use super::super::tree::{Rule, Tree, trim};
use super::programs::program;
use super::recovery;
use crate::source::FileId;
use pest::Token;
use pest_vm::Vm;
use proptest::prelude::*;
use std::sync::LazyLock;

static PEST: LazyLock<Vm> = LazyLock::new(|| {
    let (_, rules) =
        pest_meta::parse_and_optimize(include_str!("../../../grammar/gpb.pest")).expect("the grammar is one");
    Vm::new(rules)
});

/// Every node that pest makes of a text: its rule, its start and its end.
fn pest(text: &str) -> Vec<(String, usize, usize)> {
    let mut nodes = Vec::new();
    let mut open = Vec::new();
    for token in PEST.parse("file", text).expect("every text parses").tokens() {
        match token {
            Token::Start { rule, pos } => {
                open.push(nodes.len());
                nodes.push((rule.to_owned(), pos.pos(), pos.pos()));
            }
            Token::End { rule, pos } => {
                let node: &mut (String, usize, usize) = &mut nodes[open.pop().unwrap()];
                let known = super::super::parser::ALL_RULES.iter().find(|known| format!("{known:?}") == rule);
                let (start, end) = trim(text, known.copied().unwrap_or(Rule::EOI), node.1, pos.pos());
                (node.1, node.2) = (start, end);
            }
        }
    }
    nodes
}

fn ours(text: &str) -> Vec<(String, usize, usize)> {
    let tree = Tree::parse(text).expect("every text parses");
    tree.nodes().map(|node| (format!("{:?}", node.rule()), node.start(), node.end())).collect()
}

fn check(text: &str) {
    let scan = scan(FileId(0), text);
    let Some(clean) = scan.text.filter(|_| scan.depth <= 8) else { return };
    assert_eq!(ours(&clean), pest(&clean), "of {text:?}");
}

#[test]
fn every_mistake_is_read_as_pest_reads_it() {
    recovery::cases().into_iter().for_each(check);
}

#[test]
fn the_library_is_read_as_pest_reads_it() {
    let library = crate::stdlib::Library::embedded();
    library.below("", ".gpb").for_each(|(_, text)| check(text));
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_programs_are_read_as_pest_reads_them(
        text in program(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(DAMAGE), 0_usize..4), 0..4),
    ) {
        let mut text = text;
        for (place, with, cut) in damage {
            let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let from = place.index(starts.len());
            let to = (from + cut).min(starts.len() - 1);
            text.replace_range(starts[from]..starts[to], with);
        }
        check(&text);
    }
}
