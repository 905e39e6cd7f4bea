//! Facts as a function of the compiled fact program and resources.

use super::super::compile_context::CompileContext;
use super::super::deep_stack;
use super::super::eval::Interpreter;
use super::super::modules::Program;
use super::super::names::Names;
use super::super::property;
use super::super::resolve::ResolveOutput;
use super::super::ty::CloudFacts;
use gpb_catalog::Catalog;
use gpb_model::value::PropertyValue;
use gpb_model::{Fact, FactEvaluator, Model, Resource, ValueMap};
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// The facts of a compiled program, to be evaluated about resources other than its own.
///
/// It holds the trees that were parsed and what their resolution found, so to evaluate it loads, parses and expands nothing.
#[derive(Clone)]
pub struct FactProgram {
    program: Arc<Program>,
    resolved: Arc<ResolveOutput>,
    /// Whether the program has no errors: the facts of one that has may be wrong, so none are evaluated.
    whole: bool,
    catalog: &'static Catalog,
    cloud: &'static (dyn CloudFacts + Sync),
}

impl fmt::Debug for FactProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FactProgram").field("whole", &self.whole).finish_non_exhaustive()
    }
}

impl FactProgram {
    pub(crate) fn new(
        program: Arc<Program>,
        resolved: ResolveOutput,
        whole: bool,
        catalog: &'static Catalog,
        cloud: &'static (dyn CloudFacts + Sync),
    ) -> Self {
        Self { program, resolved: resolved.into(), whole, catalog, cloud }
    }

    fn evaluate(&self, model: &Model, others: &[Vec<Resource>]) -> Vec<Vec<Fact>> {
        let names = Names::collect(&self.program, &mut Vec::new());
        let cx = CompileContext::new(&self.program, names.into(), self.catalog, self.cloud);
        let interpreter = Interpreter::new(&cx, &self.resolved);
        *interpreter.ambient.borrow_mut() = Some(Rc::new(model.environment.clone()));
        *interpreter.goals.borrow_mut() = model.goals.clone();
        let facts = |resources: &Vec<Resource>| interpreter.evaluate_facts(resources.clone()).1;
        cx.reports.muted(|| others.iter().map(facts).collect())
    }
}

impl FactEvaluator for FactProgram {
    fn facts(&self, model: &Model, others: &[Vec<Resource>]) -> Vec<Vec<Fact>> {
        if !self.whole {
            return vec![Vec::new(); others.len()];
        }
        // Without memory for a stack nothing can be evaluated, and nothing is known.
        deep_stack::run(|| self.evaluate(model, others)).unwrap_or_default()
    }

    fn changed(&self, resource: &Resource, set: &PropertyValue) -> Option<ValueMap> {
        let def = self.catalog.get(&resource.ty)?;
        property::changed(resource, &def, set, self.cloud).ok()
    }
}
