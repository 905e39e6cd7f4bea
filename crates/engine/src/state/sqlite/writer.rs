//! Writing the state: each change is one transaction, on disk when the call returns.

use super::connection_lock::lock;
use super::queries::signed;
use super::{queries, schema};
use crate::cloud::physical_names::hex;
use crate::state::lock::StateLock;
use crate::state::{
    Conclusion, ConclusionEffects, Intent, IntentStatus, NewIntent, OperationKind, ResourceRecord, SecretKey,
    StateError, StateScope, StateSnapshot, StateWriter, deposed_address, token,
};
use gpb_model::Address;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The one writer of a folder.
#[derive(Debug)]
pub struct SqliteWriter {
    connection: Mutex<Connection>,
    path: PathBuf,
    scope: StateScope,
    key: SecretKey,
    /// Given up when the writer goes.
    _lock: StateLock,
}

impl SqliteWriter {
    /// Returns the writer of a scope, which holds the lock.
    pub fn new(connection: Connection, path: PathBuf, scope: StateScope, key: SecretKey, held: StateLock) -> Self {
        Self { connection: Mutex::new(connection), path, scope, key, _lock: held }
    }

    fn change<T>(&self, act: impl FnOnce(&ScopeTransaction<'_>) -> Result<T, StateError>) -> Result<T, StateError> {
        let sql_error = |e: rusqlite::Error| schema::error(&self.path, &e);
        let mut connection = lock(&self.connection);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql_error)?;
        let head = head_or_new(&transaction, &self.path, &self.scope)?;
        let done = act(&ScopeTransaction { transaction: &transaction, head: &head, path: &self.path })?;
        transaction.commit().map_err(sql_error)?;
        Ok(done)
    }
}

impl StateWriter for SqliteWriter {
    fn snapshot(&self) -> Result<StateSnapshot, StateError> {
        queries::snapshot(&mut lock(&self.connection), &self.path, &self.scope)
    }

    fn key(&self) -> Result<SecretKey, StateError> {
        Ok(self.key.clone())
    }

    fn begin(&self, intent: NewIntent) -> Result<Intent, StateError> {
        self.change(|change| change.begin(intent))
    }

    fn record_id(&self, sequence: u64, id: &str) -> Result<(), StateError> {
        self.change(|change| change.amend(sequence, |intent| intent.id = Some(id.to_owned())))
    }

    fn record_sent(&self, sequence: u64) -> Result<(), StateError> {
        self.change(|change| change.amend(sequence, |intent| intent.sent = true))
    }

    fn conclude(&self, sequence: u64, conclusion: Conclusion, now_ms: u64) -> Result<ConclusionEffects, StateError> {
        self.change(|change| change.conclude(sequence, conclusion, now_ms))
    }

    fn put(&self, record: ResourceRecord) -> Result<(), StateError> {
        self.change(|change| change.put(&record).and_then(|()| change.grow()))
    }

    fn move_addresses(&self, moves: &[(Address, Address)]) -> Result<(), StateError> {
        if moves.is_empty() {
            return Ok(());
        }
        self.change(|change| change.move_addresses(moves))
    }

    fn forget(&self, address: &Address) -> Result<(), StateError> {
        self.change(|change| change.remove(address).and_then(|()| change.grow()))
    }

    fn set_outputs(&self, outputs: &BTreeMap<String, serde_json::Value>) -> Result<(), StateError> {
        self.change(|change| {
            let text = encode(outputs);
            if text == change.head.outputs {
                return Ok(());
            }
            change.run("UPDATE scope SET outputs = ?2 WHERE id = ?1", params![change.head.id, text])?;
            change.grow()
        })
    }
}

/// One transaction on one scope.
struct ScopeTransaction<'a> {
    transaction: &'a Transaction<'a>,
    head: &'a queries::ScopeRow,
    path: &'a Path,
}

