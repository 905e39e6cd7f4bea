//! Queries: reads the state.

use super::schema;
use crate::state::{
    Durations, Intent, JournalEntry, OperationKind, ResourceRecord, StateError, StateScope, StateSnapshot,
};
use gpb_model::Address;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Returns the snapshot of a scope that was never written.
pub fn empty(scope: &StateScope) -> StateSnapshot {
    StateSnapshot {
        scope: scope.clone(),
        lineage: String::new(),
        serial: 0,
        resources: BTreeMap::new(),
        pending: Vec::new(),
        outputs: BTreeMap::new(),
    }
}

/// Reads all scopes, sorted.
pub fn scopes(connection: &mut Connection, path: &Path) -> Result<Vec<StateScope>, StateError> {
    let sql = "SELECT cloud, stack, environment FROM scope ORDER BY cloud, stack, environment";
    let read = |row: &Row| Ok(StateScope { cloud: row.get(0)?, stack: row.get(1)?, environment: row.get(2)? });
    let run = || connection.prepare_cached(sql)?.query_map([], read)?.collect::<rusqlite::Result<Vec<_>>>();
    run().map_err(|e| schema::error(path, &e))
}

/// A row of the table `scope`.
pub struct ScopeRow {
    /// The number of the row.
    pub id: i64,
    /// The lineage.
    pub lineage: String,
    /// The serial: the number of changes.
    pub serial: u64,
    /// The number of the last intent.
    pub sequence: u64,
    /// The outputs, as JSON.
    pub outputs: String,
}

/// Reads the row of a scope.
pub fn head(connection: &Connection, scope: &StateScope) -> rusqlite::Result<Option<ScopeRow>> {
    let sql =
        "SELECT id, lineage, serial, sequence, outputs FROM scope WHERE cloud = ?1 AND stack = ?2 AND environment = ?3";
    let read = |row: &Row| {
        Ok(ScopeRow {
            id: row.get(0)?,
            lineage: row.get(1)?,
            serial: unsigned(row, 2)?,
            sequence: unsigned(row, 3)?,
            outputs: row.get(4)?,
        })
    };
    connection.prepare_cached(sql)?.query_row(params![scope.cloud, scope.stack, scope.environment], read).optional()
}

/// The open intents of a scope. Left to itself SQLite goes through the journal of all that ever was.
pub const OPEN_INTENTS: &str =
    "SELECT intent FROM journal INDEXED BY journal_open WHERE scope = ?1 AND verdict IS NULL";

/// Reads a scope as it is now.
pub fn snapshot(connection: &mut Connection, path: &Path, scope: &StateScope) -> Result<StateSnapshot, StateError> {
    let sql_error = |e: rusqlite::Error| schema::error(path, &e);
    // One transaction, so that all parts are of one moment while another process writes.
    let transaction = connection.transaction().map_err(sql_error)?;
    let Some(head) = head(&transaction, scope).map_err(sql_error)? else { return Ok(empty(scope)) };
    let mut resources = BTreeMap::new();
    let records = "SELECT record FROM resource WHERE scope = ?1 ORDER BY address";
    each(&transaction, path, records, head.id, |record: ResourceRecord| {
        resources.insert(record.address.clone(), record);
    })?;
    let mut pending: Vec<Intent> = Vec::new();
    each(&transaction, path, OPEN_INTENTS, head.id, |intent| pending.push(intent))?;
    pending.sort_by_key(|intent| intent.sequence);
    Ok(StateSnapshot {
        scope: scope.clone(),
        lineage: head.lineage,
        serial: head.serial,
        resources,
        pending,
        outputs: decode(path, &head.outputs)?,
    })
}

/// Decodes one document after the other, without having the text of all of them in memory.
fn each<T: DeserializeOwned>(
    connection: &Connection,
    path: &Path,
    sql: &str,
    scope: i64,
    mut act: impl FnMut(T),
) -> Result<(), StateError> {
    let mut run = || -> rusqlite::Result<Result<(), StateError>> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([scope])?;
        while let Some(row) = rows.next()? {
            match decode(path, row.get_ref(0)?.as_str()?) {
                Ok(decoded) => act(decoded),
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(()))
    };
    run().map_err(|e| schema::error(path, &e))?
}

/// An intent, its verdict, when it ended, and its error.
type JournalRow = (String, Option<String>, Option<u64>, Option<String>);

