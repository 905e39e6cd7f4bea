//! Half of the resources are judged on a second thread.
//!
//! Facts look at the finished model and change nothing, so whoever judges needs only the model and a machine of their own.
//! What they say is put together in the order of the resources: nobody can tell how many did it.

use super::super::eval::Machine;
use super::super::names::Names;
use super::super::resolve::Resolved;
use super::super::world::World;
use super::super::{STACK, modules::Program, ty};
use super::Graph;
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
struct Apart<'a, 'p> {
    program: &'p Program,
    names: Arc<Names<'p>>,
    catalog: &'p Catalog,
    facts: &'p (dyn ty::Facts + Sync),
    resolved: &'a Resolved,
    environment: Option<Environment>,
    goals: Goals,
}

/// What came of a part.
struct Found {
    facts: Vec<Fact>,
    diagnostics: Vec<Diagnostic>,
    spent: bool,
}

impl Machine<'_, '_> {
    /// The facts of all resources, in their order.
    pub(super) fn in_parts(&self, graph: &Arc<Graph>, whole: bool) -> Vec<Fact> {
        let count = graph.resources.len();
        if count < MANY {
            return self.part(graph, 0..count, whole);
        }
        let apart = Apart {
            program: self.world.program,
            names: self.world.names.clone(),
            catalog: self.world.catalog,
            facts: self.world.facts,
            resolved: self.resolved,
            environment: self.ambient.borrow().as_deref().cloned(),
            goals: self.goals.borrow().clone(),
        };
        let half = count / 2;
        let there = || apart.part(graph, half..count, whole);
        let (mut facts, rest) = scope(|scope| {
            let thread = Builder::new().stack_size(STACK).spawn_scoped(scope, there);
            let facts = self.part(graph, 0..half, whole);
            let rest = match thread.map(ScopedJoinHandle::join) {
                Ok(Ok(found)) => self.take(found),
                Ok(Err(fault)) => resume_unwind(fault),
                Err(_) => self.part(graph, half..count, whole),
            };
            (facts, rest)
        });
        facts.extend(rest);
        facts
    }

    fn take(&self, found: Found) -> Vec<Fact> {
        self.world.reports.all(found.diagnostics);
        if found.spent {
            self.world.spent.set(true);
        }
        found.facts
    }
}

impl Apart<'_, '_> {
    fn part(&self, graph: &Arc<Graph>, part: Range<usize>, whole: bool) -> Found {
        let world = World::new(self.program, self.names.clone(), self.catalog, self.facts);
        let machine = Machine::new(&world, self.resolved);
        *machine.ambient.borrow_mut() = self.environment.clone().map(Rc::new);
        machine.goals.replace(self.goals.clone());
        let facts = machine.part(graph, part, whole);
        drop(machine);
        Found { facts, diagnostics: world.reports.take(), spent: world.spent.get() }
    }
}
