//! The table: every price line of every resource, what is free, and what has no price.

use super::bill::{self, Item};
use super::book::{Allowance, Missing, Series, Sku};
use super::read::{self, Ask, NoAsk, Rate};
use super::spread::Spread;
use super::{Inputs, tiers};
use compact_str::CompactString;
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Applies, Fact, Model, Resource};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::sync::Arc;

/// What an environment costs a month, in dollars.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Estimate {
    pub environment: String,
    pub total: Spread,
    /// In the model's order.
    pub resources: Vec<ResourceCost>,
    /// What costs nothing by itself, with the reason.
    pub free: Vec<Free>,
    /// What costs something that is not known. It is in no sum.
    pub unpriced: Vec<Unpriced>,
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
    pub total: Spread,
    pub lines: Vec<Line>,
}

/// One price of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The fact's name: `storage`.
    #[serde(serialize_with = "shared")]
    pub name: Arc<str>,
    #[serde(serialize_with = "shared")]
    pub sku: Arc<LineSku>,
    #[serde(serialize_with = "shared")]
    pub unit: Arc<str>,
    pub quantity: Spread,
    /// What the quantity is made of.
    #[serde(serialize_with = "shared_text")]
    pub formula: Option<Arc<str>>,
    /// How much of the quantity an allowance of the account covers.
    pub free: Spread,
    /// The allowance, where one covers something.
    pub allowance: Option<String>,
    pub cost: Spread,
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
pub struct Free {
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
pub struct Unpriced {
    pub address: Address,
    #[serde(rename = "type")]
    pub ty: CompactString,
    /// The price that is missing; without one, the whole resource.
    pub price: Option<String>,
    pub why: String,
}

/// What a resource asks for, once the book has been asked.
#[derive(Clone)]
pub(super) struct Wanted<'a> {
    /// Its place among the model's resources.
    pub resource: usize,
    pub fact: &'a Fact,
    pub ask: Arc<Ask>,
    /// The book's price, or the fact's own as if it were one.
    pub series: Cow<'a, Series>,
    sku: Arc<LineSku>,
    /// As the book writes it.
    unit: Arc<str>,
}

/// What an ask of the book came to: facts that say the same of several resources of a region ask once.
struct Answer<'a> {
    ask: Arc<Ask>,
    series: &'a Series,
    sku: Arc<LineSku>,
    unit: Arc<str>,
}

/// By the fields of the facts and the region of the resources.
type Answers<'a> = HashMap<(usize, &'a str), Option<Answer<'a>>>;

fn shared<T: Serialize + ?Sized, S: Serializer>(value: &Arc<T>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_ref().serialize(serializer)
}

#[allow(clippy::ref_option)] // serde hands fields over by reference.
fn shared_text<S: Serializer>(value: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_deref().serialize(serializer)
}

/// Reckons what a model costs.
pub fn estimate(model: &Model, inputs: &Inputs<'_>) -> Estimate {
    let mut estimate = Estimate { environment: model.environment.name.clone(), ..Estimate::default() };
    let wanted = wanted(model, inputs, &mut estimate);
    let allowances = match inputs.book.allowances() {
        Ok(allowances) => allowances,
        Err(why) => {
            estimate.problems.push(broken("prices/free.toml", &why));
            &[]
        }
    };
    charge(model, &wanted, allowances, &mut estimate);
    estimate
}

/// Every price the model's resources ask for; what has none goes to the estimate's other lists.
pub(super) fn wanted<'a>(model: &'a Model, inputs: &Inputs<'a>, estimate: &mut Estimate) -> Vec<Wanted<'a>> {
    let mut wanted = Vec::new();
    let mut answers = Answers::default();
    let mut facts = model.facts.iter().peekable();
    for (number, resource) in model.resources.iter().enumerate() {
        let mut own = Vec::new();
        while let Some(fact) = facts.next_if(|fact| fact.of == resource.address) {
            own.push(fact);
        }
        if !resource.existing {
            ask((number, resource), &own, (inputs, &mut answers), estimate, &mut wanted);
        }
    }
    wanted
}

/// What is wanted, as the bill's items.
pub(super) fn items<'a>(model: &'a Model, wanted: &'a [Wanted<'a>]) -> Vec<Item<'a>> {
    let item = |wanted: &'a Wanted<'a>| Item {
        account: model.resources.get(wanted.resource).and_then(|resource| resource.place.account.as_deref()),
        series: &wanted.series,
        quantity: wanted.ask.quantity,
    };
    wanted.iter().map(item).collect()
}

