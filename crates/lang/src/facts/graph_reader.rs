//! The graph as one worker reads it: with what it has read for the fact at hand, and what it need not evaluate again.

use super::resource_graph::{PropertyIndex, ResourceGraph};
use crate::node_id::NodeId;
use foldhash::{HashMap, HashSet};
use gpb_catalog::TypeDef;
use gpb_model::PropPath;
use gpb_model::value::{ResourceHandle, Value};
use gpb_model::{Address, Evidence, TypeName};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

/// Reads the graph for the facts of a part of the resources, with all of them in sight.
#[derive(Debug)]
pub struct GraphReader {
    /// The graph, which all workers share.
    pub graph: Arc<ResourceGraph>,
    /// By type and property: the resources that hold a key there.
    holders: RefCell<HashMap<(TypeName, PropPath), PropertyIndex>>,
    reads: RefCell<EvalTrace>,
    /// By the place of a fact's field: its value, where that is the same for every resource.
    pub constants: RefCell<HashMap<NodeId, Option<Value>>>,
}

impl Deref for GraphReader {
    type Target = ResourceGraph;

    fn deref(&self) -> &ResourceGraph {
        &self.graph
    }
}

#[derive(Debug, Default)]
struct EvalTrace {
    list: Vec<Arc<Evidence>>,
    /// The evidence of each `let` of the facts at hand, and whether that is in the list.
    named: BTreeMap<String, LetEvidence>,
    /// The evidence in the list, once it is too long to be looked through.
    seen: HashSet<(Address, PropPath)>,
}

/// The properties that were read for a `let`.
#[derive(Debug)]
struct LetEvidence {
    read: Rc<[Arc<Evidence>]>,
    /// True if they are in the list.
    counts: bool,
}

/// The number of properties that are looked through one by one.
const FEW: usize = 16;

impl EvalTrace {
    fn has(&self, resource: &Address, property: &PropPath) -> bool {
        if self.list.len() > FEW {
            return self.seen.contains(&(resource.clone(), property.clone()));
        }
        self.list.iter().any(|one| one.resource == *resource && one.property == *property)
    }

    fn push(&mut self, evidence: Arc<Evidence>) {
        self.list.push(evidence);
        if self.list.len() > FEW {
            let known = if self.seen.is_empty() { 0 } else { self.list.len() - 1 };
            let new = self.list.iter().skip(known);
            self.seen.extend(new.map(|one| (one.resource.clone(), one.property.clone())));
        }
    }
}

impl GraphReader {
    /// Returns a reader that has read nothing.
    pub fn new(graph: Arc<ResourceGraph>) -> Self {
        Self { graph, holders: RefCell::default(), reads: RefCell::default(), constants: RefCell::default() }
    }

    /// Forgets what was read before, that of the `let`s too where another item begins.
    pub fn start(&self, item: bool) {
        let mut reads = self.reads.borrow_mut();
        reads.list.clear();
        reads.seen.clear();
        if item {
            reads.named.clear();
        }
        for evidence in reads.named.values_mut() {
            evidence.counts = false;
        }
    }

    /// Keeps what was read since the start as that of a `let`.
    pub fn keep(&self, name: &str) -> Rc<[Arc<Evidence>]> {
        let mut reads = self.reads.borrow_mut();
        let list: Rc<[Arc<Evidence>]> = std::mem::take(&mut reads.list).into();
        reads.named.insert(name.to_owned(), LetEvidence { read: list.clone(), counts: false });
        reads.seen.clear();
        list
    }

    /// Notes that a name was used: what was read for it counts.
    pub fn used(&self, name: &str) {
        let known = match self.reads.borrow_mut().named.get_mut(name) {
            Some(evidence) if !evidence.counts => {
                evidence.counts = true;
                evidence.read.clone()
            }
            _ => return,
        };
        for evidence in known.iter() {
            self.read(evidence.clone());
        }
    }

    /// Checks whether a property counts as read already.
    pub fn has_read(&self, resource: &Address, property: &PropPath) -> bool {
        self.reads.borrow().has(resource, property)
    }

    /// Notes that a property was read.
    pub fn read(&self, evidence: Arc<Evidence>) {
        let mut reads = self.reads.borrow_mut();
        if !reads.has(&evidence.resource, &evidence.property) {
            reads.push(evidence);
        }
    }

    /// Returns what was read since the start.
    pub fn evidence(&self) -> Vec<Arc<Evidence>> {
        std::mem::take(&mut self.reads.borrow_mut().list)
    }

    /// Returns the resources of a type that hold one of the keys in a property.
    pub fn holders(&self, def: &TypeDef, property: &PropPath, keys: &[String]) -> Vec<Arc<ResourceHandle>> {
        let mut all = self.holders.borrow_mut();
        let index = all.entry((def.name.clone(), property.clone())).or_insert_with(|| self.index(def, property));
        let mut found: Vec<usize> = keys.iter().filter_map(|key| index.get(key)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        self.handles(&found)
    }
}
