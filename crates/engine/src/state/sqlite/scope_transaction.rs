//! One transaction on one scope: the changes that writers ask for, in SQL.

use super::queries::signed;
use super::{queries, schema};
use crate::cloud::physical_names::hex;
use crate::state::{
    Conclusion, ConclusionEffects, Intent, IntentStatus, NewIntent, OperationKind, ResourceRecord, StateError,
    StateScope, deposed_address, token,
};
use gpb_model::Address;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// One transaction on one scope, which several writes may share.
pub struct ScopeTransaction<'a> {
    transaction: Transaction<'a>,
    /// The row of the scope as it will be; it is written at the end.
    head: queries::ScopeRow,
    path: &'a Path,
}

impl<'a> ScopeTransaction<'a> {
    /// Begins a transaction; a scope that was never written gets its row.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin_on(connection: &'a mut Connection, path: &'a Path, scope: &StateScope) -> Result<Self, StateError> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = connection.transaction_with_behavior(behavior).map_err(|e| schema::error(path, &e))?;
        let head = head_or_new(&transaction, path, scope)?;
        Ok(Self { transaction, head, path })
    }

    /// Ends the transaction. What it wrote is durable when this returns.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is written then.
    pub fn commit(self) -> Result<(), StateError> {
        let (id, serial, sequence) = (self.head.id, signed(self.head.serial), signed(self.head.sequence));
        self.run("UPDATE scope SET serial = ?2, sequence = ?3 WHERE id = ?1", params![id, serial, sequence])?;
        let Self { transaction, path, .. } = self;
        transaction.commit().map_err(|e| schema::error(path, &e))
    }

    /// Makes one write, wholly or, where it does not fit the state, not at all; the inner error then says why.
    ///
    /// # Errors
    /// When the file cannot be written: then the whole transaction is void.
    pub fn by_itself<T>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<T, StateError>,
    ) -> Result<Result<T, StateError>, StateError> {
        let (serial, sequence) = (self.head.serial, self.head.sequence);
        self.run("SAVEPOINT one", [])?;
        let done = act(self);
        match &done {
            Ok(_) => {}
            // SQLite may have rolled back all of it, the writes of the others too.
            Err(error @ (StateError::Io { .. } | StateError::Damaged { .. })) => return Err(error.clone()),
            Err(_) => {
                self.run("ROLLBACK TO one", [])?;
                (self.head.serial, self.head.sequence) = (serial, sequence);
            }
        }
        self.run("RELEASE one", [])?;
        Ok(done)
    }

    fn error(&self, error: &rusqlite::Error) -> StateError {
        schema::error(self.path, error)
    }

    fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize, StateError> {
        let run = || self.transaction.prepare_cached(sql)?.execute(params);
        run().map_err(|e| self.error(&e))
    }

    fn grow(&mut self) {
        self.head.serial += 1;
    }

    /// Writes down an intent.
    pub fn begin(&mut self, new: NewIntent) -> Result<Intent, StateError> {
        let sequence = self.head.sequence + 1;
        let generation: Option<i64> = self
            .transaction
            .prepare_cached(
                // Left to itself SQLite goes back through the journal of all addresses.
                "SELECT MAX(sequence) FROM journal INDEXED BY journal_address
                 WHERE scope = ?1 AND address = ?2 AND verdict <> 'abandoned'",
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
        self.head.sequence = sequence;
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

    /// Closes an intent and changes the records with it.
    pub fn conclude(
        &mut self,
        sequence: u64,
        conclusion: Conclusion,
        now_ms: u64,
    ) -> Result<ConclusionEffects, StateError> {
        let intent = self.open_intent(sequence)?;
        let mut concluded = ConclusionEffects::default();
        let (verdict, error) = match conclusion {
            Conclusion::Done(record) => {
                concluded.deposed = self.depose_for(&intent, &record)?;
                self.put(&record)?;
                self.grow();
                (IntentStatus::Done, None)
            }
            Conclusion::Deleted => {
                self.remove(&intent.address)?;
                self.grow();
                (IntentStatus::Deleted, None)
            }
            Conclusion::Failed { error, left } => {
                if let Some(record) = left {
                    concluded.deposed = self.depose_for(&intent, &record)?;
                    self.put(&record)?;
                    self.grow();
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

    /// Adds the identifier to an open intent.
    pub fn record_id(&mut self, sequence: u64, id: String) -> Result<(), StateError> {
        self.amend(sequence, |intent| intent.id = Some(id))
    }

    /// Adds to an open intent that its call is about to be sent.
    pub fn record_sent(&mut self, sequence: u64) -> Result<(), StateError> {
        self.amend(sequence, |intent| intent.sent = true)
    }

    fn amend(&mut self, sequence: u64, act: impl FnOnce(&mut Intent)) -> Result<(), StateError> {
        let mut intent = self.open_intent(sequence)?;
        act(&mut intent);
        let sql = "UPDATE journal SET intent = ?3 WHERE scope = ?1 AND sequence = ?2";
        self.run(sql, params![self.head.id, signed(sequence), encode(&intent)]).map(drop)
    }

    /// Writes a record that no call made.
    pub fn put_record(&mut self, record: &ResourceRecord) -> Result<(), StateError> {
        self.put(record)?;
        self.grow();
        Ok(())
    }

    /// Drops a record.
    pub fn forget(&mut self, address: &Address) -> Result<(), StateError> {
        self.remove(address)?;
        self.grow();
        Ok(())
    }

    /// Replaces the outputs, which are JSON; the same ones are no change.
    pub fn set_outputs(&mut self, outputs: String) -> Result<(), StateError> {
        if outputs == self.head.outputs {
            return Ok(());
        }
        self.run("UPDATE scope SET outputs = ?2 WHERE id = ?1", params![self.head.id, outputs])?;
        self.head.outputs = outputs;
        self.grow();
        Ok(())
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

    /// Renames records, all at once.
    pub fn move_addresses(&mut self, moves: &[(Address, Address)]) -> Result<(), StateError> {
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
        self.grow();
        Ok(())
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
pub fn encode(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A unit variant as the word it is in JSON.
fn variant_name(value: &impl Serialize) -> String {
    encode(value).trim_matches('"').to_owned()
}
