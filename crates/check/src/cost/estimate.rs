//! The table: every price line of every resource, what is free, and what has no price.

use super::bill::{self, BillItem};
use super::book::{Allowance, MissingPrice, PriceSeries, Sku};
use super::cost_range::CostRange;
use super::price_facts::{self, PriceQuery, PriceQueryError, PriceRate};
use super::{CheckInputs, tiers};
use compact_str::CompactString;
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Applicability, Fact, Model, Resource};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::sync::Arc;

/// What an environment costs a month, in dollars.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Estimate {
    pub environment: String,
    pub total: CostRange,
    /// In the model's order.
    pub resources: Vec<ResourceCost>,
    /// What costs nothing by itself, with the reason.
    pub free: Vec<FreeResource>,
    /// What costs something that is not known. It is in no sum.
    pub unpriced: Vec<UnpricedItem>,
    /// The days the prices used were published on, the oldest and the newest.
    pub dated: Option<(String, String)>,
    /// Mistakes in the facts.
    #[serde(skip)]
    pub problems: Vec<Diagnostic>,
}

/// What one resource costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResourceCost {
    pub address: Address,
    #[serde(rename = "type")]
    pub ty: CompactString,
    pub layer: Option<CompactString>,
    pub region: CompactString,
    pub total: CostRange,
    pub lines: Vec<CostLine>,
}

/// One price of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CostLine {
    /// The fact's name: `storage`.
    #[serde(serialize_with = "shared")]
    pub name: Arc<str>,
    #[serde(serialize_with = "shared")]
    pub sku: Arc<LineSku>,
    #[serde(serialize_with = "shared")]
    pub unit: Arc<str>,
    pub quantity: CostRange,
    /// What the quantity is made of.
    #[serde(serialize_with = "shared_text")]
    pub formula: Option<Arc<str>>,
    /// How much of the quantity an allowance of the account covers.
    pub free: CostRange,
    /// The allowance, where one covers something.
    pub allowance: Option<String>,
    pub cost: CostRange,
    /// Some of the largest quantity lies beyond the last rate the book knows; it is reckoned at that rate.
    pub beyond: bool,
}

/// Where a line's price comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineSku {
    /// `aurora.storage (storage_config=standard)`
    pub item: String,
    /// Where it is charged: a region, `global` or `edge`.
    pub region: CompactString,
    /// From which quantity of the account's month on, and the dollars for one unit.
    pub rates: Vec<(String, String)>,
    /// AWS's code of the first rate.
    pub code: Option<String>,
    pub source: String,
    pub date: String,
}

/// A resource that costs nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FreeResource {
    pub address: Address,
    #[serde(rename = "type")]
    pub ty: CompactString,
    #[serde(serialize_with = "shared_text")]
    pub says: Option<Arc<str>>,
    #[serde(serialize_with = "shared")]
    pub source: Arc<str>,
}

/// A resource, or one of its prices, without a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnpricedItem {
    pub address: Address,
    #[serde(rename = "type")]
    pub ty: CompactString,
    /// The price that is missing; without one, the whole resource.
    pub price: Option<String>,
    pub why: String,
}

/// What a resource asks for, once the book has been asked.
#[derive(Clone)]
pub(super) struct PriceRequest<'a> {
    /// Its place among the model's resources.
    pub resource: usize,
    pub fact: &'a Fact,
    pub ask: Arc<PriceQuery>,
    /// The book's price, or the fact's own as if it were one.
    pub series: Cow<'a, PriceSeries>,
    sku: Arc<LineSku>,
    /// As the book writes it.
    unit: Arc<str>,
}

/// What an ask of the book came to: facts that say the same of several resources of a region ask once.
struct PriceLookup<'a> {
    ask: Arc<PriceQuery>,
    series: &'a PriceSeries,
    sku: Arc<LineSku>,
    unit: Arc<str>,
}

/// By the fields of the facts and the region of the resources.
type PriceLookups<'a> = HashMap<(usize, &'a str), Option<PriceLookup<'a>>>;

fn shared<T: Serialize + ?Sized, S: Serializer>(value: &Arc<T>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_ref().serialize(serializer)
}

#[allow(clippy::ref_option)] // serde hands fields over by reference.
fn shared_text<S: Serializer>(value: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_deref().serialize(serializer)
}

/// Reckons what a model costs.
pub fn estimate(model: &Model, inputs: &CheckInputs<'_>) -> Estimate {
    let mut estimate = Estimate { environment: model.environment.name.clone(), ..Estimate::default() };
    let request = price_requests(model, inputs, &mut estimate);
    let allowances = match inputs.book.allowances() {
        Ok(allowances) => allowances,
        Err(reason) => {
            estimate.problems.push(broken("prices/free.toml", &reason));
            &[]
        }
    };
    charge(model, &request, allowances, &mut estimate);
    estimate
}

