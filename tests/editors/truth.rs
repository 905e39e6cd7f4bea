//! The parser's own view of a file: the pieces an editor must colour, with their places.

use pest::Parser;
use serde_json::{Value as Json, json};

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/gpb.pest"]
struct Gpb;

/// The pieces of a text as `[kind, line, column, length, rule, byte column, byte length]`; lines and columns from 0, `column`
/// and `length` in UTF-16 units. A piece that spans lines is cut at their ends.
pub fn tokens(text: &str) -> Vec<Json> {
    let Ok(pairs) = Gpb::parse(Rule::file, text) else { return Vec::new() };
    let mut found = Vec::new();
    for pair in pairs.flatten() {
        let rule = format!("{:?}", pair.as_rule());
        let Some(kind) = kind(&rule) else { continue };
        let start = pair.as_span().start();
        let before = text.get(..start).unwrap_or("");
        let line = before.matches('\n').count();
        let mut head = before.rsplit('\n').next().unwrap_or("");
        for (line, part) in (line..).zip(pair.as_str().split('\n')) {
            let part = part.trim_end_matches('\r');
            if !part.is_empty() {
                found.push(json!([kind, line, utf16(head), utf16(part), rule, head.len(), part.len()]));
            }
            head = "";
        }
    }
    found
}

fn kind(rule: &str) -> Option<&'static str> {
    match rule {
        "comment" => Some("comment"),
        "text_raw" | "block_raw" | "escape" | "quoted_key" => Some("string"),
        "number" | "unit" | "known_unit" => Some("number"),
        "name" | "type_name" => Some("name"),
        rule if rule.starts_with("kw_") => Some("keyword"),
        rule if rule.starts_with("op_") || matches!(rule, "eq" | "arrow" | "pipe") => Some("operator"),
        _ => None,
    }
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}
