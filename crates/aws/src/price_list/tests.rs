use super::*;
use async_trait::async_trait;
use gpb_base::stdlib::Library;
use gpb_check::cost::book::refresh::{PriceListQuery, PriceListResult, Product, ProductRate, queries};
use gpb_check::cost::book::{PriceBook, PriceSeries, Sku};
use rust_decimal::Decimal;
use std::sync::{Arc, Mutex};

/// Answers in pages, and remembers what it was asked.
struct Pages {
    pages: Vec<Vec<Json>>,
    asked: Mutex<Vec<Json>>,
}

#[async_trait]
impl Invoke for Pages {
    async fn invoke(&self, place: &Place, service: &str, operation: &str, input: Json) -> Result<Json, InvokeError> {
        assert_eq!((place.region.as_str(), service, operation), (ENDPOINT_REGION, "pricing", "GetProducts"));
        let at = input["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        self.asked.lock().unwrap().push(input);
        let list: Vec<Json> = self.pages[at].iter().map(|product| json!(product.to_string())).collect();
        let mut answer = json!({ "PriceList": list, "FormatVersion": "aws_v1" });
        if at + 1 < self.pages.len() {
            answer["NextToken"] = json!((at + 1).to_string());
        }
        Ok(answer)
    }
}

fn listed(attributes: &Json, code: &str, usd: &str) -> Json {
    let term = code.rsplit_once('.').unwrap().0;
    json!({
        "product": { "productFamily": "Compute Instance", "attributes": attributes, "sku": "X" },
        "serviceCode": "AmazonEC2",
        "terms": { "OnDemand": { term: { "priceDimensions": { code: {
            "unit": "Hrs", "endRange": "Inf", "rateCode": code, "beginRange": "0",
            "pricePerUnit": { "USD": usd },
        } } } } },
        "version": "20261120",
        "publicationDate": "2026-11-20T18:03:11Z",
    })
}

fn asked(query: &PriceListQuery, pages: Vec<Vec<Json>>) -> (Vec<Product>, Vec<Json>) {
    let pages = Pages { pages, asked: Mutex::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let region = query.region_filter("us-east-1");
    let listed = runtime.block_on(products(&pages, &query.service, &query.filters, region)).unwrap();
    let products = listed.iter().map(|document| Product::read(document).unwrap()).collect();
    (products, pages.asked.into_inner().unwrap())
}

fn query(table: &str) -> PriceListQuery {
    let library = Library::embedded();
    let all = queries(library.get("prices/refresh.toml").unwrap()).unwrap();
    all.into_iter().find(|query| query.table == table).unwrap()
}

#[test]
fn every_page_is_asked_for_with_the_filters() {
    let instance =
        |ty: &str| listed(&json!({ "instanceType": ty, "regionCode": "us-east-1" }), "A.B.C", "0.1000000000");
    let (products, asked) = asked(&query("ec2"), vec![vec![instance("m6g.large")], vec![instance("m9z.large")]]);
    assert_eq!(products.len(), 2);
    let rate = ProductRate { code: "A.B.C".to_owned(), usd: Decimal::new(1, 1), from: Decimal::ZERO };
    assert_eq!(products[1].rates, [rate]);
    assert_eq!(products[1].published, "2026-11-20");
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1]["NextToken"], "1");
    let filters = asked[0]["Filters"].as_array().unwrap();
    assert!(filters.contains(&json!({ "Type": "TERM_MATCH", "Field": "regionCode", "Value": "us-east-1" })));
    assert!(filters.contains(&json!({ "Type": "TERM_MATCH", "Field": "tenancy", "Value": "Shared" })));
}

