//! The table of services is what its generator makes of the map, the bindings, the catalog and the specs.

use crate::support::{Folder, root};
use std::io::Write as _;
use std::process::Command;

#[test]
fn the_table_of_services_is_fresh() {
    let script = root().join("tools/services/generate.py");
    match Command::new("python3").arg(script).arg("--check").output() {
        // Past the test runner, which would keep it to itself: a test that did not run should say so.
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "skipped: the table of services was not compared: {error}");
        }
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// Without emulators: what the table says is played is at least a program without mistakes.
#[test]
fn the_specs_of_the_services_check() {
    let folder = Folder::new();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root().join("tests/services")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "gpb") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            folder.write(&name, &std::fs::read_to_string(&path).unwrap());
            names.push(name);
        }
    }
    names.sort();
    assert_eq!(names.len(), 10);
    for name in &names {
        folder.expect(0, &["check", name]);
        folder.expect(0, &["fmt", "--check", name]);
    }
}
