//! The schema: the tables, their migrations, and SQLite's errors.

use crate::state::StateError;
use rusqlite::{Connection, ErrorCode};
use std::path::Path;

/// Marks a database as gpb's: "gpbs" in ASCII.
const APPLICATION: i64 = 0x6770_6273;

/// One script a version; a state of version n has had the first n.
const MIGRATIONS: &[&str] = &["
CREATE TABLE scope (
  id INTEGER PRIMARY KEY,
  cloud TEXT NOT NULL, stack TEXT NOT NULL, environment TEXT NOT NULL,
  lineage TEXT NOT NULL, serial INTEGER NOT NULL, sequence INTEGER NOT NULL, outputs TEXT NOT NULL,
  UNIQUE (cloud, stack, environment)
) STRICT;
CREATE TABLE resource (
  scope INTEGER NOT NULL REFERENCES scope (id),
  address TEXT NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (scope, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE journal (
  scope INTEGER NOT NULL REFERENCES scope (id),
  sequence INTEGER NOT NULL, address TEXT NOT NULL, ty TEXT NOT NULL, operation TEXT NOT NULL, intent TEXT NOT NULL,
  started_ms INTEGER NOT NULL, finished_ms INTEGER, verdict TEXT, error TEXT,
  PRIMARY KEY (scope, sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX journal_open ON journal (scope, address) WHERE verdict IS NULL;
CREATE INDEX journal_address ON journal (scope, address, sequence);
"];

/// Returns the number of the latest format known here.
pub fn known() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Refuses what another program or a later gpb wrote.
pub fn check(connection: &Connection, path: &Path) -> Result<(), StateError> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = pragma("application_id").map_err(|e| error(path, &e))?;
    if application != APPLICATION {
        return Err(StateError::Foreign { path: path.to_owned(), what: "it is another program's database".to_owned() });
    }
    let found = pragma("user_version").map_err(|e| error(path, &e))?;
    if found > known() {
        return Err(StateError::Newer { path: path.to_owned(), found, known: known() });
    }
    Ok(())
}

/// Reads every page once, so that damage is found before the first call and not in the middle.
pub fn check_pages(connection: &Connection, path: &Path) -> Result<(), StateError> {
    let answer: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(|e| error(path, &e))?;
    match answer.as_str() {
        "ok" => Ok(()),
        what => Err(StateError::Damaged { path: path.to_owned(), what: what.to_owned() }),
    }
}

/// Brings a database to the version known here. The caller holds the lock.
pub fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StateError> {
    let mut run = || -> rusqlite::Result<()> {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let done = usize::try_from(version).unwrap_or(0);
        if done >= MIGRATIONS.len() {
            return Ok(());
        }
        let transaction = connection.transaction()?;
        for script in MIGRATIONS.iter().skip(done) {
            transaction.execute_batch(script)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", known())?;
        transaction.commit()
    };
    run().map_err(|e| error(path, &e))
}

/// Returns SQLite's error as one of the state.
pub fn error(path: &Path, error: &rusqlite::Error) -> StateError {
    let (path, what) = (path.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StateError::Damaged { path, what },
        _ => StateError::Io { path, what },
    }
}
