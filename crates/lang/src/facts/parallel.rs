//! The facts of all resources: those of half of them on a second thread.
//!
//! Facts look at the finished model and change nothing, so a worker needs only the model and a state of its own. The facts
//! are put together in the order of the resources: nothing shows how many workers there were.

use super::resource_graph::{DeclarationSite, ResourceGraph};
use super::worker::{FactInputs, FactWorker};
use crate::compile_context::CompileContext;
use crate::deep_stack::STACK;
use crate::modules::Program;
use crate::names::Names;
use crate::resolve::ResolveOutput;
use crate::ty::CloudFacts;
use gpb_base::diag::Diagnostic;
use gpb_catalog::Catalog;
use gpb_model::{Environment, Fact, Goals, Resource};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::{Builder, ScopedJoinHandle, scope};

/// The number of resources from which a second thread is worth what it evaluates again for itself.
const MANY: usize = if cfg!(test) { 4 } else { 512 };

/// The inputs from which a worker on another thread makes surroundings of its own.
struct WorkerInputs<'a, 'p> {
    program: &'p Program,
    names: Arc<Names<'p>>,
    catalog: &'p Catalog,
    facts: &'p (dyn CloudFacts + Sync),
    resolved: &'a ResolveOutput,
    environment: Option<&'a Environment>,
    goals: &'a Goals,
}

/// The facts of a part of the resources, and what was reported on the way.
struct WorkerResult {
    facts: Vec<Fact>,
    diagnostics: Vec<Diagnostic>,
    spent: bool,
}

/// Evaluates the facts of all resources, in their order, and gives the resources back.
pub fn evaluate(
    inputs: &FactInputs<'_, '_>,
    resources: Vec<Resource>,
    written: Vec<DeclarationSite>,
) -> (Vec<Resource>, Vec<Fact>) {
    let (resources, facts, ()) = evaluate_and(inputs, resources, written, |_| ());
    (resources, facts)
}

/// Evaluates the facts of all resources, and something else over the same graph, unless something is wrong already.
pub fn evaluate_and<'w, 'p, T: Default>(
    inputs: &FactInputs<'w, 'p>,
    resources: Vec<Resource>,
    written: Vec<DeclarationSite>,
    also: impl FnOnce(&FactWorker<'w, 'p>) -> T,
) -> (Vec<Resource>, Vec<Fact>, T) {
    if inputs.cx.spent.get() {
        return (resources, Vec::new(), T::default());
    }
    let graph = Arc::new(ResourceGraph::new(resources, written, &inputs.goals.needs));
    // Facts read resources as they are sent; where something is wrong with those, what a fact misses is no mistake of its own.
    let whole = !inputs.cx.reports.has_errors();
    let facts = in_parallel(inputs, &graph, whole);
    let more = if whole { also(&FactWorker::of_rules(inputs, &graph)) } else { T::default() };
    let resources = Arc::try_unwrap(graph).map_or_else(|graph| graph.resources.clone(), |graph| graph.resources);
    (resources, facts, more)
}

fn in_parallel(inputs: &FactInputs<'_, '_>, graph: &Arc<ResourceGraph>, whole: bool) -> Vec<Fact> {
    let count = graph.resources.len();
    if count < MANY {
        return FactWorker::evaluate(inputs, graph, 0..count, whole);
    }
    let cx = inputs.cx;
    let apart = WorkerInputs {
        program: cx.program,
        names: cx.names.clone(),
        catalog: cx.catalog,
        facts: cx.facts,
        resolved: inputs.resolved,
        environment: inputs.environment,
        goals: inputs.goals,
    };
    let half = count / 2;
    let there = || apart.part(graph, half..count, whole);
    let (mut facts, rest) = scope(|scope| {
        let thread = Builder::new().stack_size(STACK).spawn_scoped(scope, there);
        let facts = FactWorker::evaluate(inputs, graph, 0..half, whole);
        let rest = match thread.map(ScopedJoinHandle::join) {
            Ok(Ok(found)) => merge(cx, found),
            Ok(Err(fault)) => resume_unwind(fault),
            Err(_) => FactWorker::evaluate(inputs, graph, half..count, whole),
        };
        (facts, rest)
    });
    facts.extend(rest);
    facts
}

fn merge(cx: &CompileContext<'_>, found: WorkerResult) -> Vec<Fact> {
    cx.reports.all(found.diagnostics);
    if found.spent {
        cx.spent.set(true);
    }
    found.facts
}

impl WorkerInputs<'_, '_> {
    fn part(&self, graph: &Arc<ResourceGraph>, part: Range<usize>, whole: bool) -> WorkerResult {
        let cx = CompileContext::new(self.program, self.names.clone(), self.catalog, self.facts);
        let (resolved, environment, goals) = (self.resolved, self.environment, self.goals);
        let facts = FactWorker::evaluate(&FactInputs { cx: &cx, resolved, environment, goals }, graph, part, whole);
        WorkerResult { facts, diagnostics: cx.reports.take_diagnostics(), spent: cx.spent.get() }
    }
}
