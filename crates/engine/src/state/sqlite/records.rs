//! The records of resources in SQL: written, dropped and renamed.

use super::queries;
use super::scope_transaction::{ScopeTransaction, encode};
use crate::state::{ResourceRecord, StateError};
use gpb_model::Address;
use rusqlite::{OptionalExtension as _, params};
use std::collections::BTreeMap;

impl ScopeTransaction<'_> {
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

    pub(super) fn record(&self, address: &Address) -> Result<Option<ResourceRecord>, StateError> {
        let text: Option<String> = self
            .transaction
            .prepare_cached("SELECT record FROM resource WHERE scope = ?1 AND address = ?2")
            .and_then(|mut sql| sql.query_row(params![self.head.id, address.as_str()], |row| row.get(0)).optional())
            .map_err(|e| self.error(&e))?;
        text.map(|text| queries::decode(self.path, &text)).transpose()
    }

    pub(super) fn put(&self, record: &ResourceRecord) -> Result<(), StateError> {
        let sql = "INSERT INTO resource (scope, address, record) VALUES (?1, ?2, ?3)
                   ON CONFLICT (scope, address) DO UPDATE SET record = excluded.record";
        self.run(sql, params![self.head.id, record.address.as_str(), encode(record)]).map(drop)
    }

    pub(super) fn remove(&self, address: &Address) -> Result<(), StateError> {
        let sql = "DELETE FROM resource WHERE scope = ?1 AND address = ?2";
        match self.run(sql, params![self.head.id, address.as_str()])? {
            0 => Err(StateError::NoRecord { address: address.clone() }),
            _ => Ok(()),
        }
    }
}