#[test]
fn what_is_told_by_attributes_is_changed_and_what_is_new_is_added() {
    let query = query("ec2");
    let instance = |ty: &str, usd: &str| listed(&json!({ "instanceType": ty }), "A.B.C", usd);
    let pages = vec![vec![instance("m6g.large", "0.0800"), instance("m9z.large", "0.2"), instance("t4g.micro", "9")]];
    let (products, _) = asked(&query, pages);
    let book = PriceBook::new(&Library::default());
    let answer = PriceListResult { query: &query, region: "us-east-1".to_owned(), products };
    let (text, report) = book.refreshed("ec2", &[answer]).unwrap();
    assert_eq!((report.added, report.changed.len(), report.confirmed), (1, 1, 0));
    assert_eq!((report.changed[0].before.as_str(), report.changed[0].after.as_str()), ("0.077", "0.08"));
    // A price a thousand times the old one is of another unit.
    assert_eq!(report.doubtful.len(), 1);
    let library: Library = [("prices/ec2.csv".to_owned(), Arc::from(text))].into_iter().collect();
    let book = PriceBook::new(&library);
    let usd = |ty: &str| {
        let attributes = [("os".to_owned(), "linux".to_owned()), ("type".to_owned(), ty.to_owned())].into();
        let series = book.find(&Sku { item: "ec2.instance".to_owned(), attributes }, "us-east-1").unwrap();
        let source = book.source(series, series.tiers[0].source).unwrap().date.clone();
        (series.tiers[0].usd.to_string(), source)
    };
    assert_eq!(usd("m6g.large"), ("0.08".to_owned(), "2026-11-20".to_owned()));
    assert_eq!(usd("m9z.large"), ("0.2".to_owned(), "2026-11-20".to_owned()));
    assert_ne!(usd("t4g.micro").0, "9");
}

#[test]
fn a_rate_is_found_by_its_code() {
    let query = query("elb");
    let (products, _) =
        asked(&query, vec![vec![listed(&json!({}), "37CUWUT8GSNQEPUV.JRTCKXETXF.6YS6EN2CT7", "0.0225")]]);
    let book = PriceBook::new(&Library::default());
    let answer = PriceListResult { query: &query, region: "us-east-1".to_owned(), products };
    let (text, report) = book.refreshed("elb", &[answer]).unwrap();
    assert_eq!((report.confirmed, report.added, report.unasked), (1, 0, 31));
    assert!(text.contains("AWSELB/current/us-east-1/index.json"));
}

#[test]
fn every_query_is_for_a_table_of_the_book() {
    let library = Library::embedded();
    let book = PriceBook::new(&library);
    for query in queries(library.get("prices/refresh.toml").unwrap()).unwrap() {
        assert!(!book.regions(&query.table).unwrap().is_empty(), "{}", query.table);
    }
}

#[test]
fn a_table_written_is_the_table_read() {
    let book = PriceBook::new(&Library::default());
    for service in book.services() {
        let (text, _) = book.refreshed(service, &[]).unwrap();
        let library: Library = [(format!("prices/{service}.csv"), Arc::from(text))].into_iter().collect();
        let again = PriceBook::new(&library);
        let words = [format!("{service}.")];
        let rates = |book: &PriceBook| -> Vec<String> {
            let found = book.search(&words, None).unwrap();
            found
                .iter()
                .map(|s| {
                    format!(
                        "{} {} {} {:?}",
                        s.item,
                        s.attributes,
                        s.region,
                        s.tiers.iter().map(|t| t.usd).collect::<Vec<_>>()
                    )
                })
                .collect()
        };
        assert_eq!(rates(&book), rates(&again), "{service}");
    }
}

fn query_of(item: &str) -> PriceListQuery {
    let library = Library::embedded();
    let all = queries(library.get("prices/refresh.toml").unwrap()).unwrap();
    all.into_iter().find(|query| query.item.as_deref() == Some(item)).unwrap()
}

/// A product in the shape that the Price List answers with, and its rates: from which unit on, and what for.
fn product(family: &str, attributes: &[(&str, &str)], unit: &str, rates: &[(&str, &str)]) -> Json {
    let given: serde_json::Map<String, Json> =
        attributes.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let ends = rates.iter().skip(1).map(|(from, _)| *from).chain(["Inf"]);
    let dimensions: serde_json::Map<String, Json> = rates
        .iter()
        .zip(ends)
        .enumerate()
        .map(|(number, ((from, usd), end))| {
            let code = format!("SKU.JRTCKXETXF.{number}");
            let dimension = json!({
                "unit": unit, "beginRange": from, "endRange": end, "rateCode": code, "appliesTo": [],
                "description": format!("${usd} per {unit}"), "pricePerUnit": { "USD": usd },
            });
            (code, dimension)
        })
        .collect();
    json!({
        "product": { "productFamily": family, "attributes": given, "sku": "SKU" },
        "terms": { "OnDemand": { "SKU.JRTCKXETXF": {
            "priceDimensions": dimensions, "sku": "SKU", "effectiveDate": "2026-11-01T00:00:00Z",
            "offerTermCode": "JRTCKXETXF", "termAttributes": {},
        } } },
        "publicationDate": "2026-11-20T18:03:11Z",
    })
}

