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

use super::bill;
use super::book::Series;
use super::estimate::{self, Wanted};
use super::read::{self, NoAsk};
use super::spread::Spread;
use super::{Estimate, Inputs};
use crate::diag::Diagnostic;
use crate::model::{Address, Applies, Fact, Model};
use rust_decimal::Decimal;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeSet;

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
    pub saves: Spread,
}

/// The most savings that are reckoned through; those of the dearest lines come first.
const MOST: usize = 200;

/// A saving fact, read.
struct Proposal<'a> {
    fact: &'a Fact,
    says: String,
    loses: Option<String>,
    /// The prices it is about; empty is all of the resource.
    of: Vec<String>,
    instead: Option<Instead<'a>>,
}

struct Instead<'a> {
    series: Option<&'a Series>,
    quantity: Option<Spread>,
}

/// The changes that bring an environment's expected figure down by `target` at least, with the least given up: the smallest
/// single one that is enough, or else the greatest together. The second value says whether they are enough.
pub(super) fn to_save(model: &Model, inputs: &Inputs<'_>, target: Decimal) -> (Vec<Saving>, bool) {
    let mut found = savings(model, inputs);
    if let Some(one) = found.iter().filter(|saving| saving.saves.expected >= target).min_by_key(|s| s.saves.expected) {
        return (vec![one.clone()], true);
    }
    found.sort_by(|a, b| b.saves.expected.cmp(&a.saves.expected).then_with(|| a.address.cmp(&b.address)));
    let bench = Bench::new(model, inputs);
    let (mut names, mut chosen, mut sum) = (Vec::new(), Vec::new(), Decimal::ZERO);
    for saving in found {
        if sum >= target {
            break;
        }
        names.push((saving.address.clone(), saving.name.clone()));
        let together = bench.saves(&names).expected;
        if together > sum {
            sum = together;
            chosen.push(saving);
        } else {
            names.pop();
        }
    }
    (chosen, sum >= target)
}

/// Everything that would make the environment cheaper, and by how much each by itself.
pub fn savings(model: &Model, inputs: &Inputs<'_>) -> Vec<Saving> {
    let bench = Bench::new(model, inputs);
    let saving = |proposal: &Proposal<'_>| {
        let saves = bench.saves(&[(proposal.fact.of.clone(), proposal.fact.name.to_string())]);
        (saves.expected > Decimal::ZERO).then(|| Saving {
            address: proposal.fact.of.clone(),
            name: proposal.fact.name.to_string(),
            says: proposal.says.clone(),
            loses: proposal.loses.clone(),
            saves,
        })
    };
    // A change of several lines is several facts of one name.
    let mut seen = BTreeSet::new();
    let mut first = Vec::new();
    for proposal in &bench.proposals {
        if seen.insert((&proposal.fact.of, &proposal.fact.name)) {
            first.push(proposal);
        }
    }
    first.into_iter().take(MOST).filter_map(saving).collect()
}

/// What is wrong with a model's `saving` facts.
pub fn problems(model: &Model, inputs: &Inputs<'_>) -> Vec<Diagnostic> {
    let wrong = |fact| match proposal(model, fact, inputs) {
        Err(NoAsk::Wrong(diagnostic)) => Some(diagnostic),
        _ => None,
    };
    model.facts.iter().filter(|fact| holds(fact)).filter_map(wrong).collect()
}

/// A model's bill, to try changes on.
struct Bench<'a> {
    model: &'a Model,
    inputs: &'a Inputs<'a>,
    wanted: Vec<Wanted<'a>>,
    proposals: Vec<Proposal<'a>>,
    total: Spread,
}

impl<'a> Bench<'a> {
    fn new(model: &'a Model, inputs: &'a Inputs<'a>) -> Bench<'a> {
        let wanted = estimate::wanted(model, inputs, &mut Estimate::default());
        let read = |fact: &'a Fact| proposal(model, fact, inputs).ok();
        let mut bench = Bench {
            model,
            inputs,
            proposals: model.facts.iter().filter(|fact| holds(fact)).filter_map(read).collect(),
            total: Spread::default(),
            wanted,
        };
        bench.total = bench.sum(&bench.wanted);
        bench
    }

    /// What changes save together.
    fn saves(&self, names: &[(Address, String)]) -> Spread {
        let mut changed = self.wanted.clone();
        for proposal in &self.proposals {
            let wanted = |(address, name): &(Address, String)| {
                *address == proposal.fact.of && name.as_str() == proposal.fact.name.as_ref()
            };
            if names.iter().any(wanted) {
                changed = proposal.applied(changed);
            }
        }
        self.total.minus(&self.sum(&changed))
    }

    fn sum(&self, wanted: &[Wanted<'_>]) -> Spread {
        let items = estimate::items(self.model, wanted);
        let allowances = self.inputs.book.allowances().unwrap_or_default();
        let charges = bill::charge(&items, allowances);
        charges.into_iter().flatten().fold(Spread::default(), |sum, charge| sum.plus(&charge.cost))
    }
}

impl<'a> Proposal<'a> {
    fn applied(&self, wanted: Vec<Wanted<'a>>) -> Vec<Wanted<'a>> {
        let change = |mut line: Wanted<'a>| {
            let named = self.of.is_empty() || self.of.iter().any(|name| name.as_str() == line.fact.name.as_ref());
            if line.fact.of != self.fact.of || !named {
                return Some(line);
            }
            let instead = self.instead.as_ref()?;
            if let Some(series) = instead.series {
                line.series = Cow::Borrowed(series);
            }
            line.ask.quantity = instead.quantity.unwrap_or(line.ask.quantity);
            Some(line)
        };
        wanted.into_iter().filter_map(change).collect()
    }
}

fn holds(fact: &Fact) -> bool {
    fact.kind.as_ref() == "saving" && fact.applies == Applies::Yes
}

fn proposal<'a>(model: &Model, fact: &'a Fact, inputs: &Inputs<'a>) -> Result<Proposal<'a>, NoAsk> {
    read::fields(fact, &["of", "sku", "quantity", "unit", "says", "loses"])?;
    let instead = match (fact.field("sku"), fact.field("quantity")) {
        (None, None) => None,
        (sku, quantity) => {
            let unit = read::required(fact, "unit")?;
            let place = model.resources.iter().find(|resource| resource.address == fact.of).map(|found| &found.place);
            let region = place.map_or("", |place| place.region.as_str());
            let sku = sku.map(|value| read::sku(fact, value)).transpose()?;
            Some(Instead {
                series: sku.map(|sku| estimate::priced(fact, &sku, &unit, region, inputs)).transpose()?,
                quantity: quantity.map(|value| read::quantity(fact, value, &unit)).transpose()?,
            })
        }
    };
    let of = match fact.field("of") {
        None => Vec::new(),
        Some(value) => match (value.as_text(), value.as_list()) {
            (Some(name), _) => vec![name.to_string()],
            (None, Some(names)) => names.iter().filter_map(|name| name.as_text().map(ToString::to_string)).collect(),
            _ => return Err(read::wrong(fact, "its `of` names no price")),
        },
    };
    Ok(Proposal { fact, says: read::required(fact, "says")?, loses: read::optional(fact, "loses")?, of, instead })
}
