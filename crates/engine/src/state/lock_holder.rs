//! The holder of a state's lock, as the next process sees it.
#![expect(clippy::disallowed_methods, reason = "it reads the machine's and the user's names")]

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The process that holds a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// The number of the process.
    pub pid: u32,
    /// The machine.
    pub host: String,
    /// The user who started it.
    pub user: String,
    /// The command, `gpb apply specs/sandbox.gpb`.
    pub command: String,
    /// The time it took the lock, in milliseconds since the epoch.
    pub since_ms: u64,
}

impl LockHolder {
    /// Returns this process as a holder.
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
