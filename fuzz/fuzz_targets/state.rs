//! Whatever stands in the rows of a state, it is read or refused, planned with, and kept as it was read.
#![no_main]

use futures::executor::block_on;
use gpb_engine::plan::{PlanInputs, PlanOptions, ProtectionOverride, plan};
use gpb_engine::state::{LockHolder, SqliteStore, StateScope, StateStore as _};
use gpb_model::Model;
use gpb_model::graph::Graph;
use gpb_sim::testing::TestTypes;
use libfuzzer_sys::fuzz_target;
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// The folder of the state, and the bytes of one that holds no row.
static STATE: OnceLock<(TempDir, Vec<u8>)> = OnceLock::new();

fn scope() -> StateScope {
    StateScope { cloud: "sim".into(), stack: "shop".into(), environment: "test".into() }
}

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("state.db")
}

fn made() -> (TempDir, Vec<u8>) {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let store = SqliteStore::new(folder.path());
    let writer = store.writer(&scope(), &LockHolder::current("fuzz", 0)).unwrap();
    writer.set_outputs(&[("there".to_owned(), 1.into())].into()).unwrap();
    drop(writer);
    let connection = Connection::open(path(&folder)).unwrap();
    connection.pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
    drop(connection);
    let bytes = std::fs::read(path(&folder)).unwrap();
    (folder, bytes)
}

/// Writes a line of the input into the file.
///
/// `R ADDRESS RECORD` is a resource, `J OPERATION VERDICT INTENT` an entry of the journal with a verdict of `-` while it is
/// open, `E ERROR` its error, `O OUTPUTS` the outputs, `N SERIAL SEQUENCE` the counters.
fn write(connection: &Connection, number: usize, line: &str) -> rusqlite::Result<usize> {
    let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
    let word = |text: &'static str| -> &'static str { text };
    match kind {
        "R" => {
            let (address, record) = rest.split_once(' ').unwrap_or((rest, ""));
            connection.execute("INSERT OR REPLACE INTO resource VALUES (1, ?1, ?2)", params![address, record])
        }
        "J" => {
            let mut words = rest.splitn(3, ' ');
            let mut next = || words.next().unwrap_or_else(|| word(""));
            let (operation, verdict, intent) = (next(), next(), next());
            let verdict = (verdict != "-").then_some(verdict);
            connection.execute(
                "INSERT OR REPLACE INTO journal VALUES (1, ?1, ?2, 'aws.test.net', ?3, ?4, 1, 2, ?5, NULL)",
                params![i64::try_from(number).unwrap_or(0), format!("a{number}"), operation, intent, verdict],
            )
        }
        "E" => connection.execute("UPDATE journal SET error = ?1", [rest]),
        "O" => connection.execute("UPDATE scope SET outputs = ?1", [rest]),
        "N" => {
            let (serial, sequence) = rest.split_once(' ').unwrap_or((rest, "0"));
            let number = |text: &str| text.parse::<i64>().unwrap_or(0);
            connection.execute("UPDATE scope SET serial = ?1, sequence = ?2", [number(serial), number(sequence)])
        }
        _ => Ok(0),
    }
}

/// Overwrites bytes of the file, `P OFFSET VALUE` in decimal digits.
fn patch(bytes: &mut [u8], line: &str) {
    let Some((offset, value)) = line.strip_prefix("P ").and_then(|rest| rest.split_once(' ')) else { return };
    let (Ok(offset), Ok(value)) = (offset.parse::<usize>(), value.parse()) else { return };
    if let Some(byte) = bytes.get_mut(offset) {
        *byte = value;
    }
}

fn prepare(path: &Path, template: &[u8], text: &str) {
    for suffix in ["-wal", "-shm"] {
        let mut other = path.as_os_str().to_owned();
        other.push(suffix);
        let _ = std::fs::remove_file(other);
    }
    let mut bytes = template.to_owned();
    text.lines().for_each(|line| patch(&mut bytes, line));
    std::fs::write(path, &bytes).unwrap();
    let rows = text.lines().any(|line| !line.starts_with("P "));
    if let (true, Ok(connection)) = (rows, Connection::open(path)) {
        for (number, line) in text.lines().enumerate() {
            let _ = write(&connection, number, line);
        }
    }
}

fuzz_target!(|text: &str| {
    let (folder, template) = STATE.get_or_init(made);
    prepare(&path(folder), template, text);
    let store = SqliteStore::new(folder.path());
    let _ = (store.scopes(), store.history(&scope(), None, 100), store.durations(&scope()));
    let Ok(snapshot) = store.snapshot(&scope()) else { return };
    let model = Model::default();
    for destroy in [false, true] {
        let options = PlanOptions { destroy, unprotect: ProtectionOverride::All, ..PlanOptions::default() };
        let _ = plan(&PlanInputs {
            model: &model,
            graph: &Graph::build(&model),
            types: &|name| gpb_engine::cloud::TypeSource::get(&TestTypes, name),
            snapshot: &snapshot,
            observation: None,
            call: &|name, _| Err(format!("there is no function {name}")),
            secret: &|_| None,
            options: &options,
        });
    }
    let Ok(writer) = store.writer(&scope(), &LockHolder::current("fuzz", 0)) else { return };
    for record in snapshot.resources.values() {
        let _ = block_on(writer.put(record.clone()));
    }
    if let Ok(again) = writer.snapshot() {
        assert_eq!(again.resources, snapshot.resources, "what is kept is what was read");
        assert_eq!(again.pending, snapshot.pending);
    }
});
