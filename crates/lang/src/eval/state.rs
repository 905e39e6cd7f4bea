//! The state of one evaluation, which all its interpreters share.

use super::frames::FrameTable;
use super::memo::Memo;
use super::meter::EvalMeter;
use super::output_order::OutputOrder;
use foldhash::HashSet;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Holds what one evaluation has computed, entered and used up so far.
#[derive(Debug, Default)]
pub struct EvalState<'p> {
    /// The ceilings.
    pub meter: EvalMeter,
    /// The values computed so far.
    pub memo: Memo<'p>,
    /// The frames entered so far.
    pub frames: FrameTable<'p>,
    /// The order that outputs bring to whoever uses them.
    pub order: OutputOrder<'p>,
    /// The environment variables that were read; one that is not set has no text.
    pub variables: RefCell<BTreeMap<String, Option<String>>>,
    /// The names of properties and fields, each once: there are few, and every resource repeats them.
    names: RefCell<HashSet<Arc<str>>>,
}

impl EvalState<'_> {
    /// Returns a name that many values hold.
    pub fn shared(&self, name: &str) -> Arc<str> {
        let mut names = self.names.borrow_mut();
        if let Some(known) = names.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        names.insert(name.clone());
        name
    }
}
