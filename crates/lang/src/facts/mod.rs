//! Facts: what is known about resource types, evaluated for every resource over the whole graph of its environment.
//!
//! This happens when the model is made, so a fact reads what will be sent to the cloud, overrides and tags included, and
//! never what a user happened to write on the way there.

mod dependencies;
mod evaluator;
mod fact_plan;
mod functions;
mod parallel;
mod program;
mod property_access;
mod resource_graph;

pub use evaluator::FactEvaluator;
pub use functions::is_function;
pub use program::FactProgram;

use super::compile_context::{AlreadyReported, EvalResult};
use super::eval::{Assignment, BlockEntries, Expectation, Interpreter, Scope};
use dependencies::SELF;
use fact_plan::{FactPlan, FactPlanItem, FactPlanStep, FactTemplate, LetValue, MemoCache, is_usage, properties};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::PropPath;
use gpb_model::value::{PropertyMap, PropertyValue, ValueEntry, ValueKind};
use gpb_model::{ASKED_ANYWAY, Applicability, Fact, Resource};
use gpb_syntax::ast::{Binding, BlockStmt};
use resource_graph::{DeclarationSite, ResourceGraph};
use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Where the facts of a type begin: the block that says what a resource's `usage` may hold.
const USAGE: &str = "usage";

/// A resource while its facts are made out.
struct FactSubject<'a, 'p> {
    evaluator: &'a FactEvaluator,
    resource: &'a Resource,
    plan: &'a FactPlan<'p>,
    itself: PropertyValue,
    declared: Span,
    /// Whether it says itself what it is used for.
    says_usage: bool,
    /// What it is used for, once a fact asks.
    usage: OnceCell<PropertyValue>,
}

