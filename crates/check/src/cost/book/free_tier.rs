//! What AWS gives every account each month without a charge.

use rust_decimal::Decimal;
use serde::Deserialize;

/// A quantity that is free once in an account, of several items together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// `Lambda requests`
    pub name: String,
    pub items: Vec<String>,
    /// In the items' unit.
    pub amount: Decimal,
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
