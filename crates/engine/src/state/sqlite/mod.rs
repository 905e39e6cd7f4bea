//! The embedded state store: one SQLite file, beside it the lock and the key of the secret hashes.

mod connection_lock;
pub(super) mod files;
mod group_commit;
mod journal;
mod manual_change;
mod queries;
mod records;
mod schema;
mod scope_transaction;
mod sqlite_store;
#[cfg(test)]
mod tests;
mod writer;

pub use sqlite_store::SqliteStore;
