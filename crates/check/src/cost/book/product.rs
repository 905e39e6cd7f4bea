//! Reads products out of the documents of the AWS Price List.
//!
//! Source: docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file.html

use rust_decimal::Decimal;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::str::FromStr;

/// The name of a product's usage type without its region, among its attributes.
pub(super) const USAGE: &str = "usage";

/// A product as the price list has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    /// The attributes, by the names of the price list.
    pub attributes: BTreeMap<String, String>,
    /// The rates on demand, in the order of their quantities.
    pub rates: Vec<ProductRate>,
    /// The day this was published on, `2026-11-20`.
    pub published: String,
}

/// A rate on demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductRate {
    /// AWS's code of the rate.
    pub code: String,
    /// The US dollars for one unit.
    pub usd: Decimal,
    /// The number of units of a month from which on it holds.
    pub from: Decimal,
}

impl Product {
    /// Reads a product out of its document in the price list.
    ///
    /// `None` when it is not one.
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
            let from = rate["beginRange"].as_str().map_or(Some(Decimal::ZERO), |from| Decimal::from_str(from).ok())?;
            Some(ProductRate { code: text(&rate["rateCode"]), usd: usd.normalize(), from: from.normalize() })
        };
        let given = document["product"]["attributes"].as_object()?;
        let mut attributes: BTreeMap<String, String> =
            given.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        let usage = attributes.get("usagetype").map(|usage| without_region(usage).to_owned());
        attributes.extend(usage.map(|usage| (USAGE.to_owned(), usage)));
        let mut rates: Vec<ProductRate> = rates.filter_map(rate).collect();
        rates.sort_by_key(|rate| rate.from);
        Some(Product {
            attributes,
            rates,
            // Of `2026-11-20T18:03:11Z`, the day.
            published: text(&document["publicationDate"]).chars().take(10).collect(),
        })
    }
}

/// Returns `NodeUsage:cache.t3.micro` of `APN1-NodeUsage:cache.t3.micro`.
///
/// In the oldest regions there is no prefix, or `EU-`.
fn without_region(usage: &str) -> &str {
    let Some((region, rest)) = usage.split_once('-') else { return usage };
    let letters = region.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_region = (2..=4).contains(&letters.len())
        && region.len() <= letters.len() + 1
        && letters.bytes().all(|letter| letter.is_ascii_uppercase());
    if is_region { rest } else { usage }
}
