//! Recognizes a text of another tool as a whole, which one message explains.

use super::super::tree::{Rule, SyntaxTree};
use gpb_base::diag::Diagnostic;
use gpb_base::foreign;
use gpb_base::source::{FileId, Span};

/// Returns the one message about a text that holds nothing of gpb's, and is another tool's.
pub(in super::super) fn pasted(file: FileId, tree: &SyntaxTree<'_>, text: &str) -> Option<Diagnostic> {
    let root = tree.root()?;
    let is_own = |rule| {
        matches!(
            rule,
            Rule::stack_item
                | Rule::extend_item
                | Rule::component_item
                | Rule::environment_item
                | Rule::facts_item
                | Rule::policy_item
                | Rule::test_item
                | Rule::fn_item
        )
    };
    let is_strange = |rule| matches!(rule, Rule::misplaced | Rule::junk_item);
    if root.children().any(|item| is_own(item.rule())) || !root.children().any(|item| is_strange(item.rule())) {
        return None;
    }
    if let Some(found) = foreign::pasted(text) {
        let span = Span::new(file, found.at, found.at + found.length);
        return Some(
            Diagnostic::error("GPB0080", format!("this is {}", found.what))
                .with_label(span, "here it shows")
                .help(found.own),
        );
    }
    let mut rest = text.trim_start();
    while rest.starts_with("//") {
        rest = rest.split_once('\n')?.1.trim_start();
    }
    let start = text.len() - rest.len();
    let is_json = rest.starts_with(['{', '[']) && rest.get(1..)?.trim_start().starts_with(['"', '{', '[']);
    let what = if is_json {
        "JSON"
    } else if is_yaml_text(rest) {
        "YAML"
    } else {
        return None;
    };
    let end = start + rest.find('\n').unwrap_or(rest.len()).min(rest.len());
    Some(
        Diagnostic::error("GPB0080", format!("this is {what}, and no program of gpb"))
            .with_label(Span::new(file, start, end.max(start + 1)), "expected an item such as `stack name { … }`")
            .help("write what it describes in a `stack`; as a value, `from_json(\"…\")` reads JSON"),
    )
}

/// Checks that every line at the margin is `key:` or `key: value`, and that there are two or more of them.
fn is_yaml_text(text: &str) -> bool {
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with([' ', '\t', '#']) && !line.starts_with("//"));
    let is_key = |line: &str| {
        let word = line.trim_start_matches("- ").split(':').next().unwrap_or_default();
        let rest = line.trim_start_matches("- ").get(word.len()..).unwrap_or_default();
        let plain = !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        line == "---" || (plain && (rest == ":" || rest.starts_with(": ")))
    };
    let mut count = 0;
    for line in lines {
        if !is_key(line.trim_end()) {
            return false;
        }
        count += 1;
    }
    count > 1
}
