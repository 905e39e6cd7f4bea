//! The resources of the simulated cloud, in a SQLite file of its own.

use super::behaviour;
use gpb_engine::cloud::{CloudError, CloudErrorKind, Properties, property_paths};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// "gpbc" in ASCII.
const APPLICATION: i64 = 0x6770_6263;

const TABLES: &str = "
CREATE TABLE thing (
  number INTEGER PRIMARY KEY,
  ty TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  token TEXT NOT NULL, sent TEXT NOT NULL, properties TEXT NOT NULL,
  UNIQUE (ty, account, region, id)
) STRICT;
CREATE TABLE mention (
  value TEXT NOT NULL, thing INTEGER NOT NULL REFERENCES thing (number) ON DELETE CASCADE,
  PRIMARY KEY (value, thing)
) STRICT, WITHOUT ROWID;
CREATE INDEX mention_thing ON mention (thing);
CREATE INDEX thing_token ON thing (token);
";

/// A resource of the simulated cloud.
#[derive(Debug, Clone, PartialEq)]
pub struct SimResource {
    /// The position in the order of creation, by number from 1; 0 before it is stored.
    pub number: i64,
    /// gpb's name of the type, such as `aws.sqs.queue`.
    pub ty: String,
    /// The account, as 12 digits.
    pub account: String,
    /// The region, such as `eu-west-1`.
    pub region: String,
    /// The primary identifier; its parts are joined by `|`.
    pub id: String,
    /// The idempotency token of its creation.
    pub token: String,
    /// The SHA-256 of the properties that the creation asked for.
    pub sent: String,
    /// Its properties, without the write-only ones.
    pub properties: Properties,
}

