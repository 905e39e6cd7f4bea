//! The facts of a type, prepared once: which of them are the same of all resources that are alike in a few properties.

use super::dependencies::{self, Dependencies, NameDependencies, USAGE, join, nothing};
use super::resource_graph::ResourceGraph;
use crate::compile_context::{CompileContext, dotted};
use crate::names::GlobalItem;
use foldhash::HashMap;
use gpb_catalog::TypeDef;
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::value::Value;
use gpb_model::{Applicability, Evidence, Fact, FactFields, Resource};
use gpb_syntax::ast;
use gpb_syntax::ast::{Binding, BlockStmt, Stmt};
use std::cell::{OnceCell, RefCell};
use std::fmt::Write as _;
use std::sync::Arc;

/// Holds all facts of a type.
#[derive(Debug, Default)]
pub struct FactPlan<'p> {
    /// The `facts` items about it, in order.
    pub items: Vec<FactPlanItem<'p>>,
    /// The usage of a resource, where that depends on nothing of it and it says nothing itself.
    pub usage: OnceCell<Value>,
    /// True if the usage depends on nothing of the resource.
    pub usage_is_fixed: bool,
}

/// One `facts` item.
#[derive(Debug)]
pub struct FactPlanItem<'p> {
    /// The item.
    pub global: GlobalItem<'p, ast::FactsItem>,
    /// Its statements, in order.
    pub steps: Vec<FactPlanStep<'p>>,
}

/// One statement of an item.
#[derive(Debug)]
pub enum FactPlanStep<'p> {
    /// A `let`, with what was evaluated of it.
    Let(&'p Binding, Option<MemoCache<LetValue>>),
    /// A fact, with what was evaluated of it.
    Fact(&'p BlockStmt, Option<MemoCache<FactTemplate>>),
}

/// Keeps what is the same for all resources with the same values of these properties.
#[derive(Debug)]
pub struct MemoCache<T> {
    properties: Vec<PropPath>,
    /// By those values.
    known: RefCell<HashMap<String, T>>,
}

/// The value of a `let`.
#[derive(Debug, Clone)]
pub struct LetValue {
    /// The value.
    pub value: Value,
    /// The properties of the resource that it looked at.
    pub evidence: Arc<[PropPath]>,
}

/// The content of a fact about each of several resources.
#[derive(Debug, Clone)]
pub struct FactTemplate {
    /// The head of the block: `price`.
    pub kind: Arc<str>,
    /// The label of the block.
    pub name: Arc<str>,
    /// The value of `when`.
    pub applies: Applicability,
    /// The other fields.
    pub fields: FactFields,
    /// The properties of the resource that it looked at.
    pub evidence: Arc<[PropPath]>,
}

impl FactTemplate {
    /// Returns what a fact says of resources like its own.
    pub fn from_fact(fact: &Fact) -> Self {
        Self {
            kind: fact.kind.clone(),
            name: fact.name.clone(),
            applies: fact.applies,
            fields: fact.fields.clone(),
            evidence: properties(&fact.evidence),
        }
    }
}

/// Returns the properties of what was read.
pub fn properties(evidence: &[Arc<Evidence>]) -> Arc<[PropPath]> {
    evidence.iter().map(|evidence| evidence.property.clone()).collect()
}

/// The number of values to keep: what is another for more values is not worth keeping.
const MOST: usize = 64;
/// The longest string to compare, in bytes: a longer one is hardly that of two resources.
const MOST_TEXT: usize = 48;

impl<T: Clone> MemoCache<T> {
    /// Returns what tells apart the resources for which it is not the same; `None` where it is not worth comparing.
    pub fn key(&self, resource: &Resource) -> Option<String> {
        let mut key = String::new();
        for property in &self.properties {
            // A length before each text, so that no two lists of values make one key.
            let _ = match resource.properties.get(&property.0) {
                None => write!(key, "-"),
                Some(model::PropertyValue::Bool(value)) => write!(key, "{value};"),
                Some(model::PropertyValue::Int(value)) => write!(key, "{value};"),
                Some(model::PropertyValue::Text(text)) if text.len() <= MOST_TEXT => {
                    write!(key, "{}:{text}", text.len())
                }
                Some(_) => return None,
            };
        }
        Some(key)
    }

    /// Returns what is kept under a key.
    pub fn get(&self, key: &str) -> Option<T> {
        self.known.borrow().get(key).cloned()
    }

    /// Keeps a value under a key.
    pub fn keep(&self, key: String, value: T) {
        let mut all = self.known.borrow_mut();
        if all.len() < MOST {
            all.insert(key, value);
        }
    }
}

/// Returns the facts of each type that there are resources of.
pub fn plans<'p>(cx: &CompileContext<'p>, graph: &ResourceGraph) -> HashMap<String, FactPlan<'p>> {
    PlanBuilder { cx }.plans(graph)
}

