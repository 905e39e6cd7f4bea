//! What a plan does to the bill: what the declared environment costs a month against what the applied one does.
//!
//! Both figures are reckoned by the same facts, prices and usage, on the same day: the one from the model, the other from the
//! resources as the state has them. So the difference is what the plan makes, and no change of a price or of a usage.

use crate::cli::Session;
use crate::cli::compile::CompiledProgram;
use gpb_base::source::Span;
use gpb_catalog::Catalog;
use gpb_check::cost;
use gpb_check::cost::book::PriceBook;
use gpb_check::cost::{CheckInputs, CostRange};
use gpb_engine::state::{ResourceRecord, StateSnapshot};
use gpb_model::{Environment, FactEvaluator, Lifecycle, Model, PropPath, Resource, Spans, Value, ValueMap};
use serde::Serialize;
use std::collections::BTreeMap;

/// A month's cost, before and after.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CostDelta {
    /// What is declared costs.
    pub total: CostRange,
    /// What is applied costs; absent where nothing is.
    pub before: Option<CostRange>,
    /// How many parts of what is declared have no price.
    pub unpriced: usize,
}

impl CostDelta {
    /// Whether there is nothing to say: nothing that costs is there, was there, or has an unknown price.
    pub fn is_empty(&self) -> bool {
        self.total == CostRange::default()
            && self.before.unwrap_or_default() == CostRange::default()
            && self.unpriced == 0
    }
}

impl Session {
    /// Returns what a plan for a compiled program does to the bill.
    pub fn bill(&self, compiled: &CompiledProgram, snapshot: &StateSnapshot, destroy: bool) -> CostDelta {
        let book = PriceBook::new(&self.library);
        let day = super::cost::today();
        let inputs = CheckInputs { book: &book, day: Some(&day) };
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

/// A resource of the state, as if it had been declared as it is. What was applied counts before what was read.
fn applied(record: &ResourceRecord) -> Resource {
    let mut properties = ValueMap::default();
    for (name, value) in record.observed.iter().chain(&record.applied) {
        // A secret's hash is no value, and no price depends on one.
        if let Ok(value) = Value::try_from(value.clone()) {
            properties.insert(name.as_str().into(), value);
        }
    }
    let def = Catalog::embedded().get(&record.ty);
    if let Some([PropPath(id)]) = def.as_ref().map(|def| def.primary_identifier.as_slice()) {
        properties.entry(id.clone()).or_insert_with(|| Value::Text(record.id.as_str().into()));
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
