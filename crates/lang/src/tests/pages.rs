//! The pages behind the codes: each example does what its page says.

use super::{check_program, with_files, wrong};
use crate::Compilation;
use gpb_base::diag::{CodePage, pages};

/// The text of the block that opens with ```` ```gpb kind ````.
fn example<'a>(page: &CodePage, kind: &str) -> Option<&'a str>
where
    'static: 'a,
{
    let (_, rest) = page.text.split_once(&format!("```gpb {kind}\n"))?;
    rest.split_once("```").map(|(code, _)| code)
}

fn checked(source: &str) -> Compilation {
    with_files(&[("main.gpb", source)], &[], |entry, inputs| check_program(entry, inputs, None))
}

#[test]
fn the_examples_of_every_page_are_true() {
    let mut faults = Vec::new();
    for page in pages().iter().filter(|page| page.code < "GPB3000" || page.code >= "GPB9000") {
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

#[test]
fn every_code_of_the_language_has_a_page() {
    let sources = [
        include_str!("../eval/meter.rs"),
        include_str!("../eval/mod.rs"),
        include_str!("../lib.rs"),
        include_str!("../environment.rs"),
        include_str!("../assemble.rs"),
        include_str!("../type_table.rs"),
        include_str!("../names.rs"),
        include_str!("../modules.rs"),
        include_str!("../compile_context.rs"),
        include_str!("../eval/call.rs"),
        include_str!("../eval/comprehension.rs"),
        include_str!("../eval/entries.rs"),
        include_str!("../eval/expr.rs"),
        include_str!("../eval/member.rs"),
        include_str!("../eval/memo.rs"),
        include_str!("../eval/size.rs"),
        include_str!("../expand/after_clauses.rs"),
        include_str!("../expand/groups.rs"),
        include_str!("../expand/instances.rs"),
        include_str!("../expand/places.rs"),
        include_str!("../resolve/body.rs"),
        include_str!("../resolve/expr.rs"),
        include_str!("../resolve/members.rs"),
        include_str!("../resolve/mod.rs"),
        include_str!("../resolve/scope.rs"),
    ];
    for source in sources {
        for (at, _) in source.match_indices("\"GPB") {
            let code = source.get(at + 1..at + 8).unwrap_or("");
            assert!(gpb_base::diag::page(code).is_some(), "{code} has no page");
        }
    }
}
