//! Computes the cost of a month's quantity under price tiers (graduated pricing).

use super::book::PriceTier;
use rust_decimal::Decimal;

/// Returns the cost of a quantity in US dollars.
///
/// Each unit costs the rate of the tier it falls in.
///
/// Units beyond the last tier the book knows cost that tier's rate. `None` when the figures are too large to compute with.
pub fn cost(tiers: &[PriceTier], quantity: Decimal) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    for (index, tier) in tiers.iter().enumerate() {
        if quantity <= tier.from {
            break;
        }
        let is_last = index + 1 == tiers.len();
        let end = tier.to.filter(|_| !is_last).map_or(quantity, |to| to.min(quantity));
        sum = sum.checked_add(end.checked_sub(tier.from)?.checked_mul(tier.usd)?)?;
    }
    Some(sum.normalize())
}

/// Checks that some of a quantity lies beyond the last tier that the book knows.
pub fn beyond(tiers: &[PriceTier], quantity: Decimal) -> bool {
    tiers.last().and_then(|tier| tier.to).is_some_and(|to| quantity > to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tier(from: i64, to: Option<i64>, usd: &str) -> PriceTier {
        let usd = usd.parse().unwrap();
        PriceTier { from: from.into(), to: to.map(Decimal::from), usd, rate: String::new(), source: 1 }
    }

    #[test]
    fn each_unit_costs_the_rate_of_its_tier() {
        // Egress to the internet in us-east-1.
        let tiers = [
            tier(0, Some(10_240), "0.09"),
            tier(10_240, Some(51_200), "0.085"),
            tier(51_200, Some(153_600), "0.07"),
            tier(153_600, None, "0.05"),
        ];
        let check = |quantity: i64, expected: &str| {
            assert_eq!(cost(&tiers, quantity.into()).unwrap(), expected.parse::<Decimal>().unwrap(), "{quantity} GB");
        };
        check(0, "0");
        check(1, "0.09");
        check(10_240, "921.60");
        check(10_241, "921.685");
        // 10,240 × 0.09 + 40,960 × 0.085 + 48,800 × 0.07 = 921.60 + 3,481.60 + 3,416.00
        check(100_000, "7819.20");
        // 921.60 + 3,481.60 + 102,400 × 0.07 + 46,400 × 0.05
        check(200_000, "13891.20");
    }

    #[test]
    fn beyond_the_last_tier_its_rate_goes_on_and_is_noticed() {
        let tiers = [tier(0, Some(100), "2")];
        assert_eq!(cost(&tiers, 150.into()), Some(300.into()));
        assert!(beyond(&tiers, 150.into()) && !beyond(&tiers, 100.into()));
    }

    #[test]
    fn a_figure_too_large_to_compute_with_is_none() {
        assert_eq!(cost(&[tier(0, None, "2")], Decimal::MAX), None);
    }

    fn tiers() -> impl Strategy<Value = Vec<PriceTier>> {
        proptest::collection::vec((1_i64..1_000, 0_u32..1_000), 1..6).prop_map(|steps| {
            let mut from = 0;
            let last = steps.len() - 1;
            let make = |(index, (width, cents)): (usize, (i64, u32))| {
                let start = from;
                from += width;
                let to = (index < last).then_some(Decimal::from(from));
                PriceTier { from: start.into(), to, usd: Decimal::new(cents.into(), 2), rate: String::new(), source: 1 }
            };
            steps.into_iter().enumerate().map(make).collect()
        })
    }

    proptest! {
        #[test]
        fn more_never_costs_less(tiers in tiers(), a in 0_u32..5_000, b in 0_u32..5_000) {
            let (less, more) = (a.min(b), a.max(b));
            prop_assert!(cost(&tiers, less.into()) <= cost(&tiers, more.into()));
        }

        #[test]
        fn two_parts_cost_no_less_than_the_dearest_and_no_more_than_the_first_rate(tiers in tiers(), n in 0_u32..5_000) {
            let dearest = tiers.iter().map(|tier| tier.usd).max().unwrap();
            let cheapest = tiers.iter().map(|tier| tier.usd).min().unwrap();
            let sum = cost(&tiers, n.into()).unwrap();
            prop_assert!(sum <= dearest * Decimal::from(n) && sum >= cheapest * Decimal::from(n));
        }
    }
}