/// Reads the journal, newest first.
pub fn history(
    connection: &mut Connection,
    path: &Path,
    scope: &StateScope,
    address: Option<&Address>,
    limit: usize,
) -> Result<Vec<JournalEntry>, StateError> {
    let sql_error = |e: rusqlite::Error| schema::error(path, &e);
    let Some(head) = head(connection, scope).map_err(sql_error)? else { return Ok(Vec::new()) };
    let sql = "SELECT intent, verdict, finished_ms, error FROM journal
               WHERE scope = ?1 AND (?2 IS NULL OR address = ?2) ORDER BY sequence DESC LIMIT ?3";
    let finished =
        |row: &Row| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(2)?.and_then(|ms| ms.try_into().ok()));
    let run = || -> rusqlite::Result<Vec<JournalRow>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let read = |row: &Row| Ok((row.get(0)?, row.get(1)?, finished(row)?, row.get(3)?));
        connection
            .prepare_cached(sql)?
            .query_map(params![head.id, address.map(Address::as_str), limit], read)?
            .collect()
    };
    let entry = |(intent, verdict, finished_ms, error): JournalRow| {
        Ok(JournalEntry {
            intent: decode::<Intent>(path, &intent)?,
            verdict: verdict.map(|word| decode(path, &format!("\"{word}\""))).transpose()?,
            finished_ms,
            error: error.map(|text| decode(path, &text)).transpose()?,
        })
    };
    run().map_err(sql_error)?.into_iter().map(entry).collect()
}

/// Checks that the journal names an address, one below it, or one that was deposed from it.
pub fn was_known(
    connection: &Connection,
    path: &Path,
    scope: &StateScope,
    address: &Address,
) -> Result<bool, StateError> {
    let sql_error = |e: rusqlite::Error| schema::error(path, &e);
    let Some(head) = head(connection, scope).map_err(sql_error)? else { return Ok(false) };
    let sql = "SELECT EXISTS (SELECT 1 FROM journal WHERE scope = ?1 AND substr(address, 1, length(?2)) = ?2
               AND substr(address, length(?2) + 1, 1) IN ('', '.', '[', '~'))";
    connection
        .prepare_cached(sql)
        .and_then(|mut sql| sql.query_row(params![head.id, address.as_str()], |row| row.get(0)))
        .map_err(sql_error)
}

/// Reads the tokens of all creations of a type, newest first.
pub fn creation_tokens(
    connection: &Connection,
    path: &Path,
    scope: &StateScope,
    ty: &str,
) -> Result<Vec<String>, StateError> {
    let sql_error = |e: rusqlite::Error| schema::error(path, &e);
    let Some(head) = head(connection, scope).map_err(sql_error)? else { return Ok(Vec::new()) };
    let sql = "SELECT intent FROM journal WHERE scope = ?1 AND ty = ?2 AND operation = 'create' ORDER BY sequence DESC";
    let run = || -> rusqlite::Result<Vec<String>> {
        connection.prepare_cached(sql)?.query_map(params![head.id, ty], |row| row.get(0))?.collect()
    };
    let token = |intent: String| decode::<Intent>(path, &intent).map(|intent| intent.token);
    run().map_err(sql_error)?.into_iter().map(token).collect()
}

/// Reads the average durations of operations.
pub fn durations(connection: &mut Connection, path: &Path, scope: &StateScope) -> Result<Durations, StateError> {
    let sql = "SELECT ty, operation, CAST(AVG(finished_ms - started_ms) AS INTEGER) FROM journal
               JOIN scope ON scope.id = journal.scope
               WHERE cloud = ?1 AND stack = ?2 AND environment = ?3 AND verdict IN ('done', 'deleted')
               GROUP BY ty, operation";
    let run = || -> rusqlite::Result<Vec<(String, String, i64)>> {
        let read = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let scope = params![scope.cloud, scope.stack, scope.environment];
        connection.prepare_cached(sql)?.query_map(scope, read)?.collect()
    };
    let mut durations = Durations::new();
    for (ty, operation, ms) in run().map_err(|e| schema::error(path, &e))? {
        let operation: OperationKind = decode(path, &format!("\"{operation}\""))?;
        durations.insert((ty, operation), Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
    }
    Ok(durations)
}

/// Reads back JSON that gpb wrote; what cannot be read was changed by someone else.
pub fn decode<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, StateError> {
    serde_json::from_str(text).map_err(|error| StateError::Damaged {
        path: path.to_owned(),
        what: format!("an entry cannot be read: {error}"),
    })
}

/// Returns a counter as SQLite keeps it: its integers have a sign, gpb's counters do not.
pub fn signed(counter: u64) -> i64 {
    i64::try_from(counter).unwrap_or(i64::MAX)
}

/// Reads a counter from a column.
pub fn unsigned(row: &Row, index: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}
