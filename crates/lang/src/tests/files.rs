//! Modules and the standard library.

use super::{check_program, compile, shown, with_files, wrong};

fn checked(files: &[(&str, &str)], library: &[(&str, &str)]) -> String {
    with_files(files, library, |entry, inputs| wrong(&check_program(entry, inputs, None)))
}

#[test]
fn files_use_each_other_in_any_order() {
    let files = [
        (
            "live.gpb",
            "use \"platform.gpb\"\nenvironment live of demo { region = us-east-1, n = office_count }\npub const office_count = 3\n",
        ),
        (
            "platform.gpb",
            "use \"live.gpb\"\nuse \"platform.gpb\"\npub stack demo { param n: count, output n = n + office_count }\n",
        ),
    ];
    insta::assert_snapshot!(with_files(&files, &[], |entry, inputs| shown(&compile(entry, inputs, None))));
}

#[test]
fn what_cannot_be_read_or_seen() {
    let files = [
        (
            "main.gpb",
            "use \"nowhere.gpb\"\nuse \"a.gpb\"\nconst x = hidden + y\nconst y = 1\nconst y = 2\nconst z = hidden_fn(1)\nconst w = \"${hidden}\"\n",
        ),
        ("a.gpb", "use \"b.gpb\"\npub const y = 5\n"),
        ("b.gpb", "const hidden = 1\nfn hidden_fn(n: count) -> count = n\n"),
    ];
    insta::assert_snapshot!(checked(&files, &[]));
    insta::assert_snapshot!(checked(&[], &[]));
}

#[test]
fn the_library_is_there_and_may_be_replaced() {
    let library = [
        (
            "data/queue.gpb",
            "pub component queue {\n  param size: size = small\n  resource aws.sqs.queue main { queue_name = label(\"std\") }\n}\n",
        ),
        ("data/kinds.gpb", "pub type size = small | large\n"),
        ("label.gpb", "fn label(x: string) -> string = \"library-${x}\"\n"),
        ("unused.gpb", "component unused { this is not even parsed }\n"),
        ("aws/x.gpb", "const aws = 1"),
    ];
    let files = [(
        "main.gpb",
        "fn label(x: string) -> string = \"mine-${x}\"\nstack s { queue q { size = large }, output l = label(\"x\") }\nenvironment e of s { region = us-east-1 }\n",
    )];
    insta::assert_snapshot!(with_files(&files, &library, |entry, inputs| {
        let compilation = compile(entry, inputs, None);
        let paths: Vec<&str> = compilation.sources.iter().map(|(_, file)| file.path.as_str()).collect();
        format!("{}\n{}", paths.join(" "), shown(&compilation))
    }));
}
