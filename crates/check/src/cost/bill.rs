//! Computes the cost of quantities.
//!
//! Price tiers and free allowances belong to an account, not to a resource: the quantities of all resources are added
//! up first, and the cost of the sum is shared out by quantity.

use super::book::{Allowance, PriceSeries};
use super::cost_range::{CostFigure, CostRange};
use super::tiers;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A quantity of one price, asked for by one resource.
#[derive(Debug, Clone, Copy)]
pub struct BillItem<'a> {
    /// The account whose bill it is on; absent is the one account of the credentials.
    pub account: Option<&'a str>,
    /// The price.
    pub series: &'a PriceSeries,
    /// The number of units a month.
    pub quantity: CostRange,
}

/// The cost of an item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Charge {
    /// The cost, in US dollars a month.
    pub cost: CostRange,
    /// The part of the quantity that an allowance covers.
    ///
    /// The maximum never counts on one.
    pub free: CostRange,
}

/// Returns the cost of the items together, each its share.
///
/// `None` where a figure is too large to compute with.
pub fn charge(items: &[BillItem<'_>], allowances: &[Allowance]) -> Vec<Option<Charge>> {
    let mut charges: Vec<Option<Charge>> = vec![Some(Charge::default()); items.len()];
    for column in CostFigure::ALL {
        let free = match column {
            CostFigure::Maximum => vec![Decimal::ZERO; items.len()],
            CostFigure::Minimum | CostFigure::Expected => covered_by_allowance(items, allowances, column),
        };
        let costs = costs(items, &free, column);
        for (charge, (free, cost)) in charges.iter_mut().zip(free.into_iter().zip(costs)) {
            match (charge.as_mut(), cost) {
                (Some(charge), Some(cost)) => {
                    *charge.free.get_mut(column) = free;
                    *charge.cost.get_mut(column) = cost;
                }
                _ => *charge = None,
            }
        }
    }
    charges
}

/// Returns the part of each item that is free.
fn covered_by_allowance(items: &[BillItem<'_>], allowances: &[Allowance], column: CostFigure) -> Vec<Decimal> {
    let mut of_item: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, allowance) in allowances.iter().enumerate() {
        of_item.extend(allowance.items.iter().map(|item| (item.as_str(), number)));
    }
    let mut groups: BTreeMap<(Option<&str>, usize), Vec<usize>> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        if let Some(number) = of_item.get(item.series.item.as_str()) {
            groups.entry((item.account, *number)).or_default().push(at);
        }
    }
    let mut free = vec![Decimal::ZERO; items.len()];
    for ((_, number), members) in groups {
        let quantities: Vec<Decimal> = quantities(items, &members, column);
        let sum = total(&quantities);
        let amount = allowances.get(number).map_or(Decimal::ZERO, |allowance| allowance.amount).min(sum);
        for (at, share) in members.iter().zip(shared(amount, &quantities, sum)) {
            if let Some(free) = free.get_mut(*at) {
                *free = share;
            }
        }
    }
    free
}

/// The key of items that share tiers.
///
/// An account, and an item with its attributes in a region.
type TierKey<'a> = (Option<&'a str>, &'a str, &'a str, &'a str);

/// Returns the cost of each item without its free part.
fn costs(items: &[BillItem<'_>], free: &[Decimal], column: CostFigure) -> Vec<Option<Decimal>> {
    let mut groups: BTreeMap<TierKey<'_>, Vec<usize>> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        let PriceSeries { item: name, attributes, region, .. } = item.series;
        groups.entry((item.account, name, attributes, region)).or_default().push(at);
    }
    let mut costs = vec![None; items.len()];
    for members in groups.into_values() {
        let billed: Vec<Decimal> = quantities(items, &members, column)
            .iter()
            .zip(&members)
            .map(|(quantity, at)| quantity.saturating_sub(free.get(*at).copied().unwrap_or_default()))
            .collect();
        let Some(tiers) = members.first().and_then(|at| items.get(*at)).map(|item| &item.series.tiers) else {
            continue;
        };
        let shares: Vec<Option<Decimal>> = if tiers.len() == 1 {
            // One rate needs no sharing out, and stays exact.
            billed.iter().map(|quantity| tiers::cost(tiers, *quantity)).collect()
        } else {
            let sum = total(&billed);
            match tiers::cost(tiers, sum) {
                Some(cost) => shared(cost, &billed, sum).into_iter().map(Some).collect(),
                None => vec![None; billed.len()],
            }
        };
        for (at, share) in members.iter().zip(shares) {
            if let Some(cost) = costs.get_mut(*at) {
                *cost = share;
            }
        }
    }
    costs
}

