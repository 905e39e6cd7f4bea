//! Asks the price book for every price of every resource.
//!
//! Free resources, and those without a price, are listed in the estimate.

use super::bill::BillItem;
use super::book::{MissingPrice, PriceSeries, PriceTier, Sku};
use super::estimate::{Estimate, FreeResource, LineSku, UnpricedItem};
use super::estimate_inputs::EstimateInputs;
use super::price_facts::{self, PriceQuery, PriceQueryError, PriceRate};
use crate::fact_reader::FactReader;
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_model::{Applicability, Fact, FactFieldsId, Model, Resource};
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::sync::Arc;

/// A price that a resource asks for, as the book has it.
#[derive(Clone)]
pub(super) struct PriceRequest<'a> {
    /// The index of the resource in the model.
    pub resource: usize,
    /// The fact that asks.
    pub fact: &'a Fact,
    /// The query.
    pub ask: Arc<PriceQuery>,
    /// The book's price, or the fact's own as if it were one.
    pub series: Cow<'a, PriceSeries>,
    /// The source of the price.
    pub sku: Arc<LineSku>,
    /// The unit as the book writes it.
    pub unit: Arc<str>,
}

/// The answer to a query.
///
/// Facts that say the same of several resources of a region ask once.
struct PriceLookup<'a> {
    ask: Arc<PriceQuery>,
    series: &'a PriceSeries,
    sku: Arc<LineSku>,
    unit: Arc<str>,
}

/// The answers by the fields of the facts and the region of the resources.
///
/// `None` where nothing is charged on that day.
type PriceLookups<'a> = HashMap<(FactFieldsId<'a>, &'a str), Option<PriceLookup<'a>>>;

/// Returns every price the model's resources ask for.
///
/// Resources without one go to the estimate's other lists.
pub(super) fn price_requests<'a>(
    model: &'a Model,
    inputs: &EstimateInputs<'a>,
    estimate: &mut Estimate,
) -> Vec<PriceRequest<'a>> {
    let mut request = Vec::new();
    let mut answers = PriceLookups::default();
    let mut facts = model.facts.iter().peekable();
    for (number, resource) in model.resources.iter().enumerate() {
        let mut own = Vec::new();
        while let Some(fact) = facts.next_if(|fact| fact.of == resource.address) {
            own.push(fact);
        }
        if !resource.existing {
            ask((number, resource), &own, (inputs, &mut answers), estimate, &mut request);
        }
    }
    request
}

/// Returns the requests as items of a bill.
pub(super) fn items<'a>(model: &'a Model, requests: &'a [PriceRequest<'a>]) -> Vec<BillItem<'a>> {
    let item = |request: &'a PriceRequest<'a>| BillItem {
        account: model.resources.get(request.resource).and_then(|resource| resource.place.account.as_deref()),
        series: &request.series,
        quantity: request.ask.quantity,
    };
    requests.iter().map(item).collect()
}

/// Adds every price one resource asks for.
///
/// Prices that the book does not have go to the estimate's other lists.
fn ask<'a>(
    (number, resource): (usize, &'a Resource),
    facts: &[&'a Fact],
    (inputs, answers): (&EstimateInputs<'a>, &mut PriceLookups<'a>),
    estimate: &mut Estimate,
    request: &mut Vec<PriceRequest<'a>>,
) {
    let (mut known, mut told) = (false, false);
    let unpriced = |price: Option<&str>, reason: String| UnpricedItem {
        address: resource.address.clone(),
        ty: (*resource.ty).into(),
        price: price.map(str::to_owned),
        why: reason,
    };
    for fact in facts {
        let outcome = match (fact.kind.as_ref(), fact.applies) {
            ("price" | "free", Applicability::No) => {
                known = true;
                continue;
            }
            ("price", Applicability::Unknown) => {
                Err(PriceQueryError::Unknown("whether it is charged is unknown until apply".into()))
            }
            ("price", Applicability::Yes) => one((number, resource), fact, inputs, answers, &mut estimate.problems),
            ("free", Applicability::Yes) => free(resource, fact, &mut estimate.problems).map(|free| {
                estimate.free.push(free);
                None
            }),
            _ => continue,
        };
        known = true;
        told = true;
        match outcome {
            Ok(found) => request.extend(found),
            Err(PriceQueryError::Unknown(reason)) => estimate.unpriced.push(unpriced(Some(&fact.name), reason)),
            Err(PriceQueryError::Invalid) => {}
        }
    }
    if !told {
        let reason = if known { "none of its prices holds for it as it is" } else { "nothing is known of its price" };
        estimate.unpriced.push(unpriced(None, reason.to_owned()));
    }
}

/// Returns the price of one fact.
///
/// `None` where it is not charged on the day in question.
fn one<'a>(
    (number, resource): (usize, &'a Resource),
    fact: &'a Fact,
    inputs: &EstimateInputs<'a>,
    answers: &mut PriceLookups<'a>,
    problems: &mut Vec<Diagnostic>,
) -> Result<Option<PriceRequest<'a>>, PriceQueryError> {
    let request =
        |ask: Arc<PriceQuery>, series, sku, unit| PriceRequest { resource: number, fact, ask, series, sku, unit };
    let key = (fact.fields.id(), resource.place.region.as_str());
    if let Some(known) = answers.get(&key) {
        let series = |one: &PriceLookup<'a>| Cow::Borrowed(one.series);
        let again = |one: &PriceLookup<'a>| request(one.ask.clone(), series(one), one.sku.clone(), one.unit.clone());
        return Ok(known.as_ref().map(again));
    }
    let mut fields = FactReader::new(fact, price_facts::SYNTAX, problems);
    let ask = Arc::new(price_facts::price(&mut fields)?);
    let dated = ask.from.is_some() || ask.until.is_some();
    let begun = |day: &str| ask.from.as_deref().is_none_or(|from| day >= from);
    let over = |day: &str| ask.until.as_deref().is_some_and(|until| day >= until);
    if dated && !inputs.day.is_some_and(|day| begun(day) && !over(day)) {
        answers.insert(key, None);
        return Ok(None);
    }
    match &ask.rate {
        PriceRate::Fixed { usd, source } => {
            let series = fixed(resource, fact, &ask.unit, *usd);
            let sku = line_sku(fact.name.to_string(), &series, (source.to_string(), String::new()));
            let unit = ask.unit.clone();
            Ok(Some(request(ask, Cow::Owned(series), sku, unit)))
        }
        PriceRate::Sku(sku) => {
            let region = ask.region.as_deref().unwrap_or(&resource.place.region);
            let series = priced(&mut fields, sku, &ask.unit, region, inputs)?;
            let source = series.tiers.first().and_then(|tier| inputs.book.source(series, tier.source));
            let source = source.map_or_else(Default::default, |source| (source.url.clone(), source.date.clone()));
            let sku = line_sku(sku.to_string(), series, source);
            let unit: Arc<str> = series.unit.as_str().into();
            answers.insert(key, Some(PriceLookup { ask: ask.clone(), series, sku: sku.clone(), unit: unit.clone() }));
            Ok(Some(request(ask, Cow::Borrowed(series), sku, unit)))
        }
    }
}

