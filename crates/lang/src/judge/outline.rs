//! The facts of a type, looked at once: which of them say the same of all resources that are alike in a few properties.

use super::super::eval::Machine;
use super::super::names::Global;
use super::reads::{Names, Reads, join, nothing};
use super::{Judge, USAGE};
use foldhash::HashMap;
use gpb_catalog::TypeDef;
use gpb_model as model;
use gpb_model::PropPath;
use gpb_model::value::Value;
use gpb_model::{Applies, Evidence, Fact, Fields, Resource};
use gpb_syntax::ast;
use gpb_syntax::ast::{Binding, Block, Stmt};
use std::cell::{OnceCell, RefCell};
use std::fmt::Write as _;
use std::sync::Arc;

/// All that is known of a type.
#[derive(Debug, Default)]
pub struct Outline<'p> {
    pub items: Vec<Item<'p>>,
    /// What a resource is used for, where that depends on nothing of it and it says nothing itself.
    pub usage: OnceCell<Value>,
    pub usage_is_fixed: bool,
}

/// One `facts` item.
#[derive(Debug)]
pub struct Item<'p> {
    pub global: Global<'p, ast::Facts>,
    pub steps: Vec<Step<'p>>,
}

#[derive(Debug)]
pub enum Step<'p> {
    Let(&'p Binding, Option<Alike<Bound>>),
    Fact(&'p Block, Option<Alike<Said>>),
}

/// What is the same for all resources with the same values of these properties.
#[derive(Debug)]
pub struct Alike<T> {
    properties: Vec<PropPath>,
    /// By those values.
    known: RefCell<HashMap<String, T>>,
}

/// What a `let` stands for.
#[derive(Debug, Clone)]
pub struct Bound {
    pub value: Value,
    /// The properties of the resource that it looked at.
    pub evidence: Arc<[PropPath]>,
}

/// What a fact says of each of several resources.
#[derive(Debug, Clone)]
pub struct Said {
    pub kind: Arc<str>,
    pub name: Arc<str>,
    pub applies: Applies,
    pub fields: Fields,
    /// The properties of the resource that it looked at.
    pub evidence: Arc<[PropPath]>,
}

impl Said {
    pub fn of(fact: &Fact) -> Self {
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

impl<T: Clone> Alike<T> {
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

impl<'p> Machine<'_, 'p> {
    /// The facts of each type that there are resources of.
    pub(super) fn outlines(&self, judge: &Judge) -> HashMap<String, Outline<'p>> {
        let mut items: HashMap<String, Vec<Global<'p, ast::Facts>>> = HashMap::default();
        for global in &self.world.names.facts {
            if let Some(name) = super::super::world::dotted(&global.item.ty) {
                items.entry(name).or_default().push(*global);
            }
        }
        let outline = |(name, items): (String, Vec<_>)| {
            let outline = self.outline(&name, items);
            (name, outline)
        };
        items.into_iter().filter(|(name, _)| judge.has_any(name)).map(outline).collect()
    }

    fn outline(&self, ty: &str, items: Vec<Global<'p, ast::Facts>>) -> Outline<'p> {
        let Some(def) = self.world.def(ty) else { return Outline::default() };
        let blocks = |global: &Global<'p, ast::Facts>| {
            let module = global.module;
            global.item.stmts.iter().filter_map(is_usage).map(move |block| (block, module))
        };
        let reads = |(block, module): (&'p Block, _)| self.reads_of(&block.stmts, module, &Names::default());
        let usage = join(items.iter().flat_map(blocks).map(reads));
        let usage_is_fixed = usage.as_ref().is_some_and(std::collections::BTreeSet::is_empty);
        let item = |global: Global<'p, ast::Facts>| Item { global, steps: self.steps(global, &usage, &def) };
        Outline { items: items.into_iter().map(item).collect(), usage: OnceCell::new(), usage_is_fixed }
    }

    fn steps(&self, global: Global<'p, ast::Facts>, usage: &Reads<'p>, def: &TypeDef) -> Vec<Step<'p>> {
        let mut names = Names::from_iter([(USAGE, usage.clone())]);
        let step = |stmt: &'p Stmt| match stmt {
            Stmt::Let(binding) => {
                let value = binding.value.as_ref();
                let reads = value.map_or_else(nothing, |value| self.reads(value, global.module, &names));
                names.insert(&binding.name.text, reads.clone());
                Some(Step::Let(binding, alike(reads, def)))
            }
            Stmt::Block(block) if block.label.is_some() => {
                Some(Step::Fact(block, alike(self.reads_of(&block.stmts, global.module, &names), def)))
            }
            _ => None,
        };
        global.item.stmts.iter().filter_map(step).collect()
    }
}

fn alike<T>(reads: Reads<'_>, def: &TypeDef) -> Option<Alike<T>> {
    let property = |name: &str| {
        let property = def.root.by_name(name).or_else(|| def.root.by_aws(name))?;
        let path = PropPath::default().child(&property.aws);
        // What AWS decides is another for every resource.
        (!def.is_read_only(&path)).then_some(path)
    };
    let properties: Option<Vec<PropPath>> = reads?.into_iter().map(property).collect();
    Some(Alike { properties: properties?, known: RefCell::default() })
}

/// The block that says what a resource's `usage` may hold.
pub fn is_usage(stmt: &Stmt) -> Option<&Block> {
    match stmt {
        Stmt::Block(block) if block.head.text == USAGE && block.label.is_none() => Some(block),
        _ => None,
    }
}
