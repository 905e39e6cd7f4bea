//! The specs of the repository and the standard library.

use crate::support::{Folder, root};

#[test]
fn every_spec_checks_without_a_word() {
    let folder = Folder::with_specs();
    for spec in ["specs/platform.gpb", "specs/sandbox.gpb", "specs/live.gpb"] {
        let ran = folder.expect(0, &["check", spec]);
        assert_eq!(ran.err, "", "{spec} has diagnostics");
    }
}

#[test]
fn every_gpb_file_in_the_repository_is_formatted() {
    for place in ["specs", "stdlib", "tests/components"] {
        let path = root().join(place);
        Folder::new().expect(0, &["fmt", "--check", path.to_str().unwrap()]);
    }
}

#[test]
fn the_sandbox_goes_from_text_to_resources_and_back() {
    let folder = Folder::with_specs();
    let sim = ["--cloud", "sim"];
    let run = |code, arguments: &[&str]| folder.expect(code, &[arguments, &sim].concat());

    let plan = run(2, &["plan", "specs/sandbox.gpb", "--detailed-exitcode"]);
    assert!(plan.out.contains("to create"), "{}", plan.text());
    run(0, &["apply", "--yes"]);
    let again = run(0, &["plan", "specs/sandbox.gpb", "--detailed-exitcode"]);
    assert!(again.out.contains("No changes"), "{}", again.text());

    folder.edit("specs/sandbox.gpb", "log_retention = 7d", "log_retention = 14d");
    let update = run(2, &["plan", "specs/sandbox.gpb", "--detailed-exitcode"]);
    assert!(update.out.contains("to update") && update.out.contains("retention_in_days"), "{}", update.text());
    run(0, &["apply", "specs/sandbox.gpb", "--yes"]);

    folder.edit("specs/platform.gpb", "name       = \"${prefix}-jobs\"", "name       = \"${prefix}-work\"");
    let replace = run(2, &["plan", "specs/sandbox.gpb", "--detailed-exitcode"]);
    assert!(replace.out.contains("to replace") && replace.out.contains("queue_name"), "{}", replace.text());
    run(0, &["apply", "specs/sandbox.gpb", "--yes"]);

    run(0, &["destroy", "specs/sandbox.gpb", "--yes"]);
    let list = run(0, &["state", "list", "--json"]);
    assert_eq!(list.json()["resources"].as_array().map(Vec::len), Some(0), "{}", list.text());
}

/// Functions, fleets, streams and tables of the library: applied, and then without changes.
#[test]
fn what_scales_is_made_and_stays_as_it_is() {
    let folder = Folder::new();
    let spec = std::fs::read_to_string(root().join("tests/components/all.gpb")).unwrap();
    folder.write("all.gpb", &spec);
    let run = |code, arguments: &[&str]| folder.expect(code, &[arguments, &["--cloud", "sim"]].concat());
    let plan = |code| run(code, &["plan", "all.gpb", "--detailed-exitcode"]);

    let checked = folder.expect(0, &["check", "all.gpb"]);
    assert_eq!(checked.err, "", "{}", checked.text());
    plan(2);
    run(0, &["apply", "--yes"]);
    let again = plan(0);
    assert!(again.out.contains("No changes"), "{}", again.text());

    // A range that grows moves the target and not the capacity, which is scaling's.
    folder.edit("all.gpb", "reads = 5..500", "reads = 6..600");
    let grown = plan(2);
    assert!(grown.out.contains("Plan: 0 to create, 2 to update, 0 to replace"), "{}", grown.text());
    assert!(!grown.out.contains("provisioned_throughput"), "{}", grown.text());

    // A function that changes has another version, and callers are led to that.
    folder.edit("all.gpb", "memory   = 1024 MiB", "memory   = 2048 MiB");
    let changed = plan(2);
    assert!(changed.out.contains("1 to replace"), "{}", changed.text());
    run(0, &["apply", "all.gpb", "--yes"]);
    let again = plan(0);
    assert!(again.out.contains("No changes"), "{}", again.text());
}
