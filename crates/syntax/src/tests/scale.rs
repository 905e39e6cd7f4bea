//! Deep, long and hostile texts: they end, in linear time, with a message where one is due.

use super::super::lower::MAX_DEPTH;
use super::parse;
use gpb_base::source::FileId;
use std::time::Duration;

fn codes(text: &str) -> Vec<&'static str> {
    let mut codes: Vec<_> = parse(FileId(0), text).diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.dedup();
    codes
}

fn nested(open: &str, close: &str, depth: usize) -> String {
    format!("const before = 1\nconst x = {}1{}\nconst after = 2\n", open.repeat(depth), close.repeat(depth))
}

const PAIRS: [(&str, &str); 9] = [
    ("[", "]"),
    ("(", ")"),
    ("f(", ")"),
    ("{ a = ", " }"),
    ("{ a { b = ", " } }"),
    ("if c { ", " } else { 2 }"),
    ("\"${", "}\""),
    ("[for x in ", ": x]"),
    ("{for k, v in ", ": k = v}"),
];

#[test]
fn nesting_within_the_limit_is_read() {
    for (open, close) in PAIRS {
        let deepest = if open.matches(['{', '[', '(']).count() > 1 { 100 } else { 200 };
        // The shallow ones are read on the stack of this very thread.
        for depth in [6, 11, 12, 13, deepest] {
            assert_eq!(codes(&nested(open, close, depth)), Vec::<&str>::new(), "{open}");
        }
    }
}

#[test]
fn nesting_beyond_the_limit_is_refused_and_the_rest_is_read() {
    for (open, close) in PAIRS {
        for depth in [MAX_DEPTH + 1, 100_000] {
            let parsed = parse(FileId(0), &nested(open, close, depth));
            let codes: Vec<_> = parsed.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
            assert_eq!(codes, ["GPB0004"], "{open} {depth}");
            assert_eq!(parsed.module.items.len(), 3, "{open} {depth}");
        }
    }
}

#[test]
fn unclosed_nesting_ends() {
    for open in ["[", "(", "{", "f(", "{ a = ", "\"${", "list<", "if c {", "policy {", "a { ", "a(b["] {
        for depth in [200, 100_000] {
            let text = format!("const x = {}\nconst after = 2\n", open.repeat(depth));
            let parsed = parse(FileId(0), &text);
            assert!(!parsed.diagnostics.is_empty(), "{open}");
            assert!(parsed.module.items.len() >= 2, "{open} {depth}: {}", parsed.module.items.len());
        }
    }
}

#[test]
fn long_chains_are_refused_not_overflowed() {
    let long = |piece: &str| piece.repeat(3_000);
    for value in [
        format!("{}1", long("!")),
        format!("{}1", long("-")),
        format!("1{}", long(" + 1")),
        format!("1{}", long(" + (1 * 2)")),
        format!("a{}", long(".b")),
        format!("a{}", long("[0]")),
        format!("{}{{ 2 }}", long("if c { 1 } else ")),
        format!("a{}", long(" ?? b")),
    ] {
        let text = format!("const x = {value}\nstack s {{ y = {value} }}\n");
        assert_eq!(codes(&text), ["GPB0004"], "{value:.40}");
    }
    let chain = format!("stack s {{\n  {}{{ }}\n}}\n", long("if c { } else "));
    assert_eq!(codes(&chain), ["GPB0004"]);
    let types = format!("type t = {}string{}\n", "list<".repeat(3_000), ">".repeat(3_000));
    assert_eq!(codes(&types), ["GPB0004"]);
    for word in
        ["if ", "for x in ", "in ", "not ", "a = ", "postgresql ", "after ", "\"", "'", "a ", "= ", "[]", "{}", "=>"]
    {
        let _ = codes(&format!("stack s {{\n  {}\n}}\n", long(word)));
        let _ = codes(&format!("const x = {}\n", long(word)));
    }
}

#[test]
#[allow(clippy::disallowed_methods)] // this test measures
fn time_grows_with_the_text() {
    let time = |text: &str, times: usize| {
        let run = || {
            let start = std::time::Instant::now();
            for _ in 0..times {
                let _ = parse(FileId(0), text);
            }
            start.elapsed()
        };
        run().min(run()).min(run())
    };
    let shapes: [&dyn Fn(usize) -> String; 7] = [
        &|n| "\n".repeat(n * 50),
        &|n| {
            format!(
                "stack s {{\n{}}}\n",
                "  resource aws.sqs.queue q {\n    a = \"x ${y}\"\n    b = [1, 2]\n  }\n".repeat(n)
            )
        },
        &|n| "const a = 1\n".repeat(n * 5),
        &|n| format!("stack s {{ {} }}", "a { b = 1 } ".repeat(n * 3)),
        &|n| format!("stack s {{\n{}", "  a = [\n".repeat(n)),
        &|n| "@ = ( \" ${ \n".repeat(n),
        &|n| format!("const a = [{}]\n", "1, ".repeat(n * 5)),
    ];
    for (index, shape) in shapes.iter().enumerate() {
        // Eight times the text against the text eight times, so that a busy machine delays both alike: were time the
        // square of the text, the first would take eight times as long.
        let linear = || time(&shape(400), 1) < time(&shape(50), 8) * 3 + Duration::from_millis(20);
        assert!((0..60).any(|_| linear()), "shape {index} takes more than its share");
    }
}
