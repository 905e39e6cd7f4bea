//! The journal in SQL: intents are written down, get their identifiers, and are closed.

use super::queries::{self, signed};
use super::scope_transaction::{ScopeTransaction, encode};
use crate::state::{
    Conclusion, ConclusionEffects, Intent, IntentStatus, NewIntent, OperationKind, ResourceRecord, StateError,
    deposed_address, token,
};
use gpb_model::Address;
use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;

/// The last intent at an address that came to an end the cloud knows of. Left to itself SQLite goes back through the
/// journal of all addresses.
pub const LAST_OF_ADDRESS: &str = "SELECT MAX(sequence) FROM journal INDEXED BY journal_address
     WHERE scope = ?1 AND address = ?2 AND verdict <> 'abandoned'";

impl ScopeTransaction<'_> {
    /// Writes down an intent.
    pub fn begin(&mut self, new: NewIntent) -> Result<Intent, StateError> {
        let sequence = self.head.sequence + 1;
        let generation: Option<i64> = self
            .transaction
            .prepare_cached(LAST_OF_ADDRESS)
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
            keep: new.keep,
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
        self.end(sequence, verdict, error.as_deref(), now_ms)?;
        Ok(concluded)
    }

    /// Writes the end of an intent into the journal; `error` is JSON.
    pub(super) fn end(
        &self,
        sequence: u64,
        verdict: IntentStatus,
        error: Option<&str>,
        now_ms: u64,
    ) -> Result<(), StateError> {
        let sql = "UPDATE journal SET verdict = ?3, finished_ms = ?4, error = ?5 WHERE scope = ?1 AND sequence = ?2";
        let values = params![self.head.id, signed(sequence), variant_name(&verdict), signed(now_ms), error];
        self.run(sql, values).map(drop)
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
        old.keep = intent.keep;
        self.put(&old)?;
        Ok(Some(old.address))
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
}

/// A unit variant as the word it is in JSON.
fn variant_name(value: &impl Serialize) -> String {
    encode(value).trim_matches('"').to_owned()
}
