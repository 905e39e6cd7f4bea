//! Bringing the book up to date: which questions to ask, and what the answers change. Whoever asks them is elsewhere.

use super::PriceBook;
use super::product::USAGE;
pub use super::product::{Product, ProductRate};
use super::table::{PriceSeries, PriceSource, PriceTable, PriceTier};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One question, for every region of its table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceListQuery {
    /// The table it is for.
    pub table: String,
    /// The item whose attributes tell a product; without it, rates are found by their codes.
    pub item: Option<String>,
    /// What the price list calls the service.
    pub service: String,
    /// What a product's attributes must be.
    #[serde(default)]
    pub filters: BTreeMap<String, String>,
    /// The product's attribute that names the region.
    #[serde(default = "region_code")]
    region: String,
    /// The book's name of the place, of what is not sold by region: `edge`. It is asked for once.
    pub place: Option<String>,
    /// What the usage type begins with, its region left off. A product of another usage is another thing than the item.
    #[serde(default)]
    usage: Vec<String>,
    /// How many of the book's units one unit of the product is.
    #[serde(default = "one")]
    units: u32,
    /// The book's name of an attribute, and the product's.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    /// By the book's attribute: the product's spelling of a value, and the book's. A value that is not named here is another
    /// thing than the item, where the attribute has any; without any, values are the same in both.
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, String>>,
    /// Attributes of the book that no product has.
    #[serde(default)]
    constant: BTreeMap<String, String>,
}

/// The answer to a query, for one region.
#[derive(Debug, Clone)]
pub struct PriceListResult<'a> {
    pub query: &'a PriceListQuery,
    pub region: String,
    pub products: Vec<Product>,
}

/// What the answers came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RefreshReport {
    /// Rates that are as they were.
    pub confirmed: usize,
    /// What is asked for now, and what was.
    pub changed: Vec<PriceChange>,
    /// Prices that the book did not have.
    pub added: usize,
    /// Rates so far from the old ones that they are probably of another unit; they are left alone.
    pub doubtful: Vec<PriceChange>,
    /// Rates that no answer spoke of.
    pub unasked: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PriceChange {
    pub item: String,
    pub attributes: String,
    pub region: String,
    pub before: String,
    pub after: String,
}

fn region_code() -> String {
    "regionCode".to_owned()
}

fn one() -> u32 {
    1
}

/// The questions that a library says are to be asked.
///
/// # Errors
/// What is wrong with the file that says so.
pub fn queries(text: &str) -> Result<Vec<PriceListQuery>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct QueryFile {
        query: Vec<PriceListQuery>,
    }
    toml::from_str::<QueryFile>(text).map(|file| file.query).map_err(|error| error.to_string())
}

impl PriceBook {
    /// The regions that a table has prices of.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn regions(&self, service: &str) -> Result<BTreeSet<String>, String> {
        let table = self.services.get(service).map(super::ServicePrices::table).transpose()?;
        let regions = table.into_iter().flat_map(PriceTable::all).map(|series| series.region.clone());
        Ok(regions.filter(|region| region.contains('-')).collect())
    }

    /// A table as the answers make it, and what they changed.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn refreshed(&self, service: &str, answers: &[PriceListResult<'_>]) -> Result<(String, RefreshReport), String> {
        let Some(shelf) = self.services.get(service) else { return Err(format!("there is no table `{service}`")) };
        let old = shelf.table()?;
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
    /// The rates that an answer spoke of.
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
        // What is free is no price of the item, what is not on sale has no rates, and two that begin alike are no tiers.
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

    /// The number of an answer's source in the table.
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
    /// The attribute by which the products of a region are asked for, and its value.
    pub fn region_filter<'a>(&'a self, region: &'a str) -> Option<(&'a str, &'a str)> {
        self.place.is_none().then_some((self.region.as_str(), region))
    }

    /// The rates of a product, for the book's unit.
    fn in_units(&self, product: &Product) -> Vec<ProductRate> {
        let units = Decimal::from(self.units.max(1));
        let rate = |rate: &ProductRate| ProductRate {
            usd: (rate.usd / units).normalize(),
            from: (rate.from * units).normalize(),
            ..rate.clone()
        };
        product.rates.iter().map(rate).collect()
    }

    /// The book's attributes of a product; `None` where it is another thing than the item.
    fn published_value(&self, product: &Product) -> Option<String> {
        let usage = product.attributes.get(USAGE).map_or("", String::as_str);
        if !self.usage.is_empty() && !self.usage.iter().any(|start| usage.starts_with(start.as_str())) {
            return None;
        }
        let mut told = self.constant.clone();
        for (book, theirs) in &self.attributes {
            let value = product.attributes.get(theirs)?;
            let value = match self.values.get(book) {
                Some(values) => values.get(value)?,
                None => value,
            };
            told.insert(book.clone(), value.clone());
        }
        let parts: Vec<String> = told.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let text = parts.join(";");
        // A comma would end the field of the table.
        (!text.contains(',')).then_some(text)
    }
}
