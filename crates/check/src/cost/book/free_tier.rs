//! Free allowances.
//!
//! Quantities that AWS gives every account each month without a charge.

use rust_decimal::Decimal;
use serde::Deserialize;

/// A quantity that is free once in an account, of several items together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// The name, for people: `Lambda requests`.
    pub name: String,
    /// The items of the price book that it covers.
    pub items: Vec<String>,
    /// The number of units a month, in the items' unit.
    pub amount: Decimal,
    /// The address of the page that says so.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowanceFile {
    #[serde(default)]
    allowance: Vec<AllowanceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowanceEntry {
    name: String,
    items: Vec<String>,
    amount: u64,
    source: String,
}

/// Reads `prices/free.toml`.
pub(super) fn read(text: &str) -> Result<Vec<Allowance>, String> {
    let file: AllowanceFile = toml::from_str(text).map_err(|error| error.to_string())?;
    let whole = |entry: AllowanceEntry| Allowance {
        name: entry.name,
        items: entry.items,
        amount: Decimal::from(entry.amount),
        source: entry.source,
    };
    Ok(file.allowance.into_iter().map(whole).collect())
}
