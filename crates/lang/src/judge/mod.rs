//! Facts: what is known about resource types, evaluated for every resource over the whole graph of its environment.
//!
//! This happens when the model is made, so a fact reads what will be sent to the cloud, overrides and tags included, and
//! never what a user happened to write on the way there.

mod access;
mod functions;
mod graph;
mod notes;
mod outline;
mod parts;
mod reads;

pub use functions::is_function;
pub use notes::Judge;

use super::eval::{Entries, Expect, Given, Machine, Scope};
use super::world::{Failed, Outcome};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::PropPath;
use gpb_model::value::{Entry, Kind, Map, Value};
use gpb_model::{ASKED_ANYWAY, Applies, Fact, Resource};
use gpb_syntax::ast::{Binding, Block};
use graph::{Graph, Written};
use outline::{Alike, Bound, Item, Outline, Said, Step, is_usage, properties};
use reads::SELF;
use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Where the facts of a type begin: the block that says what a resource's `usage` may hold.
const USAGE: &str = "usage";

/// A resource while its facts are made out.
struct About<'a, 'p> {
    judge: &'a Judge,
    resource: &'a Resource,
    outline: &'a Outline<'p>,
    itself: Value,
    declared: Span,
    /// Whether it says itself what it is used for.
    says_usage: bool,
    /// What it is used for, once a fact asks.
    usage: OnceCell<Value>,
}

