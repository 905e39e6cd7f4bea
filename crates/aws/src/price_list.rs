//! AWS's Price List: the documents of the products that answer a query.

use super::call_log::CallAttempt;
use super::invoke::{Invoke, InvokeError};
use gpb_engine::cloud::clock::SystemClock;
use gpb_model::Place;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The price list is answered for all regions in one.
const ENDPOINT_REGION: &str = "us-east-1";

/// More pages than any service has.
const MAX_PAGES: usize = 2_000;

/// Every product of a service whose attributes are those given, the region among them. A document is JSON in a text.
///
/// # Errors
/// When a page cannot be had.
pub async fn products(
    invoke: &dyn Invoke,
    service: &str,
    attributes: &BTreeMap<String, String>,
    region: Option<(&str, &str)>,
) -> Result<Vec<Json>, InvokeError> {
    let place = Place { region: ENDPOINT_REGION.into(), ..Place::default() };
    let filter = |field: &str, value: &str| json!({ "Type": "TERM_MATCH", "Field": field, "Value": value });
    let mut filters: Vec<Json> = region.iter().map(|(field, code)| filter(field, code)).collect();
    filters.extend(attributes.iter().map(|(field, value)| filter(field, value)));
    let clock = SystemClock::default();
    let mut found = Vec::new();
    let mut next: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let mut input = json!({
            "ServiceCode": service,
            "Filters": filters,
            "FormatVersion": "aws_v1",
            "MaxResults": 100,
        });
        if let Some(token) = &next {
            input["NextToken"] = json!(token);
        }
        let call = CallAttempt { place: &place, service: "pricing", operation: "GetProducts", attempt: 1 };
        let answer = call.invoke(invoke, &clock, input).await?;
        found.extend(answer["PriceList"].as_array().into_iter().flatten().cloned());
        next = answer["NextToken"].as_str().filter(|token| !token.is_empty()).map(str::to_owned);
        if next.is_none() {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
