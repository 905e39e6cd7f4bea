//! How a command ends.

use std::process::ExitCode;

/// The exit codes are a contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    /// Something went wrong.
    Error,
    /// There are changes to make (`plan --detailed-exitcode`).
    Changes,
    /// gpb refused: the check failed, the plan is stale, the account is another, a protected resource would be lost.
    Refused,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Error => 1,
            Exit::Changes => 2,
            Exit::Refused => 3,
        })
    }
}
