//! Expansion: layers, components, `for`, `if` and `in` become resources with addresses.
//!
//! Handles come first and bodies later: a name leads to its resource without evaluating what the resource holds, so
//! everything may refer to everything, in any order.

mod after_clauses;
mod groups;
mod instances;
mod nodes;
mod places;
mod visit;

pub use after_clauses::below;
pub use instances::Instance;
pub use nodes::{OverrideBlock, Overrides, ResourceNode};
pub use visit::{ExpansionOutput, params_of};

use super::body_index::BodyIndex;
use super::eval::{BlockEntries, Frame, ModuleContext};
use foldhash::HashMap;
use gpb_model::Address;
use gpb_syntax::ast::Stmt;
use groups::GroupExpansion;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The number of a layer or a component instance.
pub type InstanceId = u32;

/// What a stack has been expanded to so far.
#[derive(Debug, Default)]
pub struct Expansion<'p> {
    next_frame: Cell<u32>,
    nodes: RefCell<Vec<Rc<ResourceNode<'p>>>>,
    by_address: RefCell<HashMap<Address, u32>>,
    instances: RefCell<Vec<Rc<Instance<'p>>>>,
    groups: RefCell<HashMap<(u32, usize), GroupExpansion<'p>>>,
    addresses: OnceCell<BTreeSet<Address>>,
    /// The entries of resources and of instances, once gathered.
    bodies: RefCell<HashMap<u32, Rc<BlockEntries<'p>>>>,
    given: RefCell<HashMap<InstanceId, Rc<BlockEntries<'p>>>>,
}

impl<'p> Expansion<'p> {
    /// The frame of a module's own items.
    pub fn root(&self, module_cx: Rc<ModuleContext<'p>>, index: Rc<BodyIndex<'p>>) -> Rc<Frame<'p>> {
        self.frame(Frame { id: 0, parent: None, stmts: &[], index, vars: None, module_cx, placed: false, place: None })
    }

    /// The frame of a body with nothing given.
    pub fn unused(
        &self,
        module_cx: Rc<ModuleContext<'p>>,
        parent: Option<Rc<Frame<'p>>>,
        stmts: &'p [Stmt],
        index: Rc<BodyIndex<'p>>,
    ) -> Rc<Frame<'p>> {
        self.frame(Frame { id: 0, parent, stmts, index, vars: None, module_cx, placed: false, place: None })
    }

    /// Gives a frame its number; the `after`s of its statements hold for everything in it.
    fn frame(&self, frame: Frame<'p>) -> Rc<Frame<'p>> {
        let id = self.next_frame.get();
        self.next_frame.set(id.wrapping_add(1));
        Rc::new_cyclic(|this| {
            let mut module_cx = frame.module_cx;
            for stmt in frame.stmts {
                if let Stmt::After { paths, .. } = stmt {
                    module_cx = after_clauses::with_after(&module_cx, paths, this.clone(), None);
                }
            }
            Frame { id, module_cx, ..frame }
        })
    }

    /// Drops what resources were written as. Only while they are assembled does anyone ask for it.
    pub fn forget_bodies(&self) {
        self.bodies.take();
    }

    pub fn by_address(&self, address: &Address) -> Option<Rc<ResourceNode<'p>>> {
        let id = *self.by_address.borrow().get(address)?;
        self.node(id)
    }

    pub fn node(&self, id: u32) -> Option<Rc<ResourceNode<'p>>> {
        self.nodes.borrow().get(id as usize).cloned()
    }

    pub fn instance(&self, id: InstanceId) -> Option<Rc<Instance<'p>>> {
        self.instances.borrow().get(id as usize).cloned()
    }

    /// Every resource's address, once all has been expanded: put in order when somebody asks, which few programs do.
    pub fn addresses(&self) -> &BTreeSet<Address> {
        let all = || self.nodes.borrow().iter().map(|node| node.handle.address.clone()).collect();
        self.addresses.get_or_init(all)
    }
}
