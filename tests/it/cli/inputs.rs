//! Inputs from outside: `--set`, `--set-file`, and environment variables.

use super::{Story, empty};
use crate::support::Folder;

const SPEC: &str = r#"type check {
  every: duration 10s..5min = 30s
}

stack shop {
  param image: string = env("SHOP_IMAGE") ?? "app:latest"
  param tag: string? = env("SHOP_TAG")
  param size: count 1..8 = env("SHOP_SIZE") ?? 1
  param zones: list<string> = []
  param health: check = {}
  param home: region = us-east-1
  param key: secret?
  param about: string?

  layer messages {
    resource aws.sqs.queue jobs {
      queue_name         = "jobs"
      visibility_timeout = size
      tags { image = image, tag = tag ?? "none", about = about ?? "nothing" }
    }
  }
}

environment test of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}
"#;

fn shop() -> Folder {
    let folder = empty();
    folder.write("shop.gpb", SPEC);
    folder
}

#[test]
fn parameters_are_set_and_the_plan_says_so() {
    let mut folder = shop();
    folder.write("about.txt", "in a file");
    folder.set("SHOP_TAG", "v7");
    let set = ["plan", "shop.gpb", "--set", "image=app:1.2", "--set", "size=5", "--set-file", "about=about.txt"];
    Story::of(&folder).run(0, &set).json(0, &[&set[..], &["--json"]].concat()).end("inputs");
}

#[test]
fn values_are_read_as_the_type_of_their_parameter() {
    let folder = shop();
    for (given, shown) in [
        ("image=us-east-1", ""),
        ("image=", ""),
        ("image=a=b", ""),
        ("image=\"quoted\"", ""),
        ("size=8", ""),
        ("zones=[\"a\", \"b\"]", ""),
        ("zones=[]", ""),
        ("health={ every = 1min }", ""),
        ("home=eu-west-1", ""),
        ("tag=none", ""),
    ] {
        let ran = folder.expect(0, &["check", "shop.gpb", "--set", given]);
        assert!(ran.out.contains(shown), "{given}: {}", ran.text());
    }
}

#[test]
fn wrong_values_are_shown_where_they_were_given() {
    let folder = shop();
    folder.write("size.txt", "5 apples\n");
    let mut story = Story::of(&folder);
    for given in [
        "imgae=app:1.2",
        "size=five",
        "size=9",
        "size=30s",
        "size=",
        "size=5 6",
        "size=5, 6",
        "size=2 * 3",
        "zones=a",
        "zones=[a]",
        "health={ evry = 1min }",
        "health={ every = 1s }",
        "home=us-esat-1",
        "key=hunter2",
        "mode=live",
    ] {
        story = story.run(3, &["check", "shop.gpb", "--set", given]);
    }
    story
        .run(3, &["check", "shop.gpb", "--set", "size=1", "--set", "size=2"])
        .run(3, &["check", "shop.gpb", "--set-file", "size=size.txt"])
        .run(1, &["check", "shop.gpb", "--set-file", "about=missing.txt"])
        .run(1, &["check", "shop.gpb", "--set", "image"])
        .run(1, &["check", "shop.gpb", "--set", "=app"])
        .run(1, &["fmt", "shop.gpb", "--set", "image=app"])
        .end("inputs_wrong");
}

#[test]
fn variables_are_read_as_the_type_of_their_parameter() {
    let mut folder = shop();
    folder.set("SHOP_SIZE", "7");
    assert!(folder.expect(0, &["plan", "shop.gpb"]).out.contains("visibility_timeout = 7"));
    folder.set("SHOP_SIZE", "many");
    Story::of(&folder)
        .run(3, &["check", "shop.gpb"])
        .run(0, &["check", "shop.gpb", "--set", "size=2"])
        .end("inputs_variable");
}

