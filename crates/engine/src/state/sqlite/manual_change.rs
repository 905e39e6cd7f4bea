//! Changes by a person's word in SQL: each is an entry of the journal that is closed in the same transaction.

use super::queries;
use super::scope_transaction::{ScopeTransaction, encode};
use crate::cloud::{CloudError, CloudErrorKind, Properties};
use crate::state::{Intent, IntentStatus, ManualChange, NewIntent, OperationKind, ResourceRecord, StateError};
use gpb_model::Address;
use rusqlite::{OptionalExtension as _, params};

impl ScopeTransaction<'_> {
    /// Makes a change by hand.
    pub fn change_by_hand(&mut self, change: ManualChange, now_ms: u64) -> Result<(), StateError> {
        match change {
            ManualChange::Forget(address) => {
                let record = self.record(&address)?.ok_or(StateError::NoRecord { address })?;
                let intent = self.begin(intent_of(&record, OperationKind::Delete, now_ms))?;
                self.remove(&record.address)?;
                self.end(intent.sequence, IntentStatus::Forgotten, None, now_ms)?;
            }
            ManualChange::Import(record) => {
                if self.record(&record.address)?.is_some() {
                    return Err(StateError::Occupied { address: record.address });
                }
                let intent = self.begin(intent_of(&record, OperationKind::Create, now_ms))?;
                self.put(&record)?;
                self.end(intent.sequence, IntentStatus::Imported, None, now_ms)?;
            }
            ManualChange::Abandon(address) => {
                let intent = self.open_at(&address)?.ok_or(StateError::NoRecord { address })?;
                let error = CloudError::new(CloudErrorKind::Internal, "AbandonedByHand", "it was given up by hand");
                self.end(intent.sequence, IntentStatus::Failed, Some(&encode(&error)), now_ms)?;
            }
        }
        // A plan that was made before knows nothing of it.
        self.grow();
        Ok(())
    }

    /// Reads the open intent at an address.
    fn open_at(&self, address: &Address) -> Result<Option<Intent>, StateError> {
        let sql = "SELECT intent FROM journal WHERE scope = ?1 AND address = ?2 AND verdict IS NULL";
        let text: Option<String> = self
            .transaction
            .prepare_cached(sql)
            .and_then(|mut sql| sql.query_row(params![self.head.id, address.as_str()], |row| row.get(0)).optional())
            .map_err(|e| self.error(&e))?;
        text.map(|text| queries::decode(self.path, &text)).transpose()
    }
}

fn intent_of(record: &ResourceRecord, operation: OperationKind, started_ms: u64) -> NewIntent {
    NewIntent {
        address: record.address.clone(),
        ty: record.ty.clone(),
        place: record.place.clone(),
        operation,
        id: Some(record.id.clone()),
        desired: Properties::new(),
        depends_on: record.depends_on.clone(),
        layer: record.layer.clone(),
        keep: record.keep,
        started_ms,
    }
}
