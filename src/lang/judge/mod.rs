//! Facts: what is known about resource types, evaluated for every resource over the whole graph of its environment.
//!
//! This happens when the model is made, so a fact reads what will be sent to the cloud, overrides and tags included, and
//! never what a user happened to write on the way there.

mod access;
mod constant;
mod functions;
mod graph;

pub use access::shown;
pub use functions::is_function;
pub use graph::Judge;

use super::eval::{Entries, Expect, Machine, Scope};
use super::names::Global;
use super::value::{Entry, Kind, Map, Value};
use super::world::{Failed, Outcome};
use crate::diag::{Diagnostic, nearest};
use crate::model::{Applies, Fact, Fields, Resource};
use crate::source::Span;
use crate::syntax::ast::{self, Block, Stmt};
use foldhash::HashMap;
use std::rc::Rc;

/// Where the facts of a type begin: the block that says what a resource's `usage` may hold.
const USAGE: &str = "usage";

impl<'p> Machine<'_, 'p> {
    /// The facts of all resources, in their order.
    pub fn judge(&self, resources: Vec<Resource>) -> (Vec<Resource>, Vec<Fact>) {
        let mut by_type: HashMap<String, Vec<Global<'p, ast::Facts>>> = HashMap::default();
        for global in &self.world.names.facts {
            if let Some(name) = super::world::dotted(&global.item.ty) {
                by_type.entry(name).or_default().push(*global);
            }
        }
        let judge = Rc::new(Judge::new(resources, &self.goals.borrow().needs));
        *self.judge.borrow_mut() = Some(judge.clone());
        let mut facts = Vec::new();
        // Facts read resources as they are sent; where something is wrong with those, what a fact misses is no mistake of its own.
        let whole = !self.world.reports.has_errors();
        for resource in &judge.resources {
            // What one resource's facts may take does not shrink with the number of resources.
            self.budget.renew();
            let known = by_type.get(&resource.ty).map(Vec::as_slice).unwrap_or_default();
            self.judge_one(&judge, resource, known, whole, &mut facts);
        }
        *self.judge.borrow_mut() = None;
        let resources = Rc::try_unwrap(judge).map_or_else(|judge| judge.resources.clone(), |judge| judge.resources);
        (resources, facts)
    }

    fn judge_one(
        &self,
        judge: &Judge,
        resource: &Resource,
        known: &[Global<'p, ast::Facts>],
        whole: bool,
        facts: &mut Vec<Fact>,
    ) {
        let Some(itself) = judge.handle(&resource.address) else { return };
        let itself = Value::new(Kind::Resource(itself), resource.span);
        // A failure has been reported where it happened.
        let usage =
            self.usage_of(resource, known, &itself).unwrap_or_else(|Failed| Value::map(Map::default(), resource.span));
        for global in known.iter().filter(|_| whole) {
            let scope = self.root(global.module).bind("self", itself.clone()).bind(USAGE, usage.clone());
            let _ = self.judge_item(judge, resource, global.item, scope, facts);
        }
    }

    fn judge_item(
        &self,
        judge: &Judge,
        resource: &Resource,
        item: &'p ast::Facts,
        mut scope: Scope<'p>,
        facts: &mut Vec<Fact>,
    ) -> Outcome<()> {
        judge.start(true);
        for stmt in &item.stmts {
            match stmt {
                Stmt::Let(binding) => {
                    judge.start(false);
                    scope = scope.bind(&binding.name.text, self.bound(binding, &scope)?);
                    judge.keep(&binding.name.text);
                }
                Stmt::Block(block) if block.label.is_some() => facts.extend(self.fact(judge, resource, block, &scope)),
                _ => {}
            }
        }
        Ok(())
    }

    fn fact(&self, judge: &Judge, resource: &Resource, block: &'p Block, scope: &Scope<'p>) -> Option<Fact> {
        let label = block.label.as_ref()?;
        let made = |applies, fields, evidence| Fact {
            of: resource.address.clone(),
            kind: self.shared(&block.head.text),
            name: self.shared(&label.text),
            applies,
            fields,
            evidence,
            span: label.span,
        };
        if let Some(fields) = judge.fixed_fields(block) {
            return Some(made(Applies::Yes, fields, Vec::new()));
        }
        judge.start(false);
        let entries = self.entries(&block.stmts, scope).ok()?;
        let applies = self.applies(&entries).ok()?;
        let mut fields = Vec::with_capacity(entries.given.len());
        let mut read = || {
            for (name, given) in entries.given.iter().filter(|(name, _)| **name != "when") {
                match self.field_of_fact(judge, name, given) {
                    Ok(value) if !value.is_absent() => {
                        fields.push((self.shared(name), value));
                    }
                    _ => {}
                }
            }
        };
        // What a fact would say if it held is of use to whoever looks for a way out; that it cannot be said is no mistake.
        if applies == Applies::No {
            self.world.reports.muted(read);
        } else {
            read();
        }
        let fields: Fields = fields.into_iter().collect();
        judge.remember(block, &fields);
        Some(made(applies, fields, judge.evidence()))
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
    fn usage_of(&self, resource: &Resource, known: &[Global<'p, ast::Facts>], itself: &Value) -> Outcome<Value> {
        let mut map = Map::default();
        for global in known {
            for stmt in &global.item.stmts {
                let Stmt::Block(block) = stmt else { continue };
                if block.head.text == USAGE && block.label.is_none() {
                    let scope = self.root(global.module).bind("self", itself.clone());
                    let value = self.object(&block.stmts, &scope, Expect::Any, block.span)?;
                    for (name, entry) in value.as_map().into_iter().flatten() {
                        map.entry(name.clone()).or_insert_with(|| entry.clone());
                    }
                }
            }
        }
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