impl ScopeTransaction<'_> {
    fn error(&self, error: &rusqlite::Error) -> StateError {
        schema::error(self.path, error)
    }

    fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize, StateError> {
        let run = || self.transaction.prepare_cached(sql)?.execute(params);
        run().map_err(|e| self.error(&e))
    }

    fn grow(&self) -> Result<(), StateError> {
        self.run("UPDATE scope SET serial = serial + 1 WHERE id = ?1", [self.head.id]).map(drop)
    }

    fn begin(&self, new: NewIntent) -> Result<Intent, StateError> {
        let sequence = self.head.sequence + 1;
        let generation: Option<i64> = self
            .transaction
            .prepare_cached(
                "SELECT MAX(sequence) FROM journal WHERE scope = ?1 AND address = ?2 AND verdict <> 'abandoned'",
            )
            .and_then(|mut sql| sql.query_row(params![self.head.id, new.address.as_str()], |row| row.get(0)))
            .map_err(|e| self.error(&e))?;
        let intent = Intent {
            sequence,
            token: token(
                &self.head.lineage,
                &new.address,
                new.operation,
                generation.and_then(|last| last.try_into().ok()).unwrap_or(0),
            ),
            address: new.address,
            ty: new.ty,
            place: new.place,
            operation: new.operation,
            id: new.id,
            sent: false,
            desired: new.desired,
            depends_on: new.depends_on,
            layer: new.layer,
            started_ms: new.started_ms,
        };
        let sql = "INSERT INTO journal (scope, sequence, address, ty, operation, intent, started_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let operation = variant_name(&intent.operation);
        let (address, text) = (intent.address.as_str(), encode(&intent));
        let values =
            params![self.head.id, signed(sequence), address, intent.ty, operation, text, signed(intent.started_ms)];
        match self.transaction.prepare_cached(sql).and_then(|mut sql| sql.execute(values)) {
            Ok(_) => {}
            // The index over open intents holds one an address.
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                return Err(StateError::Unsettled { address: intent.address });
            }
            Err(error) => return Err(self.error(&error)),
        }
        self.run("UPDATE scope SET sequence = ?2 WHERE id = ?1", params![self.head.id, signed(sequence)])?;
        Ok(intent)
    }

    fn open_intent(&self, sequence: u64) -> Result<Intent, StateError> {
        let sql = "SELECT intent FROM journal WHERE scope = ?1 AND sequence = ?2 AND verdict IS NULL";
        let text: Option<String> = self
            .transaction
            .prepare_cached(sql)
            .and_then(|mut sql| sql.query_row(params![self.head.id, signed(sequence)], |row| row.get(0)).optional())
            .map_err(|e| self.error(&e))?;
        queries::decode(self.path, &text.ok_or(StateError::NoIntent { sequence })?)
    }

    /// Rewrites an open intent.
    fn amend(&self, sequence: u64, act: impl FnOnce(&mut Intent)) -> Result<(), StateError> {
        let mut intent = self.open_intent(sequence)?;
        act(&mut intent);
        let sql = "UPDATE journal SET intent = ?3 WHERE scope = ?1 AND sequence = ?2";
        self.run(sql, params![self.head.id, signed(sequence), encode(&intent)]).map(drop)
    }

    fn conclude(&self, sequence: u64, conclusion: Conclusion, now_ms: u64) -> Result<ConclusionEffects, StateError> {
        let intent = self.open_intent(sequence)?;
        let mut concluded = ConclusionEffects::default();
        let (verdict, error) = match conclusion {
            Conclusion::Done(record) => {
                concluded.deposed = self.depose_for(&intent, &record)?;
                self.put(&record)?;
                self.grow()?;
                (IntentStatus::Done, None)
            }
            Conclusion::Deleted => {
                self.remove(&intent.address)?;
                self.grow()?;
                (IntentStatus::Deleted, None)
            }
            Conclusion::Failed { error, left } => {
                if let Some(record) = left {
                    concluded.deposed = self.depose_for(&intent, &record)?;
                    self.put(&record)?;
                    self.grow()?;
                }
                (IntentStatus::Failed, Some(encode(&error)))
            }
            Conclusion::Abandoned => (IntentStatus::Abandoned, None),
        };
        let sql = "UPDATE journal SET verdict = ?3, finished_ms = ?4, error = ?5 WHERE scope = ?1 AND sequence = ?2";
        self.run(sql, params![self.head.id, signed(sequence), variant_name(&verdict), signed(now_ms), error])?;
        Ok(concluded)
    }

    /// Moves aside what a creation replaces.
    fn depose_for(&self, intent: &Intent, record: &ResourceRecord) -> Result<Option<Address>, StateError> {
        if intent.operation != OperationKind::Create {
            return Ok(None);
        }
        let Some(mut old) = self
            .record(&record.address)?
            .filter(|old| old.id != record.id || old.place != record.place || old.ty != record.ty)
        else {
            return Ok(None);
        };
        old.address = deposed_address(&record.address, intent.sequence);
        // Its loss was agreed to when the replacement was; asking again would only keep it from being cleared away.
        old.protect = Some(false);
        self.put(&old)?;
        Ok(Some(old.address))
    }

    fn record(&self, address: &Address) -> Result<Option<ResourceRecord>, StateError> {
        let text: Option<String> = self
            .transaction
            .prepare_cached("SELECT record FROM resource WHERE scope = ?1 AND address = ?2")
            .and_then(|mut sql| sql.query_row(params![self.head.id, address.as_str()], |row| row.get(0)).optional())
            .map_err(|e| self.error(&e))?;
        text.map(|text| queries::decode(self.path, &text)).transpose()
    }

    fn put(&self, record: &ResourceRecord) -> Result<(), StateError> {
        let sql = "INSERT INTO resource (scope, address, record) VALUES (?1, ?2, ?3)
                   ON CONFLICT (scope, address) DO UPDATE SET record = excluded.record";
        self.run(sql, params![self.head.id, record.address.as_str(), encode(record)]).map(drop)
    }

    fn remove(&self, address: &Address) -> Result<(), StateError> {
        let sql = "DELETE FROM resource WHERE scope = ?1 AND address = ?2";
        match self.run(sql, params![self.head.id, address.as_str()])? {
            0 => Err(StateError::NoRecord { address: address.clone() }),
            _ => Ok(()),
        }
    }

    fn move_addresses(&self, moves: &[(Address, Address)]) -> Result<(), StateError> {
        let mut moved = Vec::new();
        for (from, to) in moves {
            let mut record = self.record(from)?.ok_or_else(|| StateError::NoRecord { address: from.clone() })?;
            self.remove(from)?;
            record.address = to.clone();
            moved.push(record);
        }
        for record in &moved {
            if self.record(&record.address)?.is_some() {
                return Err(StateError::Occupied { address: record.address.clone() });
            }
            self.put(record)?;
        }
        self.rename_dependencies(moves)?;
        self.grow()
    }

    /// The others remember what they were built on by address.
    fn rename_dependencies(&self, moves: &[(Address, Address)]) -> Result<(), StateError> {
        let names: BTreeMap<&Address, &Address> = moves.iter().map(|(from, to)| (from, to)).collect();
        let run = || -> rusqlite::Result<Vec<String>> {
            let mut sql = self.transaction.prepare_cached("SELECT record FROM resource WHERE scope = ?1")?;
            sql.query_map([self.head.id], |row| row.get(0))?.collect()
        };
        for text in run().map_err(|e| self.error(&e))? {
            let mut record: ResourceRecord = queries::decode(self.path, &text)?;
            let before = record.depends_on.clone();
            for address in &mut record.depends_on {
                if let Some(to) = names.get(address) {
                    *address = (*to).clone();
                }
            }
            if record.depends_on != before {
                self.put(&record)?;
            }
        }
        Ok(())
    }
}

fn head_or_new(
    transaction: &Transaction<'_>,
    path: &Path,
    scope: &StateScope,
) -> Result<queries::ScopeRow, StateError> {
    let sql_error = |e: rusqlite::Error| schema::error(path, &e);
    if let Some(head) = queries::head(transaction, scope).map_err(sql_error)? {
        return Ok(head);
    }
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| StateError::Io { path: path.to_owned(), what: format!("no randomness: {error}") })?;
    let sql = "INSERT INTO scope (cloud, stack, environment, lineage, serial, sequence, outputs)
               VALUES (?1, ?2, ?3, ?4, 0, 0, '{}')";
    transaction.execute(sql, params![scope.cloud, scope.stack, scope.environment, hex(&bytes)]).map_err(sql_error)?;
    queries::head(transaction, scope)
        .map_err(sql_error)?
        .ok_or_else(|| StateError::Io { path: path.to_owned(), what: "the scope was not written".to_owned() })
}

/// Writes JSON. These types have string keys and no floats out of range, so this cannot fail; an empty string would be
/// refused on reading.
fn encode(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A unit variant as the word it is in JSON.
fn variant_name(value: &impl Serialize) -> String {
    encode(value).trim_matches('"').to_owned()
}
