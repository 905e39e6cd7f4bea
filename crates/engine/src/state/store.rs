//! State stores: the interface to read and to write one. The embedded one is [`super::SqliteStore`].
//!
//! The conformance suite is written against these two traits alone.

use super::{Intent, LockHolder, OperationKind, ResourceRecord, SecretKey, StateError, StateScope, StateSnapshot};
use crate::cloud::physical_names::hex;
use crate::cloud::{CloudError, Properties};
use async_trait::async_trait;
use gpb_model::{Address, Place};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::time::Duration;

/// A state store, to read. Readers need no lock and see one moment.
///
/// # Errors
/// Every call fails with a [`StateError`] when the store is damaged, foreign, newer, or cannot be read.
pub trait StateStore: Send + Sync {
    /// Returns the scopes that were ever written, sorted.
    fn scopes(&self) -> Result<Vec<StateScope>, StateError>;

    /// Returns a scope as it is now; empty, with an empty lineage, when it was never written.
    fn snapshot(&self, scope: &StateScope) -> Result<StateSnapshot, StateError>;

    /// Returns the journal, newest first: of one address or of all, at most `limit` entries.
    fn history(
        &self,
        scope: &StateScope,
        address: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<JournalEntry>, StateError>;

    /// Checks that something was ever begun at an address, or below it.
    fn was_known(&self, scope: &StateScope, address: &Address) -> Result<bool, StateError>;

    /// Returns the average duration of each operation on each type.
    fn durations(&self, scope: &StateScope) -> Result<Durations, StateError>;

    /// Returns the key that secrets are hashed with.
    fn key(&self) -> Result<SecretKey, StateError>;

    /// Takes the lock. It is held until the writer is dropped or its process ends.
    fn writer(&self, scope: &StateScope, holder: &LockHolder) -> Result<Box<dyn StateWriter>, StateError>;
}

/// A state store, to write one scope of. Every call is durable, and wholly done or not at all, when it returns.
///
/// Calls that wait for their durability together may share one transaction; each still succeeds or fails by itself, unless
/// the store cannot be written: then all of them fail, and none is done.
///
/// # Errors
/// Every call fails with a [`StateError`] when the store cannot be written or the call does not fit what it holds.
#[async_trait]
pub trait StateWriter: Send + Sync {
    /// Returns the scope as it is now.
    fn snapshot(&self) -> Result<StateSnapshot, StateError>;

    /// Returns the key that secrets are hashed with.
    fn key(&self) -> Result<SecretKey, StateError>;

    /// Returns the tokens of all creations of a type that the journal holds, newest first.
    fn creation_tokens(&self, ty: &str) -> Result<Vec<String>, StateError>;

    /// Writes down what is about to be done. An address has one open intent at most.
    async fn begin(&self, intent: NewIntent) -> Result<Intent, StateError>;

    /// Adds the identifier that the cloud has given to what an open creation creates.
    async fn record_id(&self, sequence: u64, id: &str) -> Result<(), StateError>;

    /// Adds to an open creation that its call is about to be sent.
    async fn record_sent(&self, sequence: u64) -> Result<(), StateError>;

    /// Closes an intent and changes the records with it.
    async fn conclude(
        &self,
        sequence: u64,
        conclusion: Conclusion,
        now_ms: u64,
    ) -> Result<ConclusionEffects, StateError>;

    /// Writes a record that no call made: an adopted resource, or facts about one that is kept.
    async fn put(&self, record: ResourceRecord) -> Result<(), StateError>;

    /// Renames, all at once, so that two may change places.
    fn move_addresses(&self, moves: &[(Address, Address)]) -> Result<(), StateError>;

    /// Changes the state by a person's word, as one entry of the journal that is closed at once.
    fn change_by_hand(&self, change: ManualChange, now_ms: u64) -> Result<(), StateError>;

    /// Drops a record; the cloud is not touched.
    async fn forget(&self, address: &Address) -> Result<(), StateError>;

    /// Replaces the outputs; the same ones are no change.
    fn set_outputs(&self, outputs: &BTreeMap<String, serde_json::Value>) -> Result<(), StateError>;
}

/// Average durations by type and operation.
pub type Durations = BTreeMap<(String, OperationKind), Duration>;

/// An [`Intent`] before the store has numbered it and made its token.
#[derive(Debug, Clone, PartialEq)]
pub struct NewIntent {
    /// The address the call is about.
    pub address: Address,
    /// The type, in gpb's name.
    pub ty: String,
    /// The account and the region.
    pub place: Place,
    /// The operation.
    pub operation: OperationKind,
    /// The identifier, for updates and deletions.
    pub id: Option<String>,
    /// Secrets as keyed hashes.
    pub desired: Properties,
    /// The addresses it is built on.
    pub depends_on: Vec<Address>,
    /// The layer that declares it.
    pub layer: Option<String>,
    /// True when the resource stays on AWS when gpb lets go of it; so does what a creation replaces.
    pub keep: bool,
    /// The time it begins, in milliseconds since the epoch.
    pub started_ms: u64,
}

/// The end of an intent, with what it leaves.
#[derive(Debug, Clone, PartialEq)]
pub enum Conclusion {
    /// The resource is this now. When the address held another one, that one is deposed, never forgotten.
    Done(Box<ResourceRecord>),
    /// The resource is gone.
    Deleted,
    /// The call failed for good. `left` is what stands there nevertheless, deposing another one as above.
    Failed {
        /// The failure.
        error: CloudError,
        /// The resource that exists nevertheless.
        left: Option<Box<ResourceRecord>>,
    },
    /// The interrupted call turned out to have done nothing. The next intent at the address has the same token, so that
    /// a cloud which does carry the call out late takes both for one.
    Abandoned,
}

/// A change of the state by a person's word, for which nothing is called.
#[derive(Debug, Clone, PartialEq)]
pub enum ManualChange {
    /// Drops the record at an address; the resource stays where it is.
    Forget(Address),
    /// Takes a resource that exists into the state, at an address that is free.
    Import(Box<ResourceRecord>),
    /// Closes the open intent at an address as failed: nobody can find out what it did.
    ///
    /// The next intent there has another token, so that what the old one may have made is never taken for its own.
    Abandon(Address),
}

/// The side effects of concluding an intent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConclusionEffects {
    /// The address that the resource was deposed to that was there before.
    pub deposed: Option<Address>,
}

/// The end of an intent, as the journal keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IntentStatus {
    /// The resource exists.
    Done,
    /// The resource is gone.
    Deleted,
    /// The call failed for good.
    Failed,
    /// The call turned out to have done nothing.
    Abandoned,
    /// The resource was taken out of the state by hand, and stays.
    Forgotten,
    /// The resource was taken into the state by hand.
    Imported,
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The intent.
    pub intent: Intent,
    /// The end; absent as long as the intent is open.
    pub verdict: Option<IntentStatus>,
    /// The time it ended, in milliseconds since the epoch.
    pub finished_ms: Option<u64>,
    /// The failure.
    pub error: Option<CloudError>,
}

/// Returns the idempotency token of an intent: the same for every try, another for every other intent.
///
/// `generation` is the sequence of the last intent at the address that came to an end the cloud knows of. The token has
/// 32 hexadecimal digits.
pub fn token(lineage: &str, address: &Address, operation: OperationKind, generation: u64) -> String {
    let mut hash = Sha256::new();
    for part in [lineage, address.as_str(), operation.as_str(), &generation.to_string()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut text = hex(&hash.finalize());
    // Half of it is still beyond collision, and fits where services take 32 characters at most.
    text.truncate(32);
    text
}
