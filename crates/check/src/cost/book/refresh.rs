//! Refreshes the price book from the AWS Price List.
//!
//! Which queries to make, and the changes that the answers give.
//!
//! The caller makes the queries.

use super::price_book::{PriceBook, ServicePrices};
use super::product::USAGE;
pub use super::product::{Product, ProductRate};
use super::table::{PriceSeries, PriceSource, PriceTable, PriceTier};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A query of the price list, for every region of its table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceListQuery {
    /// The table it is for.
    pub table: String,
    /// The item whose attributes tell a product.
    ///
    /// Without it, rates are found by their codes.
    pub item: Option<String>,
    /// The name of the service in the price list.
    pub service: String,
    /// The values that a product's attributes must have.
    #[serde(default)]
    pub filters: BTreeMap<String, String>,
    /// The product's attribute that names the region.
    #[serde(default = "region_code")]
    region: String,
    /// The book's name of the place, of what is not sold by region: `edge`.
    ///
    /// It is asked for once.
    pub place: Option<String>,
    /// The beginnings of the usage type, its region left off.
    ///
    /// A product of another usage is another thing than the item.
    #[serde(default)]
    usage: Vec<String>,
    /// The number of the book's units in one unit of the product.
    #[serde(default = "one")]
    units: u32,
    /// The book's name of an attribute, and the product's.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    /// By the book's attribute: the product's spelling of a value, and the book's.
    ///
    /// A value that is not named here is another thing than the item, where the attribute has any; without any, values
    /// are the same in both.
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, String>>,
    /// Attributes of the book that no product has.
    #[serde(default)]
    constant: BTreeMap<String, String>,
}

/// The answer to a query, for one region.
#[derive(Debug, Clone)]
pub struct PriceListResult<'a> {
    /// The query.
    pub query: &'a PriceListQuery,
    /// The region.
    pub region: String,
    /// The products that match.
    pub products: Vec<Product>,
}

/// The changes that the answers gave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RefreshReport {
    /// The number of rates that are as they were.
    pub confirmed: usize,
    /// The rates that have changed.
    pub changed: Vec<PriceChange>,
    /// The number of prices that the book did not have.
    pub added: usize,
    /// The rates so far from the old ones that they are probably of another unit.
    ///
    /// They are left alone.
    pub doubtful: Vec<PriceChange>,
    /// The number of rates that no answer named.
    pub unasked: usize,
}

/// A rate that has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PriceChange {
    /// The item.
    pub item: String,
    /// Its attributes, as the tables write them.
    pub attributes: String,
    /// The region.
    pub region: String,
    /// The US dollars for one unit before.
    pub before: String,
    /// The US dollars for one unit after.
    pub after: String,
}

fn region_code() -> String {
    "regionCode".to_owned()
}

fn one() -> u32 {
    1
}

/// Reads the queries that a library lists.
///
/// # Errors
/// When the file is malformed.
pub fn queries(text: &str) -> Result<Vec<PriceListQuery>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct QueryFile {
        query: Vec<PriceListQuery>,
    }
    toml::from_str::<QueryFile>(text).map(|file| file.query).map_err(|error| error.to_string())
}

impl PriceBook {
    /// Returns the regions that a table has prices of.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn regions(&self, service: &str) -> Result<BTreeSet<String>, String> {
        let table = self.services.get(service).map(ServicePrices::table).transpose()?;
        let regions = table.into_iter().flat_map(PriceTable::all).map(|series| series.region.clone());
        Ok(regions.filter(|region| region.contains('-')).collect())
    }

    /// Returns the text of a table as the answers make it, and the changes.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn refreshed(&self, service: &str, answers: &[PriceListResult<'_>]) -> Result<(String, RefreshReport), String> {
        let Some(prices) = self.services.get(service) else { return Err(format!("there is no table `{service}`")) };
        let old = prices.table()?;
        let mut fresh = TableRefresh { table: old.clone(), report: RefreshReport::default(), seen: BTreeSet::new() };
        for answer in answers.iter().filter(|answer| answer.query.table == service) {
            for product in &answer.products {
                match &answer.query.item {
                    Some(item) => fresh.by_attributes(item, answer, product),
                    None => fresh.by_code(answer, product),
                }
            }
        }
        let rates =
            fresh.table.series.iter().flat_map(|series| (0..series.tiers.len()).map(|tier| (series.key_owned(), tier)));
        fresh.report.unasked = rates.filter(|rate| !fresh.seen.contains(rate)).count();
        Ok((fresh.table.text(service), fresh.report))
    }
}

type SeriesKey = (String, String, String);

/// A table while it is brought up to date.
struct TableRefresh {
    table: PriceTable,
    report: RefreshReport,
    /// The rates that an answer named.
    seen: BTreeSet<(SeriesKey, usize)>,
}

impl TableRefresh {
    fn by_code(&mut self, answer: &PriceListResult<'_>, product: &Product) {
        for rate in product.rates.iter().filter(|rate| !rate.code.is_empty()) {
            let places: Vec<(usize, usize)> = self
                .table
                .series
                .iter()
                .enumerate()
                .filter(|(_, series)| series.region == answer.region)
                .flat_map(|(at, series)| series.tiers.iter().enumerate().map(move |(tier, held)| (at, tier, held)))
                .filter(|(_, _, held)| held.rate == rate.code)
                .map(|(at, tier, _)| (at, tier))
                .collect();
            for (at, tier) in places {
                self.set(at, tier, rate, answer, product);
            }
        }
    }

