//! The price book: what AWS asks for one unit of each item in each region, with tiers, sources and dates.
//!
//! It is data of the standard library, a table a service. Those in the binary are packed and read when they are first asked
//! for; a table in the library at hand takes the place of the packed one.

mod free_tier;
mod product;
pub mod refresh;
mod table;

pub use free_tier::Allowance;
pub use table::{PriceSeries, PriceSource, PriceTier};

use gpb_base::diag;
use gpb_base::stdlib::Library;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, OnceLock};
use table::PriceTable;

/// The tables in the binary, each compressed by itself.
#[allow(clippy::unreadable_literal)] // Written by the build script, for the compiler alone.
mod packed {
    pub(super) struct PackedTable {
        pub service: &'static str,
        pub start: usize,
        pub end: usize,
        pub size: usize,
    }

    include!(concat!(env!("OUT_DIR"), "/prices.rs"));
}

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/prices.bin"));

/// The whole book.
#[derive(Debug)]
pub struct PriceBook {
    services: BTreeMap<String, ServicePrices>,
    allowances: Result<Vec<Allowance>, String>,
}

/// A service's table, read when it is first asked for.
#[derive(Debug)]
struct ServicePrices {
    text: TableText,
    table: OnceLock<Result<PriceTable, String>>,
}

#[derive(Debug)]
enum TableText {
    Packed(&'static [u8], usize),
    Plain(Arc<str>),
}

/// What is wanted of the book: an item with all the attributes it is told apart by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sku {
    /// `aurora.storage`; the first word names the table.
    pub item: String,
    /// Sorted by key.
    pub attributes: BTreeMap<String, String>,
}

/// Why the book has no price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingPrice {
    /// No item is called so: a mistake of whoever asks.
    Item { nearest: Option<String> },
    /// The item has other attributes than those given: a mistake of whoever asks.
    Keys { expected: BTreeSet<String> },
    /// The item is known, and these attributes of it are not.
    Attributes,
    /// Known elsewhere, not in this region.
    Region { known: Vec<String> },
    /// The table or the allowances cannot be read.
    Broken(String),
}

impl PriceBook {
    /// The book of a standard library, on top of the one in the binary.
    pub fn new(library: &Library) -> PriceBook {
        let packed = packed::PACKED.iter().map(|packed| {
            let bytes = BLOB.get(packed.start..packed.end).unwrap_or_default();
            (packed.service.to_owned(), ServicePrices::new(TableText::Packed(bytes, packed.size)))
        });
        let mut services: BTreeMap<String, ServicePrices> = packed.collect();
        for (path, text) in library.below("prices/", ".csv") {
            let service = path.trim_start_matches("prices/").trim_end_matches(".csv").to_owned();
            services.insert(service, ServicePrices::new(TableText::Plain(Arc::clone(text))));
        }
        let own = || Library::embedded().get("prices/free.toml").cloned();
        let free = library.get("prices/free.toml").cloned().or_else(own);
        PriceBook { services, allowances: free_tier::read(free.as_deref().unwrap_or_default()) }
    }

    /// The price of an item in a region, or of one that has the same price everywhere.
    ///
    /// # Errors
    /// Why there is none.
    pub fn find(&self, sku: &Sku, region: &str) -> Result<&PriceSeries, MissingPrice> {
        let service = sku.item.split('.').next().unwrap_or_default();
        let Some(shelf) = self.services.get(service) else {
            return Err(MissingPrice::Item { nearest: self.nearest(&sku.item) });
        };
        let table = shelf.table().map_err(MissingPrice::Broken)?;
        let attributes = sku.attributes_text();
        for place in [region, "global", "edge"] {
            if let Some(series) = table.get(&sku.item, &attributes, place) {
                return Ok(series);
            }
        }
        let known: Vec<&PriceSeries> = table.series_of(&sku.item).collect();
        let Some(first) = known.first() else {
            return Err(MissingPrice::Item { nearest: self.nearest(&sku.item) });
        };
        let regions: BTreeSet<&str> =
            known.iter().filter(|s| s.attributes == attributes).map(|s| s.region.as_str()).collect();
        if !regions.is_empty() {
            return Err(MissingPrice::Region { known: regions.into_iter().map(str::to_owned).collect() });
        }
        let keys = |series: &PriceSeries| -> BTreeSet<String> { series.keys().map(str::to_owned).collect() };
        let asked: BTreeSet<String> = sku.attributes.keys().cloned().collect();
        if known.iter().any(|series| keys(series) == asked) {
            Err(MissingPrice::Attributes)
        } else {
            Err(MissingPrice::Keys { expected: keys(first) })
        }
    }

    /// The sources of a price's tiers, by their number.
    pub fn source(&self, series: &PriceSeries, number: usize) -> Option<&PriceSource> {
        let table = self.services.get(series.service())?.table().ok()?;
        table.source(number)
    }

    /// What every account has free each month.
    ///
    /// # Errors
    /// What is wrong with the file that says so.
    pub fn allowances(&self) -> Result<&[Allowance], String> {
        self.allowances.as_deref().map_err(Clone::clone)
    }

    /// The services there are tables of.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(String::as_str)
    }

    /// Every price whose item or attributes hold all these words, in the order of the tables.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn search(&self, words: &[String], region: Option<&str>) -> Result<Vec<&PriceSeries>, String> {
        let mut found = Vec::new();
        for shelf in self.services.values() {
            let of_region = |series: &&PriceSeries| {
                region.is_none_or(|region| {
                    series.region == region || ["global", "edge"].contains(&series.region.as_str())
                })
            };
            let holds = |series: &&PriceSeries| {
                words.iter().all(|word| {
                    let word = word.to_lowercase();
                    series.item.to_lowercase().contains(&word) || series.attributes.to_lowercase().contains(&word)
                })
            };
            found.extend(shelf.table()?.all().filter(of_region).filter(holds));
        }
        Ok(found)
    }

    /// The item that was probably meant.
    fn nearest(&self, item: &str) -> Option<String> {
        let mut items: BTreeSet<&str> = BTreeSet::new();
        for shelf in self.services.values() {
            if let Ok(table) = shelf.table() {
                items.extend(table.all().map(|series| series.item.as_str()));
            }
        }
        diag::nearest(item, items).map(str::to_owned)
    }
}

impl ServicePrices {
    fn new(text: TableText) -> ServicePrices {
        ServicePrices { text, table: OnceLock::new() }
    }

    fn table(&self) -> Result<&PriceTable, String> {
        let read = || match &self.text {
            TableText::Plain(text) => PriceTable::read(text),
            TableText::Packed(bytes, size) => {
                let bytes = lz4_flex::block::decompress(bytes, *size).map_err(|error| error.to_string())?;
                PriceTable::read(&String::from_utf8(bytes).map_err(|error| error.to_string())?)
            }
        };
        self.table.get_or_init(read).as_ref().map_err(Clone::clone)
    }
}

impl Sku {
    /// As the tables write them.
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

#[cfg(test)]
mod tests;