fn quantities(items: &[BillItem<'_>], members: &[usize], column: CostFigure) -> Vec<Decimal> {
    members.iter().filter_map(|at| items.get(*at)).map(|item| item.quantity.get(column)).collect()
}

fn total(parts: &[Decimal]) -> Decimal {
    parts.iter().fold(Decimal::ZERO, |sum, part| sum.saturating_add(*part))
}

/// The finest share.
///
/// Far below a cent, and coarse enough that every sum of shares is exact.
const SHARE_PLACES: u32 = 12;

/// Shares an amount out by weight; the parts add up to it exactly.
fn shared(amount: Decimal, weights: &[Decimal], sum: Decimal) -> Vec<Decimal> {
    if amount == sum {
        return weights.to_vec();
    }
    let last = weights.iter().rposition(|weight| !weight.is_zero());
    let mut left = amount;
    let mut parts = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let part = if Some(index) == last {
            left
        } else {
            // The ratio first: the product of two large figures might not fit.
            let part = weight.checked_div(sum).and_then(|ratio| ratio.checked_mul(amount)).unwrap_or_default();
            part.trunc_with_scale(SHARE_PLACES).min(left)
        };
        left = left.saturating_sub(part);
        parts.push(part.normalize());
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::book::PriceTier;
    use proptest::prelude::*;

    fn series(item: &str, tiers: &[(i64, Option<i64>, &str)]) -> PriceSeries {
        let tier = |(from, to, usd): &(i64, Option<i64>, &str)| PriceTier {
            from: (*from).into(),
            to: to.map(Decimal::from),
            usd: usd.parse().unwrap(),
            rate: String::new(),
            source: 1,
        };
        PriceSeries {
            item: item.to_owned(),
            attributes: String::new(),
            unit: "gb".to_owned(),
            region: "us-east-1".to_owned(),
            tiers: tiers.iter().map(tier).collect(),
        }
    }

    fn allowance(items: &[&str], amount: i64) -> Allowance {
        let items = items.iter().map(|item| (*item).to_owned()).collect();
        Allowance { name: "free".to_owned(), items, amount: amount.into(), source: String::new() }
    }

    fn expected(charges: &[Option<Charge>]) -> Vec<String> {
        charges.iter().map(|charge| charge.as_ref().unwrap().cost.expected.normalize().to_string()).collect()
    }

    #[test]
    fn tiers_are_the_accounts_and_shared_by_quantity() {
        let egress = series("egress", &[(0, Some(100), "1"), (100, None, "0.5")]);
        let of =
            |quantity: i64| BillItem { account: None, series: &egress, quantity: CostRange::exactly(quantity.into()) };
        // 200 units: 100 × 1 + 100 × 0.5 = 150; three quarters of it are the first one's.
        assert_eq!(expected(&charge(&[of(150), of(50)], &[])), ["112.5", "37.5"]);
        // By themselves each would cost more.
        assert_eq!(expected(&charge(&[of(150)], &[])), ["125"]);
    }

    #[test]
    fn accounts_and_regions_do_not_share_tiers() {
        let here = series("egress", &[(0, Some(100), "1"), (100, None, "0.5")]);
        let there = PriceSeries { region: "eu-west-1".to_owned(), ..here.clone() };
        let item = |account, series| BillItem { account, series, quantity: CostRange::exactly(150.into()) };
        let charges = charge(&[item(None, &here), item(None, &there), item(Some("123456789012"), &here)], &[]);
        assert_eq!(expected(&charges), ["125", "125", "125"]);
    }

    #[test]
    fn an_allowance_is_given_once_and_never_to_the_maximum() {
        let (x86, arm) = (series("request.x86", &[(0, None, "0.2")]), series("request.arm", &[(0, None, "0.1")]));
        let items = [
            BillItem { account: None, series: &x86, quantity: CostRange::exactly(300.into()) },
            BillItem { account: None, series: &arm, quantity: CostRange::exactly(100.into()) },
        ];
        let charges = charge(&items, &[allowance(&["request.x86", "request.arm"], 200)]);
        // 150 of the 300 and 50 of the 100 are free.
        assert_eq!(expected(&charges), ["30", "5"]);
        let maximum: Vec<Decimal> = charges.iter().map(|c| c.as_ref().unwrap().cost.maximum).collect();
        assert_eq!(maximum, [Decimal::from(60), Decimal::from(10)]);
    }

    #[test]
    fn what_is_within_the_allowance_costs_nothing() {
        let alarms = series("alarm", &[(0, None, "0.1")]);
        let one = BillItem { account: None, series: &alarms, quantity: CostRange::exactly(1.into()) };
        let charges = charge(&[one; 7], &[allowance(&["alarm"], 10)]);
        assert_eq!(expected(&charges), ["0"; 7]);
    }

    proptest! {
        #[test]
        fn shares_add_up_exactly(amount in 0_u32..1_000_000, weights in proptest::collection::vec(0_u32..1_000, 1..20)) {
            let weights: Vec<Decimal> = weights.into_iter().map(Decimal::from).collect();
            let sum = total(&weights);
            let amount = if sum.is_zero() { Decimal::ZERO } else { Decimal::new(amount.into(), 2) };
            let parts = shared(amount, &weights, sum);
            prop_assert_eq!(total(&parts), amount);
            prop_assert!(parts.iter().all(|part| !part.is_sign_negative()));
        }

        /// The bill is between the two columns, whatever the scale turns out to be.
        #[test]
        fn the_columns_enclose_every_scale_between_them(
            rates in proptest::collection::vec((1_i64..500, 0_u32..300), 1..4),
            free in 0_i64..400,
            scales in proptest::collection::vec((0_u32..500, 0_u32..500, 0_u32..=100), 1..6),
        ) {
            let mut from = 0;
            let mut tiers = Vec::new();
            for (index, (width, cents)) in rates.iter().enumerate() {
                let to = (index + 1 < rates.len()).then_some(Decimal::from(from + width));
                let usd = Decimal::new((*cents).into(), 2);
                tiers.push(PriceTier { from: from.into(), to, usd, rate: String::new(), source: 1 });
                from += width;
            }
            let series = PriceSeries { tiers, ..series("x", &[]) };
            let allowances = [allowance(&["x"], free)];
            let item = |quantity| BillItem { account: None, series: &series, quantity };
            let mut between = Vec::new();
            let mut at_point = Vec::new();
            for (low, extra, part) in scales {
                let (low, high) = (Decimal::from(low), Decimal::from(low + extra));
                let point = low + (high - low) * Decimal::from(part) / Decimal::from(100);
                between.push(item(CostRange { minimum: low, expected: point, maximum: high }));
                at_point.push(item(CostRange::exactly(point)));
            }
            let sum = |charges: Vec<Option<Charge>>| {
                charges.into_iter().fold(CostRange::default(), |sum, charge| sum.plus(&charge.unwrap().cost))
            };
            let bounds = sum(charge(&between, &allowances));
            let point = sum(charge(&at_point, &allowances));
            prop_assert!(bounds.is_ordered());
            prop_assert!(bounds.minimum <= point.expected && point.expected <= bounds.maximum);
            // Without the allowance too.
            prop_assert!(point.maximum <= bounds.maximum);
        }
    }
}
