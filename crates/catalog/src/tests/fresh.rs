//! The committed data is what the generator makes.
#![allow(clippy::disallowed_methods)] // The generator is a program beside this one.

use std::io::Write;
use std::process::Command;

/// The exit code of `generate.py` when it has no cfn-lint and may not fetch one.
const NOT_AT_HAND: i32 = 3;

#[test]
fn generated_data_is_fresh() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/catalog/generate.py");
    let run = Command::new("python3").args([script, "--check", "--no-fetch"]).output();
    let skipped = |why: &str| {
        // Past the test runner, which would keep it to itself: a test that did not run should say so.
        let _ = writeln!(std::io::stderr(), "skipped: the catalog was not regenerated and compared: {why}");
    };
    match run {
        Err(error) => skipped(&format!("python3 cannot be run: {error}")),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            match output.status.code() {
                Some(0) => {}
                Some(NOT_AT_HAND) => skipped(said.trim()),
                _ => panic!("run `python3 tools/catalog/generate.py` and commit what changes\n{said}"),
            }
        }
    }
}
