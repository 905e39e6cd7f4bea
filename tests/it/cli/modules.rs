//! Programs of several files: one stack in many, one file by many paths, and files that are none.

use super::empty;
use crate::support::Folder;
use std::fs;
use std::process::Command;

const NETWORK: &str = r#"  layer network {
    resource aws.ec2.vpc main { cidr_block = "10.0.0.0/16" }
    output vpc_id = main.vpc_id
  }
"#;
const DATA: &str = r#"  layer data uses network {
    for name in ["a", "b"] {
      resource aws.sqs.queue jobs {
        queue_name    = "jobs-${name}"
        delay_seconds = delay
      }
    }
    queue mail { name = "mail" }
  }
"#;
const FRONT: &str = r#"  layer front uses network, data {
    resource aws.ec2.security_group door {
      group_description = "${size} doors"
      vpc_id            = network.vpc_id
    }
    resource aws.sns.topic news { topic_name = data.jobs["a"].queue_name }
  }
  output door = front.door.group_id
"#;
const ENVIRONMENT: &str = r#"environment test of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
  delay   = 3
}
"#;

/// Returns the plan of a program, to the byte.
fn plan(folder: &Folder) -> String {
    folder.expect(0, &["plan", "main.gpb", "--cloud", "sim", "--out", "plan.json"]);
    fs::read_to_string(folder.path("plan.json")).unwrap()
}

#[test]
fn a_stack_in_three_files_has_the_plan_of_one() {
    let whole = empty();
    let text = format!("stack shop {{\n  param delay: count\n{NETWORK}{DATA}{FRONT}}}\nconst size = 2\n{ENVIRONMENT}");
    whole.write("main.gpb", &text);
    let expected = plan(&whole);
    let data = format!("use \"main.gpb\"\nextend stack shop {{\n{DATA}}}\n");
    let front = format!("const size = 2\nextend stack shop {{\n{FRONT}}}\n");
    let main = format!("pub stack shop {{\n  param delay: count\n{NETWORK}}}\n{ENVIRONMENT}");
    for uses in ["use \"data.gpb\"\nuse \"front.gpb\"\n", "use \"front.gpb\"\nuse \"data.gpb\"\n"] {
        let folder = empty();
        folder.write("data.gpb", &data);
        folder.write("front.gpb", &front);
        folder.write("main.gpb", &format!("{uses}{main}"));
        assert_eq!(plan(&folder), expected);
    }
}

#[test]
fn a_mistake_in_an_extension_is_found_without_an_environment() {
    let folder = empty();
    folder.write("main.gpb", "use \"more.gpb\"\nstack shop {\n  param tall: bool\n  param n: count\n}\n");
    folder.write(
        "more.gpb",
        "extend stack shop {\n  if tall {\n    resource aws.sqs.queue a { delay_seconds = \"x\" }\n  } else {\n    resource aws.sqs.queue b { queue_name = n + \"y\" }\n  }\n}\n",
    );
    let ran = folder.expect(3, &["check", "main.gpb", "--json"]);
    let document = ran.json();
    let at = |one: &serde_json::Value| one["labels"][0]["at"]["line"].as_u64();
    let lines: Vec<_> = document["diagnostics"].as_array().unwrap().iter().filter_map(at).collect();
    assert_eq!(lines, [3, 5], "{}", ran.text());
}

#[test]
fn the_fixes_of_private_items_mend_their_file() {
    let folder = empty();
    folder.write(
        "main.gpb",
        "use \"net.gpb\"\nuse \"net.gpb\" as net\nconst a = size + net.more\nstack s {\n  lane main { speed = f(1) }\n}\n",
    );
    folder.write(
        "net.gpb",
        "/// One.\nconst size = 1\nconst more = 2\nfn f(x: count) -> speed = fast\ntype speed = slow | fast\ncomponent lane {\n  param speed: speed\n  resource aws.sqs.queue main {}\n}\n",
    );
    for left in (0..4).rev() {
        let document = folder.expect(3, &["check", "main.gpb", "--json"]).json();
        let first = &document["diagnostics"][0];
        let fix = &first["fix"];
        assert_eq!((first["code"].as_str(), fix["at"]["file"].as_str()), (Some("GPB1020"), Some("net.gpb")), "{first}");
        let mut text = fs::read_to_string(folder.path("net.gpb")).unwrap();
        let at = usize::try_from(fix["at"]["start"].as_u64().unwrap()).unwrap();
        text.insert_str(at, fix["replacement"].as_str().unwrap());
        folder.write("net.gpb", &text);
        assert_eq!(text.matches("pub ").count(), 4 - left);
    }
    folder.expect(0, &["check", "main.gpb"]);
    folder.expect(0, &["fmt", "--check", "net.gpb"]);
}