/// Makes the tables in a new file, and checks that an old one is a simulation's.
///
/// # Errors
/// A file of another program, or a failure of SQLite.
pub fn prepare(connection: &mut Connection) -> Result<(), CloudError> {
    let run = |connection: &mut Connection| -> rusqlite::Result<Result<(), CloudError>> {
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if application != APPLICATION && tables > 0 {
            return Ok(Err(CloudError::new(
                CloudErrorKind::Internal,
                "NotASimulation",
                "the file of the simulated cloud belongs to another program",
            )));
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // A process that is killed loses nothing so; only a power cut may, and nothing real with it.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        // Pages of the log that are written back at a time, 32 MB: much of what many creations write is the same few pages.
        connection.pragma_update(None, "wal_autocheckpoint", 8000)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if tables == 0 {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
        }
        behaviour::prepare(&transaction)?;
        transaction.commit().map(Ok)
    };
    run(connection).map_err(|error| internal(&error))?
}

/// Returns the error of the cloud's own file, which is no fault of the request.
pub fn internal(error: &rusqlite::Error) -> CloudError {
    CloudError::new(CloudErrorKind::Internal, "SimulationFile", format!("the simulated cloud's file: {error}"))
}

fn resource(row: &Row) -> rusqlite::Result<SimResource> {
    Ok(SimResource {
        number: row.get(0)?,
        ty: row.get(1)?,
        account: row.get(2)?,
        region: row.get(3)?,
        id: row.get(4)?,
        token: row.get(5)?,
        sent: row.get(6)?,
        properties: properties(row, 7)?,
    })
}

/// Decodes the properties in a column, from the text where SQLite has it.
fn properties(row: &Row, column: usize) -> rusqlite::Result<Properties> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

const SELECT: &str = "SELECT number, ty, account, region, id, token, sent, properties FROM thing";

/// Finds a resource by its identifier.
///
/// # Errors
/// A failure of SQLite, as for all functions here.
pub fn by_id(
    connection: &Connection,
    ty: &str,
    account: &str,
    region: &str,
    id: &str,
) -> rusqlite::Result<Option<SimResource>> {
    let sql = format!("{SELECT} WHERE ty = ?1 AND account = ?2 AND region = ?3 AND id = ?4");
    connection.prepare_cached(&sql)?.query_row([ty, account, region, id], resource).optional()
}

/// Reads the properties of a resource by its identifier.
pub fn properties_of(
    connection: &Connection,
    ty: &str,
    account: &str,
    region: &str,
    id: &str,
) -> rusqlite::Result<Option<Properties>> {
    let sql = "SELECT properties FROM thing WHERE ty = ?1 AND account = ?2 AND region = ?3 AND id = ?4";
    let read = |row: &Row| properties(row, 0);
    connection.prepare_cached(sql)?.query_row([ty, account, region, id], read).optional()
}

/// Finds a resource by the number of its creation.
pub fn by_number(connection: &Connection, number: i64) -> rusqlite::Result<Option<SimResource>> {
    connection.prepare_cached(&format!("{SELECT} WHERE number = ?1"))?.query_row([number], resource).optional()
}

/// Finds the resources that a token made, oldest first.
pub fn by_token(connection: &Connection, token: &str) -> rusqlite::Result<Vec<SimResource>> {
    let sql = format!("{SELECT} WHERE token = ?1 ORDER BY number");
    connection.prepare_cached(&sql)?.query_map([token], resource)?.collect()
}

/// Lists the resources of a type in a place, oldest first.
pub fn of_type(connection: &Connection, ty: &str, account: &str, region: &str) -> rusqlite::Result<Vec<SimResource>> {
    let sql = format!("{SELECT} WHERE ty = ?1 AND account = ?2 AND region = ?3 ORDER BY number");
    connection.prepare_cached(&sql)?.query_map([ty, account, region], resource)?.collect()
}

/// Lists all resources, oldest first.
pub fn everything(connection: &Connection) -> rusqlite::Result<Vec<SimResource>> {
    connection.prepare_cached(&format!("{SELECT} ORDER BY number"))?.query_map([], resource)?.collect()
}

/// Stores a new resource; returns `false` when its identifier is taken.
pub fn insert(transaction: &Connection, resource: &SimResource) -> rusqlite::Result<bool> {
    let sql = "INSERT INTO thing (ty, account, region, id, token, sent, properties) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (ty, account, region, id) DO NOTHING";
    let properties = Json::Object(resource.properties.clone()).to_string();
    let values =
        params![resource.ty, resource.account, resource.region, resource.id, resource.token, resource.sent, properties];
    if transaction.prepare_cached(sql)?.execute(values)? == 0 {
        return Ok(false);
    }
    mention(transaction, transaction.last_insert_rowid(), &resource.properties)?;
    Ok(true)
}

/// Stores the changed properties of a resource.
pub fn update(transaction: &Connection, resource: &SimResource) -> rusqlite::Result<()> {
    let properties = Json::Object(resource.properties.clone()).to_string();
    transaction
        .prepare_cached("UPDATE thing SET properties = ?2 WHERE number = ?1")?
        .execute(params![resource.number, properties])?;
    transaction.prepare_cached("DELETE FROM mention WHERE thing = ?1")?.execute([resource.number])?;
    mention(transaction, resource.number, &resource.properties)
}

/// Deletes a resource.
pub fn delete(transaction: &Connection, number: i64) -> rusqlite::Result<()> {
    transaction.prepare_cached("DELETE FROM thing WHERE number = ?1")?.execute([number]).map(drop)
}

/// Finds the first other resource that holds one of these strings.
pub fn user_of(
    connection: &Connection,
    resource: &SimResource,
    values: &BTreeSet<&str>,
) -> rusqlite::Result<Option<(String, String)>> {
    let sql = "SELECT ty, id FROM mention JOIN thing ON thing = number WHERE value = ?1 AND number <> ?2 LIMIT 1";
    for value in values {
        let read = |row: &Row| Ok((row.get(0)?, row.get(1)?));
        let found = connection.prepare_cached(sql)?.query_row(params![value, resource.number], read).optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Indexes the strings of a resource.
///
/// So finding the users of an identifier needs no scan.
fn mention(transaction: &Connection, number: i64, properties: &Properties) -> rusqlite::Result<()> {
    let mut texts = BTreeSet::new();
    for value in properties.values() {
        property_paths::each_text(value, &mut |text| {
            // Generated identifiers are longer than a word and shorter than a document.
            if (8..=512).contains(&text.len()) {
                texts.insert(text);
            }
        });
    }
    let mut sql = transaction.prepare_cached("INSERT INTO mention (value, thing) VALUES (?1, ?2)")?;
    for text in texts {
        sql.execute(params![text, number])?;
    }
    Ok(())
}
