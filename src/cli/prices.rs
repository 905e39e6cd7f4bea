//! `gpb prices`: searches the price book, and refreshes it from AWS.

#![expect(clippy::disallowed_methods, reason = "refreshing writes tables")]

use crate::cli::{Session, exit::Exit, terminal};
use gpb_aws::{Invoke, price_list};
use gpb_base::stdlib::Library;
use gpb_check::cost::book::refresh;
use gpb_check::cost::book::refresh::{PriceListQuery, PriceListResult, Product, RefreshReport};
use gpb_check::cost::book::{PriceBook, PriceSeries};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// The maximum number of prices that are listed for people.
const MOST: usize = 200;

/// Runs `gpb prices [WORD]…`.
pub fn list(session: &Session, words: &[String], region: Option<&str>) -> Exit {
    let book = PriceBook::new(&session.library);
    let found = match book.search(words, region) {
        Ok(found) => found,
        Err(why) => return session.fail(&format!("the price book cannot be read: {why}")),
    };
    if session.common.json {
        let price = |series: &&PriceSeries| {
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
        terminal::print(&services(&book, &found));
    } else {
        terminal::print(&table(&book, &found));
    }
    Exit::Done
}

/// Lists the services with their number of prices and the days of those.
fn services(book: &PriceBook, all: &[&PriceSeries]) -> String {
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
    text.push_str("\n`gpb prices WORD …` lists the prices that match all words.\n");
    text
}

/// Lists prices, each with its source.
fn table(book: &PriceBook, found: &[&PriceSeries]) -> String {
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
        0 => text.push_str("No price matches.\n"),
        count if count > MOST => {
            let _ = writeln!(text, "… and {} more; `--json` lists them all.", count - MOST);
        }
        _ => {}
    }
    text
}

/// Runs `gpb prices refresh`: writes the tables anew with the rates from AWS.
pub fn refresh(session: &Session, into: &Path, only: &[String]) -> Exit {
    let Some(invoke) = session.invoke() else {
        return session.fail("this build carries no SDK to ask AWS with: build gpb with the feature `aws`");
    };
    let own = || Library::embedded().get("prices/refresh.toml").cloned();
    let Some(text) = session.library.get("prices/refresh.toml").cloned().or_else(own) else {
        return session.fail("the standard library has no prices/refresh.toml");
    };
    let mut queries = match refresh::queries(&text) {
        Ok(queries) => queries,
        Err(why) => return session.fail(&format!("prices/refresh.toml cannot be read: {why}")),
    };
    let tables: BTreeSet<String> = queries.iter().map(|query| query.table.clone()).collect();
    if let Some(unknown) = only.iter().find(|name| !tables.contains(*name)) {
        return session.fail(&format!("there is no way to refresh `{unknown}`; there is one for {}", list_of(&tables)));
    }
    queries.retain(|query| only.is_empty() || only.contains(&query.table));
    let outcome = session.block_on(async { Ok(ask(session, invoke.as_ref(), &queries, into).await) });
    match outcome {
        Ok(Ok(reports)) => {
            print_reports(session, &reports);
            Exit::Done
        }
        Ok(Err(why)) => session.fail(&why),
        Err(exit) => exit,
    }
}

/// Asks table by table and writes each when it is whole.
///
/// So a failure loses only the table it happens in.
async fn ask(
    session: &Session,
    invoke: &dyn Invoke,
    queries: &[PriceListQuery],
    into: &Path,
) -> Result<BTreeMap<String, RefreshReport>, String> {
    let book = PriceBook::new(&session.library);
    let folder = into.join("prices");
    std::fs::create_dir_all(&folder).map_err(|error| format!("`{}` cannot be made: {error}", folder.display()))?;
    let mut reports = BTreeMap::new();
    let tables: BTreeSet<&str> = queries.iter().map(|query| query.table.as_str()).collect();
    for table in tables {
        let mut answers = Vec::new();
        for query in queries.iter().filter(|query| query.table == table) {
            let places = match &query.place {
                Some(place) => BTreeSet::from([place.clone()]),
                None => book.regions(table)?,
            };
            for region in places {
                terminal::warn(&format!("{table}: {} in {region}\n", query.service));
                let of = query.region_filter(&region);
                let listed = price_list::products(invoke, &query.service, &query.filters, of).await;
                let listed = listed.map_err(|error| error.to_string())?;
                let products = listed.iter().filter_map(Product::read).collect();
                answers.push(PriceListResult { query, region, products });
            }
        }
        let (text, report) = book.refreshed(table, &answers)?;
        let path = folder.join(format!("{table}.csv"));
        std::fs::write(&path, text).map_err(|error| format!("`{}` cannot be written: {error}", path.display()))?;
        reports.insert(table.to_owned(), report);
    }
    Ok(reports)
}

/// Prints what a refresh changed in each table.
fn print_reports(session: &Session, reports: &BTreeMap<String, RefreshReport>) {
    if session.common.json {
        session.document(&json!({ "tables": reports }));
        return;
    }
    let mut text = String::new();
    for (table, report) in reports {
        let RefreshReport { confirmed, changed, added, doubtful, unasked } = report;
        let _ = writeln!(
            text,
            "{table}: {confirmed} confirmed, {} changed, {added} added, {} doubtful, {unasked} not answered",
            changed.len(),
            doubtful.len()
        );
        for (what, list) in [("now", changed), ("left alone, would be", doubtful)] {
            for change in list {
                let attributes = change.attributes.replace(';', ", ");
                let _ = writeln!(
                    text,
                    "  {} ({attributes}) in {}: ${}, {what} ${}",
                    change.item, change.region, change.before, change.after
                );
            }
        }
    }
    terminal::print(&text);
}

/// Lists names in backticks, separated by commas.
fn list_of(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
