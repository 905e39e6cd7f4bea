//! `gpb cost`: the monthly cost of an environment.

use crate::calendar::today;
use crate::cli::compile::UsageModels;
use crate::cli::{Session, exit::Exit, terminal};
use crate::report;
use gpb_check::cost;
use gpb_check::cost::book::PriceBook;
use gpb_check::cost::{BudgetVerdict, Estimate, EstimateInputs};
use rust_decimal::Decimal;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The arguments of `gpb cost`.
pub struct CostRequest<'a> {
    /// One spec, or with `diff` the one before and the one after.
    pub specs: &'a [PathBuf],
    /// The usage to assume, `100k users`.
    pub at: Option<&'a str>,
    /// The day of the prices, `2027-03-01`; today unless given.
    pub on: Option<&'a str>,
    /// Two specs are compared.
    pub diff: bool,
}

/// Runs `gpb cost`.
pub fn run(session: &Session, request: &CostRequest<'_>) -> Exit {
    let outcome = match (request.specs, request.diff) {
        ([spec], false) => one(session, spec, request),
        ([before, after], true) => two(session, before, after, request),
        _ => Err(session.fail("`gpb cost` takes one spec, and `gpb cost --diff` takes two")),
    };
    outcome.unwrap_or_else(|exit| exit)
}

/// Prints the cost of one spec.
fn one(session: &Session, spec: &Path, request: &CostRequest<'_>) -> Result<Exit, Exit> {
    let (book, day) = basis(session, request)?;
    let inputs = EstimateInputs { book: &book, day: Some(&day) };
    let at = request.at.map(|at| driver(session, at)).transpose()?;
    let judged = session.usage_models(spec, at.as_ref())?;
    let estimate = cost::estimate(&judged.model, &inputs);
    refuse(session, &estimate, &judged)?;
    let verdicts =
        if at.is_some() { Vec::new() } else { BudgetVerdict::all(&judged.model, &judged.usage_levels, &inputs) };
    let shown = at.map(|(driver, value)| format!("{} {driver}", cost::money::grouped(&value.normalize().to_string())));
    if session.common.json {
        let mut document = json!(estimate);
        document["at"] = json!(shown);
        document["day"] = json!(day);
        document["budgets"] = json!(verdicts);
        document["layers"] =
            estimate.layers().into_iter().map(|(name, total)| json!({ "layer": name, "total": total })).collect();
        session.document(&document);
    } else {
        terminal::print(&report::cost::human(&estimate, shown.as_deref(), &verdicts, session.term.styles()));
    }
    Ok(Exit::Done)
}

/// Prints the difference in cost between two specs.
fn two(session: &Session, before: &Path, after: &Path, request: &CostRequest<'_>) -> Result<Exit, Exit> {
    let (book, day) = basis(session, request)?;
    let inputs = EstimateInputs { book: &book, day: Some(&day) };
    let at = request.at.map(|at| driver(session, at)).transpose()?;
    let mut estimates = Vec::new();
    for spec in [before, after] {
        let judged = session.usage_models(spec, at.as_ref())?;
        let estimate = cost::estimate(&judged.model, &inputs);
        refuse(session, &estimate, &judged)?;
        estimates.push(estimate);
    }
    let [before, after] = estimates.as_slice() else { return Err(Exit::Error) };
    let moved = cost::between(before, after);
    if session.common.json {
        session.document(&json!({
            "before": before.total,
            "after": after.total,
            "change": after.total.minus(&before.total),
            "resources": moved,
            "unpriced": after.unpriced,
        }));
    } else {
        terminal::print(&report::cost::difference(before, after, &moved, session.term.styles()));
    }
    Ok(Exit::Done)
}

/// Returns the price book and the day of the prices.
fn basis(session: &Session, request: &CostRequest<'_>) -> Result<(PriceBook, String), Exit> {
    let day = match request.on {
        None => today(),
        Some(day) => match day.parse::<jiff::civil::Date>() {
            Ok(day) => day.to_string(),
            Err(_) => return Err(session.fail(&format!("`{day}` is not a valid day; write for example 2027-03-01"))),
        },
    };
    Ok((PriceBook::new(&session.library), day))
}

/// Refuses an estimate with mistakes in its facts.
///
/// A table made from them would be wrong.
fn refuse(session: &Session, estimate: &Estimate, judged: &UsageModels) -> Result<(), Exit> {
    if estimate.problems.is_empty() {
        return Ok(());
    }
    session.diagnostics(&estimate.problems, &judged.sources);
    Err(Exit::Refused)
}

/// Parses a usage: `100k users`, `1_000_000 users`, `2.5M requests`.
fn driver(session: &Session, text: &str) -> Result<(String, Decimal), Exit> {
    let read = || {
        let (amount, driver) = text.trim().split_once(' ')?;
        let plain = amount.replace(['_', ','], "");
        let (digits, scale) = match plain.strip_suffix('k').map(|rest| (rest, 1_000)) {
            Some(found) => found,
            None => plain.strip_suffix('M').map_or((plain.as_str(), 1), |rest| (rest, 1_000_000)),
        };
        let amount: Decimal = digits.parse().ok()?;
        Some((driver.trim().to_owned(), amount.checked_mul(Decimal::from(scale))?))
    };
    read()
        .ok_or_else(|| session.fail(&format!("`{text}` is not a valid usage; write for example `--at \"100k users\"`")))
}
