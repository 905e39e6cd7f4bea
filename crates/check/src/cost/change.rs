//! What a change costs: between two estimates, or of one more of something.

use super::{Estimate, Spread};
use gpb_model::Address;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

/// A resource whose cost is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    pub address: Address,
    /// Absent where the resource is new, or cost nothing.
    pub before: Option<Spread>,
    /// Absent where it is gone, or costs nothing any more.
    pub after: Option<Spread>,
}

impl Moved {
    /// By how much the expected figure went up.
    pub fn expected(&self) -> Decimal {
        let figure = |spread: &Option<Spread>| spread.map_or(Decimal::ZERO, |spread| spread.expected);
        figure(&self.after).saturating_sub(figure(&self.before))
    }
}

/// What became dearer or cheaper from one estimate to another, the greatest change first.
pub fn between(before: &Estimate, after: &Estimate) -> Vec<Moved> {
    let by_address = |estimate: &Estimate| -> BTreeMap<Address, Spread> {
        estimate.resources.iter().map(|cost| (cost.address.clone(), cost.total)).collect()
    };
    let (before, mut after) = (by_address(before), by_address(after));
    let mut moved: Vec<Moved> = Vec::new();
    for (address, spread) in before {
        let now = after.remove(&address);
        if now != Some(spread) {
            moved.push(Moved { address, before: Some(spread), after: now });
        }
    }
    moved.extend(after.into_iter().map(|(address, spread)| Moved { address, before: None, after: Some(spread) }));
    moved.sort_by(|a, b| (b.expected().abs(), &a.address).cmp(&(a.expected().abs(), &b.address)));
    moved
}

/// What `count` more of what a resource is would cost: what it costs now, that many times. For the price of a change that
/// another check proposes. `None` where nothing is known of its price.
pub fn price_change(estimate: &Estimate, like: &Address, count: i64) -> Option<Spread> {
    if estimate.unpriced.iter().any(|unpriced| &unpriced.address == like) {
        return None;
    }
    let free = || estimate.free.iter().any(|free| &free.address == like).then(Spread::default);
    let one = estimate.of(like).map(|cost| cost.total).or_else(free)?;
    Some(one.times(Decimal::from(count)))
}