#[test]
fn a_saved_plan_is_applied_with_its_inputs_or_not_at_all() {
    let mut folder = shop();
    folder.write("about.txt", "one");
    folder.set("SHOP_TAG", "v7");
    folder.expect(0, &["plan", "shop.gpb", "--set", "image=app:1.2", "--set-file", "about=about.txt"]);
    folder.set("SHOP_TAG", "v8");
    let stale = folder.expect(3, &["apply", "--yes"]);
    assert!(stale.err.contains("the environment variable `SHOP_TAG` was \"v7\" and is \"v8\""), "{}", stale.text());
    folder.set("SHOP_TAG", "v7");
    folder.write("about.txt", "another");
    let stale = folder.expect(3, &["apply", "--yes"]);
    assert!(stale.err.contains("`about.txt`, which `about` was read from"), "{}", stale.text());
    folder.write("about.txt", "one");
    let other = folder.expect(1, &["apply", "--yes", "--set", "image=app:3"]);
    assert!(other.err.contains("make another plan"), "{}", other.text());
    folder.expect(0, &["apply", "--yes"]);
    let again = ["plan", "shop.gpb", "--detailed-exitcode", "--set", "image=app:1.2", "--set-file", "about=about.txt"];
    folder.expect(0, &again);
    assert!(folder.expect(2, &["plan", "shop.gpb", "--detailed-exitcode"]).out.contains("app:latest"));
}

#[test]
fn of_several_environments_all_that_have_the_parameter_are_given_it() {
    let folder = empty();
    let two = format!("{SPEC}\nstack other {{}}\nenvironment live of other {{\n  region = us-east-1\n}}\n");
    folder.write("two.gpb", &two);
    folder.expect(0, &["check", "two.gpb", "--set", "image=app:1.2"]);
    folder.expect(3, &["check", "two.gpb", "--set", "imgae=app:1.2"]);
    folder.expect(0, &["check", "two.gpb", "--env", "test", "--set", "image=app:1.2"]);
    folder.expect(3, &["check", "two.gpb", "--env", "live", "--set", "image=app:1.2"]);
    folder.expect(3, &["plan", "two.gpb", "--set", "image=app:1.2"]);
}

/// Returns the outputs of a plan, one of each parameter of a spec in which they have the type `any` or `string`.
fn outputs(folder: &Folder, arguments: &[&str]) -> String {
    let arguments = [&["plan", "open.gpb"], arguments].concat();
    folder.expect(0, &arguments).out
}

#[test]
fn a_text_is_read_alike_wherever_it_comes_from() {
    let mut folder = empty();
    folder.write(
        "open.gpb",
        "stack open {\n  param set: any = \"\"\n  param read: any = env(\"OPEN\") ?? \"\"\n  param plain: string = \"\"\n  \
         output set = \"<${text(set)}>\"\n  output read = \"<${text(read)}>\"\n  output plain = \"<${plain}>\"\n}\n\
         environment test of open {\n  account = \"123456789012\"\n  region = us-east-1\n  mode = sandbox\n}\n",
    );
    for text in ["1.10", "007", "[1, 2]", "true", "a b", "[1"] {
        folder.set("OPEN", text);
        let shown = outputs(&folder, &["--set", &format!("set={text}")]);
        assert!(shown.contains(&format!("set   = \"<{text}>\"")), "{text}: {shown}");
        assert!(shown.contains(&format!("read  = \"<{text}>\"")), "{text}: {shown}");
    }
    // A file holds a text as it is, with or without an end of its last line; a mark before it is none of it.
    for (text, shown_as) in [("\"x\"", r#"<\"x\">"#), ("\"x\"\n", r#"<\"x\"\n>"#), ("\u{feff}v1", "<v1>")] {
        folder.write("plain.txt", text);
        let shown = outputs(&folder, &["--set-file", "plain=plain.txt"]);
        assert!(shown.contains(shown_as), "{text:?}: {shown}");
    }
    let ran = folder.expect(1, &["check", "open.gpb", "--set", "plain = x"]);
    assert!(ran.err.contains("no blank stands around `=`: `plain=x`"), "{}", ran.text());
}
