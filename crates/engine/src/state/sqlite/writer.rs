//! Writing the state: each change is on disk when its call returns, and those under way together share a transaction.

use super::connection_lock::lock;
use super::group_commit::{QueuedWrite, WriteQueue, WriteResult, let_others_go};
use super::queries;
use super::scope_transaction::{ScopeTransaction, encode};
use crate::state::lock::StateLock;
use crate::state::{
    Conclusion, ConclusionEffects, Intent, ManualChange, NewIntent, ResourceRecord, SecretKey, StateError, StateScope,
    StateSnapshot, StateWriter,
};
use async_trait::async_trait;
use gpb_model::Address;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

/// The one writer of a folder.
pub struct SqliteWriter {
    connection: Mutex<Connection>,
    queue: WriteQueue,
    path: PathBuf,
    scope: StateScope,
    key: SecretKey,
    /// Given up when the writer goes.
    _lock: StateLock,
}

impl SqliteWriter {
    /// Returns the writer of a scope, which holds the lock.
    pub fn new(connection: Connection, path: PathBuf, scope: StateScope, key: SecretKey, held: StateLock) -> Self {
        Self { connection: Mutex::new(connection), queue: WriteQueue::default(), path, scope, key, _lock: held }
    }

    /// Makes a change together with all that is asked for at the same time.
    ///
    /// Whoever comes back first makes the transaction for all: a process that works on many things at once waits for the
    /// disk once a round, and one that works on one thing waits for nobody.
    async fn change<T, F>(&self, act: F) -> Result<T, StateError>
    where
        T: Send + 'static,
        F: FnOnce(&mut ScopeTransaction<'_>) -> Result<T, StateError> + Send + 'static,
    {
        let result = self.queue.push(act);
        let_others_go().await;
        self.settle(&result)
    }

    fn settle<T>(&self, result: &WriteResult<T>) -> Result<T, StateError> {
        if let Some(settled) = result.take() {
            return settled;
        }
        self.commit_queued();
        // Another thread's transaction may have had it; that one has ended, since it held the connection.
        let lost = || StateError::Io { path: self.path.clone(), what: "a write was given up".to_owned() };
        result.take().unwrap_or_else(|| Err(lost()))
    }

    fn commit_queued(&self) {
        let mut connection = lock(&self.connection);
        let mut writes = self.queue.take();
        if writes.is_empty() {
            return;
        }
        let committed = self.commit(&mut connection, &mut writes);
        for write in &mut writes {
            write.publish(committed.as_ref().err());
        }
    }

    fn commit(&self, connection: &mut Connection, writes: &mut [Box<dyn QueuedWrite>]) -> Result<(), StateError> {
        let mut transaction = ScopeTransaction::begin_on(connection, &self.path, &self.scope)?;
        for write in writes {
            write.perform(&mut transaction)?;
        }
        transaction.commit()
    }
}

#[async_trait]
impl StateWriter for SqliteWriter {
    fn snapshot(&self) -> Result<StateSnapshot, StateError> {
        queries::snapshot(&mut lock(&self.connection), &self.path, &self.scope)
    }

    fn key(&self) -> Result<SecretKey, StateError> {
        Ok(self.key.clone())
    }

    fn creation_tokens(&self, ty: &str) -> Result<Vec<String>, StateError> {
        queries::creation_tokens(&lock(&self.connection), &self.path, &self.scope, ty)
    }

    async fn begin(&self, intent: NewIntent) -> Result<Intent, StateError> {
        self.change(|transaction| transaction.begin(intent)).await
    }

    async fn record_id(&self, sequence: u64, id: &str) -> Result<(), StateError> {
        let id = id.to_owned();
        self.change(move |transaction| transaction.record_id(sequence, id)).await
    }

    async fn record_sent(&self, sequence: u64) -> Result<(), StateError> {
        self.change(move |transaction| transaction.record_sent(sequence)).await
    }

    async fn conclude(
        &self,
        sequence: u64,
        conclusion: Conclusion,
        now_ms: u64,
    ) -> Result<ConclusionEffects, StateError> {
        self.change(move |transaction| transaction.conclude(sequence, conclusion, now_ms)).await
    }

    async fn put(&self, record: ResourceRecord) -> Result<(), StateError> {
        self.change(move |transaction| transaction.put_record(&record)).await
    }

    fn move_addresses(&self, moves: &[(Address, Address)]) -> Result<(), StateError> {
        if moves.is_empty() {
            return Ok(());
        }
        let moves = moves.to_owned();
        self.settle(&self.queue.push(move |transaction| transaction.move_addresses(&moves)))
    }

    fn change_by_hand(&self, change: ManualChange, now_ms: u64) -> Result<(), StateError> {
        self.settle(&self.queue.push(move |transaction| transaction.change_by_hand(change, now_ms)))
    }

    async fn forget(&self, address: &Address) -> Result<(), StateError> {
        let address = address.clone();
        self.change(move |transaction| transaction.forget(&address)).await
    }

    fn set_outputs(&self, outputs: &BTreeMap<String, serde_json::Value>) -> Result<(), StateError> {
        let text = encode(outputs);
        self.settle(&self.queue.push(move |transaction| transaction.set_outputs(text)))
    }
}
