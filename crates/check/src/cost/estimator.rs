//! Computes the estimate of a model: every price line of every resource.

use super::bill;
use super::book::Allowance;
use super::cost_range::CostRange;
use super::estimate::{CostLine, Estimate, ResourceCost, UnpricedItem};
use super::estimate_inputs::EstimateInputs;
use super::price_requests::{PriceRequest, broken_book, items, price_requests};
use super::tiers;
use gpb_model::Model;

/// Estimates the cost of a model a month.
pub fn estimate(model: &Model, inputs: &EstimateInputs<'_>) -> Estimate {
    let mut estimate = Estimate { environment: model.environment.name.clone(), ..Estimate::default() };
    let requests = price_requests(model, inputs, &mut estimate);
    let allowances = match inputs.book.allowances() {
        Ok(allowances) => allowances,
        Err(reason) => {
            estimate.problems.push(broken_book("prices/free.toml", &reason));
            &[]
        }
    };
    charge(model, &requests, allowances, &mut estimate);
    estimate
}

/// Adds the cost of the requests to the estimate.
///
/// They are in the order of their resources.
fn charge(model: &Model, requests: &[PriceRequest<'_>], allowances: &[Allowance], estimate: &mut Estimate) {
    let charges = bill::charge(&items(model, requests), allowances);
    let charged: Vec<_> = requests.iter().zip(&charges).collect();
    for own in charged.chunk_by(|(one, _), (other, _)| one.resource == other.resource) {
        let Some(resource) = own.first().and_then(|(request, _)| model.resources.get(request.resource)) else {
            continue;
        };
        let known = |(request, charge): &(&PriceRequest<'_>, &Option<bill::Charge>)| {
            charge.as_ref().map(|charge| line(request, charge, allowances))
        };
        let lines: Vec<CostLine> = own.iter().filter_map(known).collect();
        for line in &lines {
            date(estimate, &line.sku.date);
        }
        for (request, _) in own.iter().filter(|(_, charge)| charge.is_none()) {
            estimate.unpriced.push(UnpricedItem {
                address: resource.address.clone(),
                ty: (*resource.ty).into(),
                price: Some(request.fact.name.to_string()),
                why: "its figures are too large to compute with".to_owned(),
            });
        }
        if lines.is_empty() {
            continue;
        }
        let total = lines.iter().fold(CostRange::default(), |sum, line| sum.plus(&line.cost));
        estimate.total.add(&total);
        estimate.resources.push(ResourceCost {
            address: resource.address.clone(),
            ty: (*resource.ty).into(),
            layer: resource.layer.as_deref().map(Into::into),
            region: resource.place.region.as_str().into(),
            total,
            lines,
        });
    }
}

fn line(request: &PriceRequest<'_>, charge: &bill::Charge, allowances: &[Allowance]) -> CostLine {
    let PriceRequest { series, ask, .. } = request;
    let covered = charge.free != CostRange::default();
    let allowance = allowances.iter().find(|allowance| covered && allowance.items.contains(&series.item));
    CostLine {
        name: request.fact.name.clone(),
        sku: request.sku.clone(),
        unit: request.unit.clone(),
        quantity: ask.quantity,
        formula: ask.says.clone(),
        free: charge.free,
        allowance: allowance.map(|allowance| allowance.name.clone()),
        cost: charge.cost,
        beyond: tiers::beyond(&series.tiers, ask.quantity.maximum),
    }
}

/// Widens the range of days that the estimate's prices were published on.
fn date(estimate: &mut Estimate, day: &str) {
    if day.is_empty() || day == "undated" {
        return;
    }
    let (oldest, newest) = estimate.dated.get_or_insert_with(|| (day.to_owned(), day.to_owned()));
    if day < oldest.as_str() {
        day.clone_into(oldest);
    }
    if day > newest.as_str() {
        day.clone_into(newest);
    }
}