/// Returns the book's rates of an item, `attributes: rate from the first unit on`, once these products were the answer.
fn held(query: &PriceListQuery, region: &str, products: Vec<Json>) -> Vec<String> {
    let (products, _) = asked(query, vec![products]);
    let book = PriceBook::new(&Library::default());
    let answer = PriceListResult { query, region: region.to_owned(), products };
    let (text, _) = book.refreshed(&query.table, &[answer]).unwrap();
    let library: Library = [(format!("prices/{}.csv", query.table), Arc::from(text))].into_iter().collect();
    let book = PriceBook::new(&library);
    let found = book.search(&[query.item.clone().unwrap()], None).unwrap();
    let new = |tier: &usize, series: &PriceSeries| book.source(series, *tier).is_some_and(|s| s.date == "2026-11-20");
    found
        .into_iter()
        .filter(|series| query.item.as_deref() == Some(series.item.as_str()))
        .filter(|series| series.tiers.iter().any(|tier| new(&tier.source, series)))
        .map(|series| {
            let tiers: Vec<String> =
                series.tiers.iter().map(|tier| format!("{} from {}", tier.usd, tier.from)).collect();
            format!("{} {}: {}", series.region, series.attributes, tiers.join(", "))
        })
        .collect()
}

#[test]
fn a_usage_type_tells_what_other_attributes_do_not() {
    let task = |usage: &str, usd: &str| {
        let attributes = [("servicecode", "AmazonECS"), ("cputype", "perCPU"), ("usagetype", usage)];
        product("Compute", &attributes, "hours", &[("0", usd)])
    };
    let products = vec![
        task("EU-Fargate-ARM-vCPU-Hours:perCPU", "0.0330000000"),
        task("EU-Fargate-vCPU-Hours:perCPU", "0.0410000000"),
        // Tasks on instances of one's own are of the same family, and cost nothing.
        task("EU-ECS-EC2-vCPU-Hours", "0.0000000000"),
    ];
    assert_eq!(
        held(&query_of("fargate.vcpu"), "eu-west-1", products),
        ["eu-west-1 arch=arm64;os=linux: 0.033 from 0", "eu-west-1 arch=x86;os=linux: 0.041 from 0"]
    );
}

#[test]
fn extended_support_is_not_taken_for_the_node_it_is_charged_with() {
    let node = |usage: &str, usd: &str| {
        let attributes = [("instanceType", "cache.r6g.large"), ("cacheEngine", "Redis"), ("usagetype", usage)];
        product("Cache Instance", &attributes, "Hrs", &[("0", usd)])
    };
    let products = vec![
        node("USW2-ExtendedSupportYr1Yr2-NodeUsage:cache.r6g.large", "0.1650000000"),
        node("USW2-NodeUsage:cache.r6g.large", "0.2070000000"),
    ];
    assert_eq!(
        held(&query_of("elasticache.node"), "us-west-2", products),
        ["us-west-2 engine=redis;type=cache.r6g.large: 0.207 from 0"]
    );
}

#[test]
fn a_rate_of_another_unit_is_reckoned_over() {
    let disk = |usage: &str, usd: &str| {
        product("Provisioned Throughput", &[("volumeApiName", "gp3"), ("usagetype", usage)], "GiBps-mo", &[("0", usd)])
    };
    let products = vec![disk("EBS:VolumeP-Throughput.gp3", "41.9840000000")];
    assert_eq!(held(&query_of("ebs.throughput"), "us-east-1", products), ["us-east-1 type=gp3: 0.041 from 0"]);
}

