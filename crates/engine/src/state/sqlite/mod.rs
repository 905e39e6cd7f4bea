//! The embedded state store: one SQLite file, beside it the lock and the key of the secret hashes.

pub(super) mod files;
mod queries;
mod schema;
mod writer;

use super::lock::StateLock;
use super::{
    Durations, JournalEntry, LockHolder, SecretKey, StateError, StateScope, StateSnapshot, StateStore, StateWriter,
};
use gpb_model::Address;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The states in one folder. Making one touches no file; the folder is made by the first writer.
#[derive(Debug)]
pub struct SqliteStore {
    folder: PathBuf,
    /// Opened by the first reader that finds a file.
    reading: Mutex<Option<Connection>>,
}

impl SqliteStore {
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), reading: Mutex::new(None) }
    }

    /// `FOLDER/state.db`
    pub fn path(&self) -> PathBuf {
        self.folder.join("state.db")
    }

    /// Runs `act` on the file, or gives `absent` when there is none.
    fn read<T>(
        &self,
        absent: T,
        act: impl FnOnce(&mut Connection, &Path) -> Result<T, StateError>,
    ) -> Result<T, StateError> {
        let path = self.path();
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

    fn durations(&self, scope: &StateScope) -> Result<Durations, StateError> {
        self.read(Durations::new(), |connection, path| queries::durations(connection, path, scope))
    }

    fn key(&self) -> Result<SecretKey, StateError> {
        SecretKey::load(&self.folder)
    }

    fn writer(&self, scope: &StateScope, holder: &LockHolder) -> Result<Box<dyn StateWriter>, StateError> {
        files::private_folder(&self.folder)?;
        let held = StateLock::take(&self.folder, holder)?;
        let path = self.path();
        let connection = files::open_or_make(&path)?;
        schema::check_pages(&connection, &path)?;
        let key = self.key()?;
        Ok(Box::new(writer::SqliteWriter::new(connection, path, scope.clone(), key, held)))
    }
}

/// A connection is whole again after a panic elsewhere: its open transaction was rolled back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