/// Every price the model's resources ask for; what has none goes to the estimate's other lists.
pub(super) fn price_requests<'a>(
    model: &'a Model,
    inputs: &CheckInputs<'a>,
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

/// What is wanted, as the bill's items.
pub(super) fn items<'a>(model: &'a Model, request: &'a [PriceRequest<'a>]) -> Vec<BillItem<'a>> {
    let item = |request: &'a PriceRequest<'a>| BillItem {
        account: model.resources.get(request.resource).and_then(|resource| resource.place.account.as_deref()),
        series: &request.series,
        quantity: request.ask.quantity,
    };
    request.iter().map(item).collect()
}

/// Every price one resource asks for; what it has none for goes to the estimate's other lists.
fn ask<'a>(
    (number, resource): (usize, &'a Resource),
    facts: &[&'a Fact],
    (inputs, answers): (&CheckInputs<'a>, &mut PriceLookups<'a>),
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
            ("price", Applicability::Yes) => one((number, resource), fact, inputs, answers),
            ("free", Applicability::Yes) => free(resource, fact).map(|free| {
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
            Err(PriceQueryError::Wrong(diagnostic)) => estimate.problems.push(diagnostic),
        }
    }
    if !told {
        let reason = if known { "none of its prices holds for it as it is" } else { "nothing is known of its price" };
        estimate.unpriced.push(unpriced(None, reason.to_owned()));
    }
}

/// One price fact's price; `None` where it is not charged on the day in question.
fn one<'a>(
    (number, resource): (usize, &'a Resource),
    fact: &'a Fact,
    inputs: &CheckInputs<'a>,
    answers: &mut PriceLookups<'a>,
) -> Result<Option<PriceRequest<'a>>, PriceQueryError> {
    let request =
        |ask: Arc<PriceQuery>, series, sku, unit| PriceRequest { resource: number, fact, ask, series, sku, unit };
    let key = (fact.fields.identity(), resource.place.region.as_str());
    if let Some(known) = answers.get(&key) {
        let series = |one: &PriceLookup<'a>| Cow::Borrowed(one.series);
        let again = |one: &PriceLookup<'a>| request(one.ask.clone(), series(one), one.sku.clone(), one.unit.clone());
        return Ok(known.as_ref().map(again));
    }
    let ask = Arc::new(price_facts::price(fact)?);
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
            let series = priced(fact, sku, &ask.unit, region, inputs)?;
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

/// The book's price of an item, which must be by the unit that the fact counts in.
pub(super) fn priced<'a>(
    fact: &Fact,
    sku: &Sku,
    unit: &str,
    region: &str,
    inputs: &CheckInputs<'a>,
) -> Result<&'a PriceSeries, PriceQueryError> {
    let series = inputs.book.find(sku, region).map_err(|missing| absent(fact, sku, region, missing))?;
    if series.unit.eq_ignore_ascii_case(unit) {
        return Ok(series);
    }
    let message = format!("`{}` counts in {unit}, and {sku} is priced by the {}", fact.name, series.unit);
    Err(PriceQueryError::Wrong(
        Diagnostic::error("GPB5005", message)
            .with_label(fact.span, format!("asked for `{}`", fact.of))
            .help(format!("bring the quantity to {0} and say `unit = \"{0}\"`", series.unit)),
    ))
}

/// A price of the fact's own, as if the book had it for this resource alone.
fn fixed(resource: &Resource, fact: &Fact, unit: &str, usd: Decimal) -> PriceSeries {
    let tier = super::book::PriceTier { from: Decimal::ZERO, to: None, usd, rate: String::new(), source: 0 };
    PriceSeries {
        item: fact.name.to_string(),
        attributes: resource.address.to_string(),
        unit: unit.to_owned(),
        region: resource.place.region.as_str().into(),
        tiers: vec![tier],
    }
}

/// Why the book has no price: a mistake in the fact, or something nobody has written down yet.
fn absent(fact: &Fact, sku: &Sku, region: &str, missing: MissingPrice) -> PriceQueryError {
    let message = match missing {
        MissingPrice::Attributes => return PriceQueryError::Unknown(format!("the price book has no {sku}")),
        MissingPrice::Region { known } => {
            return PriceQueryError::Unknown(format!(
                "the price book has {sku} in {}, not in {region}",
                known.join(", ")
            ));
        }
        MissingPrice::Broken(reason) => return PriceQueryError::Wrong(broken(&sku.item, &reason)),
        MissingPrice::Item { nearest: None } => format!("the price book has no `{}`", sku.item),
        MissingPrice::Item { nearest: Some(nearest) } => {
            format!("the price book has no `{}`; there is `{nearest}`", sku.item)
        }
        MissingPrice::Keys { expected } if expected.is_empty() => format!("`{}` has no attributes", sku.item),
        MissingPrice::Keys { expected } => {
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            format!("`{}` is told apart by {}", sku.item, expected.join(" and "))
        }
    };
    PriceQueryError::Wrong(
        Diagnostic::error("GPB5004", message)
            .with_label(fact.span, format!("`{}` asks for {sku}", fact.name))
            .help("`gpb prices WORD …` lists what the price book has"),
    )
}