    fn by_attributes(&mut self, item: &str, answer: &PriceListResult<'_>, product: &Product) {
        let Some(attributes) = answer.query.published_value(product) else { return };
        let rates = answer.query.in_units(product);
        // A free product is not a price of the item, one that is not on sale has no rates, and two that begin alike are not
        // tiers.
        let are_tiers = rates.windows(2).all(|pair| matches!(pair, [one, next] if one.from < next.from));
        let begin = rates.first().is_some_and(|rate| rate.from.is_zero());
        if !are_tiers || !begin || rates.iter().any(|rate| rate.usd.is_zero()) {
            return;
        }
        let same = |series: &PriceSeries| {
            series.item == item && series.attributes == attributes && series.region == answer.region
        };
        if let Some(at) = self.table.series.iter().position(same) {
            let held = self.table.series.get(at).map(|series| series.tiers.iter().map(|tier| tier.from));
            // Tiers that begin elsewhere are for a person to look at.
            if held.is_some_and(|held| held.eq(rates.iter().map(|rate| rate.from))) {
                for (tier, rate) in rates.iter().enumerate() {
                    self.set(at, tier, rate, answer, product);
                }
            }
            return;
        }
        let Some(unit) = self.table.series.iter().find(|series| series.item == item).map(|series| series.unit.clone())
        else {
            return;
        };
        let source = self.source(answer, product);
        let ends = rates.iter().skip(1).map(|rate| Some(rate.from)).chain([None]);
        let tier = |(rate, to): (&ProductRate, Option<Decimal>)| PriceTier {
            from: rate.from,
            to,
            usd: rate.usd,
            rate: rate.code.clone(),
            source,
        };
        let tiers: Vec<PriceTier> = rates.iter().zip(ends).map(tier).collect();
        let series = PriceSeries { item: item.to_owned(), attributes, unit, region: answer.region.clone(), tiers };
        self.seen.extend((0..series.tiers.len()).map(|tier| (series.key_owned(), tier)));
        self.table.series.push(series);
        self.report.added += 1;
    }

    fn set(&mut self, at: usize, tier: usize, rate: &ProductRate, answer: &PriceListResult<'_>, product: &Product) {
        let source = self.source(answer, product);
        let Some(series) = self.table.series.get_mut(at) else { return };
        let key = series.key_owned();
        let Some(held) = series.tiers.get_mut(tier) else { return };
        // An answer may name a rate twice; the first is as good as the second.
        if !self.seen.insert((key.clone(), tier)) {
            return;
        }
        let change = || PriceChange {
            item: key.0.clone(),
            attributes: key.1.clone(),
            region: key.2.clone(),
            before: held.usd.normalize().to_string(),
            after: rate.usd.normalize().to_string(),
        };
        let three = Decimal::from(3);
        let apart = rate.usd.saturating_mul(three) < held.usd || held.usd.saturating_mul(three) < rate.usd;
        if apart {
            self.report.doubtful.push(change());
            return;
        }
        if held.usd == rate.usd {
            self.report.confirmed += 1;
        } else {
            self.report.changed.push(change());
        }
        held.usd = rate.usd;
        held.rate.clone_from(&rate.code);
        held.source = source;
    }

    /// Returns the number of an answer's source in the table.
    fn source(&mut self, answer: &PriceListResult<'_>, product: &Product) -> usize {
        let place = match answer.query.place {
            Some(_) => String::new(),
            None => format!("{}/", answer.region),
        };
        let url = format!(
            "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{}/current/{place}index.json",
            answer.query.service
        );
        let wanted = PriceSource { date: product.published.clone(), url };
        let known = self.table.sources.iter().find(|(_, source)| **source == wanted).map(|(number, _)| *number);
        known.unwrap_or_else(|| {
            let number = self.table.sources.keys().next_back().map_or(1, |last| last + 1);
            self.table.sources.insert(number, wanted);
            number
        })
    }
}

impl PriceListQuery {
    /// Returns the attribute that selects the products of a region, and its value.
    pub fn region_filter<'a>(&'a self, region: &'a str) -> Option<(&'a str, &'a str)> {
        self.place.is_none().then_some((self.region.as_str(), region))
    }

    /// Returns the rates of a product for the book's unit.
    fn in_units(&self, product: &Product) -> Vec<ProductRate> {
        let units = Decimal::from(self.units.max(1));
        let rate = |rate: &ProductRate| ProductRate {
            usd: (rate.usd / units).normalize(),
            from: (rate.from * units).normalize(),
            ..rate.clone()
        };
        product.rates.iter().map(rate).collect()
    }

    /// Returns the book's attributes of a product.
    ///
    /// `None` where it is another thing than the item.
    fn published_value(&self, product: &Product) -> Option<String> {
        let usage = product.attributes.get(USAGE).map_or("", String::as_str);
        if !self.usage.is_empty() && !self.usage.iter().any(|start| usage.starts_with(start.as_str())) {
            return None;
        }
        let mut attributes = self.constant.clone();
        for (book, theirs) in &self.attributes {
            let value = product.attributes.get(theirs)?;
            let value = match self.values.get(book) {
                Some(values) => values.get(value)?,
                None => value,
            };
            attributes.insert(book.clone(), value.clone());
        }
        let parts: Vec<String> = attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let text = parts.join(";");
        // A comma would end the field of the table.
        (!text.contains(',')).then_some(text)
    }
}