/// Every price one resource asks for; what it has none for goes to the estimate's other lists.
fn ask<'a>(
    (number, resource): (usize, &'a Resource),
    facts: &[&'a Fact],
    (inputs, answers): (&Inputs<'a>, &mut Answers<'a>),
    estimate: &mut Estimate,
    wanted: &mut Vec<Wanted<'a>>,
) {
    let (mut known, mut told) = (false, false);
    let unpriced = |price: Option<&str>, why: String| Unpriced {
        address: resource.address.clone(),
        ty: (*resource.ty).into(),
        price: price.map(str::to_owned),
        why,
    };
    for fact in facts {
        let outcome = match (fact.kind.as_ref(), fact.applies) {
            ("price" | "free", Applies::No) => {
                known = true;
                continue;
            }
            ("price", Applies::Unknown) => Err(NoAsk::Unknown("whether it is charged is unknown until apply".into())),
            ("price", Applies::Yes) => one((number, resource), fact, inputs, answers),
            ("free", Applies::Yes) => free(resource, fact).map(|free| {
                estimate.free.push(free);
                None
            }),
            _ => continue,
        };
        known = true;
        told = true;
        match outcome {
            Ok(found) => wanted.extend(found),
            Err(NoAsk::Unknown(why)) => estimate.unpriced.push(unpriced(Some(&fact.name), why)),
            Err(NoAsk::Wrong(diagnostic)) => estimate.problems.push(diagnostic),
        }
    }
    if !told {
        let why = if known { "none of its prices holds for it as it is" } else { "nothing is known of its price" };
        estimate.unpriced.push(unpriced(None, why.to_owned()));
    }
}

/// One price fact's price; `None` where it is not charged on the day in question.
fn one<'a>(
    (number, resource): (usize, &'a Resource),
    fact: &'a Fact,
    inputs: &Inputs<'a>,
    answers: &mut Answers<'a>,
) -> Result<Option<Wanted<'a>>, NoAsk> {
    let wanted = |ask: Arc<Ask>, series, sku, unit| Wanted { resource: number, fact, ask, series, sku, unit };
    let key = (fact.fields.identity(), resource.place.region.as_str());
    if let Some(known) = answers.get(&key) {
        let series = |one: &Answer<'a>| Cow::Borrowed(one.series);
        let again = |one: &Answer<'a>| wanted(one.ask.clone(), series(one), one.sku.clone(), one.unit.clone());
        return Ok(known.as_ref().map(again));
    }
    let ask = Arc::new(read::price(fact)?);
    let dated = ask.from.is_some() || ask.until.is_some();
    let begun = |day: &str| ask.from.as_deref().is_none_or(|from| day >= from);
    let over = |day: &str| ask.until.as_deref().is_some_and(|until| day >= until);
    if dated && !inputs.day.is_some_and(|day| begun(day) && !over(day)) {
        answers.insert(key, None);
        return Ok(None);
    }
    match &ask.rate {
        Rate::Fixed { usd, source } => {
            let series = fixed(resource, fact, &ask.unit, *usd);
            let sku = line_sku(fact.name.to_string(), &series, (source.to_string(), String::new()));
            let unit = ask.unit.clone();
            Ok(Some(wanted(ask, Cow::Owned(series), sku, unit)))
        }
        Rate::Sku(sku) => {
            let region = ask.region.as_deref().unwrap_or(&resource.place.region);
            let series = priced(fact, sku, &ask.unit, region, inputs)?;
            let source = series.tiers.first().and_then(|tier| inputs.book.source(series, tier.source));
            let source = source.map_or_else(Default::default, |source| (source.url.clone(), source.date.clone()));
            let sku = line_sku(sku.to_string(), series, source);
            let unit: Arc<str> = series.unit.as_str().into();
            answers.insert(key, Some(Answer { ask: ask.clone(), series, sku: sku.clone(), unit: unit.clone() }));
            Ok(Some(wanted(ask, Cow::Borrowed(series), sku, unit)))
        }
    }
}

