//! What would make an environment cheaper: the `saving` facts of its resources.
//!
//! ```gpb
//! saving smaller_nodes {
//!   of    = "nodes"
//!   sku   = sku("elasticache.node", { … })
//!   says  = "cache nodes of half the memory"
//!   loses = "half of the memory"
//! }
//! ```
//!
//! A change that touches several lines in different ways is written as several facts of one name. The lines `of` names are priced by `sku` and with `quantity` instead; where neither is given, they fall away.

use super::bill::{self, BillItem};
use super::book::{Allowance, PriceSeries};
use super::cost_range::CostRange;
use super::estimate::{self, PriceRequest};
use super::price_facts::{self, PriceQueryError};
use super::{CheckInputs, Estimate};
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Applicability, Fact, Model};
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A change of one resource, and what it takes off the bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saving {
    pub address: Address,
    pub name: String,
    /// What is to be changed, as an imperative.
    pub says: String,
    /// What is given up for it.
    pub loses: Option<String>,
    /// What the environment costs less, in dollars a month.
    pub saves: CostRange,
}

/// The most savings that are reckoned through; those that save most by themselves come first.
const MOST: usize = 50;

/// A saving fact, read.
struct Proposal<'a> {
    fact: &'a Fact,
    says: Arc<str>,
    loses: Option<Arc<str>>,
    /// The prices it is about; empty is all of the resource.
    of: Vec<String>,
    instead: Option<ReplacementPrice<'a>>,
}

struct ReplacementPrice<'a> {
    series: Option<&'a PriceSeries>,
    quantity: Option<CostRange>,
}

/// Whose saving it is, and its name.
type SavingKey<'a> = (&'a Address, &'a str);

/// The changes that bring an environment's expected figure down by `target` at least, with the least given up: the smallest
/// single one that is enough, or else the greatest together. The second value says whether they are enough.
pub(super) fn savings_of(model: &Model, inputs: &CheckInputs<'_>, target: Decimal) -> (Vec<Saving>, bool) {
    let wanted = estimate::price_requests(model, inputs, &mut Estimate::default());
    let bench = BaselineBill::new(model, inputs, &wanted);
    let mut found = bench.savings();
    if let Some(one) = found.iter().filter(|saving| saving.saves.expected >= target).min_by_key(|s| s.saves.expected) {
        return (vec![one.clone()], true);
    }
    found.sort_by(|a, b| b.saves.expected.cmp(&a.saves.expected).then_with(|| a.address.cmp(&b.address)));
    let (mut chosen, mut sum): (Vec<Saving>, _) = (Vec::new(), Decimal::ZERO);
    for saving in found {
        if sum >= target {
            break;
        }
        let mut names: Vec<SavingKey<'_>> = chosen.iter().map(Saving::named).collect();
        names.push(saving.named());
        let together = bench.saves(&names).expected;
        if together > sum {
            sum = together;
            chosen.push(saving);
        }
    }
    (chosen, sum >= target)
}

/// What would make the environment cheaper, and by how much each by itself.
pub fn savings(model: &Model, inputs: &CheckInputs<'_>) -> Vec<Saving> {
    let wanted = estimate::price_requests(model, inputs, &mut Estimate::default());
    BaselineBill::new(model, inputs, &wanted).savings()
}

/// What is wrong with a model's `saving` facts.
pub fn problems(model: &Model, inputs: &CheckInputs<'_>) -> Vec<Diagnostic> {
    let regions = regions(model);
    let wrong = |fact| match proposal(&regions, fact, inputs) {
        Err(PriceQueryError::Wrong(diagnostic)) => Some(diagnostic),
        _ => None,
    };
    model.facts.iter().filter(|fact| holds(fact)).filter_map(wrong).collect()
}

impl Saving {
    fn named(&self) -> SavingKey<'_> {
        (&self.address, &self.name)
    }
}

/// A model's bill, to try changes on.
struct BaselineBill<'a> {
    /// Each line's fact, and the line.
    lines: Vec<(&'a Fact, BillItem<'a>)>,
    proposals: Vec<Proposal<'a>>,
    allowances: &'a [Allowance],
    total: CostRange,
}

