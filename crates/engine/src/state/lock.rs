//! One writer at a time, and the second is told who the first is.
//!
//! The lock is the operating system's, so it goes when its process does, however that ends.
#![allow(clippy::disallowed_methods)] // The state is one of the rooms that touch the file system.

use super::StateError;
use super::sqlite::files;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;

/// Who holds the state, as the next one is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    pub pid: u32,
    pub host: String,
    pub user: String,
    /// `gpb apply specs/sandbox.gpb`
    pub command: String,
    /// Milliseconds since the epoch.
    pub since_ms: u64,
}

impl LockHolder {
    /// This process.
    pub fn current(command: impl Into<String>, now_ms: u64) -> LockHolder {
        let variable =
            |names: &[&str]| names.iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
            .ok()
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .or_else(|| variable(&["HOSTNAME", "COMPUTERNAME"]));
        LockHolder {
            pid: std::process::id(),
            host: host.unwrap_or_else(|| "unknown".to_owned()),
            user: variable(&["USER", "LOGNAME", "USERNAME"]).unwrap_or_else(|| "unknown".to_owned()),
            command: command.into(),
            since_ms: now_ms,
        }
    }
}

impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` (process {} of {} on {}", self.command, self.pid, self.user, self.host)?;
        let since = i64::try_from(self.since_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        match since {
            Some(since) => write!(f, ", since {})", since.strftime("%Y-%m-%d %H:%M:%S UTC")),
            None => f.write_str(")"),
        }
    }
}

/// The lock, held until dropped.
#[derive(Debug)]
pub struct StateLock {
    file: File,
}

impl StateLock {
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
