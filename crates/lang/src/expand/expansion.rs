//! The parts that a stack is expanded to: resources, instances of layers and components, and groups.

use crate::eval::{BlockEntries, Frame, InstanceId, Scope};
use foldhash::HashMap;
use gpb_base::source::Span;
use gpb_catalog::TypeDef;
use gpb_model::value::{ResourceHandle, Value};
use gpb_model::{Address, Place};
use gpb_syntax::ast::{ResourceStmt, Stmt};
use indexmap::IndexMap;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// Holds what a stack has been expanded to so far.
#[derive(Debug, Default)]
pub struct Expansion<'p> {
    pub(super) nodes: RefCell<Vec<Rc<ResourceNode<'p>>>>,
    pub(super) by_address: RefCell<HashMap<Address, u32>>,
    pub(super) instances: RefCell<Vec<Rc<Instance<'p>>>>,
    pub(super) groups: RefCell<HashMap<(u32, usize), GroupExpansion<'p>>>,
    addresses: OnceCell<BTreeSet<Address>>,
    /// The entries of resources and of instances, once gathered.
    pub(super) bodies: RefCell<HashMap<u32, Rc<BlockEntries<'p>>>>,
    pub(super) given: RefCell<HashMap<InstanceId, Rc<BlockEntries<'p>>>>,
}

impl<'p> Expansion<'p> {
    /// Drops what resources were written as. Only while they are assembled does anyone ask for it.
    pub fn forget_bodies(&self) {
        self.bodies.take();
    }

    /// Returns the resource at an address.
    pub fn by_address(&self, address: &Address) -> Option<Rc<ResourceNode<'p>>> {
        let id = *self.by_address.borrow().get(address)?;
        self.node(id)
    }

    /// Returns the resource of a number.
    pub fn node(&self, id: u32) -> Option<Rc<ResourceNode<'p>>> {
        self.nodes.borrow().get(id as usize).cloned()
    }

    /// Returns the layer or component instance of a number.
    pub fn instance(&self, id: InstanceId) -> Option<Rc<Instance<'p>>> {
        self.instances.borrow().get(id as usize).cloned()
    }

    /// Returns every resource's address, once all has been expanded: put in order when somebody asks, which few programs do.
    pub fn addresses(&self) -> &BTreeSet<Address> {
        let all = || self.nodes.borrow().iter().map(|node| node.handle.address.clone()).collect();
        self.addresses.get_or_init(all)
    }
}

/// A layer, a component's use, or the stack itself.
#[derive(Debug)]
pub struct Instance<'p> {
    /// Its number.
    pub id: InstanceId,
    /// `aurora`, `layer data`
    pub what: Arc<str>,
    /// Its address; empty for the stack.
    pub address: Arc<str>,
    /// Its body.
    pub frame: OnceCell<Rc<Frame<'p>>>,
    /// The source of its parameters: the statements of the use, and the scope they are read in.
    pub given: Option<(&'p [Stmt], Scope<'p>)>,
    /// The place to report for a missing parameter.
    pub head: Span,
    /// The place where the body is declared.
    pub declared: Span,
}

impl Instance<'_> {
    /// Returns how messages name it: `aurora`, the stack `shop`.
    pub fn described(&self) -> String {
        match self.what.strip_prefix("stack ") {
            Some(stack) if self.is_stack() => format!("the stack `{stack}`"),
            _ => format!("`{}`", self.what),
        }
    }

    /// Checks whether it is the stack itself, which an environment gives its parameters.
    pub fn is_stack(&self) -> bool {
        self.address.is_empty()
    }
}

/// The expansion of a group.
#[derive(Debug, Clone)]
pub enum GroupExpansion<'p> {
    /// The chosen branch of an `if`, the body of an `in`.
    One(Rc<Frame<'p>>),
    /// The iterations of a `for`, by key.
    Many(Rc<IndexMap<Arc<str>, Iteration<'p>>>),
}

/// One iteration of a `for`.
#[derive(Debug, Clone)]
pub struct Iteration<'p> {
    /// The key, with the place it comes from.
    pub key: Value,
    /// The body of the iteration.
    pub frame: Rc<Frame<'p>>,
}

/// A resource of the model to be.
#[derive(Debug)]
pub struct ResourceNode<'p> {
    /// The number of the resource among those expanded, from 0.
    pub id: u32,
    /// Its declaration.
    pub stmt: &'p ResourceStmt,
    /// The frame the declaration stands in.
    pub frame: Rc<Frame<'p>>,
    /// Its address and its type, as values hold them.
    pub handle: Arc<ResourceHandle>,
    /// Its type.
    pub def: Arc<TypeDef>,
    /// The place it will be at.
    pub place: Arc<Place>,
}

/// `override address { … }`
#[derive(Debug)]
pub struct OverrideBlock<'p> {
    /// Its entries.
    pub stmts: &'p [Stmt],
    /// The scope the entries are read in.
    pub scope: Scope<'p>,
    /// The address as it is written.
    pub span: Span,
    /// True once a resource of that address came up.
    pub met: Cell<bool>,
}

/// The overrides of the environment, by address.
pub type Overrides<'p> = RefCell<BTreeMap<Address, Rc<OverrideBlock<'p>>>>;

impl<'p> ResourceNode<'p> {
    /// Returns the scope its properties are evaluated in.
    pub fn scope(&self) -> Scope<'p> {
        Scope { place: Some(self.place.clone()), ..Scope::new(self.frame.clone()) }
    }
}
