//! The facts of a type, looked at once: which of them say the same of all resources that are alike in a few properties.

use super::super::eval::Interpreter;
use super::super::names::GlobalItem;
use super::dependencies::{Dependencies, NameDependencies, join, nothing};
use super::{FactEvaluator, USAGE};
use foldhash::HashMap;
use gpb_catalog::TypeDef;
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::value::PropertyValue;
use gpb_model::{Applicability, Evidence, Fact, FactFields, Resource};
use gpb_syntax::ast;
use gpb_syntax::ast::{Binding, BlockStmt, Stmt};
use std::cell::{OnceCell, RefCell};
use std::fmt::Write as _;
use std::sync::Arc;

/// All that is known of a type.
#[derive(Debug, Default)]
pub struct FactPlan<'p> {
    pub items: Vec<FactPlanItem<'p>>,
    /// What a resource is used for, where that depends on nothing of it and it says nothing itself.
    pub usage: OnceCell<PropertyValue>,
    pub usage_is_fixed: bool,
}

/// One `facts` item.
#[derive(Debug)]
pub struct FactPlanItem<'p> {
    pub global: GlobalItem<'p, ast::FactsItem>,
    pub steps: Vec<FactPlanStep<'p>>,
}

#[derive(Debug)]
pub enum FactPlanStep<'p> {
    Let(&'p Binding, Option<MemoCache<LetValue>>),
    Fact(&'p BlockStmt, Option<MemoCache<FactTemplate>>),
}

/// What is the same for all resources with the same values of these properties.
#[derive(Debug)]
pub struct MemoCache<T> {
    properties: Vec<PropPath>,
    /// By those values.
    known: RefCell<HashMap<String, T>>,
}

/// What a `let` stands for.
#[derive(Debug, Clone)]
pub struct LetValue {
    pub value: PropertyValue,
    /// The properties of the resource that it looked at.
    pub evidence: Arc<[PropPath]>,
}

/// What a fact says of each of several resources.
#[derive(Debug, Clone)]
pub struct FactTemplate {
    pub kind: Arc<str>,
    pub name: Arc<str>,
    pub applies: Applicability,
    pub fields: FactFields,
    /// The properties of the resource that it looked at.
    pub evidence: Arc<[PropPath]>,
}

impl FactTemplate {
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

/// The properties of what was read.
pub fn properties(evidence: &[Arc<Evidence>]) -> Arc<[PropPath]> {
    evidence.iter().map(|evidence| evidence.property.clone()).collect()
}

/// What is another for more values than these is not worth keeping.
const MOST: usize = 64;
/// A longer text is hardly that of two resources.
const MOST_TEXT: usize = 48;

impl<T: Clone> MemoCache<T> {
    /// What tells apart the resources for which it is not the same; `None` where it is not worth comparing.
    pub fn key(&self, resource: &Resource) -> Option<String> {
        let mut key = String::new();
        for property in &self.properties {
            // A length before each text, so that no two lists of values make one key.
            let _ = match resource.properties.get(&property.0) {
                None => write!(key, "-"),
                Some(model::Value::Bool(value)) => write!(key, "{value};"),
                Some(model::Value::Int(value)) => write!(key, "{value};"),
                Some(model::Value::Text(text)) if text.len() <= MOST_TEXT => write!(key, "{}:{text}", text.len()),
                Some(_) => return None,
            };
        }
        Some(key)
    }

    pub fn get(&self, key: &str) -> Option<T> {
        self.known.borrow().get(key).cloned()
    }

    pub fn keep(&self, key: String, value: T) {
        let mut all = self.known.borrow_mut();
        if all.len() < MOST {
            all.insert(key, value);
        }
    }
}

impl<'p> Interpreter<'_, 'p> {
    /// The facts of each type that there are resources of.
    pub(super) fn plans(&self, evaluator: &FactEvaluator) -> HashMap<String, FactPlan<'p>> {
        let mut items: HashMap<String, Vec<GlobalItem<'p, ast::FactsItem>>> = HashMap::default();
        for global in &self.cx.names.facts {
            if let Some(name) = super::super::compile_context::dotted(&global.item.ty) {
                items.entry(name).or_default().push(*global);
            }
        }
        let plan = |(name, items): (String, Vec<_>)| {
            let plan = self.plan_of(&name, items);
            (name, plan)
        };
        items.into_iter().filter(|(name, _)| evaluator.has_any(name)).map(plan).collect()
    }

    fn plan_of(&self, ty: &str, items: Vec<GlobalItem<'p, ast::FactsItem>>) -> FactPlan<'p> {
        let Some(def) = self.cx.def(ty) else { return FactPlan::default() };
        let blocks = |global: &GlobalItem<'p, ast::FactsItem>| {
            let module = global.module;
            global.item.stmts.iter().filter_map(is_usage).map(move |block| (block, module))
        };
        let reads =
            |(block, module): (&'p BlockStmt, _)| self.reads_of(&block.stmts, module, &NameDependencies::default());
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
                let reads = value.map_or_else(nothing, |value| self.reads(value, global.module, &names));
                names.insert(&binding.name.text, reads.clone());
                Some(FactPlanStep::Let(binding, memo_cache(reads, def)))
            }
            Stmt::Block(block) if block.label.is_some() => {
                Some(FactPlanStep::Fact(block, memo_cache(self.reads_of(&block.stmts, global.module, &names), def)))
            }
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

/// The block that says what a resource's `usage` may hold.
pub fn is_usage(stmt: &Stmt) -> Option<&BlockStmt> {
    match stmt {
        Stmt::Block(block) if block.head.text == USAGE && block.label.is_none() => Some(block),
        _ => None,
    }
}
