//! Expansion: layers, components, `for`, `if` and `in` become resources with addresses.
//!
//! Handles come first and bodies later: a name leads to its resource without evaluating what the resource holds, so
//! everything may refer to everything, in any order.

mod after;
mod groups;
mod instances;
mod nodes;
mod places;
mod visit;

pub use after::below;
pub use instances::Instance;
pub use nodes::{Node, Overridden, Overrides};
pub use visit::{Collected, params_of};

use super::eval::{Around, Entries, Frame};
use super::index::Index;
use foldhash::HashMap;
use gpb_model::Address;
use gpb_syntax::ast::Stmt;
use groups::Group;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The number of a layer or a component instance.
pub type InstanceId = u32;

/// What a stack has been expanded to so far.
#[derive(Debug, Default)]
pub struct Expansion<'p> {
    next_frame: Cell<u32>,
    nodes: RefCell<Vec<Rc<Node<'p>>>>,
    by_address: RefCell<HashMap<Address, u32>>,
    instances: RefCell<Vec<Rc<Instance<'p>>>>,
    groups: RefCell<HashMap<(u32, usize), Group<'p>>>,
    addresses: OnceCell<BTreeSet<Address>>,
    /// The entries of resources and of instances, once gathered.
    bodies: RefCell<HashMap<u32, Rc<Entries<'p>>>>,
    given: RefCell<HashMap<InstanceId, Rc<Entries<'p>>>>,
}

impl<'p> Expansion<'p> {
    /// The frame of a module's own items.
    pub fn root(&self, around: Rc<Around<'p>>, index: Rc<Index<'p>>) -> Rc<Frame<'p>> {
        self.frame(Frame { id: 0, parent: None, stmts: &[], index, vars: None, around, placed: false, place: None })
    }

    /// The frame of a body with nothing given.
    pub fn unused(
        &self,
        around: Rc<Around<'p>>,
        parent: Option<Rc<Frame<'p>>>,
        stmts: &'p [Stmt],
        index: Rc<Index<'p>>,
    ) -> Rc<Frame<'p>> {
        self.frame(Frame { id: 0, parent, stmts, index, vars: None, around, placed: false, place: None })
    }

    /// Gives a frame its number; the `after`s of its statements hold for everything in it.
    fn frame(&self, frame: Frame<'p>) -> Rc<Frame<'p>> {
        let id = self.next_frame.get();
        self.next_frame.set(id.wrapping_add(1));
        Rc::new_cyclic(|this| {
            let mut around = frame.around;
            for stmt in frame.stmts {
                if let Stmt::After { paths, .. } = stmt {
                    around = after::with_after(&around, paths, this.clone(), None);
                }
            }
            Frame { id, around, ..frame }
        })
    }

    /// Drops what resources were written as. Only while they are assembled does anyone ask for it.
    pub fn forget_bodies(&self) {
        self.bodies.take();
    }

    pub fn by_address(&self, address: &Address) -> Option<Rc<Node<'p>>> {
        let id = *self.by_address.borrow().get(address)?;
        self.node(id)
    }

    pub fn node(&self, id: u32) -> Option<Rc<Node<'p>>> {
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