impl<'p> Interpreter<'_, 'p> {
    /// The facts of all resources, in their order.
    pub fn evaluate_facts(&self, resources: Vec<Resource>) -> (Vec<Resource>, Vec<Fact>) {
        let written = resources.iter().map(|resource| self.written_of(resource)).collect();
        let graph = Arc::new(ResourceGraph::new(resources, written, &self.goals.borrow().needs));
        // Facts read resources as they are sent; where something is wrong with those, what a fact misses is no mistake of its own.
        let whole = !self.cx.reports.has_errors();
        let facts = self.in_parallel(&graph, whole);
        let resources = Arc::try_unwrap(graph).map_or_else(|graph| graph.resources.clone(), |graph| graph.resources);
        (resources, facts)
    }

    /// The facts of some of the resources.
    fn evaluate_part(&self, graph: &Arc<ResourceGraph>, part: Range<usize>, whole: bool) -> Vec<Fact> {
        let evaluator = Rc::new(FactEvaluator::new(graph.clone()));
        let plans = self.plans(&evaluator);
        *self.fact_evaluator.borrow_mut() = Some(evaluator.clone());
        let mut facts = Vec::with_capacity(part.len());
        let none = FactPlan::default();
        let both = graph.resources.iter().zip(&graph.written);
        for (resource, written) in both.skip(part.start).take(part.len()) {
            // What one resource's facts may take does not shrink with the number of resources.
            self.budget.renew();
            let Some(itself) = evaluator.handle(&resource.address) else { continue };
            let itself = PropertyValue::new(ValueKind::Resource(itself), resource.span);
            let plan = plans.get(&*resource.ty).unwrap_or(&none);
            let says_usage = self.goals.borrow().resource_usage.contains_key(&resource.address);
            let (declared, usage) = (written.declared, OnceCell::new());
            let subject = FactSubject { evaluator: &evaluator, resource, plan, itself, declared, says_usage, usage };
            self.evaluate_resource(&subject, whole, &mut facts);
        }
        *self.fact_evaluator.borrow_mut() = None;
        facts
    }

    fn evaluate_resource(&self, subject: &FactSubject<'_, 'p>, whole: bool, facts: &mut Vec<Fact>) {
        if subject.says_usage {
            // What it says of its use is looked at even if no fact asks.
            self.usage_of(subject);
        }
        for item in subject.plan.items.iter().filter(|_| whole) {
            let _ = self.evaluate_item(subject, item, facts);
        }
    }

    /// A `let` is worked out when a fact after it has to be.
    fn evaluate_item(
        &self,
        subject: &FactSubject<'_, 'p>,
        item: &FactPlanItem<'p>,
        facts: &mut Vec<Fact>,
    ) -> EvalResult<()> {
        // What a resource says of its use is no property, and what is shared is told apart by those alone.
        let may_share = !subject.says_usage;
        let mut scope: Option<Scope<'p>> = None;
        let mut waiting = Vec::new();
        for step in &item.steps {
            let (block, cache) = match step {
                FactPlanStep::Let(binding, cache) => {
                    waiting.push((*binding, cache.as_ref().filter(|_| may_share)));
                    continue;
                }
                FactPlanStep::Fact(block, cache) => (*block, cache.as_ref().filter(|_| may_share)),
            };
            let shared = cache.and_then(|cache| Some((cache, cache.key(subject.resource)?)));
            if let Some((cache, key)) = &shared
                && let Some(said) = cache.get(key)
            {
                facts.push(Self::templates_of(subject, block, said));
                continue;
            }
            let mut inner = match scope.take() {
                Some(scope) => scope,
                None => self.scope_of(subject, item),
            };
            for (binding, cache) in waiting.drain(..) {
                inner = inner.bind(&binding.name.text, self.let_value(subject, binding, cache, &inner)?);
            }
            if let Some(fact) = self.fact(subject, block, &inner) {
                if let Some((cache, key)) = shared {
                    cache.keep(key, FactTemplate::from_fact(&fact));
                }
                facts.push(fact);
            }
            scope = Some(inner);
        }
        Ok(())
    }

    fn scope_of(&self, subject: &FactSubject<'_, 'p>, item: &FactPlanItem<'p>) -> Scope<'p> {
        subject.evaluator.start(true);
        self.root(item.global.module).bind(SELF, subject.itself.clone()).bind(USAGE, self.usage_of(subject))
    }

    /// What a `let` stands for; what it looked at is kept for those that use it.
    fn let_value(
        &self,
        subject: &FactSubject<'_, 'p>,
        binding: &'p Binding,
        cache: Option<&MemoCache<LetValue>>,
        scope: &Scope<'p>,
    ) -> EvalResult<PropertyValue> {
        subject.evaluator.start(false);
        let shared = cache.and_then(|cache| Some((cache, cache.key(subject.resource)?)));
        if let Some(known) = shared.as_ref().and_then(|(cache, key)| cache.get(key)) {
            for property in known.evidence.iter() {
                subject.evaluator.read(subject.evaluator.property(subject.resource, property.clone()).into());
            }
            subject.evaluator.keep(&binding.name.text);
            return Ok(known.value);
        }
        let value = self.bound(binding, scope)?;
        let evidence = subject.evaluator.keep(&binding.name.text);
        if let Some((cache, key)) = shared {
            cache.keep(key, LetValue { value: value.clone(), evidence: properties(&evidence) });
        }
        Ok(value)
    }

    /// What was said of a resource like this one.
    fn templates_of(subject: &FactSubject<'_, 'p>, block: &BlockStmt, said: FactTemplate) -> Fact {
        let read = |property: &PropPath| Arc::new(subject.evaluator.property(subject.resource, property.clone()));
        let evidence = said.evidence.iter().map(read);
        Fact {
            of: subject.resource.address.clone(),
            kind: said.kind,
            name: said.name,
            applies: said.applies,
            fields: said.fields,
            evidence: evidence.collect(),
            span: block.label.as_ref().map_or(block.span, |label| label.span),
            declared: subject.declared,
        }
    }

    fn fact(&self, subject: &FactSubject<'_, 'p>, block: &'p BlockStmt, scope: &Scope<'p>) -> Option<Fact> {
        let label = block.label.as_ref()?;
        subject.evaluator.start(false);
        let entries = self.entries(&block.stmts, scope).ok()?;
        let applies = self.applies(&entries).ok()?;
        let mut fields = Vec::with_capacity(entries.assignments.len());
        let mut read = || {
            for (name, given) in entries.assignments.iter().filter(|(name, _)| **name != "when") {
                match self.field_of_fact(subject.evaluator, name, given) {
                    Ok(value) if !value.is_absent() => {
                        fields.push((self.shared(name), value));
                    }
                    _ => {}
                }
            }
        };
        match applies {
            Applicability::Yes | Applicability::Unknown => read(),
            // That it cannot be said what a fact would say if it held is no mistake.
            Applicability::No if ASKED_ANYWAY.contains(&block.head.text.as_str()) => self.cx.reports.muted(read),
            Applicability::No => {}
        }
        Some(Fact {
            of: subject.resource.address.clone(),
            kind: self.shared(&block.head.text),
            name: self.shared(&label.text),
            applies,
            fields: fields.into_iter().collect(),
            evidence: subject.evaluator.evidence(),
            span: label.span,
            declared: subject.declared,
        })
    }

    /// The value of a fact's field; one that is the same for every resource is there once.
    fn field_of_fact(
        &self,
        evaluator: &FactEvaluator,
        name: &str,
        given: &[Assignment<'p>],
    ) -> EvalResult<PropertyValue> {
        let [Assignment::Field(field, scope)] = given else { return self.given(name, given, Expectation::Any) };
        if field.label.is_some() {
            return self.given(name, given, Expectation::Any);
        }
        let key = std::ptr::from_ref(&field.value) as usize;
        let known = evaluator.constants.borrow().get(&key).cloned();
        match known {
            Some(Some(value)) => return Ok(value),
            Some(None) => return self.eval(&field.value, scope, Expectation::Any),
            None => {}
        }
        let value = self.eval(&field.value, scope, Expectation::Any)?;
        let names = scope.bound().map(|name| (name, None)).collect();
        let reads = self.reads(&field.value, scope.frame.module_cx.module, &names);
        let fixed = reads.is_some_and(|reads| reads.is_empty());
        evaluator.constants.borrow_mut().insert(key, fixed.then(|| value.clone()));
        Ok(value)
    }

    fn applies(&self, entries: &BlockEntries<'p>) -> EvalResult<Applicability> {
        let Some(given) = entries.assignments.get("when") else { return Ok(Applicability::Yes) };
        let value = self.given("when", given, Expectation::Any)?;
        match value.kind {
            ValueKind::Bool(true) => Ok(Applicability::Yes),
            ValueKind::Bool(false) => Ok(Applicability::No),
            ValueKind::Unknown(_) => Ok(Applicability::Unknown),
            _ => Err(self.not_a_condition(&value, value.span)),
        }
    }

    /// What a resource is used for: what it says itself, and otherwise what its type's facts say.
    fn usage_of(&self, subject: &FactSubject<'_, 'p>) -> PropertyValue {
        let (plan, resource) = (subject.plan, subject.resource);
        // A failure has been reported where it happened.
        let all = || {
            self.all_usage(subject)
                .unwrap_or_else(|AlreadyReported| PropertyValue::map(PropertyMap::default(), resource.span))
        };
        let kept = if plan.usage_is_fixed && !subject.says_usage { &plan.usage } else { &subject.usage };
        kept.get_or_init(all).clone()
    }

    fn all_usage(&self, subject: &FactSubject<'_, 'p>) -> EvalResult<PropertyValue> {
        let mut map = PropertyMap::default();
        for item in &subject.plan.items {
            for block in item.global.item.stmts.iter().filter_map(is_usage) {
                let scope = self.root(item.global.module).bind(SELF, subject.itself.clone());
                let value = self.object(&block.stmts, &scope, Expectation::Any, block.span)?;
                for (name, entry) in value.as_map().into_iter().flatten() {
                    map.entry(name.clone()).or_insert_with(|| entry.clone());
                }
            }
        }
        let resource = subject.resource;
        let goals = self.goals.borrow();
        for (name, value) in goals.resource_usage.get(&resource.address).into_iter().flatten() {
            match map.get_mut(name.as_str()) {
                Some(entry) => *entry = ValueEntry { key: value.span, value: value.clone() },
                None => self.unknown_usage(resource, name, value.span, &map),
            }
        }
        Ok(PropertyValue::map(map, resource.span))
    }

    fn unknown_usage(&self, resource: &Resource, name: &str, span: Span, known: &PropertyMap) {
        let message = format!("`{}` has no usage `{name}`", resource.ty);
        let diagnostic = Diagnostic::error("GPB1915", message).with_label(span, "nothing is known to depend on it");
        let names: Vec<&str> = known.keys().map(AsRef::as_ref).collect();
        self.report(match nearest(name, names.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None if names.is_empty() => diagnostic.help("its facts know of no usage"),
            None => diagnostic.help(format!("it has {}", names.join(", "))),
        });
    }
}
