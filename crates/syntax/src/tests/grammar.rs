//! The tree of every text, whole or damaged, is one: pest finds the grammar to match, its nodes lie as nodes must, and
//! they are the same whether the text is read in one piece, in many or by two threads.

#![allow(clippy::disallowed_methods)] // The programs that lie about in the repository are read from it.

use super::super::scan::scan;
use super::super::stack;
use super::super::tree::{Rule, SyntaxNode, SyntaxTree};
use super::programs::program;
use super::recovery;
use gpb_base::source::FileId;
use proptest::prelude::*;
use std::path::Path;
use std::sync::LazyLock;

/// Checks that `text` has a sound tree, however deep it nests.
fn check(text: &str) {
    let scan = scan(FileId(0), text);
    let Some(clean) = scan.text else { return };
    let read = stack::with_stack(scan.depth, || {
        let tree = SyntaxTree::parse(&clean, false)?;
        is_sound(&tree);
        let whole = SyntaxTree::parse_whole(&clean)?;
        assert!(tree.nodes().map(place).eq(whole.nodes().map(place)), "{clean:?} has another tree in pieces");
        let halves = SyntaxTree::parse(&clean, stack::is_shallow(scan.depth))?;
        assert!(halves.nodes().map(place).eq(whole.nodes().map(place)), "{clean:?} has another tree in halves");
        Some(())
    });
    assert_eq!(read, Some(()), "{text:?} does not match the grammar");
}

/// Returns all that makes a node what it is.
fn place(node: SyntaxNode<'_>) -> (Rule, usize, usize, Option<SyntaxNode<'_>>, Option<SyntaxNode<'_>>) {
    (node.rule(), node.start(), node.end(), node.parent(), node.after())
}

/// Checks that the root is the whole file, and nodes lie inside their parents.
///
/// Nodes stand on the borders of characters, one behind the other. Blanks are left out of account: a node ends with its
/// last sign, raw text with its last blank.
fn is_sound(tree: &SyntaxTree<'_>) {
    let told = |node: SyntaxNode<'_>| format!("{:?} {}..{}", node.rule(), node.start(), node.end());
    let in_order = |first: usize, second: usize| {
        let between = tree.text.get(second..first).unwrap_or_default();
        first <= second || between.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
    };
    let root = tree.root().expect("every text has a root");
    assert!(root.is(Rule::file) && root.start() == 0, "{}", told(root));
    assert_eq!(root.children().last().map(SyntaxNode::rule), Some(Rule::EOI));
    for node in tree.nodes() {
        assert!(tree.text.get(node.start()..node.end()).is_some(), "{} of {:?}", told(node), tree.text);
        let parent = node.parent().unwrap_or(node);
        let inside = in_order(parent.start(), node.start()) && in_order(node.end(), parent.end());
        assert!(inside, "{} in {} of {:?}", told(node), told(parent), tree.text);
        if let Some(after) = node.after() {
            assert!(in_order(node.end(), after.start()), "{} before {} of {:?}", told(node), told(after), tree.text);
            assert!(after.before() == Some(node), "{} after {}", told(after), told(node));
        }
    }
}

/// Every program of the repository: specs, examples, the library, the mistakes.
static PROGRAMS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
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
fn every_mistake_has_a_tree() {
    recovery::cases().into_iter().for_each(check);
}

#[test]
fn the_programs_of_the_repository_have_trees() {
    assert!(PROGRAMS.len() > 100, "only {} programs were found", PROGRAMS.len());
    PROGRAMS.iter().for_each(|text| check(text));
}

/// The insertions that damage a text most.
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
    fn damaged_programs_have_trees(text in program(), damage in damage()) {
        check(&damaged(text, damage));
    }

    #[test]
    fn damaged_files_have_trees(which in any::<prop::sample::Index>(), damage in damage()) {
        check(&damaged(which.get(&PROGRAMS).clone(), damage));
    }
}
