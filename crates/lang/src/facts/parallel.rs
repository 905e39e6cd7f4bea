//! Half of the resources are judged on a second thread.
//!
//! Facts look at the finished model and change nothing, so whoever judges needs only the model and a machine of their own.
//! What they say is put together in the order of the resources: nobody can tell how many did it.

use super::super::compile_context::CompileContext;
use super::super::deep_stack::STACK;
use super::super::eval::Interpreter;
use super::super::names::Names;
use super::super::resolve::ResolveOutput;
use super::super::{modules::Program, ty};
use super::ResourceGraph;
use gpb_base::diag::Diagnostic;
use gpb_catalog::Catalog;
use gpb_model::{Environment, Fact, Goals};
use std::ops::Range;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::{Builder, ScopedJoinHandle, scope};

/// From how many resources on a second thread is worth what it works out again for itself.
const MANY: usize = if cfg!(test) { 4 } else { 512 };

/// What a machine of one's own is made of.
struct WorkerInputs<'a, 'p> {
    program: &'p Program,
    names: Arc<Names<'p>>,
    catalog: &'p Catalog,
    facts: &'p (dyn ty::CloudFacts + Sync),
    resolved: &'a ResolveOutput,
    environment: Option<Environment>,
    goals: Goals,
}

/// What came of a part.
struct WorkerResult {
    facts: Vec<Fact>,
    diagnostics: Vec<Diagnostic>,
    spent: bool,
}

impl Interpreter<'_, '_> {
    /// The facts of all resources, in their order.
    pub(super) fn in_parallel(&self, graph: &Arc<ResourceGraph>, whole: bool) -> Vec<Fact> {
        let count = graph.resources.len();
        if count < MANY {
            return self.evaluate_part(graph, 0..count, whole);
        }
        let apart = WorkerInputs {
            program: self.cx.program,
            names: self.cx.names.clone(),
            catalog: self.cx.catalog,
            facts: self.cx.facts,
            resolved: self.resolved,
            environment: self.ambient.borrow().as_deref().cloned(),
            goals: self.goals.borrow().clone(),
        };
        let half = count / 2;
        let there = || apart.part(graph, half..count, whole);
        let (mut facts, rest) = scope(|scope| {
            let thread = Builder::new().stack_size(STACK).spawn_scoped(scope, there);
            let facts = self.evaluate_part(graph, 0..half, whole);
            let rest = match thread.map(ScopedJoinHandle::join) {
                Ok(Ok(found)) => self.merge(found),
                Ok(Err(fault)) => resume_unwind(fault),
                Err(_) => self.evaluate_part(graph, half..count, whole),
            };
            (facts, rest)
        });
        facts.extend(rest);
        facts
    }

    fn merge(&self, found: WorkerResult) -> Vec<Fact> {
        self.cx.reports.all(found.diagnostics);
        if found.spent {
            self.cx.spent.set(true);
        }
        found.facts
    }
}

impl WorkerInputs<'_, '_> {
    fn part(&self, graph: &Arc<ResourceGraph>, part: Range<usize>, whole: bool) -> WorkerResult {
        let cx = CompileContext::new(self.program, self.names.clone(), self.catalog, self.facts);
        let interpreter = Interpreter::new(&cx, self.resolved);
        *interpreter.ambient.borrow_mut() = self.environment.clone().map(Rc::new);
        interpreter.goals.replace(self.goals.clone());
        let facts = interpreter.evaluate_part(graph, part, whole);
        drop(interpreter);
        WorkerResult { facts, diagnostics: cx.reports.take_diagnostics(), spent: cx.spent.get() }
    }
}
