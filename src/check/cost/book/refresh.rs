//! Bringing the book up to date: which questions to ask, and what the answers change. Whoever asks them is elsewhere.

use super::Book;
use super::table::{Series, Source, Table, Tier};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// One question, for every region of its table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The table it is for.
    pub table: String,
    /// The item whose attributes tell a product; without it, rates are found by their codes.
    pub item: Option<String>,
    /// What the price list calls the service.
    pub service: String,
    /// What a product's attributes must be.
    #[serde(default)]
    pub filters: BTreeMap<String, String>,
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

/// A product as the price list has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    pub attributes: BTreeMap<String, String>,
    pub rates: Vec<ProductRate>,
    /// The day this was published on.
    pub published: String,
}

/// A rate on demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductRate {
    pub code: String,
    pub usd: Decimal,
}

/// The answer to a query, for one region.
#[derive(Debug, Clone)]
pub struct Answer<'a> {
    pub query: &'a Query,
    pub region: String,
    pub products: Vec<Product>,
}

/// What the answers came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rates that are as they were.
    pub confirmed: usize,
    /// What is asked for now, and what was.
    pub changed: Vec<Change>,
    /// Prices that the book did not have.
    pub added: usize,
    /// Rates so far from the old ones that they are probably of another unit; they are left alone.
    pub doubtful: Vec<Change>,
    /// Rates that no answer spoke of.
    pub unasked: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub item: String,
    pub attributes: String,
    pub region: String,
    pub before: String,
    pub after: String,
}

/// The questions that a library says are to be asked.
///
/// # Errors
/// What is wrong with the file that says so.
pub fn queries(text: &str) -> Result<Vec<Query>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        query: Vec<Query>,
    }
    toml::from_str::<File>(text).map(|file| file.query).map_err(|error| error.to_string())
}

impl Book {
    /// The regions that a table has prices of.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn regions(&self, service: &str) -> Result<BTreeSet<String>, String> {
        let table = self.services.get(service).map(super::Shelf::table).transpose()?;
        let regions = table.into_iter().flat_map(Table::all).map(|series| series.region.clone());
        Ok(regions.filter(|region| region.contains('-')).collect())
    }

    /// A table as the answers make it, and what they changed.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn refreshed(&self, service: &str, answers: &[Answer<'_>]) -> Result<(String, Report), String> {
        let Some(shelf) = self.services.get(service) else { return Err(format!("there is no table `{service}`")) };
        let old = shelf.table()?;
        let mut fresh = Fresh { table: old.clone(), report: Report::default(), seen: BTreeSet::new() };
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

impl Product {
    /// A product out of its document in the price list, or `None` when it is none.
    pub fn read(document: &Json) -> Option<Product> {
        let parsed;
        let document = match document.as_str() {
            Some(text) => {
                parsed = serde_json::from_str::<Json>(text).ok()?;
                &parsed
            }
            None => document,
        };
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let terms = document["terms"]["OnDemand"].as_object().into_iter().flat_map(|terms| terms.values());
        let rates =
            terms.flat_map(|term| term["priceDimensions"].as_object().into_iter().flat_map(|rates| rates.values()));
        let rate = |rate: &Json| {
            let usd = Decimal::from_str(rate["pricePerUnit"]["USD"].as_str()?).ok()?;
            Some(ProductRate { code: text(&rate["rateCode"]), usd: usd.normalize() })
        };
        let attributes = document["product"]["attributes"].as_object()?;
        Some(Product {
            attributes: attributes.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            rates: rates.filter_map(rate).collect(),
            // Of `2026-11-20T18:03:11Z`, the day.
            published: text(&document["publicationDate"]).chars().take(10).collect(),
        })
    }
}

type Key = (String, String, String);

/// A table while it is brought up to date.
struct Fresh {
    table: Table,
    report: Report,
    /// The rates that an answer spoke of.
    seen: BTreeSet<(Key, usize)>,
}

impl Fresh {
    fn by_code(&mut self, answer: &Answer<'_>, product: &Product) {
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

    fn by_attributes(&mut self, item: &str, answer: &Answer<'_>, product: &Product) {
        let Some(attributes) = answer.query.told(product) else { return };
        // More than one rate is no plain price, and none at all is not on sale.
        let [rate] = product.rates.as_slice() else { return };
        if rate.usd.is_zero() {
            return;
        }
        let same =
            |series: &Series| series.item == item && series.attributes == attributes && series.region == answer.region;
        if let Some(at) = self.table.series.iter().position(same) {
            self.set(at, 0, rate, answer, product);
            return;
        }
        let Some(unit) = self.table.series.iter().find(|series| series.item == item).map(|series| series.unit.clone())
        else {
            return;
        };
        let source = self.source(answer, product);
        let tier = Tier { from: Decimal::ZERO, to: None, usd: rate.usd, rate: rate.code.clone(), source };
        let series =
            Series { item: item.to_owned(), attributes, unit, region: answer.region.clone(), tiers: vec![tier] };
        self.seen.insert((series.key_owned(), 0));
        self.table.series.push(series);
        self.report.added += 1;
    }

    fn set(&mut self, at: usize, tier: usize, rate: &ProductRate, answer: &Answer<'_>, product: &Product) {
        let source = self.source(answer, product);
        let Some(series) = self.table.series.get_mut(at) else { return };
        let key = series.key_owned();
        let Some(held) = series.tiers.get_mut(tier) else { return };
        // An answer may name a rate twice; the first is as good as the second.
        if !self.seen.insert((key.clone(), tier)) {
            return;
        }
        let change = || Change {
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
    fn source(&mut self, answer: &Answer<'_>, product: &Product) -> usize {
        let url = format!(
            "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{}/current/{}/index.json",
            answer.query.service, answer.region
        );
        let wanted = Source { date: product.published.clone(), url };
        let known = self.table.sources.iter().find(|(_, source)| **source == wanted).map(|(number, _)| *number);
        known.unwrap_or_else(|| {
            let number = self.table.sources.keys().next_back().map_or(1, |last| last + 1);
            self.table.sources.insert(number, wanted);
            number
        })
    }
}

impl Query {
    /// The book's attributes of a product; `None` where it is another thing than the item.
    fn told(&self, product: &Product) -> Option<String> {
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