fn broken(what: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("GPB5007", format!("the price book cannot be read: {what}: {reason}"))
}

fn free(resource: &Resource, fact: &Fact) -> Result<FreeResource, PriceQueryError> {
    price_facts::fields(fact, &["source", "says"])?;
    Ok(FreeResource {
        address: resource.address.clone(),
        ty: (*resource.ty).into(),
        says: price_facts::optional(fact, "says")?,
        source: price_facts::required(fact, "source")?,
    })
}

/// Turns what is wanted, in the order of its resources, into money and puts it under them.
fn charge(model: &Model, request: &[PriceRequest<'_>], allowances: &[Allowance], estimate: &mut Estimate) {
    let charges = bill::charge(&items(model, request), allowances);
    let charged: Vec<_> = request.iter().zip(&charges).collect();
    for own in charged.chunk_by(|(one, _), (other, _)| one.resource == other.resource) {
        let Some(resource) = own.first().and_then(|(request, _)| model.resources.get(request.resource)) else {
            continue;
        };
        let known = |(request, charge): &(&PriceRequest<'_>, &Option<bill::Charge>)| {
            charge.as_ref().map(|charge| line(request, charge, allowances))
        };
        let lines: Vec<CostLine> = own.iter().filter_map(known).collect();
        for line in &lines {
            date(estimate, &line.sku.date);
        }
        for (request, _) in own.iter().filter(|(_, charge)| charge.is_none()) {
            estimate.unpriced.push(UnpricedItem {
                address: resource.address.clone(),
                ty: (*resource.ty).into(),
                price: Some(request.fact.name.to_string()),
                why: "its figures are too large to reckon with".to_owned(),
            });
        }
        if lines.is_empty() {
            continue;
        }
        let total = lines.iter().fold(CostRange::default(), |sum, line| sum.plus(&line.cost));
        estimate.total.add(&total);
        estimate.resources.push(ResourceCost {
            address: resource.address.clone(),
            ty: (*resource.ty).into(),
            layer: resource.layer.as_deref().map(Into::into),
            region: resource.place.region.as_str().into(),
            total,
            lines,
        });
    }
}

fn line(request: &PriceRequest<'_>, charge: &bill::Charge, allowances: &[Allowance]) -> CostLine {
    let PriceRequest { series, ask, .. } = request;
    let covered = charge.free != CostRange::default();
    let allowance = allowances.iter().find(|allowance| covered && allowance.items.contains(&series.item));
    CostLine {
        name: request.fact.name.clone(),
        sku: request.sku.clone(),
        unit: request.unit.clone(),
        quantity: ask.quantity,
        formula: ask.says.clone(),
        free: charge.free,
        allowance: allowance.map(|allowance| allowance.name.clone()),
        cost: charge.cost,
        beyond: tiers::beyond(&series.tiers, ask.quantity.maximum),
    }
}

fn trim_zeros(figure: Decimal) -> String {
    figure.normalize().to_string()
}

/// Widens the days the estimate's prices are of.
fn date(estimate: &mut Estimate, day: &str) {
    if day.is_empty() || day == "undated" {
        return;
    }
    let (oldest, newest) = estimate.dated.get_or_insert_with(|| (day.to_owned(), day.to_owned()));
    if day < oldest.as_str() {
        day.clone_into(oldest);
    }
    if day > newest.as_str() {
        day.clone_into(newest);
    }
}

impl Estimate {
    /// What one resource costs; `None` where it costs nothing, or nothing that is known.
    pub fn resource(&self, address: &Address) -> Option<&ResourceCost> {
        self.resources.iter().find(|cost| &cost.address == address)
    }

    /// What each layer costs, in the order in which they first cost something.
    pub fn layers(&self) -> Vec<(Option<&str>, CostRange)> {
        let mut layers: Vec<(Option<&str>, CostRange)> = Vec::new();
        for resource in &self.resources {
            let name = resource.layer.as_deref();
            match layers.iter_mut().find(|(layer, _)| *layer == name) {
                Some((_, sum)) => sum.add(&resource.total),
                None => layers.push((name, resource.total)),
            }
        }
        layers
    }
}