fn line_sku(item: String, series: &Series, (source, date): (String, String)) -> Arc<LineSku> {
    Arc::new(LineSku {
        item,
        region: series.region.clone().into(),
        rates: series.tiers.iter().map(|tier| (plain(tier.from), plain(tier.usd))).collect(),
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
    inputs: &Inputs<'a>,
) -> Result<&'a Series, NoAsk> {
    let series = inputs.book.find(sku, region).map_err(|missing| absent(fact, sku, region, missing))?;
    if series.unit.eq_ignore_ascii_case(unit) {
        return Ok(series);
    }
    let message = format!("`{}` counts in {unit}, and {sku} is priced by the {}", fact.name, series.unit);
    Err(NoAsk::Wrong(
        Diagnostic::error("GPB5005", message)
            .at(fact.span, format!("asked for `{}`", fact.of))
            .help(format!("bring the quantity to {0} and say `unit = \"{0}\"`", series.unit)),
    ))
}

/// A price of the fact's own, as if the book had it for this resource alone.
fn fixed(resource: &Resource, fact: &Fact, unit: &str, usd: Decimal) -> Series {
    let tier = super::book::Tier { from: Decimal::ZERO, to: None, usd, rate: String::new(), source: 0 };
    Series {
        item: fact.name.to_string(),
        attributes: resource.address.to_string(),
        unit: unit.to_owned(),
        region: resource.place.region.as_str().into(),
        tiers: vec![tier],
    }
}

/// Why the book has no price: a mistake in the fact, or something nobody has written down yet.
fn absent(fact: &Fact, sku: &Sku, region: &str, missing: Missing) -> NoAsk {
    let message = match missing {
        Missing::Attributes => return NoAsk::Unknown(format!("the price book has no {sku}")),
        Missing::Region { known } => {
            return NoAsk::Unknown(format!("the price book has {sku} in {}, not in {region}", known.join(", ")));
        }
        Missing::Broken(why) => return NoAsk::Wrong(broken(&sku.item, &why)),
        Missing::Item { nearest: None } => format!("the price book has no `{}`", sku.item),
        Missing::Item { nearest: Some(nearest) } => {
            format!("the price book has no `{}`; there is `{nearest}`", sku.item)
        }
        Missing::Keys { expected } if expected.is_empty() => format!("`{}` has no attributes", sku.item),
        Missing::Keys { expected } => {
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            format!("`{}` is told apart by {}", sku.item, expected.join(" and "))
        }
    };
    NoAsk::Wrong(
        Diagnostic::error("GPB5004", message)
            .at(fact.span, format!("`{}` asks for {sku}", fact.name))
            .help("`gpb prices WORD …` lists what the price book has"),
    )
}

fn broken(what: &str, why: &str) -> Diagnostic {
    Diagnostic::error("GPB5007", format!("the price book cannot be read: {what}: {why}"))
}

fn free(resource: &Resource, fact: &Fact) -> Result<Free, NoAsk> {
    read::fields(fact, &["source", "says"])?;
    Ok(Free {
        address: resource.address.clone(),
        ty: (*resource.ty).into(),
        says: read::optional(fact, "says")?,
        source: read::required(fact, "source")?,
    })
}

/// Turns what is wanted, in the order of its resources, into money and puts it under them.
fn charge(model: &Model, wanted: &[Wanted<'_>], allowances: &[Allowance], estimate: &mut Estimate) {
    let charges = bill::charge(&items(model, wanted), allowances);
    let charged: Vec<_> = wanted.iter().zip(&charges).collect();
    for own in charged.chunk_by(|(one, _), (other, _)| one.resource == other.resource) {
        let Some(resource) = own.first().and_then(|(wanted, _)| model.resources.get(wanted.resource)) else { continue };
        let known = |(wanted, charge): &(&Wanted<'_>, &Option<bill::Charge>)| {
            charge.as_ref().map(|charge| line(wanted, charge, allowances))
        };
        let lines: Vec<Line> = own.iter().filter_map(known).collect();
        for line in &lines {
            date(estimate, &line.sku.date);
        }
        for (wanted, _) in own.iter().filter(|(_, charge)| charge.is_none()) {
            estimate.unpriced.push(Unpriced {
                address: resource.address.clone(),
                ty: (*resource.ty).into(),
                price: Some(wanted.fact.name.to_string()),
                why: "its figures are too large to reckon with".to_owned(),
            });
        }
        if lines.is_empty() {
            continue;
        }
        let total = lines.iter().fold(Spread::default(), |sum, line| sum.plus(&line.cost));
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

fn line(wanted: &Wanted<'_>, charge: &bill::Charge, allowances: &[Allowance]) -> Line {
    let Wanted { series, ask, .. } = wanted;
    let covered = charge.free != Spread::default();
    let allowance = allowances.iter().find(|allowance| covered && allowance.items.contains(&series.item));
    Line {
        name: wanted.fact.name.clone(),
        sku: wanted.sku.clone(),
        unit: wanted.unit.clone(),
        quantity: ask.quantity,
        formula: ask.says.clone(),
        free: charge.free,
        allowance: allowance.map(|allowance| allowance.name.clone()),
        cost: charge.cost,
        beyond: tiers::beyond(&series.tiers, ask.quantity.maximum),
    }
}

fn plain(figure: Decimal) -> String {
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
    pub fn of(&self, address: &Address) -> Option<&ResourceCost> {
        self.resources.iter().find(|cost| &cost.address == address)
    }

    /// What each layer costs, in the order in which they first cost something.
    pub fn layers(&self) -> Vec<(Option<&str>, Spread)> {
        let mut layers: Vec<(Option<&str>, Spread)> = Vec::new();
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
