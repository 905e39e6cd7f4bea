//! The order that outputs bring: whoever uses `output x = … after a` comes after `a`.
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

/// An output with an order, by its number.
type OutputId = u32;

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

/// Holds the outputs with an order that were met, and what was evaluated with them.
#[derive(Debug, Default)]
pub struct OutputOrder<'p> {
    outputs: RefCell<Vec<Rc<OrderedOutput<'p>>>>,
    numbers: RefCell<HashMap<(u32, usize), OutputId>>,
    /// The outputs met by what is being evaluated now.
    met: RefCell<Vec<OutputId>>,
    values: RefCell<HashMap<MemoKey<'p>, Rc<[OutputId]>>>,
    /// The outputs that the variables of a `for` were taken from, by the frame of the iteration.
    frames: RefCell<HashMap<u32, Rc<[OutputId]>>>,
}

impl<'p> OutputOrder<'p> {
    /// Notes the use of an output, by its frame and the place of its statement.
    pub fn use_output(&self, frame: &Rc<Frame<'p>>, at: usize, paths: &'p [NamePath]) {
        let mut outputs = self.outputs.borrow_mut();
        let Ok(next) = OutputId::try_from(outputs.len()) else { return };
        let id = *self.numbers.borrow_mut().entry((frame.id, at)).or_insert(next);
        if id == next {
            outputs.push(Rc::new(OrderedOutput { paths, frame: frame.clone(), found: OnceCell::new() }));
        }
        self.met.borrow_mut().push(id);
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

    /// Returns the outputs met since, each once, and drops them.
    pub fn take(&self, since: usize) -> Vec<Rc<OrderedOutput<'p>>> {
        let met = self.met_since(since);
        self.met.borrow_mut().truncate(since);
        let outputs = self.outputs.borrow();
        met.iter().flat_map(|met| met.iter()).filter_map(|id| outputs.get(*id as usize).cloned()).collect()
    }

    fn met_since(&self, since: usize) -> Option<Rc<[OutputId]>> {
        let met = self.met.borrow();
        let mut found = met.get(since..).filter(|found| !found.is_empty())?.to_vec();
        found.sort_unstable();
        found.dedup();
        Some(found.into())
    }
}
