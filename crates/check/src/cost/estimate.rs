//! The estimate of an environment.
//!
//! Every price line of every resource, the free resources, and those without a price.

use super::cost_range::CostRange;
use compact_str::CompactString;
use gpb_base::diag::Diagnostic;
use gpb_model::Address;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// The cost of an environment a month, in US dollars.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Estimate {
    /// The name of the environment.
    pub environment: String,
    /// The sum of all resources.
    pub total: CostRange,
    /// The resources that cost something, in the model's order.
    pub resources: Vec<ResourceCost>,
    /// The resources that cost nothing by themselves, with the reason.
    pub free: Vec<FreeResource>,
    /// The resources and prices whose cost is not known. They are in no sum.
    pub unpriced: Vec<UnpricedItem>,
    /// The days the prices used were published on, the oldest and the newest.
    pub dated: Option<(String, String)>,
    /// The mistakes in the facts.
    #[serde(skip)]
    pub problems: Vec<Diagnostic>,
}

/// The cost of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResourceCost {
    /// The resource.
    pub address: Address,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: CompactString,
    /// The layer it is in.
    pub layer: Option<CompactString>,
    /// The region it is in.
    pub region: CompactString,
    /// The sum of its lines, in US dollars a month.
    pub total: CostRange,
    /// Its prices.
    pub lines: Vec<CostLine>,
}

/// One price of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CostLine {
    /// The fact's name: `storage`.
    #[serde(serialize_with = "shared")]
    pub name: Arc<str>,
    /// The source of the price.
    #[serde(serialize_with = "shared")]
    pub sku: Arc<LineSku>,
    /// The unit that the quantity counts, as the price book writes it.
    #[serde(serialize_with = "shared")]
    pub unit: Arc<str>,
    /// The number of units a month.
    pub quantity: CostRange,
    /// The formula of the quantity.
    #[serde(serialize_with = "shared_text")]
    pub formula: Option<Arc<str>>,
    /// The part of the quantity that an allowance of the account covers.
    pub free: CostRange,
    /// The allowance, where one covers something.
    pub allowance: Option<String>,
    /// The cost, in US dollars a month.
    pub cost: CostRange,
    /// Some of the largest quantity lies beyond the last rate the book knows.
    ///
    /// It is charged at that rate.
    pub beyond: bool,
}

/// The source of a line's price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineSku {
    /// The item of the price book: `aurora.storage (storage_config=standard)`.
    pub item: String,
    /// The place where it is charged: a region, `global` or `edge`.
    pub region: CompactString,
    /// The tiers, each as its first quantity and the dollars for one unit.
    ///
    /// The quantities are those of the account's month.
    pub rates: Vec<(String, String)>,
    /// AWS's code of the first rate.
    pub code: Option<String>,
    /// The address of the price list.
    pub source: String,
    /// The day it was published on, `2026-11-20`.
    pub date: String,
}

/// A resource that costs nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FreeResource {
    /// The resource.
    pub address: Address,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: CompactString,
    /// The reason, as a sentence.
    #[serde(serialize_with = "shared_text")]
    pub says: Option<Arc<str>>,
    /// The address of the page that says so.
    #[serde(serialize_with = "shared")]
    pub source: Arc<str>,
}

/// A resource, or one of its prices, without a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnpricedItem {
    /// The resource.
    pub address: Address,
    /// Its type.
    #[serde(rename = "type")]
    pub ty: CompactString,
    /// The price that is missing; without one, the whole resource.
    pub price: Option<String>,
    /// The reason, as a sentence.
    pub why: String,
}

fn shared<T: Serialize + ?Sized, S: Serializer>(value: &Arc<T>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_ref().serialize(serializer)
}

#[expect(clippy::ref_option, reason = "serde hands fields over by reference")]
fn shared_text<S: Serializer>(value: &Option<Arc<str>>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_deref().serialize(serializer)
}

impl Estimate {
    /// Returns the cost of one resource.
    ///
    /// `None` where it costs nothing, or nothing that is known.
    pub fn resource(&self, address: &Address) -> Option<&ResourceCost> {
        self.resources.iter().find(|cost| &cost.address == address)
    }

    /// Returns the cost of each layer.
    ///
    /// They are in the order in which they first cost something.
    pub fn layers(&self) -> Vec<(Option<&str>, CostRange)> {
        let mut layers: Vec<(Option<&str>, CostRange)> = Vec::new();
        for resource in &self.resources {
            let name = resource.layer.as_deref();
            match layers.iter_mut().find(|(layer, _)| *layer == name) {
                Some((_, sum)) => sum.add(&resource.total),
                None => layers.push((name, resource.total)),
            }
        }
        layers
    }
}
