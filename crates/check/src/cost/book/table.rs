//! Reads and writes a service's table.
//!
//! Comment lines with the sources, a line of headings, and a line a rate.

use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::str::FromStr;

const HEADINGS: &str = "item,attributes,unit,region,from,to,usd,rate,source";

/// The source of prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceSource {
    /// The day they were published on, `2026-11-20`.
    pub date: String,
    /// The address of the price list.
    pub url: String,
}

/// The price of one item in one region.
///
/// Its rates, from the first unit of a month on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceSeries {
    /// The item: `aurora.storage`.
    pub item: String,
    /// The attributes, sorted by key: `engine=mysql;storage_config=standard`.
    pub attributes: String,
    /// The unit that the rates are for: `gb-month`.
    pub unit: String,
    /// The place: a region, `global`, or `edge`.
    pub region: String,
    /// The rates, one at least; each begins where the one before ends.
    pub tiers: Vec<PriceTier>,
}

/// The rate of the units between two quantities of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceTier {
    /// The number of units of a month from which on it holds.
    pub from: Decimal,
    /// The number of units of a month up to which it holds.
    ///
    /// Absent where it has no end.
    pub to: Option<Decimal>,
    /// The US dollars for one unit.
    pub usd: Decimal,
    /// AWS's own code of the rate, where it is known.
    pub rate: String,
    /// The number of its source in the table.
    pub source: usize,
}

/// A table, sorted for finding.
#[derive(Debug, Clone, Default)]
pub struct PriceTable {
    pub(super) sources: BTreeMap<usize, PriceSource>,
    pub(super) series: Vec<PriceSeries>,
}

impl PriceSeries {
    /// Returns the names of its attributes.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.attributes.split(';').filter_map(|part| part.split_once('=')).map(|(key, _)| key)
    }

    /// Returns the table it is in.
    pub fn service(&self) -> &str {
        self.item.split('.').next().unwrap_or_default()
    }

    pub(super) fn key_owned(&self) -> (String, String, String) {
        (self.item.clone(), self.attributes.clone(), self.region.clone())
    }

    fn key(&self) -> (&str, &str, &str) {
        (&self.item, &self.attributes, &self.region)
    }
}

impl PriceTable {
    /// Reads the text of a table.
    ///
    /// # Errors
    /// When a line is malformed, with its number.
    pub fn read(text: &str) -> Result<PriceTable, String> {
        let mut table = PriceTable::default();
        let mut headed = false;
        for (number, line) in text.lines().enumerate() {
            let at = |why: &str| format!("line {}: {why}", number + 1);
            if let Some(remark) = line.strip_prefix('#') {
                table.remark(remark.trim());
            } else if !headed {
                if line != HEADINGS {
                    return Err(at(&format!("`{HEADINGS}` is expected")));
                }
                headed = true;
            } else if !line.is_empty() {
                table.rate(line).map_err(|why| at(&why))?;
            }
        }
        table.series.sort_by(|a, b| a.key().cmp(&b.key()));
        if let Some([one, _]) = table.series.windows(2).find(|pair| matches!(pair, [a, b] if a.key() == b.key())) {
            return Err(format!("`{}` {} in {} is in two places", one.item, one.attributes, one.region));
        }
        Ok(table)
    }

    /// Returns the price of an item with these attributes in a region.
    pub fn get(&self, item: &str, attributes: &str, region: &str) -> Option<&PriceSeries> {
        let wanted = (item, attributes, region);
        let at = self.series.binary_search_by(|series| series.key().cmp(&wanted)).ok()?;
        self.series.get(at)
    }

    /// Returns all prices of an item.
    pub fn series_of<'a>(&'a self, item: &'a str) -> impl Iterator<Item = &'a PriceSeries> {
        let start = self.series.partition_point(|series| series.item.as_str() < item);
        self.series.iter().skip(start).take_while(move |series| series.item == item)
    }

    /// Returns all prices.
    pub fn all(&self) -> impl Iterator<Item = &PriceSeries> {
        self.series.iter()
    }

    /// Returns a source by number.
    pub fn source(&self, number: usize) -> Option<&PriceSource> {
        self.sources.get(&number)
    }

    /// Returns the text of the table, with the sources that are still used.
    pub fn text(&self, service: &str) -> String {
        let mut used: Vec<usize> =
            self.series.iter().flat_map(|series| &series.tiers).map(|tier| tier.source).collect();
        used.sort_unstable();
        used.dedup();
        let mut out =
            format!("# On-demand list prices of {service}, in US dollars. Written by `gpb prices refresh`.\n");
        for (place, number) in used.iter().enumerate() {
            if let Some(PriceSource { date, url }) = self.sources.get(number) {
                let _ = writeln!(out, "# {} {date} {url}", place + 1);
            }
        }
        let _ = writeln!(out, "{HEADINGS}");
        let mut series: Vec<&PriceSeries> = self.series.iter().collect();
        series.sort_by_key(|series| series.key());
        for PriceSeries { item, attributes, unit, region, tiers } in series {
            for tier in tiers {
                let to = tier.to.map_or(String::new(), |to| to.normalize().to_string());
                let (from, usd) = (tier.from.normalize(), tier.usd.normalize());
                let source = used.binary_search(&tier.source).map_or(0, |place| place + 1);
                let _ = writeln!(out, "{item},{attributes},{unit},{region},{from},{to},{usd},{},{source}", tier.rate);
            }
        }
        out
    }

    /// Reads a comment: `1 2025-12-05 https://…` is a source.
    ///
    /// Any other remark is for people.
    fn remark(&mut self, text: &str) {
        let mut words = text.splitn(3, ' ');
        if let (Some(Ok(number)), Some(date), Some(url)) = (words.next().map(str::parse), words.next(), words.next()) {
            self.sources.insert(number, PriceSource { date: date.to_owned(), url: url.to_owned() });
        }
    }

    /// Reads a line of the table.
    ///
    /// Another tier of the price above it, or the first of a new one.
    fn rate(&mut self, line: &str) -> Result<(), String> {
        let fields: Vec<&str> = line.split(',').collect();
        let [item, attributes, unit, region, from, to, usd, rate, source] = fields.as_slice() else {
            return Err(format!("9 fields are expected, and there are {}", fields.len()));
        };
        let number = |text: &str| match Decimal::from_str(text) {
            Ok(number) if !number.is_sign_negative() => Ok(number),
            _ => Err(format!("`{text}` is not a valid amount")),
        };
        let source: usize = source.parse().map_err(|_| format!("`{source}` is not the number of a source"))?;
        if !self.sources.contains_key(&source) {
            return Err(format!("the source {source} is not named above"));
        }
        let to = if to.is_empty() { None } else { Some(number(to)?) };
        let tier = PriceTier { from: number(from)?, to, usd: number(usd)?, rate: (*rate).to_owned(), source };
        if tier.to.is_some_and(|to| to <= tier.from) {
            return Err("the tier ends before it begins".to_owned());
        }
        if let Some(last) = self.series.last_mut().filter(|last| last.key() == (*item, *attributes, *region)) {
            if last.tiers.last().and_then(|tier| tier.to) != Some(tier.from) {
                return Err("the tier does not begin where the one before it ends".to_owned());
            }
            last.tiers.push(tier);
            return Ok(());
        }
        if !tier.from.is_zero() {
            return Err("the first tier does not begin at 0".to_owned());
        }
        self.series.push(PriceSeries {
            item: (*item).to_owned(),
            attributes: (*attributes).to_owned(),
            unit: (*unit).to_owned(),
            region: (*region).to_owned(),
            tiers: vec![tier],
        });
        Ok(())
    }
}
