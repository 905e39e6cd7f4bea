//! The key of a price: an item with its attributes.

use std::collections::BTreeMap;
use std::fmt;

/// An item of the price book with all the attributes that identify its price.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sku {
    /// The item, `aurora.storage`; the first word names the table.
    pub item: String,
    /// The attributes, sorted by key.
    pub attributes: BTreeMap<String, String>,
}

impl Sku {
    /// Returns the attributes as the tables write them.
    ///
    /// `engine=mysql;storage_config=standard`.
    pub fn attributes_text(&self) -> String {
        let parts: Vec<String> = self.attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
        parts.join(";")
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.item)?;
        if !self.attributes.is_empty() {
            write!(f, " ({})", self.attributes_text().replace(';', ", "))?;
        }
        Ok(())
    }
}