fn line_sku(item: String, series: &PriceSeries, (source, date): (String, String)) -> Arc<LineSku> {
    Arc::new(LineSku {
        item,
        region: series.region.clone().into(),
        rates: series.tiers.iter().map(|tier| (trim_zeros(tier.from), trim_zeros(tier.usd))).collect(),
        code: series.tiers.first().map(|tier| tier.rate.clone()).filter(|code| !code.is_empty()),
        source,
        date,
    })
}

/// Returns the book's price of an item, by the unit that the fact counts in.
pub(super) fn priced<'a>(
    fields: &mut FactReader<'_, '_>,
    sku: &Sku,
    unit: &str,
    region: &str,
    inputs: &EstimateInputs<'a>,
) -> Result<&'a PriceSeries, PriceQueryError> {
    let series = inputs.book.find(sku, region).map_err(|missing| absent(fields, sku, region, missing))?;
    if series.unit.eq_ignore_ascii_case(unit) {
        return Ok(series);
    }
    let fact = fields.fact();
    let message = format!("`{}` counts in {unit}, and {sku} is priced by the {}", fact.name, series.unit);
    let diagnostic = Diagnostic::error("GPB5005", message)
        .with_label(fact.span, format!("asked for `{}`", fact.of))
        .help(format!("convert the quantity to {0} and write `unit = \"{0}\"`", series.unit));
    Err(fields.report(diagnostic).into())
}

/// Returns a fact's own price, as if the book had it for this resource alone.
fn fixed(resource: &Resource, fact: &Fact, unit: &str, usd: Decimal) -> PriceSeries {
    let tier = PriceTier { from: Decimal::ZERO, to: None, usd, rate: String::new(), source: 0 };
    PriceSeries {
        item: fact.name.to_string(),
        attributes: resource.address.to_string(),
        unit: unit.to_owned(),
        region: resource.place.region.as_str().into(),
        tiers: vec![tier],
    }
}

/// Explains why the book has no price.
///
/// A mistake in the fact, or a price that nobody has written down yet.
fn absent(fields: &mut FactReader<'_, '_>, sku: &Sku, region: &str, missing: MissingPrice) -> PriceQueryError {
    let message = match missing {
        MissingPrice::Attributes => return PriceQueryError::Unknown(format!("the price book has no {sku}")),
        MissingPrice::Region { known } => {
            return PriceQueryError::Unknown(format!(
                "the price book has {sku} in {}, not in {region}",
                known.join(", ")
            ));
        }
        MissingPrice::Broken(reason) => return fields.report(broken_book(&sku.item, &reason)).into(),
        MissingPrice::Item { nearest: None } => format!("the price book has no `{}`", sku.item),
        MissingPrice::Item { nearest: Some(nearest) } => {
            format!("the price book has no `{}`; there is `{nearest}`", sku.item)
        }
        MissingPrice::Keys { expected } if expected.is_empty() => format!("`{}` has no attributes", sku.item),
        MissingPrice::Keys { expected } => {
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            format!("`{}` is identified by {}", sku.item, expected.join(" and "))
        }
    };
    let fact = fields.fact();
    let diagnostic = Diagnostic::error("GPB5004", message)
        .with_label(fact.span, format!("`{}` asks for {sku}", fact.name))
        .help("`gpb prices WORD …` lists what the price book has");
    fields.report(diagnostic).into()
}

fn free(resource: &Resource, fact: &Fact, problems: &mut Vec<Diagnostic>) -> Result<FreeResource, PriceQueryError> {
    let mut fields = FactReader::new(fact, price_facts::SYNTAX, problems);
    fields.refuse_unknown_fields(&["source", "says"])?;
    Ok(FreeResource {
        address: resource.address.clone(),
        ty: (*resource.ty).into(),
        says: fields.optional_text("says")?.cloned(),
        source: fields.text("source")?.clone(),
    })
}

/// Returns the diagnostic of a price book that cannot be read.
pub(super) fn broken_book(what: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("GPB5007", format!("the price book cannot be read: {what}: {reason}"))
}

fn trim_zeros(figure: Decimal) -> String {
    figure.normalize().to_string()
}
