//! Laws that hold for every text.

use super::super::tree::{Rule, SyntaxNode, SyntaxTree};
use super::super::{FormatError, ast::Item, dump::dump, format, parse};
use super::programs::program;
use gpb_base::source::FileId;
use proptest::prelude::*;

/// Checks that each diagnostic points into the text, at the borders of characters.
///
/// Its fix can be made.
fn spans_are_sound(text: &str) {
    for diagnostic in parse(FileId(0), text).diagnostics {
        let spans = diagnostic.labels.iter().map(|label| label.span);
        for span in spans.chain(diagnostic.fix.iter().map(|fix| fix.span)) {
            assert!(text.get(span.range()).is_some(), "{} points outside: {span:?}", diagnostic.code);
        }
    }
}

fn damage(text: &str, edits: &[(prop::sample::Index, u8, String)]) -> String {
    let mut text = text.to_owned();
    for (at, kind, with) in edits {
        let borders: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let from = at.index(borders.len());
        let to = (from + usize::from(*kind)).min(borders.len() - 1);
        text.replace_range(borders[from]..borders[to], with);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn layout_is_stable_and_keeps_the_meaning(text in program()) {
        let parsed = parse(FileId(0), &text);
        prop_assert!(parsed.diagnostics.is_empty(), "{:?}\n{text}", parsed.diagnostics);
        let once = format(&text).map_err(|error| TestCaseError::fail(format!("{error:?}\n{text}")))?;
        prop_assert_eq!(dump(&parsed.module), dump(&parse(FileId(0), &once).module));
        prop_assert_eq!(format(&once), Ok(once.clone()), "of\n{}", text);
    }

    #[test]
    fn damage_never_breaks_the_parser(
        text in program(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..6u8, "[ -~\n\u{0}-\u{3}ü“]{0,3}"), 1..6),
    ) {
        let damaged = damage(&text, &edits);
        spans_are_sound(&damaged);
        prop_assert!(!matches!(format(&damaged), Err(FormatError::WouldChangeMeaning)), "{damaged}");
    }

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        spans_are_sound(&text);
    }
}

const FILE: &str = r#"use "other.gpb"
const office: cidr = "203.0.113.0/24"
fn label(kind: string, n: count = 1) -> string = "${kind}-${n}"
type health {
  path: string = "/"
  every: duration
}
type tier = low | medium | high
component queue {
  param size: range<count> = 2..10
  let base = cidr_split(network, [1, 2], name: 3)
}
stack shop {
  layer data uses security, network {
    aurora main {
      engine = postgresql "15.17"
      tags = { Name = "shop", sum = (1 + 2) * -3 }
      health { path "/health" every 30s }
    }
    resource aws.sqs.queue jobs in recovery {
      after network.gateway
      ids = [for s in subnets if s.public: s.id]
      map = {for k, v in m: k = v}
      document = policy {
        allow "s3:GetObject", "s3:PutObject" to service "x" on "${bucket.arn}/*" when { bool { "a" = false } }
      }
    }
  }
  for name, size in sizes key name { a = 1 }
  if live { b = 1 } else { c = if d { 1 } else { 2 } }
  moved old.a to new["k"].b
}
const middle = 1
environment live of shop {
  region = us-east-1
}
const last = 2
"#;

fn names(text: &str) -> Vec<String> {
    let name = |item: &Item| match item {
        Item::Use(used) => used.path.clone(),
        Item::Const(of) => of.name.text.to_string(),
        Item::Fn(of) => of.name.text.to_string(),
        Item::Type(of) => of.name.text.to_string(),
        Item::Facts(_) => "facts".to_owned(),
        Item::Component(of)
        | Item::Stack(of)
        | Item::Extend(of)
        | Item::Policy(of)
        | Item::Test { body: of, .. }
        | Item::Environment { body: of, .. } => of.name.text.to_string(),
    };
    parse(FileId(0), text).module.items.iter().map(name).collect()
}

/// Returns the ranges of single tokens in a text.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let tree = SyntaxTree::parse(text, false).expect("every text parses");
    let leaf =
        |node: &SyntaxNode<'_>| node.children().next().is_none() && !node.text().is_empty() && !node.is(Rule::EOI);
    let leaves = tree.nodes().filter(leaf).map(|node| node.start()..node.end());
    let quotes = text.match_indices('"').map(|(at, quote)| at..at + quote.len());
    leaves.chain(quotes).collect()
}

#[test]
fn a_missing_token_costs_no_other_item() {
    let all = names(FILE);
    assert_eq!(all.len(), 10);
    for token in tokens(FILE) {
        let mut text = FILE.to_owned();
        text.replace_range(token.clone(), "");
        let kept = names(&text);
        let own = FILE[..token.start].matches('\n').count();
        let lost: Vec<_> = all.iter().filter(|name| !kept.contains(name)).collect();
        assert!(lost.len() <= 1, "without {:?} on line {own}, lost {lost:?}", &FILE[token.clone()]);
        let last = kept.last().map(String::as_str);
        let in_last = token.start >= FILE.find("const last").unwrap_or_default();
        assert!(in_last || last == Some("last"), "without {:?} on line {own}, kept {kept:?}", &FILE[token]);
    }
}

/// Checks half-typed text: up to any character, and then the rest of the file.
#[test]
fn a_half_typed_item_costs_no_other_item() {
    let (before, rest) = FILE.split_at(FILE.find("stack shop").unwrap_or_default());
    let (stack, after) = rest.split_at(rest.find("const middle").unwrap_or_default());
    for (end, _) in stack.char_indices() {
        let text = format!("{before}{}\n{after}", &stack[..end]);
        spans_are_sound(&text);
        let kept = names(&text);
        for name in ["other.gpb", "office", "label", "health", "tier", "queue", "middle", "live", "last"] {
            assert!(kept.iter().any(|kept| kept == name), "{name} is lost after:\n{}", &stack[..end]);
        }
    }
}
