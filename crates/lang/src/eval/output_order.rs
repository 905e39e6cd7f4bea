//! The order that values bring: whoever uses `output x = … after a` comes after `a`, and whoever uses `b.bucket_name`, which the
//! text of `b` gives, comes after `b`.
//!
//! A value does not know where it comes from, so what is met while something is evaluated is noted: each value that is kept
//! keeps what was met with it, and meets it again at each use.

use super::memo::MemoKey;
use super::scope::Frame;
use foldhash::HashMap;
use gpb_base::source::Span;
use gpb_model::Address;
use gpb_syntax::ast::NamePath;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// A source of order that was met on the way to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum OrderSource {
    /// An output with an order, by its number.
    Output(u32),
    /// A resource of which a written property was read, by the number of its node.
    Resource(u32),
}

/// The order that was met while a resource's properties were evaluated.
#[derive(Debug)]
pub struct MetOrder<'p> {
    /// The outputs with an order.
    pub outputs: Vec<Rc<OrderedOutput<'p>>>,
    /// The resources of which a written property was read, by the numbers of their nodes.
    pub resources: Vec<u32>,
}

/// The order of one output.
#[derive(Debug)]
pub struct OrderedOutput<'p> {
    /// The paths behind its `after`.
    pub paths: &'p [NamePath],
    /// The frame they are read in.
    pub frame: Rc<Frame<'p>>,
    /// The addresses they lead to, once somebody asked.
    pub found: OnceCell<Vec<(Address, Span)>>,
}

/// Holds what was met that brings an order, and what was evaluated with it.
#[derive(Debug, Default)]
pub struct OutputOrder<'p> {
    outputs: RefCell<Vec<Rc<OrderedOutput<'p>>>>,
    numbers: RefCell<HashMap<(u32, usize), u32>>,
    /// The sources met by what is being evaluated now.
    met: RefCell<Vec<OrderSource>>,
    values: RefCell<HashMap<MemoKey<'p>, Rc<[OrderSource]>>>,
    /// What the variables of a `for` were taken from, by the frame of the iteration.
    frames: RefCell<HashMap<u32, Rc<[OrderSource]>>>,
}

impl<'p> OutputOrder<'p> {
    /// Notes the use of an output, by its frame and the place of its statement.
    pub fn use_output(&self, frame: &Rc<Frame<'p>>, at: usize, paths: &'p [NamePath]) {
        let mut outputs = self.outputs.borrow_mut();
        let Ok(next) = u32::try_from(outputs.len()) else { return };
        let id = *self.numbers.borrow_mut().entry((frame.id, at)).or_insert(next);
        if id == next {
            outputs.push(Rc::new(OrderedOutput { paths, frame: frame.clone(), found: OnceCell::new() }));
        }
        self.met.borrow_mut().push(OrderSource::Output(id));
    }

    /// Notes that a written property of a resource was read, by the number of its node; what that value was made of is the
    /// resource's own order, but for outputs.
    pub fn use_resource(&self, node: u32, since: usize) {
        let mut met = self.met.borrow_mut();
        let since = since.min(met.len());
        let made_of = met.split_off(since);
        met.extend(made_of.into_iter().filter(|one| matches!(one, OrderSource::Output(_))));
        met.push(OrderSource::Resource(node));
    }

    /// Notes the use of a value that was kept.
    pub fn use_value(&self, key: &MemoKey<'p>) {
        if let Some(kept) = self.values.borrow().get(key) {
            self.met.borrow_mut().extend_from_slice(kept);
        }
    }

    /// Notes the use of a variable of an iteration.
    pub fn use_frame(&self, frame: u32) {
        if let Some(kept) = self.frames.borrow().get(&frame) {
            self.met.borrow_mut().extend_from_slice(kept);
        }
    }

    /// Returns how much has been met, to ask later for what came since.
    pub fn mark(&self) -> usize {
        self.met.borrow().len()
    }

    /// Keeps with a value what was met since.
    pub fn keep(&self, key: MemoKey<'p>, since: usize) {
        if let Some(met) = self.met_since(since) {
            self.values.borrow_mut().insert(key, met);
        }
    }

    /// Keeps with the variables of an iteration what was met since.
    pub fn keep_for_frame(&self, frame: u32, since: usize) {
        if let Some(met) = self.met_since(since) {
            self.frames.borrow_mut().insert(frame, met);
        }
    }

    /// Does what decides about existence, whose order is no part of the value at hand.
    pub fn aside<T>(&self, run: impl FnOnce() -> T) -> T {
        let since = self.mark();
        let done = run();
        self.met.borrow_mut().truncate(since);
        done
    }

    /// Returns what was met since, each once, and drops it.
    pub fn take(&self, since: usize) -> MetOrder<'p> {
        let met = self.met_since(since);
        self.met.borrow_mut().truncate(since);
        let known = self.outputs.borrow();
        let (mut outputs, mut resources) = (Vec::new(), Vec::new());
        for source in met.iter().flat_map(|met| met.iter()) {
            match source {
                OrderSource::Output(id) => outputs.extend(known.get(*id as usize).cloned()),
                OrderSource::Resource(node) => resources.push(*node),
            }
        }
        MetOrder { outputs, resources }
    }

    fn met_since(&self, since: usize) -> Option<Rc<[OrderSource]>> {
        let met = self.met.borrow();
        let mut found = met.get(since..).filter(|found| !found.is_empty())?.to_vec();
        found.sort_unstable();
        found.dedup();
        Some(found.into())
    }
}
