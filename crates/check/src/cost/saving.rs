//! Finds changes that would make an environment cheaper, from `saving` facts.
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
//! A change that touches several lines in different ways is written as several facts of one name. The lines `of` names are
//! priced by `sku` and with `quantity` instead; where neither is given, they fall away.

use super::bill::{self, BillItem};
use super::book::{Allowance, PriceSeries};
use super::cost_range::CostRange;
use super::estimate::Estimate;
use super::estimate_inputs::EstimateInputs;
use super::price_facts::{self, PriceQueryError};
use super::price_requests::{self, PriceRequest};
use crate::fact_reader::FactReader;
use gpb_base::diag::Diagnostic;
use gpb_model::value::Value;
use gpb_model::{Address, Applicability, Fact, Model};
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A change of one resource that makes the environment cheaper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saving {
    /// The resource.
    pub address: Address,
    /// The name of the fact.
    pub name: String,
    /// The change, as an imperative.
    pub says: String,
    /// The disadvantage of it.
    pub loses: Option<String>,
    /// The amount that the environment costs less, in US dollars a month.
    pub saves: CostRange,
}

/// The most savings that are computed exactly.
///
/// Those that save most by themselves come first.
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

/// The resource of a saving, and the name of the fact.
type SavingKey<'a> = (&'a Address, &'a str);

/// Returns changes that reduce the expected figure by `target` at least.
///
/// The second value is true where they are enough.
///
/// They are the smallest single one that is enough, or else the greatest together.
pub(super) fn savings_of(model: &Model, inputs: &EstimateInputs<'_>, target: Decimal) -> (Vec<Saving>, bool) {
    let wanted = price_requests::price_requests(model, inputs, &mut Estimate::default());
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

/// Returns the changes that would make the environment cheaper.
///
/// Each comes with the amount that it saves by itself.
pub fn savings(model: &Model, inputs: &EstimateInputs<'_>) -> Vec<Saving> {
    let wanted = price_requests::price_requests(model, inputs, &mut Estimate::default());
    BaselineBill::new(model, inputs, &wanted).savings()
}

/// Returns the mistakes in a model's `saving` facts.
pub fn problems(model: &Model, inputs: &EstimateInputs<'_>) -> Vec<Diagnostic> {
    let regions = regions(model);
    let mut problems = Vec::new();
    for fact in model.facts.iter().filter(|fact| holds(fact)) {
        // A price that the book does not have is no mistake of the fact.
        let _ = proposal(&regions, fact, inputs, &mut problems);
    }
    problems
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
    fn new(model: &'a Model, inputs: &EstimateInputs<'a>, wanted: &'a [PriceRequest<'a>]) -> BaselineBill<'a> {
        let facts = wanted.iter().map(|wanted| wanted.fact);
        let regions = regions(model);
        // The mistakes are reported by the check of the facts.
        let mut problems = Vec::new();
        let mut read = |fact: &'a Fact| proposal(&regions, fact, inputs, &mut problems).ok();
        let mut bench = BaselineBill {
            lines: facts.zip(price_requests::items(model, wanted)).collect(),
            proposals: model.facts.iter().filter(|fact| holds(fact)).filter_map(&mut read).collect(),
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

    /// Returns the amount that changes save together.
    fn saves(&self, names: &[SavingKey<'_>]) -> CostRange {
        self.total.minus(&sum(&self.items(names), self.allowances))
    }

    /// Returns the lines with some changes made.
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

    /// Returns a line as the change makes it; `None` where it falls away.
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
    inputs: &EstimateInputs<'a>,
    problems: &mut Vec<Diagnostic>,
) -> Result<Proposal<'a>, PriceQueryError> {
    let mut fields = FactReader::new(fact, price_facts::SYNTAX, problems);
    fields.refuse_unknown_fields(&["of", "sku", "quantity", "unit", "says", "loses"])?;
    let (has_sku, has_quantity) = (fields.value("sku").is_some(), fields.value("quantity").is_some());
    let instead = if has_sku || has_quantity {
        let unit = fields.text("unit")?.clone();
        let region = regions.get(&fact.of).copied().unwrap_or_default();
        let series = if has_sku {
            let sku = price_facts::sku(&mut fields)?;
            Some(price_requests::priced(&mut fields, &sku, &unit, region, inputs)?)
        } else {
            None
        };
        let quantity = if has_quantity { Some(price_facts::quantity(&mut fields, &unit)?) } else { None };
        Some(ReplacementPrice { series, quantity })
    } else {
        None
    };
    let names = |value: &Value| match (value.as_text(), value.as_list()) {
        (Some(name), _) => Some(vec![name.to_string()]),
        (None, Some(names)) => Some(names.iter().filter_map(|name| name.as_text().map(ToString::to_string)).collect()),
        _ => None,
    };
    let of = fields.optional("of", "the name of a price, or a list of names", names)?.unwrap_or_default();
    Ok(Proposal {
        fact,
        says: fields.text("says")?.clone(),
        loses: fields.optional_text("loses")?.cloned(),
        of,
        instead,
    })
}
