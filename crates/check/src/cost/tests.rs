//! Tests of estimates over models made by hand.
//!
//! `tests/it/cost.rs` has the cases over whole programs.

use super::book::PriceBook;
use super::*;
use gpb_base::source::Span;
use gpb_base::stdlib::Library;
use gpb_base::unit::{Dimension, Quantity};
use gpb_model::Budget;
use gpb_model::value::{Value, ValueEntry, ValueKind, ValueMap};
use gpb_model::{Address, Applicability, Fact, Model, Place, Resource};
use gpb_model::{CompiledEnvironment, UsageLevel};
use rust_decimal::Decimal;
use std::sync::Arc;

/// A model of resources with facts.
#[derive(Default)]
struct CostFixture {
    model: Model,
}

/// A fact's fields, in the making.
struct Block(Vec<(&'static str, Value)>);

impl CostFixture {
    fn resource(mut self, address: &str, region: &str) -> CostFixture {
        self.model.resources.push(Resource {
            address: Address::new(address),
            ty: "aws.test.thing".into(),
            existing: false,
            place: Place { region: region.into(), ..Place::default() }.into(),
            layer: None,
            components: Vec::new(),
            properties: gpb_model::PropertyMap::default(),
            spans: gpb_model::Spans::default(),
            after: Vec::new(),
            after_spans: std::collections::BTreeMap::new(),
            reads: Vec::new(),
            lifecycle: gpb_model::Lifecycle::default(),
            span: Span::default(),
            doc: None,
        });
        self
    }

    /// A fact of the resource named last.
    fn fact(mut self, kind: &str, name: &str, block: Block) -> CostFixture {
        let of = self.model.resources.last().unwrap().address.clone();
        self.model.facts.push(Fact {
            of,
            kind: kind.into(),
            name: name.into(),
            applies: Applicability::Yes,
            fields: block.0.into_iter().map(|(name, value)| (Arc::from(name), value)).collect(),
            evidence: Vec::new(),
            span: Span::default(),
            declared: Span::default(),
        });
        self
    }

    fn when(mut self, applies: Applicability) -> CostFixture {
        self.model.facts.last_mut().unwrap().applies = applies;
        self
    }

    fn estimate(&self) -> Estimate {
        let book = PriceBook::new(&Library::default());
        estimate(&self.model, &EstimateInputs { book: &book, day: Some("2026-11-23") })
    }
}

fn at() -> Span {
    Span::default()
}

fn number(figure: &str) -> Value {
    Value::number(figure.parse::<Decimal>().unwrap(), at())
}

fn text(text: &str) -> Value {
    Value::text(text, at())
}

fn object(parts: &[(&str, Value)]) -> Value {
    let entry = |(key, value): &(&str, Value)| (Arc::from(*key), ValueEntry { key: at(), value: value.clone() });
    Value::map(parts.iter().map(entry).collect::<ValueMap>(), at())
}

fn sku(item: &str, attributes: &[(&str, &str)]) -> Value {
    let attributes: Vec<(&str, Value)> = attributes.iter().map(|(key, value)| (*key, text(value))).collect();
    object(&[("item", text(item)), ("attributes", object(&attributes))])
}

fn spread(minimum: &str, expected: &str, maximum: &str) -> Value {
    object(&[("minimum", number(minimum)), ("expected", number(expected)), ("maximum", number(maximum))])
}

fn price(item: &str, quantity: Value, unit: &str) -> Block {
    Block(vec![("sku", sku(item, &[])), ("quantity", quantity), ("unit", text(unit))])
}

fn nat(hours: &str) -> Block {
    price("vpc.nat.gateway", number(hours), "gateway-hour")
}

fn problem(world: &CostFixture) -> String {
    let estimate = world.estimate();
    let [problem] = estimate.problems.as_slice() else { panic!("{:?}", estimate.problems) };
    format!("{}: {}", problem.code, problem.message)
}

#[test]
fn a_line_is_a_quantity_of_a_price() {
    let world = CostFixture::default().resource("network.gateway", "us-east-1").fact("price", "hours", nat("730"));
    let estimate = world.estimate();
    let line = &estimate.resources[0].lines[0];
    // 730 × 0.045
    assert_eq!(line.cost, CostRange::exactly("32.85".parse().unwrap()));
    assert_eq!(line.sku.rates, [("0".to_owned(), "0.045".to_owned())]);
    assert_eq!(line.sku.date, "2025-10-28");
    assert!(line.sku.source.starts_with("https://github.com/"));
    assert_eq!(estimate.total, line.cost);
}

#[test]
fn three_columns_come_from_three_quantities() {
    let world = CostFixture::default().resource("compute.tasks", "us-east-1").fact(
        "price",
        "vcpu",
        Block(vec![
            ("sku", sku("fargate.vcpu", &[("arch", "x86"), ("os", "linux")])),
            ("quantity", spread("7300", "21900", "73000")),
            ("unit", text("vCPU-hour")),
        ]),
    );
    let total = world.estimate().total;
    // × 0.04048
    assert_eq!(total.minimum.to_string(), "295.504");
    assert_eq!(total.expected.to_string(), "886.512");
    assert_eq!(total.maximum.to_string(), "2955.04");
}

#[test]
fn quantities_with_a_unit_are_brought_to_the_prices() {
    let bytes = |amount: Decimal| {
        let unit = Dimension::Bytes.units().next().unwrap();
        Value::new(ValueKind::Quantity(Quantity { dimension: Dimension::Bytes, amount, unit }), at())
    };
    let half_tebibyte = bytes(Decimal::from(512_u64 << 30));
    let world = CostFixture::default().resource("data.bucket", "us-east-1").fact(
        "price",
        "storage",
        price("s3.standard.storage", half_tebibyte.clone(), "GB-month"),
    );
    // 512 × 0.023
    assert_eq!(world.estimate().total.expected.to_string(), "11.776");
    let slip = CostFixture::default().resource("network.gateway", "us-east-1").fact(
        "price",
        "hours",
        price("vpc.nat.gateway", half_tebibyte, "gateway-hour"),
    );
    assert_eq!(problem(&slip), "GPB5005: an amount of bytes is not a quantity of gateway-hour");
}

#[test]
fn a_unit_that_is_not_the_prices_is_refused() {
    let world = CostFixture::default().resource("network.gateway", "us-east-1").fact(
        "price",
        "hours",
        price("vpc.nat.gateway", number("1"), "gateway-month"),
    );
    assert_eq!(
        problem(&world),
        "GPB5005: `hours` counts in gateway-month, and vpc.nat.gateway is priced by the gateway-hour"
    );
}

#[test]
fn quantities_out_of_order_are_refused() {
    for bad in [spread("2", "1", "3"), spread("1", "3", "2"), spread("-1", "0", "0")] {
        let world = CostFixture::default().resource("network.gateway", "us-east-1").fact(
            "price",
            "hours",
            price("vpc.nat.gateway", bad, "gateway-hour"),
        );
        assert!(problem(&world).starts_with("GPB5006: the quantities of `hours` are out of order"));
    }
}

#[test]
fn what_the_book_cannot_have_is_a_mistake_and_what_it_lacks_is_unpriced() {
    let ask = |item: &str, attributes: &[(&str, &str)], region: &str| {
        CostFixture::default().resource("a.b", region).fact(
            "price",
            "hours",
            Block(vec![("sku", sku(item, attributes)), ("quantity", number("1")), ("unit", text("node-hour"))]),
        )
    };
    assert_eq!(
        problem(&ask("elasticache.nodes", &[], "us-east-1")),
        "GPB5004: the price book has no `elasticache.nodes`; there is `elasticache.node`"
    );
    assert_eq!(
        problem(&ask("elasticache.node", &[("engine", "valkey")], "us-east-1")),
        "GPB5004: `elasticache.node` is identified by engine and type"
    );
    let unknown = |world: CostFixture| {
        let estimate = world.estimate();
        assert_eq!(estimate.total, CostRange::default());
        assert!(estimate.problems.is_empty() && estimate.resources.is_empty());
        estimate.unpriced[0].why.clone()
    };
    let newest = [("engine", "valkey"), ("type", "cache.z9.large")];
    assert_eq!(
        unknown(ask("elasticache.node", &newest, "us-east-1")),
        "the price book has no elasticache.node (engine=valkey, type=cache.z9.large)"
    );
    let small = [("engine", "valkey"), ("type", "cache.t3.micro")];
    assert_eq!(
        unknown(ask("elasticache.node", &small, "eu-north-1")),
        "the price book has elasticache.node (engine=valkey, type=cache.t3.micro) in ap-southeast-1, eu-west-1, us-east-1, \
         us-west-2, not in eu-north-1"
    );
}

#[test]
fn nothing_is_priced_at_zero_for_want_of_knowledge() {
    let free = || Block(vec![("source", text("https://aws.amazon.com/vpc/pricing/")), ("says", text("no charge"))]);
    let world = CostFixture::default()
        .resource("a.unknown", "us-east-1")
        .resource("a.free", "us-east-1")
        .fact("free", "always", free())
        .resource("a.neither", "us-east-1")
        .fact("price", "hours", nat("730"))
        .when(Applicability::No)
        .resource("a.later", "us-east-1")
        .fact("price", "hours", nat("730"))
        .when(Applicability::Unknown);
    let estimate = world.estimate();
    let unpriced: Vec<String> = estimate.unpriced.iter().map(|u| format!("{}: {}", u.address, u.why)).collect();
    assert_eq!(
        unpriced,
        [
            "a.unknown: nothing is known of its price",
            "a.neither: none of its prices holds for it as it is",
            "a.later: whether it is charged is unknown until apply",
        ]
    );
    assert_eq!(estimate.free.len(), 1);
}

#[test]
fn a_price_that_begins_on_a_day_is_charged_from_that_day_on() {
    let dated = |from: &str, until: &str| {
        let mut block = nat("730");
        block.0.extend([("from", text(from)), ("until", text(until))]);
        CostFixture::default().resource("a.b", "us-east-1").fact("price", "surcharge", block)
    };
    assert_eq!(dated("2026-11-23", "2027-01-01").estimate().total.expected.to_string(), "32.85");
    assert_eq!(dated("2026-11-24", "2027-01-01").estimate().total.expected.to_string(), "0");
    assert_eq!(dated("2026-01-01", "2026-11-23").estimate().total.expected.to_string(), "0");
    assert!(problem(&dated("soon", "2027-01-01")).starts_with("GPB5003"));
}

#[test]
fn a_wrong_field_is_a_mistake() {
    let mut block = nat("730");
    block.0.push(("quantiti", number("1")));
    let world = CostFixture::default().resource("a.b", "us-east-1").fact("price", "hours", block);
    assert_eq!(
        problem(&world),
        "GPB5003: the fact `price hours` is malformed: `quantiti` is not a field of it; did you mean `quantity`?"
    );
}

#[test]
fn a_price_of_ones_own_needs_a_source() {
    let own = |source: Option<&str>| {
        let mut block = Block(vec![("usd", number("49.5")), ("quantity", number("2")), ("unit", text("seat"))]);
        block.0.extend(source.map(|source| ("source", text(source))));
        CostFixture::default().resource("a.b", "us-east-1").fact("price", "licence", block)
    };
    assert_eq!(own(Some("https://example.com/prices")).estimate().total.expected.to_string(), "99");
    assert_eq!(
        problem(&own(None)),
        "GPB5003: the fact `price licence` is malformed: `source` is missing; it must be a string"
    );
}

/// A compilation whose budget is judged at 100,000 users by the second world.
fn budgeted(own: CostFixture, tier: CostFixture, high: i64) -> CompiledEnvironment {
    let mut model = own.model;
    model.environment.name = "live".to_owned();
    model.goals.budgets.push(Budget {
        at: Some(("users".to_owned(), Decimal::from(100_000))),
        low: Decimal::from(10),
        high: Decimal::from(high),
        span: Span::default(),
    });
    let mut tier = tier.model;
    tier.environment.name = "live".to_owned();
    CompiledEnvironment {
        model,
        usage_levels: vec![UsageLevel { driver: "users".to_owned(), value: Decimal::from(100_000), model: tier }],
    }
}

fn gateways(count: usize) -> CostFixture {
    let names = ["network.a", "network.b", "network.c", "network.d"];
    names[..count].iter().fold(CostFixture::default(), |world, name| {
        let saving = Block(vec![("says", text("share one gateway")), ("loses", text("a zone's independence"))]);
        world.resource(name, "us-east-1").fact("price", "hours", nat("730")).fact("saving", "share", saving)
    })
}

fn verdict(made: &CompiledEnvironment) -> Vec<String> {
    let book = PriceBook::new(&Library::default());
    let (found, _) = check(made, &EstimateInputs { book: &book, day: None });
    found.into_iter().map(|d| format!("{} {}\n{}", d.code, d.message, d.help.unwrap_or_default())).collect()
}

#[test]
fn a_budget_is_judged_at_its_own_usage() {
    // 4 × 32.85 = 131.40
    assert_eq!(verdict(&budgeted(gateways(1), gateways(4), 132)), [""; 0]);
    insta::assert_snapshot!(verdict(&budgeted(gateways(1), gateways(4), 100)).join("\n"), @r"
    GPB5001 `live` at 100,000 users is expected to cost $131.40 a month, and its budget ends at $100.00
    the most goes to network.a $32.85 (25 %), network.b $32.85 (25 %), network.c $32.85 (25 %)
    the least change that fits: share one gateway (`network.a`), which saves $32.85, at the price of a zone's independence
    ");
}

#[test]
fn several_changes_together_or_none_that_is_enough() {
    insta::assert_snapshot!(verdict(&budgeted(gateways(1), gateways(3), 50)).join("\n"), @r"
    GPB5001 `live` at 100,000 users is expected to cost $98.55 a month, and its budget ends at $50.00
    the most goes to network.a $32.85 (33 %), network.b $32.85 (33 %), network.c $32.85 (33 %)
    these changes together fit: share one gateway (`network.a`), which saves $32.85, at the price of a zone's independence; share one gateway (`network.b`), which saves $32.85, at the price of a zone's independence
    ");
    let fixed = CostFixture::default().resource("a.b", "us-east-1").fact("price", "hours", nat("730"));
    insta::assert_snapshot!(verdict(&budgeted(gateways(1), fixed, 20)).join("\n"), @r"
    GPB5001 `live` at 100,000 users is expected to cost $32.85 a month, and its budget ends at $20.00
    the most goes to a.b $32.85 (100 %)
    nothing that is known makes it cheaper as it is: raise the budget, or run less
    ");
}

#[test]
fn a_budget_does_not_pass_silently_over_what_has_no_price() {
    let unknown = gateways(1).resource("a.unknown", "us-east-1");
    insta::assert_snapshot!(verdict(&budgeted(gateways(1), unknown, 100)).join("\n"), @r"
    GPB5002 `live` at 100,000 users costs $32.85 a month as far as prices are known, and one part of it has no price
    without a price: `a.unknown` (aws.test.thing): nothing is known of its price
    ");
}

#[test]
fn a_cheaper_item_saves_the_difference() {
    let smaller = Block(vec![
        ("of", text("hours")),
        ("sku", sku("elb.alb", &[])),
        ("unit", text("lb-hour")),
        ("says", text("use a load balancer")),
    ]);
    let world = CostFixture::default()
        .resource("a.b", "us-east-1")
        .fact("price", "hours", nat("730"))
        .fact("saving", "x", smaller);
    let book = PriceBook::new(&Library::default());
    let inputs = EstimateInputs { book: &book, day: None };
    // 730 × (0.045 − 0.0225)
    assert_eq!(savings(&world.model, &inputs)[0].saves.expected.to_string(), "16.425");
    assert!(saving_problems(&world, &inputs).is_empty());
}

fn saving_problems(world: &CostFixture, inputs: &EstimateInputs<'_>) -> Vec<gpb_base::diag::Diagnostic> {
    super::saving::problems(&world.model, inputs)
}

#[test]
fn what_moved_is_told_with_the_greatest_change_first() {
    let (before, after) = (gateways(2).estimate(), {
        let mut world = gateways(1);
        world = world.resource("z.balancer", "us-east-1").fact(
            "price",
            "hours",
            price("elb.alb", number("730"), "lb-hour"),
        );
        world.estimate()
    });
    let moved: Vec<(String, String)> =
        between(&before, &after).iter().map(|m| (m.address.to_string(), m.expected().to_string())).collect();
    assert_eq!(moved, [("network.b".to_owned(), "-32.85".to_owned()), ("z.balancer".to_owned(), "16.425".to_owned())]);
}

#[test]
fn one_more_of_something_costs_what_it_costs() {
    let estimate = gateways(2).resource("a.unknown", "us-east-1").estimate();
    assert_eq!(price_change(&estimate, &Address::new("network.a"), 3).unwrap().expected.to_string(), "98.55");
    assert_eq!(price_change(&estimate, &Address::new("a.unknown"), 3), None);
}
