//! GPUBROKER's own specs and the standard library.

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
    for place in ["specs", "stdlib"] {
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
