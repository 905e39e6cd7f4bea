//! Random programs: texts without mistakes, in every layout a writer may choose.

use proptest::prelude::*;
use proptest::sample::select;

type TextStrategy = BoxedStrategy<String>;

fn name() -> TextStrategy {
    select(vec!["a", "b-c", "us-east-1", "queue", "type", "in", "key", "x_1", "on", "to", "resource", "_", "layer"])
        .prop_map(str::to_owned)
        .boxed()
}

fn word() -> TextStrategy {
    select(vec!["a", "b-c", "queue", "x_1", "main"]).prop_map(str::to_owned).boxed()
}

fn text() -> TextStrategy {
    let piece = select(vec!["abc", " ", "\\n", "\\\"", "\\\\", "\\$", "\\u{1F600}", "$", "ü", "//", "{", "}", "#"]);
    let text = prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()));
    text.prop_filter("a hole would not be closed", |text| !text.contains("${")).boxed()
}

fn literal() -> TextStrategy {
    let numbers = vec![
        "0",
        "12",
        "1_000",
        "0.25",
        "30s",
        "70%",
        "1000/min",
        "512MiB",
        "8 ACU",
        "0.25 vcpu",
        "2  GiB",
        "$2_000",
        "$0.5",
    ];
    prop_oneof![
        select(numbers).prop_map(str::to_owned),
        select(vec!["true", "false", "none"]).prop_map(str::to_owned),
        text(),
        name(),
        (word(), text()).prop_map(|(tag, text)| format!("{tag} {text}")),
        (word(), word()).prop_map(|(of, member)| format!("{of}.{member}?.{of}[0]")),
    ]
    .boxed()
}

/// Elements between brackets, on one line or over several, with comments.
fn bracketed(open: &str, close: &str, parts: &[String], layout: u8) -> String {
    if parts.is_empty() {
        return match layout {
            0 => format!("{open}{close}"),
            _ => format!("{open} {close}"),
        };
    }
    match layout {
        0 => format!("{open}{}{close}", parts.join(", ")),
        1 => format!("{open}\n  {}\n{close}", parts.join(",\n")),
        2 => format!("{open} // first\n{},\n\n\n// last\n{close}", parts.join(" // one\n ,  // two\n")),
        _ => format!("{open} {} ,{close}", parts.join("   ,\n")),
    }
}

fn braced(entries: &[String], layout: u8) -> String {
    match (layout, entries.is_empty()) {
        (0, false) => format!("{{ {} }}", entries.join(", ")),
        (_, true) => "{ }".to_owned(),
        (1, _) => format!("{{\n{}\n}}", entries.join("\n")),
        (2, _) => format!("{{ // first\n{} // end\n\n\n}}", entries.join(" // one\n\n\n// two\n")),
        _ => format!("{{{}\n}}", entries.join("   ,\n")),
    }
}

pub fn expr() -> TextStrategy {
    literal().prop_recursive(4, 24, 4, |inner| {
        let ops = vec!["||", "&&", "==", "!=", "<", "<=", ">", ">=", "??", "..", "+", "-", "*", "/", "%"];
        let many = || prop::collection::vec(inner.clone(), 0..4);
        let list_for = (word(), inner.clone(), inner.clone(), inner.clone(), 0..3u8);
        let map_for = (word(), inner.clone(), inner.clone(), 0..2u8);
        prop_oneof![
            (many(), 0..4u8).prop_map(|(parts, layout)| bracketed("[", "]", &parts, layout)),
            (word(), many(), 0..4u8).prop_map(|(f, parts, layout)| bracketed(&format!("{f}("), ")", &parts, layout)),
            (word(), word(), inner.clone()).prop_map(|(f, arg, value)| format!("{f}({arg}: {value})")),
            (inner.clone(), select(ops), inner.clone(), 0..3u8).prop_map(|(left, op, right, layout)| match layout {
                0 => format!("({left} {op} {right})"),
                1 => format!("(\n{left}\n{op}   {right})"),
                _ => format!("({left}  {op}\n {right}\n)"),
            }),
            (select(vec!["!", "-", "!!", "- "]), inner.clone()).prop_map(|(sign, value)| format!("({sign}({value}))")),
            (inner.clone(), inner.clone(), inner.clone(), 0..3u8).prop_map(|(c, a, b, layout)| match layout {
                0 => format!("(if ({c}) {{ {a} }} else {{ {b} }})"),
                1 => format!("[if ({c}) {{ {a} }}, if ({c}) {{ {a} }} else if {b} {{\n{a} }}\n]"),
                _ => format!("(if ({c}) {{\n{a} }}\nelse if true {{ {b} }} else {{\n {a}\n}})"),
            }),
            (prop::collection::vec((word(), inner.clone()), 0..3), 0..4u8).prop_map(|(fields, layout)| {
                let fields: Vec<_> = fields.into_iter().map(|(name, value)| format!("{name} = {value}")).collect();
                braced(&fields, layout)
            }),
            list_for.prop_map(|(x, over, filter, value, layout)| match layout {
                0 => format!("[for {x} in {over}: {value}]"),
                1 => format!("[ for {x},y  in {over} if {filter} : {value} ]"),
                _ => format!("[\n for {x} in {over} if {filter}:\n {value}\n]"),
            }),
            map_for.prop_map(|(k, over, value, layout)| match layout {
                0 => format!("{{for {k}, v in {over}: {k} = {value}}}"),
                _ => format!("{{\n for {k}, v in ({over}) if v:\n \"${{{k}}}\" = {value}\n}}"),
            }),
            inner.clone().prop_map(|value| format!("\"a ${{ {value} }} b\"")),
            inner.clone().prop_map(|value| format!("\"\"\"\n      one\n        ${{{value}}}\n\n      \\n two  \n      \"\"\"")),
            (text(), inner.clone(), 0..2u8).prop_map(|(action, on, layout)| match layout {
                0 => format!("policy {{ allow {action} on ({on}) }}"),
                _ => format!("policy {{\n allow {action},{action}\n to service {action}, anyone\n on ({on}) when {{ a {{ b = 1 }} }}\n deny x\n}}"),
            }),
        ]
    })
    .boxed()
}

