//! Checks budgets: an expected figure above one is an error.
//!
//! The error names the largest costs and the savings that would fix it.

use super::cost_range::CostRange;
use super::estimate::{Estimate, UnpricedItem};
use super::estimate_inputs::EstimateInputs;
use super::estimator::estimate;
use super::money::{dollars, grouped};
use super::saving::{self, Saving};
use crate::verdict_summary::BudgetStanding;
use gpb_base::diag::Diagnostic;
use gpb_model::Budget;
use gpb_model::{Address, Model};
use gpb_model::{CompiledEnvironment, UsageLevel};
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The most changes that are named where they are not enough.
const MOST: usize = 3;

/// The result for one budget.
#[derive(Debug, Clone, Serialize)]
pub struct BudgetVerdict {
    /// The usage it is for, `100000 users`.
    ///
    /// Absent where the usage of the environment holds.
    pub at: Option<String>,
    /// The low end, in US dollars a month.
    pub low: Decimal,
    /// The high end, in US dollars a month.
    pub high: Decimal,
    /// The cost, in US dollars a month.
    pub cost: CostRange,
    /// The expected figure is at most the high end.
    pub fits: bool,
    /// The number of resources, or prices of resources, that are in no sum.
    pub unpriced: usize,
}

/// Checks that an environment keeps within its budgets, and returns their standing too.
///
/// The mistakes in its price facts are reported too.
pub fn check(made: &CompiledEnvironment, inputs: &EstimateInputs<'_>) -> (Vec<Diagnostic>, Option<BudgetStanding>) {
    let own = estimate(&made.model, inputs);
    let mut found = own.problems.clone();
    let mut standing = None;
    for (budget, model) in budgets(&made.model, &made.usage_levels) {
        let at = budget.at.is_some().then(|| estimate(model, inputs));
        let estimate = at.as_ref().unwrap_or(&own);
        standing = standing.max(Some(if let Some(over) = over(budget, estimate) {
            found.push(exceeded(budget, model, estimate, over, inputs));
            BudgetStanding::Exceeded
        } else if !estimate.unpriced.is_empty() {
            found.push(uncertain(budget, estimate));
            BudgetStanding::Uncertain
        } else {
            BudgetStanding::Within
        }));
    }
    (found, standing)
}

/// Returns the budgets of an environment, each with the model it is judged by.
fn budgets<'a>(own: &'a Model, usage_levels: &'a [UsageLevel]) -> Vec<(&'a Budget, &'a Model)> {
    let model = |budget: &'a Budget| match &budget.at {
        None => Some((budget, own)),
        Some((driver, value)) => {
            let level = usage_levels.iter().find(|level| level.driver == *driver && level.value == *value)?;
            Some((budget, &level.model))
        }
    };
    own.goals.budgets.iter().filter_map(model).collect()
}

impl BudgetVerdict {
    /// Returns the result for each budget, without diagnostics.
    pub fn all(model: &Model, usage_levels: &[UsageLevel], inputs: &EstimateInputs<'_>) -> Vec<BudgetVerdict> {
        let verdict = |(budget, model): (&Budget, &Model)| {
            let estimate = estimate(model, inputs);
            BudgetVerdict {
                at: budget
                    .at
                    .as_ref()
                    .map(|(driver, value)| format!("{} {driver}", grouped(&value.normalize().to_string()))),
                low: budget.low,
                high: budget.high,
                cost: estimate.total,
                fits: over(budget, &estimate).is_none(),
                unpriced: estimate.unpriced.len(),
            }
        };
        budgets(model, usage_levels).into_iter().map(verdict).collect()
    }
}

fn over(budget: &Budget, estimate: &Estimate) -> Option<Decimal> {
    let over = estimate.total.expected.saturating_sub(budget.high);
    (over > Decimal::ZERO).then_some(over)
}

/// Names a budget: `live` or `live at 100000 users`.
fn named(budget: &Budget, estimate: &Estimate) -> String {
    match &budget.at {
        Some((driver, value)) => {
            format!("`{}` at {} {driver}", estimate.environment, grouped(&value.normalize().to_string()))
        }
        None => format!("`{}`", estimate.environment),
    }
}

