//! Files that are missing, damaged or of another kind.

use super::{SHOP, Story, applied, empty, shop};
use crate::support::cloud::in_the_cloud;

#[test]
fn specs() {
    let folder = empty();
    std::fs::create_dir(folder.path("folder.gpb")).unwrap();
    std::fs::write(folder.path("binary.gpb"), b"stack \xff\xfe {}").unwrap();
    folder.write("empty.gpb", "");
    folder.write("uses.gpb", "use \"lost.gpb\"\nuse \"binary.gpb\"\nuse \".\"\n");
    Story::of(&folder)
        .run(3, &["check", "none.gpb"])
        .run(3, &["plan", "none.gpb"])
        .lines(3, &["apply", "none.gpb", "--json"])
        .run(3, &["check", "folder.gpb"])
        .run(3, &["check", "."])
        .run(3, &["check", "binary.gpb"])
        .run(0, &["check", "empty.gpb"])
        .run(3, &["plan", "empty.gpb"])
        .run(3, &["check", "uses.gpb"])
        .end("bad_files");
}

#[test]
fn plans() {
    let folder = shop();
    folder.expect(0, &["plan", "shop.gpb", "--out", "kept.json"]);
    let kept = std::fs::read_to_string(folder.path("kept.json")).unwrap();
    folder.write("empty.json", "");
    folder.write("other.json", "{}");
    folder.write("half.json", &kept[..kept.len() / 2]);
    let format = gpb_engine::plan::FORMAT;
    let newer = kept.replacen(&format!("\"format\": {format}"), "\"format\": 99", 1);
    assert_ne!(newer, kept, "the plan has another format");
    folder.write("newer.json", &newer);
    folder.write(
        "version.json",
        &kept.replace(&format!("\"gpb\": \"{}\"", env!("CARGO_PKG_VERSION")), "\"gpb\": \"0.0.9\""),
    );
    std::fs::write(folder.path("binary.json"), b"\xff\xfe\x00").unwrap();
    Story::of(&folder)
        .run(1, &["apply", "none.json", "--yes"])
        .run(3, &["apply", "empty.json", "--yes"])
        .run(3, &["apply", "other.json", "--yes"])
        .run(3, &["apply", "half.json", "--yes"])
        .run(1, &["show", "binary.json"])
        .run(3, &["apply", "newer.json", "--yes"])
        .run(3, &["show", "version.json"])
        .run(1, &["plan", "shop.gpb", "--out", "shop.gpb/kept.json"])
        .end("bad_plans");
    assert_eq!(in_the_cloud(&folder), []);
}

#[test]
fn states() {
    let folder = applied();
    let state = folder.path(".gpb/state.db");
    let good = std::fs::read(&state).unwrap();
    let bad = b"this is no state";
    std::fs::write(&state, bad).unwrap();
    Story::of(&folder)
        .run(1, &["plan", "shop.gpb"])
        .run(1, &["state", "list"])
        .lines(1, &["apply", "shop.gpb", "--yes", "--json"])
        .run(1, &["output", "shop.gpb"])
        .end("bad_state");
    assert_eq!(std::fs::read(&state).unwrap(), bad, "a damaged state is left alone");
    // A good file with damage in its middle.
    let mut torn = good.clone();
    torn[4096..].iter_mut().for_each(|byte| *byte = 0x5a);
    std::fs::write(&state, &torn).unwrap();
    let ran = folder.expect(1, &["plan", "shop.gpb"]);
    assert!(ran.err.contains("GPB7503"), "{}", ran.text());
    std::fs::write(&state, &good).unwrap();
    folder.expect(0, &["plan", "shop.gpb", "--detailed-exitcode"]);
}

#[test]
fn state_folders() {
    let folder = empty();
    folder.write("shop.gpb", SHOP);
    folder.write("file", "");
    Story::of(&folder)
        .run(1, &["plan", "shop.gpb", "--state", "file"])
        .run(1, &["apply", "shop.gpb", "--yes", "--state", "file/below"])
        .run(1, &["state", "list", "--state", "file"])
        .run(1, &["state", "list", "--state", "none"])
        .end("bad_state_folder");
    assert!(!folder.path("none").exists(), "looking makes no folder");
}

#[test]
fn other_options() {
    let folder = shop();
    Story::of(&folder)
        .run(1, &["plan", "shop.gpb", "--stdlib", "none"])
        .run(1, &["plan", "shop.gpb", "--sim", "storms=1"])
        .run(1, &["plan", "shop.gpb", "--sim", "latency=slow"])
        .then("the simulated cloud's file is not a database", |folder| {
            std::fs::create_dir_all(folder.path(".gpb")).unwrap();
            folder.write(".gpb/sim.db", "this is no cloud");
        })
        .run(1, &["plan", "shop.gpb"])
        .end("bad_options");
}

/// A device that is always full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = shop();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = folder.command(&["graph", "shop.gpb"]);
    let status = command.stdout(full).stderr(std::process::Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(1));
}