#[test]
fn environments_are_those_of_the_file_that_is_named() {
    let folder = empty();
    let environment = |name: &str| ENVIRONMENT.replace("environment test", &format!("environment {name}"));
    folder.write("shop.gpb", &format!("pub stack shop {{\n  param delay: count\n}}\n{}", environment("base")));
    folder.write("main.gpb", &format!("use \"shop.gpb\"\n{}", environment("live")));
    let check = folder.expect(0, &["check", "main.gpb", "--json"]).json();
    assert!(!check.to_string().contains("base"), "{check}");
    assert!(folder.expect(3, &["plan", "main.gpb", "--cloud", "sim", "--env", "base"]).err.contains("GPB1902"));
    folder.expect(0, &["plan", "main.gpb", "--cloud", "sim"]);
}

#[test]
fn one_file_by_several_paths_is_one_module() {
    let folder = empty();
    fs::create_dir(folder.path("x")).unwrap();
    folder.write("a.gpb", "pub const a = 1\n");
    folder.write("main.gpb", "use \"a.gpb\"\nuse \"./a.gpb\"\nuse \"x/../a.gpb\"\nconst b = a\n");
    folder.expect(0, &["check", "main.gpb"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a.gpb", folder.path("link.gpb")).unwrap();
        std::os::unix::fs::symlink("main.gpb", folder.path("self.gpb")).unwrap();
        folder.write("main.gpb", "use \"link.gpb\"\nuse \"a.gpb\"\nuse \"self.gpb\"\nconst b = a\n");
        folder.expect(0, &["check", "main.gpb"]);
        folder.expect(0, &["check", "self.gpb"]);
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let folder = empty();
    assert!(Command::new("mkfifo").arg(folder.path("pipe.gpb")).status().unwrap().success());
    fs::create_dir(folder.path("folder.gpb")).unwrap();
    fs::File::create(folder.path("huge.gpb")).unwrap().set_len(1 << 32).unwrap();
    folder.write(
        "main.gpb",
        "use \"pipe.gpb\"\nuse \"/dev/zero\"\nuse \"/dev/null\"\nuse \"folder.gpb\"\nuse \"huge.gpb\"\n",
    );
    let ran = folder.expect(3, &["check", "main.gpb"]);
    for (part, times) in [("it is a pipe or a device", 3), ("it is a folder", 1), ("a spec has at most", 1)] {
        assert_eq!(ran.err.matches(part).count(), times, "{part}: {}", ran.text());
    }
    assert!(folder.expect(3, &["check", "/dev/zero"]).err.contains("it is a pipe or a device"));
}

#[test]
fn several_specs_are_checked_each_by_itself() {
    let folder = empty();
    folder.write("good.gpb", "const a = 1\n");
    folder.write("bad.gpb", "const a = b\n");
    folder.write("other.gpb", "const c = d\n");
    let ran = folder.expect(3, &["check", "bad.gpb", "good.gpb", "other.gpb"]);
    assert!(ran.err.contains("bad.gpb:1:11") && ran.err.contains("other.gpb:1:11"), "{}", ran.text());
    let document = folder.expect(3, &["check", "good.gpb", "bad.gpb", "--json"]).json();
    assert_eq!((&document["ok"], &document["specs"][0]["ok"]), (&false.into(), &true.into()));
    assert_eq!(document["specs"][1]["spec"], "bad.gpb");
    folder.expect(0, &["check", "good.gpb", "good.gpb"]);
}

#[test]
fn what_a_terminal_would_obey_is_shown_and_not_done() {
    let folder = empty();
    let key = "a\\u{1b}[2Jb\\u{202e}c";
    folder.write(
        "main.gpb",
        &format!(
            "stack shop {{\n  param delay: count\n  for k in [\"{key}\"] {{\n    resource aws.sqs.queue jobs {{ delay_seconds = delay }}\n  }}\n  output o = \"{key}\"\n}}\n{ENVIRONMENT}"
        ),
    );
    let plan = folder.expect(0, &["plan", "main.gpb", "--cloud", "sim"]);
    folder.write("bad.gpb", &format!("const x: region = \"{key}\"\n"));
    let bad = folder.expect(3, &["check", "bad.gpb"]);
    for ran in [plan, bad] {
        let text = ran.text();
        assert!(text.contains("a\\u001b[2Jb\\u202ec"), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    }
}

#[test]
fn the_upgrade_makes_public_what_others_use() {
    let folder = empty();
    folder.write("main.gpb", "use \"shop.gpb\"\n\nconst n = 1\n");
    folder.write(
        "shop.gpb",
        "/// How many.\nconst size = 1\n\ntype kind = a | b\n\nfn f(x: count) -> count = x\n\ncomponent c {}\n\nstack s {}\n\nenvironment e of s {}\n",
    );
    folder.expect(0, &["fmt", "--upgrade", "shop.gpb"]);
    assert!(!fs::read_to_string(folder.path("shop.gpb")).unwrap().contains("pub"));
    folder.expect(0, &["fmt", "--upgrade"]);
    let after = fs::read_to_string(folder.path("shop.gpb")).unwrap();
    assert_eq!(
        after,
        "/// How many.\npub const size = 1\n\npub type kind = a | b\n\npub fn f(x: count) -> count = x\n\npub component c {}\n\npub stack s {}\n\nenvironment e of s {}\n"
    );
    assert!(!fs::read_to_string(folder.path("main.gpb")).unwrap().contains("pub"));
    folder.expect(0, &["fmt", "--check"]);
}