impl<'a> BaselineBill<'a> {
    fn new(model: &'a Model, inputs: &CheckInputs<'a>, wanted: &'a [PriceRequest<'a>]) -> BaselineBill<'a> {
        let facts = wanted.iter().map(|wanted| wanted.fact);
        let regions = regions(model);
        let read = |fact: &'a Fact| proposal(&regions, fact, inputs).ok();
        let mut bench = BaselineBill {
            lines: facts.zip(estimate::items(model, wanted)).collect(),
            proposals: model.facts.iter().filter(|fact| holds(fact)).filter_map(read).collect(),
            allowances: inputs.book.allowances().unwrap_or_default(),
            total: CostRange::default(),
        };
        bench.total = sum(&bench.items(&[]), bench.allowances);
        bench
    }

    fn savings(&self) -> Vec<Saving> {
        // A change of several lines is several facts of one name.
        let mut alone: BTreeMap<SavingKey<'_>, (&Proposal<'_>, Decimal)> = BTreeMap::new();
        let mut own: BTreeMap<&Address, Vec<(&Fact, BillItem<'_>)>> = BTreeMap::new();
        for (fact, item) in &self.lines {
            own.entry(&fact.of).or_default().push((fact, *item));
        }
        for proposal in &self.proposals {
            let lines = own.get(&proposal.fact.of).map(Vec::as_slice).unwrap_or_default();
            let before = lines.iter().map(|(_, item)| *item).collect::<Vec<_>>();
            let after = lines.iter().filter_map(|(fact, item)| proposal.applied(fact, *item)).collect::<Vec<_>>();
            let saves = sum(&before, &[]).expected.saturating_sub(sum(&after, &[]).expected);
            let entry = alone.entry(proposal.named()).or_insert((proposal, Decimal::ZERO));
            entry.1 = entry.1.saturating_add(saves);
        }
        let mut best: Vec<(SavingKey<'_>, (&Proposal<'_>, Decimal))> = alone.into_iter().collect();
        best.sort_by(|a, b| (b.1.1, &a.0).cmp(&(a.1.1, &b.0)));
        let saving = |(name, (proposal, _)): (SavingKey<'_>, (&Proposal<'_>, Decimal))| {
            let saves = self.saves(&[name]);
            (saves.expected > Decimal::ZERO).then(|| Saving {
                address: name.0.clone(),
                name: name.1.to_owned(),
                says: proposal.says.to_string(),
                loses: proposal.loses.as_ref().map(ToString::to_string),
                saves,
            })
        };
        best.into_iter().take(MOST).filter_map(saving).collect()
    }

    /// What changes save together.
    fn saves(&self, names: &[SavingKey<'_>]) -> CostRange {
        self.total.minus(&sum(&self.items(names), self.allowances))
    }

    /// The lines with some changes made.
    fn items(&self, names: &[SavingKey<'_>]) -> Vec<BillItem<'a>> {
        let made: Vec<&Proposal<'a>> =
            self.proposals.iter().filter(|proposal| names.contains(&proposal.named())).collect();
        let changed = |(fact, item): &(&'a Fact, BillItem<'a>)| {
            made.iter().try_fold(*item, |item, proposal| proposal.applied(fact, item))
        };
        self.lines.iter().filter_map(changed).collect()
    }
}

impl<'a> Proposal<'a> {
    fn named(&self) -> SavingKey<'a> {
        (&self.fact.of, &self.fact.name)
    }

    /// A line as the change makes it; `None` where it falls away.
    fn applied(&self, fact: &Fact, mut item: BillItem<'a>) -> Option<BillItem<'a>> {
        let named = self.of.is_empty() || self.of.iter().any(|name| name.as_str() == fact.name.as_ref());
        if fact.of != self.fact.of || !named {
            return Some(item);
        }
        let instead = self.instead.as_ref()?;
        item.series = instead.series.unwrap_or(item.series);
        item.quantity = instead.quantity.unwrap_or(item.quantity);
        Some(item)
    }
}

fn sum(items: &[BillItem<'_>], allowances: &[Allowance]) -> CostRange {
    let charges = bill::charge(items, allowances);
    charges.into_iter().flatten().fold(CostRange::default(), |sum, charge| sum.plus(&charge.cost))
}

fn regions(model: &Model) -> BTreeMap<&Address, &str> {
    model.resources.iter().map(|resource| (&resource.address, resource.place.region.as_str())).collect()
}

fn holds(fact: &Fact) -> bool {
    fact.kind.as_ref() == "saving" && fact.applies == Applicability::Yes
}

fn proposal<'a>(
    regions: &BTreeMap<&Address, &str>,
    fact: &'a Fact,
    inputs: &CheckInputs<'a>,
) -> Result<Proposal<'a>, PriceQueryError> {
    price_facts::fields(fact, &["of", "sku", "quantity", "unit", "says", "loses"])?;
    let instead = match (fact.field("sku"), fact.field("quantity")) {
        (None, None) => None,
        (sku, quantity) => {
            let unit = price_facts::required(fact, "unit")?;
            let region = regions.get(&fact.of).copied().unwrap_or_default();
            let sku = sku.map(|value| price_facts::sku(fact, value)).transpose()?;
            Some(ReplacementPrice {
                series: sku.map(|sku| estimate::priced(fact, &sku, &unit, region, inputs)).transpose()?,
                quantity: quantity.map(|value| price_facts::quantity(fact, value, &unit)).transpose()?,
            })
        }
    };
    let of = match fact.field("of") {
        None => Vec::new(),
        Some(value) => match (value.as_text(), value.as_list()) {
            (Some(name), _) => vec![name.to_string()],
            (None, Some(names)) => names.iter().filter_map(|name| name.as_text().map(ToString::to_string)).collect(),
            _ => return Err(price_facts::wrong(fact, "its `of` names no price")),
        },
    };
    Ok(Proposal {
        fact,
        says: price_facts::required(fact, "says")?,
        loses: price_facts::optional(fact, "loses")?,
        of,
        instead,
    })
}