fn entry() -> TextStrategy {
    let simple = prop_oneof![
        (name(), expr()).prop_map(|(name, value)| format!("{name} = {value}")),
        (text().prop_filter("a key has no escapes here", |key| !key.contains('\\')), expr())
            .prop_map(|(key, value)| format!("{key}   =   {value}")),
        (word(), word(), expr()).prop_map(|(head, label, value)| format!("{head} {label} = {value}")),
        (word(), text(), word(), literal().prop_filter("phrases take short values", |value| !value.contains(' ')))
            .prop_map(|(a, text, b, value)| format!("recover from zone {{ {a} {text} {b} {value} }}")),
        (word(), expr()).prop_map(|(name, value)| format!("let {name} = {value}")),
        (word(), expr()).prop_map(|(name, value)| format!("param {name} : range< count >? = {value}")),
        (word(), expr()).prop_map(|(name, value)| format!("output {name} = {value}")),
        (word(), word()).prop_map(|(a, b)| format!("after {a}.{b}, {b}[\"x\"].{a}")),
        (word(), word()).prop_map(|(a, b)| format!("moved {a}.{b} to {b}")),
        (word(), word()).prop_map(|(a, b)| format!("ignore {a} ,{b}")),
        Just("protect always".to_owned()),
        Just("replace create_first".to_owned()),
        word().prop_map(|metric| format!("when {metric}.cpu >= 70% add 2 remove 1")),
    ];
    let bare = simple.boxed();
    bare.prop_recursive(3, 16, 4, |inner| {
        let body =
            (prop::collection::vec(inner, 0..4), 1..4u8).prop_map(|(entries, layout)| braced(&entries, layout)).boxed();
        prop_oneof![
            (word(), body.clone()).prop_map(|(head, body)| format!("{head} {body}")),
            (word(), word(), body.clone())
                .prop_map(|(head, label, body)| format!("{head}  {label} in recovery {body}")),
            (word(), body.clone())
                .prop_map(|(name, body)| format!("resource aws.sqs.queue {name}{{ a = 1, b {body} }}")),
            (word(), body.clone()).prop_map(|(name, body)| format!("layer {name} uses a,b {body}")),
            (word(), body.clone()).prop_map(|(x, body)| format!("for {x}, y in xs key y.name {body}")),
            (word(), body.clone(), body.clone())
                .prop_map(|(c, a, b)| format!("if {c} {a} else if {c} == 1 {b}\nelse {a}")),
            body.clone().prop_map(|body| format!("in place(region: us-west-2) {body}")),
            body.prop_map(|body| format!("override a.b {body}")),
        ]
    })
    .boxed()
}

fn item() -> TextStrategy {
    let body = || (prop::collection::vec(entry(), 0..5), 1..4u8).prop_map(|(entries, layout)| braced(&entries, layout));
    prop_oneof![
        Just("use \"a.gpb\"".to_owned()),
        (word(), expr()).prop_map(|(name, value)| format!("const {name}: count = {value}")),
        (word(), expr()).prop_map(|(name, value)| format!("fn {name}(a: string,\n // why\n b = 1) -> any = {value}")),
        word().prop_map(|name| format!("type {name} {{\n /// doc\n a: list<map<count>>?   = 1, b : low|high\n}}")),
        (word(), body()).prop_map(|(name, body)| format!("component {name} {body}")),
        (word(), body()).prop_map(|(name, body)| format!("stack {name}   {body}")),
        (word(), body()).prop_map(|(name, body)| format!("environment {name} of x {body}")),
    ]
    .boxed()
}

pub fn program() -> TextStrategy {
    let joint = select(vec!["\n", "\n\n\n\n", " // end\n", "\n// own\n", "\n/// doc\n", "\n//! about\n", "\r\n"]);
    prop::collection::vec((item(), joint), 0..5)
        .prop_map(|items| items.into_iter().map(|(item, joint)| item + joint).collect())
        .boxed()
}
