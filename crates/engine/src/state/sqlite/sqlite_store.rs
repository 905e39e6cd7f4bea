//! The states of one folder, opened when they are first read.

use super::connection_lock::lock;
use super::writer::SqliteWriter;
use super::{files, queries, schema};
use crate::state::lock::StateLock;
use crate::state::{
    Durations, JournalEntry, LockHolder, SecretKey, StateError, StateScope, StateSnapshot, StateStore, StateWriter,
};
use gpb_model::Address;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The states in one folder. Making one touches no file; the folder is made by the first writer.
#[derive(Debug)]
pub struct SqliteStore {
    folder: PathBuf,
    /// Opened by the first reader that finds a file.
    reading: Mutex<Option<Connection>>,
}

impl SqliteStore {
    /// Returns the store of a folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), reading: Mutex::new(None) }
    }

    /// Returns the path of the database, `FOLDER/state.db`.
    pub fn path(&self) -> PathBuf {
        self.folder.join("state.db")
    }

    /// Returns the folder and the path of the file itself, which the path may be a link to: whoever else comes to that file
    /// has to meet the same lock and the same key.
    fn real(&self) -> Result<(PathBuf, PathBuf), StateError> {
        let path = files::behind_links(&self.path())?;
        Ok((path.parent().unwrap_or(Path::new("")).to_owned(), path))
    }

    /// Runs `act` on the file, or returns `absent` when there is none.
    fn read<T>(
        &self,
        absent: T,
        act: impl FnOnce(&mut Connection, &Path) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let (_, path) = self.real()?;
        let mut reading = lock(&self.reading);
        if reading.is_none() {
            *reading = files::open(&path)?;
        }
        match reading.as_mut() {
            Some(connection) => act(connection, &path),
            None => Ok(absent),
        }
    }
}

impl StateStore for SqliteStore {
    fn scopes(&self) -> Result<Vec<StateScope>, StateError> {
        self.read(Vec::new(), queries::scopes)
    }

    fn snapshot(&self, scope: &StateScope) -> Result<StateSnapshot, StateError> {
        self.read(queries::empty(scope), |connection, path| queries::snapshot(connection, path, scope))
    }

    fn history(
        &self,
        scope: &StateScope,
        address: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<JournalEntry>, StateError> {
        self.read(Vec::new(), |connection, path| queries::history(connection, path, scope, address, limit))
    }

    fn was_known(&self, scope: &StateScope, address: &Address) -> Result<bool, StateError> {
        self.read(false, |connection, path| queries::was_known(connection, path, scope, address))
    }

    fn durations(&self, scope: &StateScope) -> Result<Durations, StateError> {
        self.read(Durations::new(), |connection, path| queries::durations(connection, path, scope))
    }

    fn key(&self) -> Result<SecretKey, StateError> {
        SecretKey::load(&self.real()?.0)
    }

    fn writer(&self, scope: &StateScope, holder: &LockHolder) -> Result<Box<dyn StateWriter>, StateError> {
        let (folder, path) = self.real()?;
        files::private_folder(&folder)?;
        let held = StateLock::take(&folder, holder)?;
        let connection = files::open_or_make(&path)?;
        schema::check_pages(&connection, &path)?;
        let key = self.key()?;
        Ok(Box::new(SqliteWriter::new(connection, path, scope.clone(), key, held)))
    }
}
