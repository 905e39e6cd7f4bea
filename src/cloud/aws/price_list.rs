//! AWS's Price List: the documents of the products that answer a query.

use super::invoke::{Invoke, InvokeError};
use crate::model::Place;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The price list is answered for all regions in one.
const HOME: &str = "us-east-1";

/// More pages than any service has.
const MOST_PAGES: usize = 2_000;

/// Every product of a service in a region whose attributes are those given. A document is JSON in a text.
///
/// # Errors
/// When a page cannot be had.
pub async fn products(
    invoke: &dyn Invoke,
    service: &str,
    attributes: &BTreeMap<String, String>,
    region: &str,
) -> Result<Vec<Json>, InvokeError> {
    let place = Place { region: HOME.to_owned(), ..Place::default() };
    let filter = |field: &str, value: &str| json!({ "Type": "TERM_MATCH", "Field": field, "Value": value });
    let mut filters = vec![filter("regionCode", region)];
    filters.extend(attributes.iter().map(|(field, value)| filter(field, value)));
    let mut found = Vec::new();
    let mut next: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut input = json!({
            "ServiceCode": service,
            "Filters": filters,
            "FormatVersion": "aws_v1",
            "MaxResults": 100,
        });
        if let Some(token) = &next {
            input["NextToken"] = json!(token);
        }
        let answer = invoke.invoke(&place, "pricing", "GetProducts", input).await?;
        found.extend(answer["PriceList"].as_array().into_iter().flatten().cloned());
        next = answer["NextToken"].as_str().filter(|token| !token.is_empty()).map(str::to_owned);
        if next.is_none() {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::cost::book::refresh::{Answer, Product, ProductRate, Query, queries};
    use crate::check::cost::book::{Book, Sku};
    use crate::stdlib::Library;
    use async_trait::async_trait;
    use rust_decimal::Decimal;
    use std::sync::{Arc, Mutex};

    /// Answers in pages, and remembers what it was asked.
    struct Pages {
        pages: Vec<Vec<Json>>,
        asked: Mutex<Vec<Json>>,
    }

    #[async_trait]
    impl Invoke for Pages {
        async fn invoke(
            &self,
            place: &Place,
            service: &str,
            operation: &str,
            input: Json,
        ) -> Result<Json, InvokeError> {
            assert_eq!((place.region.as_str(), service, operation), (HOME, "pricing", "GetProducts"));
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

    fn asked(query: &Query, pages: Vec<Vec<Json>>) -> (Vec<Product>, Vec<Json>) {
        let pages = Pages { pages, asked: Mutex::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let listed = runtime.block_on(products(&pages, &query.service, &query.filters, "us-east-1")).unwrap();
        let products = listed.iter().map(|document| Product::read(document).unwrap()).collect();
        (products, pages.asked.into_inner().unwrap())
    }

    fn query(table: &str) -> Query {
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
        assert_eq!(products[1].rates, [ProductRate { code: "A.B.C".to_owned(), usd: Decimal::new(1, 1) }]);
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
        let pages =
            vec![vec![instance("m6g.large", "0.0800"), instance("m9z.large", "0.2"), instance("t4g.micro", "9")]];
        let (products, _) = asked(&query, pages);
        let book = Book::of(&Library::default());
        let answer = Answer { query: &query, region: "us-east-1".to_owned(), products };
        let (text, report) = book.refreshed("ec2", &[answer]).unwrap();
        assert_eq!((report.added, report.changed.len(), report.confirmed), (1, 1, 0));
        assert_eq!((report.changed[0].before.as_str(), report.changed[0].after.as_str()), ("0.077", "0.08"));
        // A price a thousand times the old one is of another unit.
        assert_eq!(report.doubtful.len(), 1);
        let library: Library = [("prices/ec2.csv".to_owned(), Arc::from(text))].into_iter().collect();
        let book = Book::of(&library);
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
        let book = Book::of(&Library::default());
        let answer = Answer { query: &query, region: "us-east-1".to_owned(), products };
        let (text, report) = book.refreshed("elb", &[answer]).unwrap();
        assert_eq!((report.confirmed, report.added, report.unasked), (1, 0, 31));
        assert!(text.contains("AWSELB/current/us-east-1/index.json"));
    }

    #[test]
    fn every_query_is_for_a_table_of_the_book() {
        let library = Library::embedded();
        let book = Book::of(&library);
        for query in queries(library.get("prices/refresh.toml").unwrap()).unwrap() {
            assert!(!book.regions(&query.table).unwrap().is_empty(), "{}", query.table);
        }
    }

    #[test]
    fn a_table_written_is_the_table_read() {
        let book = Book::of(&Library::default());
        for service in book.services() {
            let (text, _) = book.refreshed(service, &[]).unwrap();
            let library: Library = [(format!("prices/{service}.csv"), Arc::from(text))].into_iter().collect();
            let again = Book::of(&library);
            let words = [format!("{service}.")];
            let rates = |book: &Book| -> Vec<String> {
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
}
