//! Files that programs read: `file`, `template` and `archive`.

use super::Folder;
use std::fs;

const SITE: &str = r#"stack site {
  layer all {
    resource aws.sqs.queue motd { tags = { Motd = trim(template("motd.txt", { name = region })) } }
    resource aws.iam.role runner {
      role_name = "runner"
      assume_role_policy_document = policy { allow "sts:AssumeRole" to service "lambda.amazonaws.com" }
    }
    resource aws.lambda.function resize {
      function_name = "resize"
      runtime       = "java21"
      handler       = "main.Handler"
      role          = runner.arn
      code          = { zip_file = archive("resize", exclude: ["*.pyc", "tests"]) }
    }
  }
}

environment test of site {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}
"#;

fn site() -> Folder {
    let folder = Folder::new();
    folder.write("site.gpb", SITE);
    folder.write("motd.txt", "Welcome to ${name}.\n");
    fs::create_dir_all(folder.path("resize/tests")).unwrap();
    folder.write("resize/main.py", "print(1)\n");
    folder.write("resize/main.pyc", "left out");
    folder.write("resize/tests/a.py", "left out");
    folder
}

/// Returns what a diagnostic says of `const x = …` in a folder.
fn told(folder: &Folder, value: &str) -> String {
    folder.write("one.gpb", &format!("const x = {value}\n"));
    let ran = folder.gpb(&["check", "one.gpb", "--json"]);
    let document = ran.json();
    let told = document["diagnostics"].as_array().unwrap().iter();
    let told: Vec<String> =
        told.map(|one| format!("{} {}", one["code"].as_str().unwrap(), one["message"].as_str().unwrap())).collect();
    told.concat()
}

#[test]
fn a_changed_file_makes_a_plan_stale() {
    let sim = ["--cloud", "sim"];
    for (file, text) in [("motd.txt", "Bye ${name}.\n"), ("resize/main.py", "print(2)\n")] {
        let folder = site();
        folder.expect(0, &[&["plan", "site.gpb", "--out", "kept.json"][..], &sim].concat());
        // What is left out of the archive is no part of the promise.
        folder.write("resize/main.pyc", "another");
        folder.write("resize/tests/b.py", "another");
        let before = fs::read_to_string(folder.path(file)).unwrap();
        folder.write(file, text);
        let refused = folder.expect(3, &[&["apply", "kept.json", "--yes"][..], &sim].concat());
        assert!(refused.err.contains("GPB7006"), "{}", refused.text());
        folder.write(file, &before);
        folder.expect(0, &[&["apply", "kept.json", "--yes"][..], &sim].concat());
    }
}

#[test]
fn a_plan_shows_the_hash_of_an_archive_and_not_its_bytes() {
    let folder = site();
    let sim = ["--cloud", "sim"];
    let shown = folder.expect(0, &[&["plan", "site.gpb"][..], &sim].concat());
    assert!(shown.out.contains("zip_file = (archive of 121 bytes, sha256 "), "{}", shown.text());
    assert!(shown.out.contains("\"Welcome to us-east-1.\""), "{}", shown.text());
    let json = folder.expect(0, &[&["plan", "site.gpb", "--json"][..], &sim].concat());
    assert!(json.out.contains("data:application/zip;sha256=") && !json.out.contains("UEsDB"), "{}", json.text());
    folder.expect(0, &[&["apply", "site.gpb", "--yes"][..], &sim].concat());
    folder.write("resize/main.py", "print(2)\n");
    let changed = folder.expect(0, &[&["plan", "site.gpb"][..], &sim].concat());
    assert!(changed.out.contains("(archive of 121 bytes") && !changed.out.contains("UEsDB"), "{}", changed.text());
    let state = folder.expect(0, &[&["state", "show", "all.resize", "--json"][..], &sim].concat());
    assert!(!state.out.contains("UEsDB"), "{}", state.text());
}

