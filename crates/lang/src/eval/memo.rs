//! What has been computed, and what is being computed.

use super::Machine;
use crate::world::Outcome;
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::Address;
use gpb_model::value::Value;
use std::cell::RefCell;

/// What is computed once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key<'p> {
    /// A constant, by its place in the tree.
    Item(usize),
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

/// How a step of a circle is named to the user.
#[derive(Debug, Clone)]
pub enum Label<'p> {
    Name(&'p str),
    Property(Address, &'p str),
    Body(Address),
}

impl Label<'_> {
    fn text(&self) -> String {
        match self {
            Label::Name(name) => format!("`{name}`"),
            Label::Property(address, name) => format!("`{address}.{name}`"),
            Label::Body(address) => format!("what is written in `{address}`"),
        }
    }
}

#[derive(Debug, Clone)]
enum State {
    Open,
    Done(Outcome<Value>),
}

/// Everything computed so far, and the trail of what is being computed now.
#[derive(Debug, Default)]
pub struct Memo<'p> {
    /// What is numbered lies in rows, by the two numbers of its key: there is far more of it than of everything else.
    slots: RefCell<Rows>,
    properties: RefCell<Rows>,
    others: RefCell<HashMap<Key<'p>, State>>,
    trail: RefCell<Vec<(Key<'p>, Label<'p>, Span)>>,
}

type Rows = Vec<Vec<Option<State>>>;

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

    fn state(&self, key: &Key<'p>) -> Option<State> {
        let (rows, row, at) = match key {
            Key::Slot(row, at) => (&self.slots, *row, *at),
            Key::Property(row, at) => (&self.properties, *row, *at),
            _ => return self.others.borrow().get(key).cloned(),
        };
        rows.borrow().get(row as usize)?.get(at)?.clone()
    }

    fn set(&self, key: Key<'p>, state: State) {
        let (rows, row, at) = match key {
            Key::Slot(row, at) => (&self.slots, row as usize, at),
            Key::Property(row, at) => (&self.properties, row as usize, at),
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

impl<'p> Machine<'_, 'p> {
    /// The value under a key, computed at the first demand. `used` is where it is needed: what a circle shows.
    pub fn demand(
        &self,
        key: Key<'p>,
        label: Label<'p>,
        used: Span,
        compute: impl FnOnce() -> Outcome<Value>,
    ) -> Outcome<Value> {
        match self.memo.state(&key) {
            Some(State::Done(value)) => return value,
            Some(State::Open) => return Err(self.report(self.circle(key, used))),
            None => self.memo.set(key, State::Open),
        }
        self.memo.trail.borrow_mut().push((key, label, used));
        let value = self.budget.deeper(self, used, compute);
        self.memo.trail.borrow_mut().pop();
        self.memo.set(key, State::Done(value.clone()));
        value
    }

    fn circle(&self, key: Key<'p>, used: Span) -> Diagnostic {
        let trail = self.memo.trail.borrow();
        let start = trail.iter().position(|(other, ..)| *other == key).unwrap_or(0);
        let steps: Vec<_> = trail.iter().skip(start).collect();
        let name = steps.first().map_or_else(String::new, |(_, label, _)| label.text());
        let mut diagnostic = Diagnostic::error("GPB1011", format!("{name} needs its own value"));
        let needed = steps.iter().skip(1).map(|(_, label, span)| (label.text(), *span));
        let mut needing = name.clone();
        for (what, span) in needed.chain([(name, used)]) {
            diagnostic = diagnostic.at(span, format!("{needing} needs {what}"));
            needing = what;
        }
        diagnostic.help("break the circle: one of these has to be written without the others")
    }
}
