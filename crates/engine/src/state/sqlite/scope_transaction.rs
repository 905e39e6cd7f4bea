//! One transaction on one scope: the changes that writers ask for, in SQL.

use super::queries::signed;
use super::{queries, schema};
use crate::cloud::physical_names::hex;
use crate::state::{StateError, StateScope};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use serde::Serialize;
use std::path::Path;

/// One transaction on one scope, which several writes may share.
pub struct ScopeTransaction<'a> {
    pub(super) transaction: Transaction<'a>,
    /// The row of the scope as it will be; it is written at the end.
    pub(super) head: queries::ScopeRow,
    pub(super) path: &'a Path,
    /// The serial and the sequence as they are in the file.
    written: (u64, u64),
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
        let written = (head.serial, head.sequence);
        Ok(Self { transaction, head, path, written })
    }

    /// Ends the transaction. What it wrote is durable when this returns.
    ///
    /// # Errors
    /// When the file cannot be written; nothing is written then.
    pub fn commit(self) -> Result<(), StateError> {
        let (serial, sequence) = (self.head.serial, self.head.sequence);
        if (serial, sequence) != self.written {
            let values = params![self.head.id, signed(serial), signed(sequence)];
            self.run("UPDATE scope SET serial = ?2, sequence = ?3 WHERE id = ?1", values)?;
        }
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

    pub(super) fn error(&self, error: &rusqlite::Error) -> StateError {
        schema::error(self.path, error)
    }

    pub(super) fn run(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize, StateError> {
        let run = || self.transaction.prepare_cached(sql)?.execute(params);
        run().map_err(|e| self.error(&e))
    }

    pub(super) fn grow(&mut self) {
        self.head.serial += 1;
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
