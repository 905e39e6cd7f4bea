//! The exit codes of the command.

use std::process::ExitCode;

/// The end of a command. The exit codes are a contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    /// Something went wrong.
    Error,
    /// There are changes to make (`plan --detailed-exitcode`).
    Changes,
    /// gpb refused to go on.
    ///
    /// The check failed, the plan is stale, the account is another, or a protected resource would be lost.
    Refused,
}

impl Exit {
    /// Returns the exit code of the process.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Error => 1,
            Exit::Changes => 2,
            Exit::Refused => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
