//! The lock: one writer at a time. The second gets the name of the first.
//!
//! The lock is the operating system's, so it goes when its process does, however that ends.
#![allow(clippy::disallowed_methods)] // The state is one of the rooms that touch the file system.

use super::error::StateError;
use super::lock_holder::LockHolder;
use super::sqlite::files;
use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

/// The lock, held until dropped.
#[derive(Debug)]
pub struct StateLock {
    file: File,
}

impl StateLock {
    /// Takes the lock of a folder and writes the holder's name into it.
    ///
    /// # Errors
    /// [`StateError::Locked`] with the holder when another has it.
    pub fn take(folder: &Path, holder: &LockHolder) -> Result<StateLock, StateError> {
        let path = folder.join("lock");
        let io = |error: std::io::Error| StateError::io(&path, &error);
        let mut file = files::private_options().create(true).truncate(false).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // The holder may be just writing its name; then it stays unknown.
                let holder = file.read_to_string(&mut text).ok().and_then(|_| serde_json::from_str(&text).ok());
                return Err(StateError::Locked { path, holder });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let text = serde_json::to_string(holder).unwrap_or_default();
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes())).map_err(io)?;
        Ok(StateLock { file })
    }
}

impl Drop for StateLock {
    fn drop(&mut self) {
        // A name left behind would only mislead: the lock itself goes with the file's handle.
        let _ = self.file.set_len(0);
    }
}
