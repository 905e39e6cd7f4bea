//! A short campaign of kills: `tools/kills` kills the real binary in the middle of its calls, and counts what is left.

use crate::support::root;
use std::process::Command;

#[test]
fn killed_at_its_calls_gpb_goes_on_and_leaves_nothing() {
    let logs = tempfile::tempdir().unwrap();
    let ran = Command::new(gpb_testkit::python().unwrap())
        .arg(root().join("tools/kills/campaign.py"))
        .args(["--gpb", env!("CARGO_BIN_EXE_gpb"), "--layers", "security,messages"])
        .args(["--kills", "6", "--lanes", "2", "--chain", "2", "--logs"])
        .arg(logs.path())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&ran.stdout), text(&ran.stderr));
    assert!(ran.status.success(), "{out}\n{err}");
    assert!(out.lines().filter(|line| line.starts_with('#') && line.ends_with(" ok")).count() >= 6, "{out}");
}
