//! `gpb prices`: what the price book knows.

use crate::check::cost::book::{Book, Series};
use crate::cli::{Session, exit::Exit, term};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The most prices that are listed for people.
const MOST: usize = 200;

pub fn list(session: &Session, words: &[String], region: Option<&str>) -> Exit {
    let book = Book::of(&session.library);
    let found = match book.search(words, region) {
        Ok(found) => found,
        Err(why) => return session.fail(&format!("the price book cannot be read: {why}")),
    };
    if session.common.json {
        let price = |series: &&Series| {
            let source = series.tiers.first().and_then(|tier| book.source(series, tier.source));
            json!({
                "item": series.item,
                "attributes": series.attributes,
                "unit": series.unit,
                "region": series.region,
                "tiers": series.tiers.iter().map(|tier| json!({
                    "from": tier.from.normalize().to_string(),
                    "to": tier.to.map(|to| to.normalize().to_string()),
                    "usd": tier.usd.normalize().to_string(),
                    "rate": tier.rate,
                })).collect::<Vec<_>>(),
                "source": source.map(|source| &source.url),
                "date": source.map(|source| &source.date),
            })
        };
        session.document(&json!({ "prices": found.iter().map(price).collect::<Vec<_>>() }));
    } else if words.is_empty() && region.is_none() {
        term::print(&services(&book, &found));
    } else {
        term::print(&table(&book, &found));
    }
    Exit::Done
}

/// How many prices there are of each service, and of which days.
fn services(book: &Book, all: &[&Series]) -> String {
    let mut services: BTreeMap<&str, (usize, &str, &str)> = BTreeMap::new();
    for series in all {
        let dates = series.tiers.iter().filter_map(|tier| book.source(series, tier.source));
        for date in dates.map(|source| source.date.as_str()) {
            let entry = services.entry(series.service()).or_insert((0, date, date));
            entry.1 = entry.1.min(date);
            entry.2 = entry.2.max(date);
        }
        if let Some(entry) = services.get_mut(series.service()) {
            entry.0 += 1;
        }
    }
    let mut text = format!("{:<20} {:>6}  dated\n", "service", "prices");
    for (service, (count, oldest, newest)) in services {
        let dated = if oldest == newest { oldest.to_owned() } else { format!("{oldest} to {newest}") };
        let _ = writeln!(text, "{service:<20} {count:>6}  {dated}");
    }
    text.push_str("\n`gpb prices WORD …` lists what holds all the words.\n");
    text
}

fn table(book: &Book, found: &[&Series]) -> String {
    let mut text = String::new();
    for series in found.iter().take(MOST) {
        let rates: Vec<String> = series
            .tiers
            .iter()
            .map(|tier| match (series.tiers.len(), tier.from.is_zero()) {
                (1, _) => format!("${}", tier.usd.normalize()),
                (_, true) => format!("${} at first", tier.usd.normalize()),
                (_, false) => format!("${} from {}", tier.usd.normalize(), tier.from.normalize()),
            })
            .collect();
        let attributes = if series.attributes.is_empty() {
            String::new()
        } else {
            format!(" ({})", series.attributes.replace(';', ", "))
        };
        let _ =
            writeln!(text, "{}{attributes}  {}  {} a {}", series.item, series.region, rates.join(", "), series.unit);
        if let Some(source) = series.tiers.first().and_then(|tier| book.source(series, tier.source)) {
            let code = series.tiers.first().map(|tier| tier.rate.as_str()).filter(|rate| !rate.is_empty());
            let code = code.map_or(String::new(), |code| format!("  {code}"));
            let _ = writeln!(text, "    {}{code}  {}", source.date, source.url);
        }
    }
    match found.len() {
        0 => text.push_str("The price book has nothing like that.\n"),
        count if count > MOST => {
            let _ = writeln!(text, "… and {} more; `--json` lists them all.", count - MOST);
        }
        _ => {}
    }
    text
}
