//! The embedded store keeps every store's promises, and its own about files.
#![allow(clippy::disallowed_methods)] // Tests look at the files.

use super::*;
use crate::state::StateStore as _;
use crate::state::conformance::{self, holder, new_intent, scope};
use crate::state::{Intent, OperationKind, StateError, StateWriter};
use futures::executor::block_on as now;
use futures::future::join_all;
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

#[cfg(unix)]
#[test]
fn a_state_behind_a_link_has_one_lock_and_one_key() {
    let temp = tempfile::tempdir().unwrap();
    let (real, linked) = (temp.path().join("real"), temp.path().join("linked"));
    fs::create_dir_all(&linked).unwrap();
    std::os::unix::fs::symlink("../real/state.db", linked.join("state.db")).unwrap();
    let (one, other) = (SqliteStore::new(&real), SqliteStore::new(&linked));
    let locked = |store: &SqliteStore| store.writer(&scope("a"), &holder()).map(drop).unwrap_err().code();

    let writer = other.writer(&scope("a"), &holder()).unwrap();
    assert!(one.path().is_file(), "the link is followed even before there is a state");
    assert!(other.path().is_symlink());
    assert_eq!([locked(&one), locked(&other)], ["GPB7504"; 2]);
    now(writer.begin(new_intent("a", OperationKind::Create))).unwrap();
    assert_eq!(one.snapshot(&scope("a")).unwrap(), other.snapshot(&scope("a")).unwrap());
    drop(writer);

    let _writer = one.writer(&scope("a"), &holder()).unwrap();
    assert_eq!([locked(&one), locked(&other)], ["GPB7504"; 2]);
    let hash = |store: &SqliteStore| store.key().unwrap().hash(&"x".into());
    assert_eq!(hash(&one), hash(&other));
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

/// Returns the number of transactions in the log of a state, each of which waited for the disk.
fn transactions(folder: &Path) -> usize {
    let log = fs::read(folder.join("state.db-wal")).unwrap();
    let word = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let (header, frame) = (32, 24 + usize::try_from(word(8)).unwrap());
    // The last frame of a transaction says how many pages the database has after it.
    (header..log.len()).step_by(frame).filter(|at| word(at + 4) != 0).count()
}

/// Begins this many intents at the same time.
fn begin_all(writer: &dyn StateWriter, names: impl Iterator<Item = String>) -> Vec<Result<Intent, StateError>> {
    now(join_all(names.map(|name| writer.begin(new_intent(&name, OperationKind::Create)))))
}

#[test]
fn writes_under_way_together_wait_for_the_disk_once() {
    let (_temp, folder) = folder();
    let store = SqliteStore::new(&folder);
    let writer = store.writer(&scope("a"), &holder()).unwrap();
    begin_all(&*writer, std::iter::once("first".to_owned()));
    let before = transactions(&folder);
    let begun = begin_all(&*writer, (0..100).map(|n| format!("n{n}")));
    assert_eq!(transactions(&folder), before + 1);
    let sequences: Vec<u64> = begun.iter().map(|intent| intent.as_ref().unwrap().sequence).collect();
    assert_eq!(sequences, (2..102).collect::<Vec<_>>(), "in the order in which they came");
    // Another process sees them without anything being closed.
    assert_eq!(SqliteStore::new(&folder).snapshot(&scope("a")).unwrap().pending.len(), 101);
}

#[test]
fn what_is_looked_for_at_each_write_needs_no_walk_through_the_journal() {
    let (_temp, folder) = folder();
    let path = written(&folder);
    let connection = Connection::open(path).unwrap();
    let plan = |sql: &str| -> String {
        let sql = format!("EXPLAIN QUERY PLAN {sql}");
        connection.query_row(&sql, rusqlite::params![1, "a"], |row| row.get(3)).unwrap()
    };
    let last = plan(journal::LAST_OF_ADDRESS);
    assert!(last.contains("journal_address (scope=? AND address=?)"), "{last}");
    let open = plan(&format!("{} AND ?2 = ?2", queries::OPEN_INTENTS));
    assert!(open.contains("journal_open (scope=?)"), "{open}");
}

#[test]
fn a_full_disk_fails_all_that_is_under_way() {
    let (_temp, folder) = folder();
    let store = SqliteStore::new(&folder);
    let path = written(&folder);
    let connection = files::open_or_make(&path).unwrap();
    let pages: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    connection.pragma_update(None, "max_page_count", pages + 2).unwrap();
    let lock = crate::state::lock::StateLock::take(&folder, &holder()).unwrap();
    let writer = writer::SqliteWriter::new(connection, path, scope("a"), store.key().unwrap(), lock);
    let begun = begin_all(&writer, (0..100).map(|n| format!("n{n}")));
    let codes: Vec<_> = begun.iter().map(|begun| begun.as_ref().map_err(StateError::code).map(drop)).collect();
    assert_eq!(codes, vec![Err("GPB7505"); 100], "also those that would have had room by themselves");
    assert_eq!(store.snapshot(&scope("a")).unwrap().pending.len(), 1, "nothing of it is kept");
}
