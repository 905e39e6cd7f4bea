//! The tables of the hostile cloud: the lives of resources, and what remains of deleted ones.

use super::life::Life;
use crate::resource_table::SimResource;
use gpb_engine::cloud::Properties;
use rusqlite::{Connection, OptionalExtension as _, Row, params, types::Type};
use serde_json::Value as Json;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS life (
  thing INTEGER PRIMARY KEY REFERENCES thing (number) ON DELETE CASCADE,
  due INTEGER, known INTEGER NOT NULL, life TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS life_due ON life (due);
CREATE INDEX IF NOT EXISTS life_known ON life (known);
CREATE TABLE IF NOT EXISTS remnant (
  number INTEGER PRIMARY KEY,
  ty TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  token TEXT NOT NULL, gone INTEGER NOT NULL, properties TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS remnant_place ON remnant (account, region);
";

/// A resource that was deleted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Remnant {
    /// The number of its row.
    pub number: i64,
    /// The resource.
    pub resource: SimResource,
    /// The moment of its end, in milliseconds since the epoch.
    pub gone: i64,
}

/// Makes the tables where they are not there.
///
/// # Errors
/// A failure of SQLite, as for all functions here.
pub(crate) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(TABLES)
}

/// Returns the life of a resource; one that the friendly cloud made has none yet.
pub(super) fn life(connection: &Connection, number: i64) -> rusqlite::Result<Life> {
    let sql = "SELECT life FROM life WHERE thing = ?1";
    let text: Option<String> = connection.prepare_cached(sql)?.query_row([number], |row| row.get(0)).optional()?;
    text.map_or_else(|| Ok(Life::default()), |text| parsed(0, &text))
}

/// Stores the life of a resource.
pub(super) fn save(connection: &Connection, number: i64, life: &Life) -> rusqlite::Result<()> {
    let text = serde_json::to_string(life).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let due = life.events.first().map(|event| event.at);
    let sql = "INSERT OR REPLACE INTO life (thing, due, known, life) VALUES (?1, ?2, ?3, ?4)";
    connection.prepare_cached(sql)?.execute(params![number, due, life.known_at, text]).map(drop)
}

/// Returns the number of the resource whose event is the next of all, where it is due.
pub(super) fn due(connection: &Connection, now: i64) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT thing FROM life WHERE due <= ?1 ORDER BY due, thing LIMIT 1";
    connection.prepare_cached(sql)?.query_row([now], |row| row.get(0)).optional()
}

/// Lists the numbers of the resources that other services do not know yet.
pub(super) fn unknown(connection: &Connection, now: i64) -> rusqlite::Result<Vec<i64>> {
    let sql = "SELECT thing FROM life WHERE known > ?1 ORDER BY thing";
    connection.prepare_cached(sql)?.query_map([now], |row| row.get(0))?.collect()
}

/// Keeps what remains of a resource.
pub(super) fn keep(connection: &Connection, resource: &SimResource, gone: i64) -> rusqlite::Result<()> {
    let properties = Json::Object(resource.properties.clone()).to_string();
    let sql =
        "INSERT INTO remnant (ty, account, region, id, token, gone, properties) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let SimResource { ty, account, region, id, token, .. } = resource;
    connection.prepare_cached(sql)?.execute(params![ty, account, region, id, token, gone, properties]).map(drop)
}

/// Drops what remains of a resource.
pub(super) fn drop_remnant(connection: &Connection, number: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM remnant WHERE number = ?1")?.execute([number]).map(drop)
}

/// Lists what remains in a place, the latest first.
pub(super) fn remnants(connection: &Connection, account: &str, region: &str) -> rusqlite::Result<Vec<Remnant>> {
    let sql = "SELECT ty, account, region, id, token, gone, properties, number FROM remnant
               WHERE account = ?1 AND region = ?2 ORDER BY number DESC";
    connection.prepare_cached(sql)?.query_map([account, region], remnant)?.collect()
}

fn remnant(row: &Row) -> rusqlite::Result<Remnant> {
    let text: String = row.get(6)?;
    let properties: Properties = parsed(6, &text)?;
    let resource = SimResource {
        number: 0,
        ty: row.get(0)?,
        account: row.get(1)?,
        region: row.get(2)?,
        id: row.get(3)?,
        token: row.get(4)?,
        sent: String::new(),
        properties,
    };
    Ok(Remnant { number: row.get(7)?, resource, gone: row.get(5)? })
}

fn parsed<T: serde::de::DeserializeOwned>(column: usize, text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}