fn exceeded(
    budget: &Budget,
    model: &Model,
    estimate: &Estimate,
    over: Decimal,
    inputs: &EstimateInputs<'_>,
) -> Diagnostic {
    let expected = dollars(estimate.total.expected);
    let message = format!(
        "{} is expected to cost {expected} a month, and its budget ends at {}",
        named(budget, estimate),
        dollars(budget.high)
    );
    let mut diagnostic =
        Diagnostic::error("GPB5001", message).with_label(budget.span, format!("exceeded by {}", dollars(over)));
    let movers = largest_costs(model, estimate);
    for (_, span, _) in movers.iter().filter(|(_, span, _)| span.is_some()).take(1) {
        if let (Some(span), Some((name, _, cost))) = (span, movers.first()) {
            diagnostic = diagnostic.with_label(*span, format!("the most goes to `{name}`: {}", dollars(*cost)));
        }
    }
    let mut help = String::from("the most goes to ");
    let shares: Vec<String> = movers
        .iter()
        .map(|(name, _, cost)| format!("{name} {} ({} %)", dollars(*cost), percent(*cost, estimate.total.expected)))
        .collect();
    let _ = write!(help, "{}", shares.join(", "));
    let (savings, enough) = saving::savings_of(model, inputs, over);
    help.push_str(&proposed(&savings, enough));
    diagnostic.help(help)
}

/// Formats the savings that would bring the cost down.
fn proposed(savings: &[Saving], enough: bool) -> String {
    let one = |saving: &Saving| {
        let loses = saving.loses.as_ref().map_or(String::new(), |loses| format!(", at the price of {loses}"));
        format!("{} (`{}`), which saves {}{loses}", saving.says, saving.address, dollars(saving.saves.expected))
    };
    let mut all: Vec<String> = savings.iter().take(if enough { savings.len() } else { MOST }).map(one).collect();
    if all.len() < savings.len() {
        all.push(format!("and {} more", savings.len() - all.len()));
    }
    match (all.as_slice(), enough) {
        ([], _) => "\nnothing that is known makes it cheaper as it is: raise the budget, or run less".to_owned(),
        ([one], true) => format!("\nthe least change that fits: {one}"),
        (all, true) => format!("\nthese changes together fit: {}", all.join("; ")),
        (all, false) => format!("\nthese changes help, and are not enough: {}", all.join("; ")),
    }
}

/// Returns the instances of components, or resources, that cost most.
///
/// Each comes with the place where it is declared.
fn largest_costs<'a>(model: &'a Model, estimate: &Estimate) -> Vec<(String, Option<gpb_base::source::Span>, Decimal)> {
    let by_address: BTreeMap<&Address, &'a gpb_model::Resource> =
        model.resources.iter().map(|resource| (&resource.address, resource)).collect();
    let mut sums: BTreeMap<String, (Option<gpb_base::source::Span>, Decimal)> = BTreeMap::new();
    for cost in &estimate.resources {
        let resource = by_address.get(&cost.address);
        let component = resource.and_then(|resource| resource.components.first());
        let name = component.cloned().unwrap_or_else(|| cost.address.to_string());
        let span = resource.filter(|_| component.is_none()).map(|resource| resource.span);
        let entry = sums.entry(name).or_insert((span, Decimal::ZERO));
        entry.1 = entry.1.saturating_add(cost.total.expected);
    }
    let mut movers: Vec<_> = sums.into_iter().map(|(name, (span, cost))| (name, span, cost)).collect();
    movers.sort_by(|a, b| (b.2, &a.0).cmp(&(a.2, &b.0)));
    movers.truncate(3);
    movers
}

/// Warns of a budget that holds only as far as prices are known.
fn uncertain(budget: &Budget, estimate: &Estimate) -> Diagnostic {
    let count = estimate.unpriced.len();
    let what = if count == 1 { "one part of it has" } else { "parts of it have" };
    let message = format!(
        "{} costs {} a month as far as prices are known, and {what} no price",
        named(budget, estimate),
        dollars(estimate.total.expected)
    );
    let part = |unpriced: &UnpricedItem| {
        let price = unpriced.price.as_ref().map_or(String::new(), |price| format!(" {price}"));
        format!("`{}`{price} ({}): {}", unpriced.address, unpriced.ty, unpriced.why)
    };
    let mut parts: Vec<String> = estimate.unpriced.iter().take(5).map(part).collect();
    if count > parts.len() {
        parts.push(format!("and {} more: `gpb cost` lists them", count - parts.len()));
    }
    Diagnostic::warning("GPB5002", message)
        .with_label(budget.span, "cannot be said to hold")
        .help(format!("without a price: {}", parts.join("\n")))
}

fn percent(part: Decimal, whole: Decimal) -> Decimal {
    part.checked_mul(Decimal::ONE_HUNDRED).and_then(|p| p.checked_div(whole)).unwrap_or_default().round()
}
