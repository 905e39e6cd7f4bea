//! Evaluates the facts of one resource.

use super::dependencies::{self, SELF, USAGE};
use super::fact_plan::{FactPlanItem, FactPlanStep, FactTemplate, LetValue, MemoCache, properties};
use super::worker::{FactSubject, FactWorker};
use crate::compile_context::EvalResult;
use crate::eval::{Assignment, BlockEntries, Expectation, Scope};
use crate::node_id::NodeId;
use gpb_model::value::{Value, ValueKind};
use gpb_model::{ASKED_ANYWAY, Applicability, Fact, PropPath};
use gpb_syntax::ast::{Binding, BlockStmt};
use std::sync::Arc;

impl<'p> FactWorker<'_, 'p> {
    pub(super) fn evaluate_resource(&self, subject: &FactSubject<'_, 'p>, whole: bool, facts: &mut Vec<Fact>) {
        if subject.says_usage {
            // What it says of its use is looked at even if no fact asks.
            self.usage_of(subject);
        }
        for item in subject.plan.items.iter().filter(|_| whole) {
            let _ = self.evaluate_item(subject, item, facts);
        }
    }

    /// Evaluates the facts of an item; a `let` is evaluated when a fact after it has to be.
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
                facts.push(self.templates_of(subject, block, said));
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
        self.reader.start(true);
        self.interpreter()
            .root(item.global.module)
            .bind(SELF, subject.itself.clone())
            .bind(USAGE, self.usage_of(subject))
    }

    /// Returns the value of a `let`; what it looked at is kept for those that use it.
    fn let_value(
        &self,
        subject: &FactSubject<'_, 'p>,
        binding: &'p Binding,
        cache: Option<&MemoCache<LetValue>>,
        scope: &Scope<'p>,
    ) -> EvalResult<Value> {
        self.reader.start(false);
        let shared = cache.and_then(|cache| Some((cache, cache.key(subject.resource)?)));
        if let Some(known) = shared.as_ref().and_then(|(cache, key)| cache.get(key)) {
            for property in known.evidence.iter() {
                self.reader.read(self.reader.property(subject.resource, property.clone()).into());
            }
            self.reader.keep(&binding.name.text);
            return Ok(known.value);
        }
        let value = self.interpreter().bound(binding, scope)?;
        let evidence = self.reader.keep(&binding.name.text);
        if let Some((cache, key)) = shared {
            cache.keep(key, LetValue { value: value.clone(), evidence: properties(&evidence) });
        }
        Ok(value)
    }

    /// Returns what was said of a resource like this one.
    fn templates_of(&self, subject: &FactSubject<'_, 'p>, block: &BlockStmt, said: FactTemplate) -> Fact {
        let read = |property: &PropPath| Arc::new(self.reader.property(subject.resource, property.clone()));
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
        self.reader.start(false);
        let entries = self.interpreter().entries(&block.stmts, scope).ok()?;
        let applies = self.applies(&entries).ok()?;
        let mut fields = Vec::with_capacity(entries.assignments.len());
        let mut read = || {
            for (name, given) in entries.assignments.iter().filter(|(name, _)| **name != "when") {
                match self.field_of_fact(name, given) {
                    Ok(value) if !value.is_absent() => {
                        fields.push((self.state.shared(name), value));
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
            kind: self.state.shared(&block.head.text),
            name: self.state.shared(&label.text),
            applies,
            fields: fields.into_iter().collect(),
            evidence: self.reader.evidence(),
            span: label.span,
            declared: subject.declared,
        })
    }

    /// Returns the value of a fact's field; one that is the same for every resource is there once.
    fn field_of_fact(&self, name: &str, given: &[Assignment<'p>]) -> EvalResult<Value> {
        let [Assignment::Field(field, scope)] = given else {
            return self.interpreter().given(name, given, Expectation::Any);
        };
        if field.label.is_some() {
            return self.interpreter().given(name, given, Expectation::Any);
        }
        let key = NodeId::new(field.value.span);
        let known = self.reader.constants.borrow().get(&key).cloned();
        match known {
            Some(Some(value)) => return Ok(value),
            Some(None) => return self.interpreter().eval(&field.value, scope, Expectation::Any),
            None => {}
        }
        let value = self.interpreter().eval(&field.value, scope, Expectation::Any)?;
        let names = scope.bound().map(|name| (name, None)).collect();
        let reads = dependencies::of_expr(&self.cx.names, &field.value, scope.frame.module_cx.module, &names);
        let fixed = reads.is_some_and(|reads| reads.is_empty());
        self.reader.constants.borrow_mut().insert(key, fixed.then(|| value.clone()));
        Ok(value)
    }

    fn applies(&self, entries: &BlockEntries<'p>) -> EvalResult<Applicability> {
        let Some(given) = entries.assignments.get("when") else { return Ok(Applicability::Yes) };
        let value = self.interpreter().given("when", given, Expectation::Any)?;
        match value.kind {
            ValueKind::Bool(true) => Ok(Applicability::Yes),
            ValueKind::Bool(false) => Ok(Applicability::No),
            ValueKind::Unknown(_) => Ok(Applicability::Unknown),
            _ => Err(self.interpreter().not_a_condition(&value, value.span)),
        }
    }
}
