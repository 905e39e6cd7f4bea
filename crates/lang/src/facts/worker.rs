//! The evaluation of the facts of some resources.

use super::fact_plan::{FactPlan, plans};
use super::graph_reader::GraphReader;
use super::resource_graph::ResourceGraph;
use crate::body_index::Declaration;
use crate::compile_context::{AlreadyReported, CompileContext, EvalResult};
use crate::eval::{EvalState, Frame, Interpreter, ResourceView, environment_value};
use crate::resolve::ResolveOutput;
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model::value::{ResourceHandle, Value, ValueKind};
use gpb_model::{Address, Environment, Fact, Goals, Resource};
use gpb_syntax::ast::Ident;
use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// The inputs of the evaluation of facts, besides the resources.
#[derive(Clone, Copy)]
pub struct FactInputs<'w, 'p> {
    /// The program, its names and types, and where diagnostics go.
    pub cx: &'w CompileContext<'p>,
    /// The findings of resolution.
    pub resolved: &'w ResolveOutput,
    /// The environment the resources are in.
    pub environment: Option<&'w Environment>,
    /// The goals and the usage of the environment.
    pub goals: &'w Goals,
}

/// Evaluates facts over the graph of finished resources.
pub struct FactWorker<'w, 'p> {
    /// The program, its names and types, and where diagnostics go.
    pub cx: &'w CompileContext<'p>,
    resolved: &'w ResolveOutput,
    /// The values computed so far.
    pub state: EvalState<'p>,
    environment: Option<&'w Environment>,
    pub(super) goals: &'w Goals,
    /// The graph, with what was read of it.
    pub reader: GraphReader,
    /// True for policies and tests, which are about what gpb makes: of an `existing` resource they know what is written.
    pub(super) is_of_rules: bool,
}

/// A resource while its facts are evaluated.
pub(super) struct FactSubject<'a, 'p> {
    /// The resource.
    pub resource: &'a Resource,
    /// The facts of its type.
    pub plan: &'a FactPlan<'p>,
    /// The value of `self`.
    pub itself: Value,
    /// The place where the program's author has declared it.
    pub declared: Span,
    /// True if it says itself what it is used for.
    pub says_usage: bool,
    /// The value of `usage`, once a fact asks.
    pub usage: OnceCell<Value>,
}

impl<'w, 'p> FactWorker<'w, 'p> {
    /// Evaluates the facts of a part of the resources, in their order. Those of resources that are not `whole` would miss
    /// what is wrong, so of them only the usage is looked at.
    pub fn evaluate(
        inputs: &FactInputs<'w, 'p>,
        graph: &Arc<ResourceGraph>,
        part: Range<usize>,
        whole: bool,
    ) -> Vec<Fact> {
        Self::new(inputs, graph).evaluate_part(part, whole)
    }

    /// Returns a worker that has evaluated nothing, for facts.
    fn new(inputs: &FactInputs<'w, 'p>, graph: &Arc<ResourceGraph>) -> Self {
        let FactInputs { cx, resolved, environment, goals } = *inputs;
        let (state, reader) = (EvalState::default(), GraphReader::new(graph.clone()));
        FactWorker { cx, resolved, state, environment, goals, reader, is_of_rules: false }
    }

    /// Returns a worker for policies and tests.
    pub fn of_rules(inputs: &FactInputs<'w, 'p>, graph: &Arc<ResourceGraph>) -> Self {
        FactWorker { is_of_rules: true, ..Self::new(inputs, graph) }
    }

    fn evaluate_part(&self, part: Range<usize>, whole: bool) -> Vec<Fact> {
        let graph = &self.reader.graph;
        let plans = plans(self.cx, graph);
        let mut facts = Vec::with_capacity(part.len());
        let none = FactPlan::default();
        let both = graph.resources.iter().zip(&graph.written);
        for (resource, written) in both.skip(part.start).take(part.len()) {
            // What one resource's facts may take does not shrink with the number of resources.
            self.state.meter.renew();
            let Some(itself) = graph.handle(&resource.address) else { continue };
            let itself = Value::new(ValueKind::Resource(itself), resource.span);
            let plan = plans.get(&*resource.ty).unwrap_or(&none);
            let says_usage = self.goals.resource_usage.contains_key(&resource.address);
            let (declared, usage) = (written.declared, OnceCell::new());
            let subject = FactSubject { resource, plan, itself, declared, says_usage, usage };
            self.evaluate_resource(&subject, whole, &mut facts);
        }
        facts
    }

    /// Returns the interpreter of what stands in facts.
    pub fn interpreter(&self) -> Interpreter<'_, 'p> {
        Interpreter { cx: self.cx, resolved: self.resolved, state: &self.state, view: self }
    }
}

impl<'p> ResourceView<'p> for FactWorker<'_, 'p> {
    fn declared(&self, _: &Rc<Frame<'p>>, _: &Declaration<'p>, _: Span) -> EvalResult<Value> {
        // A fact stands in no body, so none declares anything.
        Err(AlreadyReported)
    }

    fn property(&self, handle: &ResourceHandle, name: &Ident, span: Span) -> EvalResult<Value> {
        self.finished_property(handle, name, span)
    }

    fn type_at(&self, address: &Address) -> Option<Arc<TypeDef>> {
        self.cx.def(&self.reader.resource(address)?.ty)
    }

    fn environment(&self, span: Span) -> Option<Value> {
        Some(environment_value(self.environment?, &self.goals.usage, span))
    }

    fn is_finished(&self) -> bool {
        true
    }

    fn call(&self, function: &str, args: &[Value], span: Span) -> EvalResult<Value> {
        self.graph_function(function, args, span)
    }

    fn is_tag(&self, of: &Value, name: &str) -> bool {
        match &of.kind {
            ValueKind::Resource(handle) => {
                let def = self.cx.def(&handle.ty);
                let is_tags = |def: Arc<TypeDef>| def.root.by_name(name).is_some_and(|one| def.is_tagged_by(&one.aws));
                self.is_of_rules && def.is_some_and(is_tags)
            }
            // A resource of any type.
            ValueKind::Map(entries) => {
                self.is_of_rules
                    && name == "tags"
                    && ["address", "stateful"].iter().all(|key| entries.contains_key(*key))
            }
            _ => false,
        }
    }

    fn is_used(&self, name: &str) {
        self.reader.used(name);
    }
}
