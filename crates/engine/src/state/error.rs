//! The errors of the state, as the user sees them.

use super::lock_holder::LockHolder;
use gpb_base::diag::Diagnostic;
use gpb_model::Address;
use std::path::{Path, PathBuf};

/// A state that cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// A later version of gpb wrote it.
    #[error("{} has format {found}, and this gpb knows formats up to {known}", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// The number of its format.
        found: i64,
        /// The number of the latest format known here.
        known: i64,
    },
    /// Another program wrote it.
    #[error("{} is not a gpb state: {what}", path.display())]
    Foreign {
        /// The database.
        path: PathBuf,
        /// The other format.
        what: String,
    },
    /// It is damaged.
    #[error("{} is damaged: {what}", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// The damage.
        what: String,
    },
    /// Another process writes it.
    #[error("the state is in use{}", holder.as_ref().map(|h| format!(" by {h}")).unwrap_or_default())]
    Locked {
        /// The lock.
        path: PathBuf,
        /// Its holder, when known.
        holder: Option<LockHolder>,
    },
    /// The file system refuses.
    #[error("{} cannot be read or written: {what}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's message.
        what: String,
    },
    /// An interrupted change has to be reconciled first.
    #[error("an earlier run was interrupted while it worked on {address}, and that is not reconciled yet")]
    Unsettled {
        /// The address of the resource.
        address: Address,
    },
    /// An intent is not open.
    #[error("the journal has no open intent {sequence}")]
    NoIntent {
        /// The number of the intent.
        sequence: u64,
    },
    /// There is no record at an address.
    #[error("{address} is not in the state")]
    NoRecord {
        /// The address.
        address: Address,
    },
    /// There is a record at an address already.
    #[error("{address} is in the state already")]
    Occupied {
        /// The address.
        address: Address,
    },
    /// The key of the secret hashes is damaged.
    #[error("the secret key {} is damaged", path.display())]
    BadKey {
        /// The file of the key.
        path: PathBuf,
    },
}

/// Returns an I/O error without its number, which means nothing to most readers.
pub fn io_message(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

impl StateError {
    /// Returns the error of a file operation.
    pub(super) fn io(path: &Path, error: &std::io::Error) -> StateError {
        StateError::Io { path: path.to_owned(), what: io_message(error) }
    }

    /// Returns the error as the user sees it.
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::error(self.code(), self.to_string()).help(self.help())
    }

    /// Returns the code of its page.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "GPB7501",
            Self::Foreign { .. } => "GPB7502",
            Self::Damaged { .. } => "GPB7503",
            Self::Locked { .. } => "GPB7504",
            Self::Io { .. } => "GPB7505",
            Self::Unsettled { .. } => "GPB7506",
            Self::NoIntent { .. } => "GPB7507",
            Self::NoRecord { .. } => "GPB7508",
            Self::Occupied { .. } => "GPB7509",
            Self::BadKey { .. } => "GPB7510",
        }
    }

    fn help(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "use the gpb that wrote it, or a newer one; nothing was changed",
            Self::Foreign { .. } => "point `--state` at another folder; gpb leaves files it did not write alone",
            Self::Damaged { .. } => {
                "restore the file from a backup; gpb never writes over a damaged state, since it is the only list of what exists"
            }
            Self::Locked { .. } => {
                "wait until that run ends; the lock goes with its process, so nothing needs removing by hand"
            }
            Self::Io { .. } => "check that the folder exists, may be written by you, and has space left",
            Self::Unsettled { .. } => {
                "run `gpb apply` with a fresh plan: it reconciles interrupted work before anything else"
            }
            Self::NoIntent { .. } => "this is a fault in gpb; please report it with the output of `gpb state list`",
            Self::NoRecord { .. } => "`gpb state list` shows the addresses there are",
            Self::Occupied { .. } => "move or forget the resource that has the address first",
            Self::BadKey { .. } => {
                "restore the file from a backup, or remove it: gpb then makes a new key and sends every secret once more"
            }
        }
    }
}