#[test]
fn tiers_are_changed_where_they_begin_as_they_did() {
    let out = |usage: &str, rates: &[(&str, &str)]| {
        let attributes = [
            ("transferType", "AWS Outbound"),
            ("fromRegionCode", "us-east-1"),
            ("toLocation", "External"),
            ("usagetype", usage),
        ];
        product("Data Transfer", &attributes, "GB", rates)
    };
    let query = query_of("datatransfer.internet_out");
    let today =
        [("0", "0.0900000000"), ("10240", "0.0850000000"), ("51200", "0.0710000000"), ("153600", "0.0500000000")];
    assert_eq!(
        held(&query, "us-east-1", vec![out("DataTransfer-Out-Bytes", &today)]),
        ["us-east-1 : 0.09 from 0, 0.085 from 10240, 0.071 from 51200, 0.05 from 153600"]
    );
    // Other tiers, and what is sent elsewhere than to the internet.
    let others = [("0", "0.0900000000"), ("20480", "0.0850000000")];
    let nothing: [&str; 0] = [];
    assert_eq!(held(&query, "us-east-1", vec![out("DataTransfer-Out-Bytes", &others)]), nothing);
    assert_eq!(held(&query, "us-east-1", vec![out("USE1-DataTransfer-Regional-Bytes", &today)]), nothing);
}

#[test]
fn a_price_between_regions_is_told_by_where_it_leads() {
    let between = |to: &str, usd: &str| {
        let attributes = [
            ("transferType", "InterRegion Outbound"),
            ("fromRegionCode", "us-west-2"),
            ("toRegionCode", to),
            ("usagetype", "USW2-USE1-AWS-Out-Bytes"),
        ];
        product("Data Transfer", &attributes, "GB", &[("0", usd)])
    };
    let query = query_of("datatransfer.inter_region");
    assert_eq!(query.region_filter("us-west-2"), Some(("fromRegionCode", "us-west-2")));
    assert_eq!(
        held(&query, "us-west-2", vec![between("us-east-1", "0.0210000000"), between("sa-east-1", "0.0300000000")]),
        ["us-west-2 to=sa-east-1: 0.03 from 0", "us-west-2 to=us-east-1: 0.021 from 0"]
    );
}

#[test]
fn what_is_sold_by_no_region_is_asked_for_without_one() {
    let query = query_of("cloudfront.dto");
    assert_eq!((query.place.as_deref(), query.region_filter("us-east-1")), (Some("edge"), None));
    let out = |from: &str| {
        let attributes = [("transferType", "CloudFront Outbound"), ("fromLocation", from), ("toLocation", "External")];
        let tiers = [
            ("0", "0.1150000000"),
            ("10240", "0.0890000000"),
            ("51200", "0.0860000000"),
            ("153600", "0.0840000000"),
            ("512000", "0.0800000000"),
            ("1048576", "0.0700000000"),
            ("5242880", "0.0600000000"),
        ];
        product("Data Transfer", &attributes, "GB", &tiers)
    };
    let found = held(&query, "edge", vec![out("Japan"), out("Any")]);
    assert!(
        matches!(found.as_slice(), [one] if one.starts_with("edge geo=Japan: 0.115 from 0, 0.089 from 10240")),
        "{found:?}"
    );
}

#[test]
fn the_surcharge_of_an_old_version_is_told_by_engine_version_and_year() {
    let support = |engine: &str, major: &str, usage: &str, usd: &str| {
        let attributes = [
            ("databaseEngine", engine),
            ("engineMajorVersion", major),
            ("usagetype", usage),
            ("extendedSupportPricingYear", "Year 1, Year 2"),
        ];
        product("", &attributes, "vCPU-hour", &[("0", usd)])
    };
    let products = vec![
        support("PostgreSQL", "13", "USW2-ExtendedSupport:Yr1-Yr2:PostgreSQL13", "0.1000000000"),
        support("Aurora MySQL", "5.7", "USW2-ExtendedSupport:Yr1-Yr2:AuroraMySQL2", "0.1000000000"),
    ];
    assert_eq!(
        held(&query_of("rds.extended_support"), "us-west-2", products),
        ["us-west-2 engine=postgresql;major=13;years=1-2: 0.1 from 0"]
    );
}