struct PlanBuilder<'a, 'p> {
    cx: &'a CompileContext<'p>,
}

impl<'p> PlanBuilder<'_, 'p> {
    fn plans(&self, graph: &ResourceGraph) -> HashMap<String, FactPlan<'p>> {
        let mut items: HashMap<String, Vec<GlobalItem<'p, ast::FactsItem>>> = HashMap::default();
        for global in &self.cx.names.facts {
            if let Some(name) = dotted(&global.item.ty) {
                items.entry(name).or_default().push(*global);
            }
        }
        let plan = |(name, items): (String, Vec<_>)| {
            let plan = self.plan_of(&name, items);
            (name, plan)
        };
        items.into_iter().filter(|(name, _)| graph.has_any(name)).map(plan).collect()
    }

    fn plan_of(&self, ty: &str, items: Vec<GlobalItem<'p, ast::FactsItem>>) -> FactPlan<'p> {
        let Some(def) = self.cx.def(ty) else { return FactPlan::default() };
        let blocks = |global: &GlobalItem<'p, ast::FactsItem>| {
            let module = global.module;
            global.item.stmts.iter().filter_map(is_usage).map(move |block| (block, module))
        };
        let reads = |(block, module): (&'p BlockStmt, _)| {
            dependencies::of_stmts(&self.cx.names, &block.stmts, module, &NameDependencies::default())
        };
        let usage = join(items.iter().flat_map(blocks).map(reads));
        let usage_is_fixed = usage.as_ref().is_some_and(std::collections::BTreeSet::is_empty);
        let item =
            |global: GlobalItem<'p, ast::FactsItem>| FactPlanItem { global, steps: self.steps(global, &usage, &def) };
        FactPlan { items: items.into_iter().map(item).collect(), usage: OnceCell::new(), usage_is_fixed }
    }

    fn steps(
        &self,
        global: GlobalItem<'p, ast::FactsItem>,
        usage: &Dependencies<'p>,
        def: &TypeDef,
    ) -> Vec<FactPlanStep<'p>> {
        let mut names = NameDependencies::from_iter([(USAGE, usage.clone())]);
        let step = |stmt: &'p Stmt| match stmt {
            Stmt::Let(binding) => {
                let value = binding.value.as_ref();
                let reads = value
                    .map_or_else(nothing, |value| dependencies::of_expr(&self.cx.names, value, global.module, &names));
                names.insert(&binding.name.text, reads.clone());
                Some(FactPlanStep::Let(binding, memo_cache(reads, def)))
            }
            Stmt::Block(block) if block.label.is_some() => Some(FactPlanStep::Fact(
                block,
                memo_cache(dependencies::of_stmts(&self.cx.names, &block.stmts, global.module, &names), def),
            )),
            _ => None,
        };
        global.item.stmts.iter().filter_map(step).collect()
    }
}

fn memo_cache<T>(reads: Dependencies<'_>, def: &TypeDef) -> Option<MemoCache<T>> {
    let property = |name: &str| {
        let property = def.root.by_name(name).or_else(|| def.root.by_aws(name))?;
        let path = PropPath::default().child(&property.aws);
        // What AWS decides is another for every resource.
        (!def.is_read_only(&path)).then_some(path)
    };
    let properties: Option<Vec<PropPath>> = reads?.into_iter().map(property).collect();
    Some(MemoCache { properties: properties?, known: RefCell::default() })
}

/// Returns the block that says what a resource's `usage` may hold.
pub fn is_usage(stmt: &Stmt) -> Option<&BlockStmt> {
    match stmt {
        Stmt::Block(block) if block.head.text == USAGE && block.label.is_none() => Some(block),
        _ => None,
    }
}