impl<'p> Machine<'_, 'p> {
    /// The facts of all resources, in their order.
    pub fn judge(&self, resources: Vec<Resource>) -> (Vec<Resource>, Vec<Fact>) {
        let written = resources.iter().map(|resource| self.written_of(resource)).collect();
        let graph = Arc::new(Graph::new(resources, written, &self.goals.borrow().needs));
        // Facts read resources as they are sent; where something is wrong with those, what a fact misses is no mistake of its own.
        let whole = !self.world.reports.has_errors();
        let facts = self.in_parts(&graph, whole);
        let resources = Arc::try_unwrap(graph).map_or_else(|graph| graph.resources.clone(), |graph| graph.resources);
        (resources, facts)
    }

    /// The facts of some of the resources.
    fn part(&self, graph: &Arc<Graph>, part: Range<usize>, whole: bool) -> Vec<Fact> {
        let judge = Rc::new(Judge::of(graph.clone()));
        let outlines = self.outlines(&judge);
        *self.judge.borrow_mut() = Some(judge.clone());
        let mut facts = Vec::with_capacity(part.len());
        let none = Outline::default();
        let both = graph.resources.iter().zip(&graph.written);
        for (resource, written) in both.skip(part.start).take(part.len()) {
            // What one resource's facts may take does not shrink with the number of resources.
            self.budget.renew();
            let Some(itself) = judge.handle(&resource.address) else { continue };
            let itself = Value::new(Kind::Resource(itself), resource.span);
            let outline = outlines.get(&*resource.ty).unwrap_or(&none);
            let says_usage = self.goals.borrow().resource_usage.contains_key(&resource.address);
            let (declared, usage) = (written.declared, OnceCell::new());
            let about = About { judge: &judge, resource, outline, itself, declared, says_usage, usage };
            self.judge_one(&about, whole, &mut facts);
        }
        *self.judge.borrow_mut() = None;
        facts
    }

    fn judge_one(&self, about: &About<'_, 'p>, whole: bool, facts: &mut Vec<Fact>) {
        if about.says_usage {
            // What it says of its use is looked at even if no fact asks.
            self.usage_of(about);
        }
        for item in about.outline.items.iter().filter(|_| whole) {
            let _ = self.judge_item(about, item, facts);
        }
    }

    /// A `let` is worked out when a fact after it has to be.
    fn judge_item(&self, about: &About<'_, 'p>, item: &Item<'p>, facts: &mut Vec<Fact>) -> Outcome<()> {
        // What a resource says of its use is no property, and what is shared is told apart by those alone.
        let may_share = !about.says_usage;
        let mut scope: Option<Scope<'p>> = None;
        let mut waiting = Vec::new();
        for step in &item.steps {
            let (block, alike) = match step {
                Step::Let(binding, alike) => {
                    waiting.push((*binding, alike.as_ref().filter(|_| may_share)));
                    continue;
                }
                Step::Fact(block, alike) => (*block, alike.as_ref().filter(|_| may_share)),
            };
            let shared = alike.and_then(|alike| Some((alike, alike.key(about.resource)?)));
            if let Some((alike, key)) = &shared
                && let Some(said) = alike.get(key)
            {
                facts.push(Self::said(about, block, said));
                continue;
            }
            let mut inner = match scope.take() {
                Some(scope) => scope,
                None => self.scope_of(about, item),
            };
            for (binding, alike) in waiting.drain(..) {
                inner = inner.bind(&binding.name.text, self.bound_of(about, binding, alike, &inner)?);
            }
            if let Some(fact) = self.fact(about, block, &inner) {
                if let Some((alike, key)) = shared {
                    alike.keep(key, Said::of(&fact));
                }
                facts.push(fact);
            }
            scope = Some(inner);
        }
        Ok(())
    }

    fn scope_of(&self, about: &About<'_, 'p>, item: &Item<'p>) -> Scope<'p> {
        about.judge.start(true);
        self.root(item.global.module).bind(SELF, about.itself.clone()).bind(USAGE, self.usage_of(about))
    }

    /// What a `let` stands for; what it looked at is kept for those that use it.
    fn bound_of(
        &self,
        about: &About<'_, 'p>,
        binding: &'p Binding,
        alike: Option<&Alike<Bound>>,
        scope: &Scope<'p>,
    ) -> Outcome<Value> {
        about.judge.start(false);
        let shared = alike.and_then(|alike| Some((alike, alike.key(about.resource)?)));
        if let Some(known) = shared.as_ref().and_then(|(alike, key)| alike.get(key)) {
            for property in known.evidence.iter() {
                about.judge.read(about.judge.property(about.resource, property.clone()).into());
            }
            about.judge.keep(&binding.name.text);
            return Ok(known.value);
        }
        let value = self.bound(binding, scope)?;
        let evidence = about.judge.keep(&binding.name.text);
        if let Some((alike, key)) = shared {
            alike.keep(key, Bound { value: value.clone(), evidence: properties(&evidence) });
        }
        Ok(value)
    }

    /// What was said of a resource like this one.
    fn said(about: &About<'_, 'p>, block: &Block, said: Said) -> Fact {
        let read = |property: &PropPath| Arc::new(about.judge.property(about.resource, property.clone()));
        let evidence = said.evidence.iter().map(read);
        Fact {
            of: about.resource.address.clone(),
            kind: said.kind,
            name: said.name,
            applies: said.applies,
            fields: said.fields,
            evidence: evidence.collect(),
            span: block.label.as_ref().map_or(block.span, |label| label.span),
            declared: about.declared,
        }
    }

    fn fact(&self, about: &About<'_, 'p>, block: &'p Block, scope: &Scope<'p>) -> Option<Fact> {
        let label = block.label.as_ref()?;
        about.judge.start(false);
        let entries = self.entries(&block.stmts, scope).ok()?;
        let applies = self.applies(&entries).ok()?;
        let mut fields = Vec::with_capacity(entries.given.len());
        let mut read = || {
            for (name, given) in entries.given.iter().filter(|(name, _)| **name != "when") {
                match self.field_of_fact(about.judge, name, given) {
                    Ok(value) if !value.is_absent() => {
                        fields.push((self.shared(name), value));
                    }
                    _ => {}
                }
            }
        };
        match applies {
            Applies::Yes | Applies::Unknown => read(),
            // That it cannot be said what a fact would say if it held is no mistake.
            Applies::No if ASKED_ANYWAY.contains(&block.head.text.as_str()) => self.world.reports.muted(read),
            Applies::No => {}
        }
        Some(Fact {
            of: about.resource.address.clone(),
            kind: self.shared(&block.head.text),
            name: self.shared(&label.text),
            applies,
            fields: fields.into_iter().collect(),
            evidence: about.judge.evidence(),
            span: label.span,
            declared: about.declared,
        })
    }

    /// The value of a fact's field; one that is the same for every resource is there once.
    fn field_of_fact(&self, judge: &Judge, name: &str, given: &[Given<'p>]) -> Outcome<Value> {
        let [Given::Field(field, scope)] = given else { return self.given(name, given, Expect::Any) };
        if field.label.is_some() {
            return self.given(name, given, Expect::Any);
        }
        let key = std::ptr::from_ref(&field.value) as usize;
        let known = judge.constants.borrow().get(&key).cloned();
        match known {
            Some(Some(value)) => return Ok(value),
            Some(None) => return self.eval(&field.value, scope, Expect::Any),
            None => {}
        }
        let value = self.eval(&field.value, scope, Expect::Any)?;
        let names = scope.bound().map(|name| (name, None)).collect();
        let reads = self.reads(&field.value, scope.frame.around.module, &names);
        let fixed = reads.is_some_and(|reads| reads.is_empty());
        judge.constants.borrow_mut().insert(key, fixed.then(|| value.clone()));
        Ok(value)
    }

    fn applies(&self, entries: &Entries<'p>) -> Outcome<Applies> {
        let Some(given) = entries.given.get("when") else { return Ok(Applies::Yes) };
        let value = self.given("when", given, Expect::Any)?;
        match value.kind {
            Kind::Bool(true) => Ok(Applies::Yes),
            Kind::Bool(false) => Ok(Applies::No),
            Kind::Hole(_) => Ok(Applies::Unknown),
            _ => Err(self.not_a_condition(&value, value.span)),
        }
    }

    /// What a resource is used for: what it says itself, and otherwise what its type's facts say.
    fn usage_of(&self, about: &About<'_, 'p>) -> Value {
        let (outline, resource) = (about.outline, about.resource);
        // A failure has been reported where it happened.
        let all = || self.all_usage(about).unwrap_or_else(|Failed| Value::map(Map::default(), resource.span));
        let kept = if outline.usage_is_fixed && !about.says_usage { &outline.usage } else { &about.usage };
        kept.get_or_init(all).clone()
    }

    fn all_usage(&self, about: &About<'_, 'p>) -> Outcome<Value> {
        let mut map = Map::default();
        for item in &about.outline.items {
            for block in item.global.item.stmts.iter().filter_map(is_usage) {
                let scope = self.root(item.global.module).bind(SELF, about.itself.clone());
                let value = self.object(&block.stmts, &scope, Expect::Any, block.span)?;
                for (name, entry) in value.as_map().into_iter().flatten() {
                    map.entry(name.clone()).or_insert_with(|| entry.clone());
                }
            }
        }
        let resource = about.resource;
        let goals = self.goals.borrow();
        for (name, value) in goals.resource_usage.get(&resource.address).into_iter().flatten() {
            match map.get_mut(name.as_str()) {
                Some(entry) => *entry = Entry { key: value.span, value: value.clone() },
                None => self.unknown_usage(resource, name, value.span, &map),
            }
        }
        Ok(Value::map(map, resource.span))
    }

    fn unknown_usage(&self, resource: &Resource, name: &str, span: Span, known: &Map) {
        let message = format!("`{}` has no usage `{name}`", resource.ty);
        let diagnostic = Diagnostic::error("GPB1915", message).at(span, "nothing is known to depend on it");
        let names: Vec<&str> = known.keys().map(AsRef::as_ref).collect();
        self.report(match nearest(name, names.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None if names.is_empty() => diagnostic.help("its facts know of no usage"),
            None => diagnostic.help(format!("it has {}", names.join(", "))),
        });
    }
}