#[test]
fn files_stay_inside_the_workspace() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("shop/.git")).unwrap();
    fs::create_dir_all(folder.path("shop/specs/deep")).unwrap();
    folder.write("outside.txt", "outside");
    folder.write("shop/motd.txt", "inside");
    let value = |value: &str| {
        folder.write("shop/specs/one.gpb", &format!("const x: count = length({value})\n"));
        let ran = folder.gpb(&["check", "shop/specs/one.gpb", "--json"]);
        ran.json()["diagnostics"][0]["code"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(value("file(\"../motd.txt\")"), "");
    assert_eq!(value("file(\"deep/../../motd.txt\")"), "");
    assert_eq!(value("file(\"../../outside.txt\")"), "GPB1220");
    assert_eq!(value("file(\"../../shop/motd.txt\")"), "");
    assert_eq!(value("file(\"/etc/hostname\")"), "GPB1220");
    assert_eq!(value("file(\"\")"), "GPB1219");
    assert_eq!(value("file(\"../motd.txt\\u{0}\")"), "GPB1219");
}

#[cfg(unix)]
#[test]
fn links_that_lead_out_and_what_is_no_file_are_refused() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    fs::create_dir_all(folder.path("code")).unwrap();
    folder.write("inside.txt", "inside");
    symlink("/etc", folder.path("etc")).unwrap();
    symlink("inside.txt", folder.path("link.txt")).unwrap();
    symlink("../inside.txt", folder.path("code/link.txt")).unwrap();
    symlink("loop", folder.path("loop")).unwrap();
    assert_eq!(told(&folder, "file(\"link.txt\")"), "");
    assert!(told(&folder, "file(\"etc/hostname\")").starts_with("GPB1220"));
    assert!(told(&folder, "file(\"loop\")").starts_with("GPB1219"));
    assert!(told(&folder, "archive(\"code\")").contains("symbolic link"));
    assert!(told(&folder, "archive(\"etc\")").starts_with("GPB1220"));
    let pipe = std::process::Command::new("mkfifo").arg(folder.path("pipe")).status();
    if pipe.is_ok_and(|status| status.success()) {
        assert_eq!(told(&folder, "file(\"pipe\")"), "GPB1219 cannot read `pipe`: it is not a regular file");
    }
}

#[test]
fn files_have_a_ceiling() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("code")).unwrap();
    folder.write("large.txt", &"x".repeat((1 << 20) + 1));
    folder.write("whole.txt", &"x".repeat(1 << 20));
    folder.write("code/large.bin", &"x".repeat(3_000_001));
    let too_large = "GPB1219 cannot read `large.txt`: it has 1048577 bytes, and at most 1048576 are read";
    assert_eq!(told(&folder, "file(\"large.txt\")"), too_large);
    assert_eq!(told(&folder, "length(file(\"whole.txt\"))"), "");
    assert!(told(&folder, "archive(\"code\")").contains("at most 3000000 are read"));
    folder.write("code/large.bin", &"x".repeat(1_600_000));
    folder.write("code/second.bin", &"x".repeat(1_600_000));
    assert!(told(&folder, "archive(\"code\")").contains("its files have more than 3000000 bytes"));
    folder.write("code/second.bin", "");
    assert_eq!(told(&folder, "archive(\"code\")"), "");
    assert_eq!(told(&folder, "length(file_base64(\"whole.txt\"))"), "");
}

#[test]
fn an_archive_has_neither_the_state_nor_the_history() {
    let folder = Folder::new();
    for inner in ["one/.gpb", "one/.git", "one/inner/.gpb", "two"] {
        fs::create_dir_all(folder.path(inner)).unwrap();
    }
    for path in ["one/main.py", "two/main.py"] {
        folder.write(path, "print(1)\n");
    }
    for path in ["one/.gpb/key", "one/.git/config", "one/inner/.gpb/state.db"] {
        folder.write(path, "not for others");
    }
    let same = "require archive(\"one\") == archive(\"two\") else \"they differ\"";
    folder.write(
        "same.gpb",
        &format!(
            "stack s {{\n  {same}\n}}\nenvironment e of s {{\n  account = \"123456789012\"\n  region = us-east-1\n}}\n"
        ),
    );
    folder.expect(0, &["check", "same.gpb"]);
}
