//! Computes the cost of a change.
//!
//! Between two estimates, or of one more of a resource.

use super::cost_range::CostRange;
use super::estimate::Estimate;
use gpb_model::Address;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

/// A resource whose cost has changed, in US dollars a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CostChange {
    /// The resource.
    pub address: Address,
    /// The cost before; absent where the resource is new, or cost nothing.
    pub before: Option<CostRange>,
    /// The cost after; absent where it is gone, or costs nothing any more.
    pub after: Option<CostRange>,
}

impl CostChange {
    /// Returns the amount by which the expected figure went up, in US dollars a month.
    pub fn expected(&self) -> Decimal {
        let figure = |range: &Option<CostRange>| range.map_or(Decimal::ZERO, |range| range.expected);
        figure(&self.after).saturating_sub(figure(&self.before))
    }
}

/// Returns the resources whose cost changed from one estimate to another.
///
/// The greatest change comes first.
pub fn between(before: &Estimate, after: &Estimate) -> Vec<CostChange> {
    let by_address = |estimate: &Estimate| -> BTreeMap<Address, CostRange> {
        estimate.resources.iter().map(|cost| (cost.address.clone(), cost.total)).collect()
    };
    let (before, mut after) = (by_address(before), by_address(after));
    let mut moved: Vec<CostChange> = Vec::new();
    for (address, range) in before {
        let now = after.remove(&address);
        if now != Some(range) {
            moved.push(CostChange { address, before: Some(range), after: now });
        }
    }
    moved.extend(after.into_iter().map(|(address, range)| CostChange { address, before: None, after: Some(range) }));
    moved.sort_by(|a, b| (b.expected().abs(), &a.address).cmp(&(a.expected().abs(), &b.address)));
    moved
}

/// Returns the price of `count` more of a resource: its present cost as often.
///
/// Another check proposes such changes.
///
/// `None` where nothing is known of its price.
pub fn price_change(estimate: &Estimate, like: &Address, count: i64) -> Option<CostRange> {
    if estimate.unpriced.iter().any(|unpriced| &unpriced.address == like) {
        return None;
    }
    let free = || estimate.free.iter().any(|free| &free.address == like).then(CostRange::default);
    let one = estimate.resource(like).map(|cost| cost.total).or_else(free)?;
    Some(one.times(Decimal::from(count)))
}
