use super::table::PriceTable;
use super::*;
use gpb_base::stdlib::Library;
use rust_decimal::Decimal;
use std::sync::Arc;

fn sku(item: &str, attributes: &[(&str, &str)]) -> Sku {
    let attributes = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Sku { item: item.to_owned(), attributes }
}

fn rate(item: &str, attributes: &[(&str, &str)], region: &str) -> String {
    let book = PriceBook::new(&Library::default());
    match book.find(&sku(item, attributes), region) {
        Ok(series) => series.tiers.iter().map(|t| format!("{}+ {}", t.from, t.usd)).collect::<Vec<_>>().join(", "),
        Err(why) => format!("{why:?}"),
    }
}

#[test]
fn a_price_is_found_by_item_attributes_and_region() {
    assert_eq!(rate("vpc.nat.gateway", &[], "us-east-1"), "0+ 0.045");
    assert_eq!(rate("vpc.nat.gateway", &[], "ap-southeast-1"), "0+ 0.059");
    assert_eq!(
        rate("aurora.serverless_v2", &[("engine", "postgresql"), ("storage_config", "standard")], "us-east-1"),
        "0+ 0.12"
    );
    assert_eq!(rate("datatransfer.internet_out", &[], "us-east-1"), "0+ 0.09, 10240+ 0.085, 51200+ 0.07, 153600+ 0.05");
}

#[test]
fn what_has_one_price_everywhere_is_found_from_any_region() {
    assert_eq!(rate("route53.hosted_zone", &[], "eu-north-1"), "0+ 0.5, 25+ 0.1");
}

#[test]
fn what_is_missing_is_said_exactly() {
    assert_eq!(rate("vpc.nat.gatway", &[], "us-east-1"), r#"Item { nearest: Some("vpc.nat.gateway") }"#);
    assert_eq!(
        rate("vpc.nat.gateway", &[], "eu-north-1"),
        r#"Region { known: ["ap-southeast-1", "eu-west-1", "us-east-1", "us-west-2"] }"#
    );
    assert_eq!(
        rate("elasticache.node", &[("engine", "valkey"), ("type", "cache.z9.large")], "us-east-1"),
        "Attributes"
    );
    assert_eq!(
        rate("elasticache.node", &[("engine", "valkey"), ("class", "cache.t3.micro")], "us-east-1"),
        r#"Keys { expected: {"engine", "type"} }"#
    );
}

#[test]
fn every_table_reads_and_every_rate_has_a_dated_source() {
    let book = PriceBook::new(&Library::default());
    let all = book.search(&[], None).unwrap();
    assert!(all.len() > 4_000, "{} prices", all.len());
    for series in all {
        assert!(series.tiers.iter().all(|tier| tier.usd < Decimal::from(5_000)), "{series:?}");
        for tier in &series.tiers {
            let source = book.source(series, tier.source).unwrap();
            assert!(source.url.starts_with("https://"), "{source:?}");
            assert!(source.date.starts_with("20") || source.date == "undated", "{source:?}");
        }
    }
}

#[test]
fn every_allowance_is_for_items_of_the_book() {
    let book = PriceBook::new(&Library::default());
    let items: std::collections::BTreeSet<&str> =
        book.search(&[], None).unwrap().into_iter().map(|series| series.item.as_str()).collect();
    for allowance in book.allowances().unwrap() {
        for item in &allowance.items {
            assert!(items.contains(item.as_str()), "{item} of the allowance {} is in no table", allowance.name);
        }
    }
}

#[test]
fn a_library_at_hand_sets_its_own_prices() {
    let text = "# 1 2026-01-01 https://example.com/contract\n\
        item,attributes,unit,region,from,to,usd,rate,source\n\
        elb.alb,,lb-hour,us-east-1,0,,0.01,,1\n";
    let library: Library = [("prices/elb.csv".to_owned(), Arc::from(text))].into_iter().collect();
    let book = PriceBook::new(&library);
    assert_eq!(book.find(&sku("elb.alb", &[]), "us-east-1").unwrap().tiers[0].usd, Decimal::new(1, 2));
    assert_eq!(book.find(&sku("vpc.nat.gateway", &[]), "us-east-1").unwrap().tiers[0].usd, Decimal::new(45, 3));
}

#[test]
fn a_broken_table_says_where() {
    let check = |lines: &str, expected: &str| {
        let text =
            format!("# 1 2026-01-01 https://example.com\nitem,attributes,unit,region,from,to,usd,rate,source\n{lines}");
        assert_eq!(PriceTable::read(&text).map(|_| ()).unwrap_err(), expected);
    };
    check("a.b,,h,us-east-1,0,,x,,1", "line 3: `x` is not a valid amount");
    check("a.b,,h,us-east-1,0,,-1,,1", "line 3: `-1` is not a valid amount");
    check("a.b,,h,us-east-1,0,1", "line 3: 9 fields are expected, and there are 6");
    check("a.b,,h,us-east-1,5,,1,,1", "line 3: the first tier does not begin at 0");
    check(
        "a.b,,h,us-east-1,0,5,1,,1\na.b,,h,us-east-1,6,,1,,1",
        "line 4: the tier does not begin where the one before it ends",
    );
    check("a.b,,h,us-east-1,0,,1,,2", "line 3: the source 2 is not named above");
    check(
        "a.b,,h,us-east-1,0,,1,,1\na.c,,h,us-east-1,0,,1,,1\na.b,,h,us-east-1,0,,1,,1",
        "`a.b`  in us-east-1 is in two places",
    );
}
