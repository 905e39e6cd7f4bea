//! The change of the monthly bill by a plan, from applied to declared.
//!
//! Both figures are estimated by the same facts, prices and usage, on the same day: the one from the model, the other from
//! the resources as the state has them. So the difference comes from the plan alone, not from a price or a usage.

use crate::calendar::today;
use crate::cli::compile::CompiledProgram;
use gpb_base::source::Span;
use gpb_base::stdlib::Library;
use gpb_catalog::Catalog;
use gpb_check::cost;
use gpb_check::cost::book::PriceBook;
use gpb_check::cost::{CostRange, EstimateInputs};
use gpb_engine::state::{ResourceRecord, StateSnapshot};
use gpb_model::{Environment, FactEvaluator, Lifecycle, Model, PropPath, PropertyMap, PropertyValue, Resource, Spans};
use serde::Serialize;
use std::collections::BTreeMap;

/// The monthly cost before and after a plan, in US dollars.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CostDelta {
    /// The cost of the declared environment, in US dollars a month.
    pub total: CostRange,
    /// The cost of the applied environment, in US dollars a month.
    ///
    /// Absent where nothing is applied.
    pub before: Option<CostRange>,
    /// The number of parts of the declared environment without a price.
    pub unpriced: usize,
}

impl CostDelta {
    /// Checks that nothing costs anything, before or after, and nothing lacks a price.
    pub fn is_empty(&self) -> bool {
        self.total == CostRange::default()
            && self.before.unwrap_or_default() == CostRange::default()
            && self.unpriced == 0
    }
}

impl CostDelta {
    /// Estimates the monthly cost before and after a plan for a compiled program.
    pub fn estimate(
        library: &Library,
        compiled: &CompiledProgram,
        snapshot: &StateSnapshot,
        destroy: bool,
    ) -> CostDelta {
        let book = PriceBook::new(library);
        let day = today();
        let inputs = EstimateInputs { book: &book, day: Some(&day) };
        let applied: Vec<Resource> = snapshot.resources.values().map(applied).collect();
        let before = (!applied.is_empty()).then(|| {
            let asked = [applied];
            let mut facts = compiled.facts.facts(&compiled.model, &asked);
            let ([applied], facts) = (asked, facts.pop().unwrap_or_default());
            let environment = Environment { name: snapshot.scope.environment.clone(), ..Environment::default() };
            cost::estimate(&Model { environment, resources: applied, facts, ..Model::default() }, &inputs).total
        });
        if destroy {
            return CostDelta { before, ..CostDelta::default() };
        }
        let after = cost::estimate(&compiled.model, &inputs);
        CostDelta { total: after.total, before, unpriced: after.unpriced.len() }
    }
}

/// Returns a resource of the state as if it were declared so.
///
/// Applied values count before those that were read.
fn applied(record: &ResourceRecord) -> Resource {
    // Where both are the same, as they mostly are, the value is made once.
    let observed = record.observed.iter().filter(|(name, value)| record.applied.get(*name) != Some(value));
    // A secret's hash is no value, and no price depends on one.
    let value = |value: &serde_json::Value| PropertyValue::try_from(value.clone()).ok();
    let values = observed.chain(&*record.applied).filter_map(|(name, json)| Some((name.as_str().into(), value(json)?)));
    let mut properties: PropertyMap = values.collect();
    let def = Catalog::embedded().get(&record.ty);
    if let Some([PropPath(id)]) = def.as_ref().map(|def| def.primary_identifier.as_slice()) {
        properties.entry(id.clone()).or_insert_with(|| PropertyValue::Text(record.id.as_str().into()));
    }
    Resource {
        address: record.address.clone(),
        ty: record.ty.as_str().into(),
        existing: false,
        place: record.place.clone().into(),
        layer: record.layer.as_deref().map(Into::into),
        components: Vec::new(),
        properties,
        spans: Spans::default(),
        after: Vec::new(),
        after_spans: BTreeMap::new(),
        lifecycle: Lifecycle::default(),
        span: Span::default(),
        doc: None,
    }
}
