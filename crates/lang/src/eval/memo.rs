//! The memo of what has been computed, and the trail of what is being computed.

use crate::compile_context::EvalResult;
use crate::node_id::NodeId;
use foldhash::HashMap;
use gpb_base::source::Span;
use gpb_model::Address;
use gpb_model::value::Value;
use std::cell::RefCell;

/// The key of what is computed once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemoKey<'p> {
    /// A constant.
    Item(NodeId),
    /// A statement of a frame: a `let`, a parameter, an output, a group.
    Slot(u32, usize),
    /// Everything a keyed name of a frame stands for.
    Keyed(u32, &'p str),
    /// A property of a resource, by the number of the resource and the property's place among its entries.
    Property(u32, usize),
    /// The entries of a resource.
    Body(u32),
    /// The entries of a use or of the environment, by the number of the instance.
    Given(u32),
}

/// The label of a step of a cycle, as messages show it.
#[derive(Debug, Clone)]
pub enum CycleLabel<'p> {
    /// A name.
    Name(&'p str),
    /// A property of a resource.
    Property(Address, &'p str),
    /// The entries of a resource or of a use.
    Body(Address),
}

impl CycleLabel<'_> {
    /// Returns the step as messages show it.
    pub fn text(&self) -> String {
        match self {
            CycleLabel::Name(name) => format!("`{name}`"),
            CycleLabel::Property(address, name) => format!("`{address}.{name}`"),
            CycleLabel::Body(address) => format!("what is written in `{address}`"),
        }
    }
}

/// Tells how far a value is.
#[derive(Debug, Clone)]
pub enum MemoState {
    /// It is being computed.
    Open,
    /// It is computed.
    Done(EvalResult<Value>),
}

/// Holds everything computed so far, and the trail of what is being computed now.
#[derive(Debug, Default)]
pub struct Memo<'p> {
    /// The values of numbered things. They lie in rows, by the two numbers of its key: there is far more of it than of everything else.
    slots: RefCell<MemoRows>,
    properties: RefCell<MemoRows>,
    /// The entries of resources, in one row.
    bodies: RefCell<MemoRows>,
    others: RefCell<HashMap<MemoKey<'p>, MemoState>>,
    /// The keys being computed, outermost first, each with the place that needs it.
    pub trail: RefCell<Vec<(MemoKey<'p>, CycleLabel<'p>, Span)>>,
}

type MemoRows = Vec<Vec<Option<MemoState>>>;

impl<'p> Memo<'p> {
    /// Makes room for the properties of a resource, no more than there are.
    pub fn reserve(&self, resource: u32, properties: usize) {
        let mut rows = self.properties.borrow_mut();
        let row = resource as usize;
        if rows.len() <= row {
            rows.resize_with(row + 1, Vec::new);
        }
        if let Some(row) = rows.get_mut(row).filter(|row| row.is_empty()) {
            row.reserve_exact(properties);
        }
    }

    /// Drops the values of properties, which the model holds from now on.
    pub fn forget_properties(&self) {
        self.properties.take();
    }

    /// Returns how far the value under a key is.
    pub fn state(&self, key: &MemoKey<'p>) -> Option<MemoState> {
        let (rows, row, at) = match key {
            MemoKey::Slot(row, at) => (&self.slots, *row, *at),
            MemoKey::Property(row, at) => (&self.properties, *row, *at),
            MemoKey::Body(resource) => (&self.bodies, 0, *resource as usize),
            _ => return self.others.borrow().get(key).cloned(),
        };
        rows.borrow().get(row as usize)?.get(at)?.clone()
    }

    /// Sets how far the value under a key is.
    pub fn set(&self, key: MemoKey<'p>, state: MemoState) {
        let (rows, row, at) = match key {
            MemoKey::Slot(row, at) => (&self.slots, row as usize, at),
            MemoKey::Property(row, at) => (&self.properties, row as usize, at),
            MemoKey::Body(resource) => (&self.bodies, 0, resource as usize),
            _ => {
                self.others.borrow_mut().insert(key, state);
                return;
            }
        };
        let mut rows = rows.borrow_mut();
        if rows.len() <= row {
            rows.resize_with(row + 1, Vec::new);
        }
        let Some(row) = rows.get_mut(row) else { return };
        if row.len() <= at {
            row.resize(at + 1, None);
        }
        if let Some(slot) = row.get_mut(at) {
            *slot = Some(state);
        }
    }
}
