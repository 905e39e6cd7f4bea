//! The state: the resources gpb made, and the journal of what it was about to do.
//!
//! The journal is written ahead: an [`Intent`] is durable before the cloud is called and its outcome after, so a process
//! killed at any instant leaves a record of everything that may exist.

mod deposed;
mod error;
mod lock;
mod lock_holder;
mod record;
mod redaction;
mod secret_key;
mod sqlite;
mod store;

#[cfg(any(test, feature = "testing"))]
pub mod conformance;

pub use deposed::{deposed_address, deposed_from};
pub use error::{StateError, io_message};
pub use lock_holder::LockHolder;
pub use record::{Intent, OperationKind, ResourceRecord, StateScope, StateSnapshot};
pub use redaction::{
    holds_redacted, is_redacted, is_redacted_object, redact, redact_values, redacted, redacted_hash, redacted_paths,
};
pub use secret_key::SecretKey;
pub use sqlite::SqliteStore;
pub use store::{
    Conclusion, ConclusionEffects, Durations, IntentStatus, JournalEntry, ManualChange, NewIntent, StateStore,
    StateWriter, token,
};
