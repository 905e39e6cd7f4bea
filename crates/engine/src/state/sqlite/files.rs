//! The state's files: private to their owner, made whole or not at all, and never made over.
#![allow(clippy::disallowed_methods)] // The state is one of the rooms that touch the file system.

use super::schema;
use crate::state::StateError;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Options that read and write, and make files only their owner may read.
pub fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the folder, closed to others, when it is not there.
pub fn private_folder(folder: &Path) -> Result<(), StateError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| StateError::io(folder, &error))
}

/// Returns the file that a path leads to, which need not exist yet. A path that is no link is returned as it is.
pub fn behind_links(path: &Path) -> Result<PathBuf, StateError> {
    let Ok(target) = std::fs::read_link(path) else { return Ok(path.to_owned()) };
    match std::fs::canonicalize(path) {
        Ok(real) => Ok(real),
        // A link to what is still to be made; one that leads round in a circle is another error.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            behind_links(&path.parent().unwrap_or(Path::new("")).join(target))
        }
        Err(error) => Err(StateError::io(path, &error)),
    }
}

/// Opens a state that must exist already; `None` when there is none.
pub fn open(path: &Path) -> Result<Option<Connection>, StateError> {
    let exists = path.try_exists().map_err(|error| StateError::io(path, &error))?;
    if !exists {
        return Ok(None);
    }
    check_header(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| schema::error(path, &error))?;
    prepare(&connection).map_err(|error| schema::error(path, &error))?;
    schema::check(&connection, path)?;
    Ok(Some(connection))
}

/// Opens the state, making it first when there is none. The caller holds the lock.
pub fn open_or_make(path: &Path) -> Result<Connection, StateError> {
    if let Some(mut connection) = open(path)? {
        schema::migrate(&mut connection, path)?;
        return Ok(connection);
    }
    make(path)?;
    open(path)?
        .ok_or_else(|| StateError::Io { path: path.to_owned(), what: "it vanished while it was made".to_owned() })
}

/// A new state is made aside and renamed, so that an empty file is always a damaged one and never taken for a new one.
fn make(path: &Path) -> Result<(), StateError> {
    let aside = path.with_extension("db.new");
    for leftover in [aside.clone(), aside.with_extension("new-wal"), aside.with_extension("new-shm")] {
        match std::fs::remove_file(&leftover) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StateError::io(&leftover, &error));
            }
            _ => {}
        }
    }
    private_options().create_new(true).open(&aside).map_err(|error| StateError::io(&aside, &error))?;
    let mut connection = Connection::open(&aside).map_err(|error| schema::error(&aside, &error))?;
    schema::migrate(&mut connection, &aside)?;
    connection.close().map_err(|(_, error)| schema::error(&aside, &error))?;
    let sync =
        |path: &Path| File::open(path).and_then(|file| file.sync_all()).map_err(|error| StateError::io(path, &error));
    sync(&aside)?;
    std::fs::rename(&aside, path).map_err(|error| StateError::io(path, &error))?;
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        sync(folder)?;
    }
    Ok(())
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // As many as there are statements: what is begun and ended all the time is not parsed anew each time.
    connection.set_prepared_statement_cache_capacity(32);
    connection.pragma_update(None, "foreign_keys", true)
}

/// SQLite takes an empty file for a new database and would write into it; here neither may happen.
fn check_header(path: &Path) -> Result<(), StateError> {
    use std::io::Read as _;
    let mut header = [0; 16];
    let mut file = File::open(path).map_err(|error| StateError::io(path, &error))?;
    let length = file.metadata().map_err(|error| StateError::io(path, &error))?.len();
    if length == 0 {
        return Err(StateError::Damaged { path: path.to_owned(), what: "it is empty".to_owned() });
    }
    match file.read_exact(&mut header) {
        Ok(()) if header.starts_with(b"SQLite format 3\0") => Ok(()),
        Ok(()) => Err(StateError::Foreign { path: path.to_owned(), what: "it is not an SQLite database".to_owned() }),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(StateError::Damaged { path: path.to_owned(), what: format!("it ends after {length} bytes") })
        }
        Err(error) => Err(StateError::io(path, &error)),
    }
}
