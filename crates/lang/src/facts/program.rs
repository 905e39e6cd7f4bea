//! Facts as a function of the compiled fact program and resources.

use super::parallel;
use super::resource_graph::{DeclarationSite, ResourceGraph};
use super::worker::{FactInputs, FactWorker};
use crate::compile_context::CompileContext;
use crate::deep_stack;
use crate::modules::Program;
use crate::names::Names;
use crate::property;
use crate::resolve::{self, ResolveOutput};
use crate::ty::CloudFacts;
use gpb_catalog::Catalog;
use gpb_model::value::Value;
use gpb_model::{Fact, FactEvaluator, Model, PropertyMap, Resource};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The facts of a compiled program, to be evaluated about resources other than its own.
///
/// It holds the trees that were parsed and what their resolution found. To evaluate it expands nothing, and reads more of
/// the library only for types that the program does not mention: those that it once had, and that still exist.
#[derive(Clone)]
pub struct FactProgram {
    program: Arc<Program>,
    resolved: Arc<ResolveOutput>,
    /// True if the program has no errors: the facts of one that has may be wrong, so none are evaluated.
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

    /// Checks that the program has no errors: else nothing is evaluated over its resources.
    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Lets go of the trees: no facts are evaluated any more.
    pub fn clear(&mut self) {
        (self.program, self.resolved, self.whole) = (Arc::default(), Arc::default(), false);
    }

    /// Runs something over the finished resources of a model; none where the program has errors.
    pub(crate) fn over<T: Send>(&self, model: &Model, work: impl FnOnce(&FactWorker<'_, '_>) -> T + Send) -> Option<T> {
        if !self.whole {
            return None;
        }
        deep_stack::run(|| {
            let names = Names::collect(&self.program, &mut Vec::new());
            let cx = CompileContext::new(&self.program, names.into(), self.catalog, self.cloud);
            let (environment, resolved) = (Some(&model.environment), &*self.resolved);
            let inputs = FactInputs { cx: &cx, resolved, environment, goals: &model.goals };
            let sites = model.resources.iter().map(site).collect();
            let graph = Arc::new(ResourceGraph::new(model.resources.clone(), sites, &model.goals.needs));
            work(&FactWorker::of_rules(&inputs, &graph))
        })
    }

    fn evaluate(&self, model: &Model, others: &[Vec<Resource>]) -> Vec<Vec<Fact>> {
        let types: BTreeSet<&str> = others.iter().flatten().map(|resource| &*resource.ty).collect();
        let wider = self.program.with_facts_about(types);
        let program = wider.as_ref().unwrap_or(&self.program);
        let names = Names::collect(program, &mut Vec::new());
        let cx = CompileContext::new(program, names.into(), self.catalog, self.cloud);
        let again = wider.as_ref().map(|_| cx.reports.muted(|| resolve::resolve(&cx)));
        let (environment, resolved) = (Some(&model.environment), again.as_ref().unwrap_or(&self.resolved));
        let inputs = FactInputs { cx: &cx, resolved, environment, goals: &model.goals };
        let facts = |resources: &Vec<Resource>| {
            parallel::evaluate(&inputs, resources.clone(), resources.iter().map(site).collect()).1
        };
        cx.reports.muted(|| others.iter().map(facts).collect())
    }
}

/// Returns the place of a resource that is known by nothing but itself.
fn site(resource: &Resource) -> DeclarationSite {
    DeclarationSite { declared: resource.span, ..DeclarationSite::default() }
}

impl FactEvaluator for FactProgram {
    fn facts(&self, model: &Model, others: &[Vec<Resource>]) -> Vec<Vec<Fact>> {
        if !self.whole {
            return vec![Vec::new(); others.len()];
        }
        // Without memory for a stack nothing can be evaluated, and nothing is known.
        deep_stack::run(|| self.evaluate(model, others)).unwrap_or_default()
    }

    fn changed(&self, resource: &Resource, set: &Value) -> Option<PropertyMap> {
        let def = self.catalog.get(&resource.ty)?;
        property::changed(resource, &def, set, self.cloud).ok()
    }
}
