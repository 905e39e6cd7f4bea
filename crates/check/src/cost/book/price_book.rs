//! Finds prices in the tables of the standard library and of the binary.

use super::free_tier::{self, Allowance};
use super::packed;
use super::sku::Sku;
use super::table::{PriceSeries, PriceSource, PriceTable};
use gpb_base::diag;
use gpb_base::stdlib::Library;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// The price book with all its tables.
#[derive(Debug)]
pub struct PriceBook {
    pub(super) services: BTreeMap<String, ServicePrices>,
    allowances: Result<Vec<Allowance>, String>,
}

/// A service's table, read when it is first asked for.
#[derive(Debug)]
pub(super) struct ServicePrices {
    text: TableText,
    table: OnceLock<Result<PriceTable, String>>,
}

#[derive(Debug)]
enum TableText {
    Packed(&'static [u8], usize),
    Plain(Arc<str>),
}

/// Reasons for which the book has no price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MissingPrice {
    /// There is no item of that name: a mistake of the caller.
    Item {
        /// The item that was probably meant.
        nearest: Option<String>,
    },
    /// The item has other attributes than those given: a mistake of the caller.
    Keys {
        /// The attributes that it has.
        expected: BTreeSet<String>,
    },
    /// The item is known, and these attributes of it are not.
    Attributes,
    /// The price is known elsewhere, not in this region.
    Region {
        /// The regions in which it is known.
        known: Vec<String>,
    },
    /// The table or the allowances cannot be read.
    Broken(String),
}

impl PriceBook {
    /// Opens the book of a standard library, on top of the one in the binary.
    pub fn new(library: &Library) -> PriceBook {
        let packed = packed::PACKED.iter().map(|packed| {
            (packed.service.to_owned(), ServicePrices::new(TableText::Packed(packed.bytes(), packed.size)))
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

    /// Returns the price of an item in a region.
    ///
    /// An item that has the same price everywhere is found from any region.
    ///
    /// # Errors
    /// When there is none, with the reason.
    pub fn find(&self, sku: &Sku, region: &str) -> Result<&PriceSeries, MissingPrice> {
        let service = sku.item.split('.').next().unwrap_or_default();
        let Some(prices) = self.services.get(service) else {
            return Err(MissingPrice::Item { nearest: self.nearest(&sku.item) });
        };
        let table = prices.table().map_err(MissingPrice::Broken)?;
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

    /// Returns a source of a price's tiers, by number.
    pub fn source(&self, series: &PriceSeries, number: usize) -> Option<&PriceSource> {
        let table = self.services.get(series.service())?.table().ok()?;
        table.source(number)
    }

    /// Returns the quantities that every account has free each month.
    ///
    /// # Errors
    /// When the file `prices/free.toml` is malformed.
    pub fn allowances(&self) -> Result<&[Allowance], String> {
        self.allowances.as_deref().map_err(Clone::clone)
    }

    /// Returns the services there are tables of.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.services.keys().map(String::as_str)
    }

    /// Returns every price whose item or attributes hold all these words.
    ///
    /// They are in the order of the tables.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn search(&self, words: &[String], region: Option<&str>) -> Result<Vec<&PriceSeries>, String> {
        let mut found = Vec::new();
        for prices in self.services.values() {
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
            found.extend(prices.table()?.all().filter(of_region).filter(holds));
        }
        Ok(found)
    }

    /// Returns the item that was probably meant.
    fn nearest(&self, item: &str) -> Option<String> {
        let mut items: BTreeSet<&str> = BTreeSet::new();
        for prices in self.services.values() {
            if let Ok(table) = prices.table() {
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

    /// Returns the table, which is read at first use.
    pub(super) fn table(&self) -> Result<&PriceTable, String> {
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
