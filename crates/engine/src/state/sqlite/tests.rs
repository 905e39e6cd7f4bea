//! The embedded store keeps every store's promises, and its own about files.
#![allow(clippy::disallowed_methods)] // Tests look at the files.

use super::*;
use crate::state::OperationKind;
use crate::state::StateStore as _;
use crate::state::conformance::{self, holder, new_intent, scope};
use futures::executor::block_on as now;
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> (tempfile::TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join(".gpb");
    (temp, folder)
}

/// A state with one open intent in it.
fn written(folder: &Path) -> PathBuf {
    let store = SqliteStore::new(folder);
    let writer = store.writer(&scope("a"), &holder()).unwrap();
    now(writer.begin(new_intent("a", OperationKind::Create))).unwrap();
    store.path()
}

/// The code the state in `folder` is refused with, by readers and writers alike.
fn refusal(folder: &Path) -> &'static str {
    let store = SqliteStore::new(folder);
    let reading = store.snapshot(&scope("a")).unwrap_err().code();
    let writing = store.writer(&scope("a"), &holder()).map(drop).unwrap_err().code();
    assert_eq!(reading, writing);
    reading
}

#[test]
fn it_conforms() {
    let (_temp, folder) = folder();
    conformance::suite(|| SqliteStore::new(&folder));
}

#[test]
fn reading_makes_no_file() {
    let (_temp, folder) = folder();
    let store = SqliteStore::new(&folder);
    store.snapshot(&scope("a")).unwrap();
    assert_eq!(store.scopes().unwrap(), []);
    assert!(!folder.exists());
}

#[cfg(unix)]
#[test]
fn files_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_temp, folder) = folder();
    let store = SqliteStore::new(&folder);
    let _writer = store.writer(&scope("a"), &holder()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn the_key_is_made_once() {
    let (_temp, folder) = folder();
    let hash = || SqliteStore::new(&folder).key().unwrap().hash(&"x".into());
    assert_eq!(hash(), hash());
    fs::write(folder.join("key"), "short").unwrap();
    assert_eq!(SqliteStore::new(&folder).key().unwrap_err().code(), "GPB7510");
}

#[test]
fn a_state_of_a_later_gpb_is_refused() {
    let (_temp, folder) = folder();
    let path = written(&folder);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
    assert_eq!(refusal(&folder), "GPB7501");
}

#[test]
fn the_file_of_another_program_is_refused_and_left_alone() {
    for foreign in [&b"this is a note, not a database"[..], &[0; 4096]] {
        let (_temp, folder) = folder();
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("state.db"), foreign).unwrap();
        assert_eq!(refusal(&folder), "GPB7502");
        assert_eq!(fs::read(folder.join("state.db")).unwrap(), foreign);
    }
    let (_temp, folder) = folder();
    fs::create_dir_all(&folder).unwrap();
    Connection::open(folder.join("state.db")).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    assert_eq!(refusal(&folder), "GPB7502");
}

#[test]
fn a_damaged_state_is_refused_and_left_alone() {
    let (_temp, folder) = folder();
    let path = written(&folder);
    let whole = fs::read(&path).unwrap();
    let mut scribbled = whole.clone();
    scribbled[4096..].fill(0xA5);
    for damaged in [Vec::new(), whole[..10].to_vec(), whole[..5000].to_vec(), scribbled] {
        for leftover in ["state.db-wal", "state.db-shm"] {
            let _ = fs::remove_file(folder.join(leftover));
        }
        fs::write(&path, &damaged).unwrap();
        assert_eq!(refusal(&folder), "GPB7503", "{} bytes", damaged.len());
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }
}

#[test]
fn a_creation_that_was_cut_off_is_begun_anew() {
    let (_temp, folder) = folder();
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("state.db.new"), "half").unwrap();
    written(&folder);
    assert_eq!(SqliteStore::new(&folder).snapshot(&scope("a")).unwrap().pending.len(), 1);
}
