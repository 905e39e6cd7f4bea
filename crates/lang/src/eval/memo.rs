//! What has been computed, and what is being computed.

use super::Interpreter;
use crate::compile_context::EvalResult;
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::Address;
use gpb_model::value::PropertyValue;
use std::cell::RefCell;

/// What is computed once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemoKey<'p> {
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
pub enum CycleLabel<'p> {
    Name(&'p str),
    Property(Address, &'p str),
    Body(Address),
}

impl CycleLabel<'_> {
    fn text(&self) -> String {
        match self {
            CycleLabel::Name(name) => format!("`{name}`"),
            CycleLabel::Property(address, name) => format!("`{address}.{name}`"),
            CycleLabel::Body(address) => format!("what is written in `{address}`"),
        }
    }
}

#[derive(Debug, Clone)]
enum MemoState {
    Open,
    Done(EvalResult<PropertyValue>),
}

/// Everything computed so far, and the trail of what is being computed now.
#[derive(Debug, Default)]
pub struct Memo<'p> {
    /// What is numbered lies in rows, by the two numbers of its key: there is far more of it than of everything else.
    slots: RefCell<MemoRows>,
    properties: RefCell<MemoRows>,
    others: RefCell<HashMap<MemoKey<'p>, MemoState>>,
    trail: RefCell<Vec<(MemoKey<'p>, CycleLabel<'p>, Span)>>,
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

    fn state(&self, key: &MemoKey<'p>) -> Option<MemoState> {
        let (rows, row, at) = match key {
            MemoKey::Slot(row, at) => (&self.slots, *row, *at),
            MemoKey::Property(row, at) => (&self.properties, *row, *at),
            _ => return self.others.borrow().get(key).cloned(),
        };
        rows.borrow().get(row as usize)?.get(at)?.clone()
    }

    fn set(&self, key: MemoKey<'p>, state: MemoState) {
        let (rows, row, at) = match key {
            MemoKey::Slot(row, at) => (&self.slots, row as usize, at),
            MemoKey::Property(row, at) => (&self.properties, row as usize, at),
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

impl<'p> Interpreter<'_, 'p> {
    /// The value under a key, computed at the first demand. `used` is where it is needed: what a circle shows.
    pub fn demand(
        &self,
        key: MemoKey<'p>,
        label: CycleLabel<'p>,
        used: Span,
        compute: impl FnOnce() -> EvalResult<PropertyValue>,
    ) -> EvalResult<PropertyValue> {
        match self.memo.state(&key) {
            Some(MemoState::Done(value)) => return value,
            Some(MemoState::Open) => return Err(self.report(self.cycle(key, used))),
            None => self.memo.set(key, MemoState::Open),
        }
        self.memo.trail.borrow_mut().push((key, label, used));
        let value = self.budget.deeper(self, used, compute);
        self.memo.trail.borrow_mut().pop();
        self.memo.set(key, MemoState::Done(value.clone()));
        value
    }

    fn cycle(&self, key: MemoKey<'p>, used: Span) -> Diagnostic {
        let trail = self.memo.trail.borrow();
        let start = trail.iter().position(|(other, ..)| *other == key).unwrap_or(0);
        let steps: Vec<_> = trail.iter().skip(start).collect();
        let name = steps.first().map_or_else(String::new, |(_, label, _)| label.text());
        let mut diagnostic = Diagnostic::error("GPB1011", format!("{name} needs its own value"));
        let needed = steps.iter().skip(1).map(|(_, label, span)| (label.text(), *span));
        let mut needing = name.clone();
        for (what, span) in needed.chain([(name, used)]) {
            diagnostic = diagnostic.with_label(span, format!("{needing} needs {what}"));
            needing = what;
        }
        diagnostic.help("break the circle: one of these has to be written without the others")
    }
}
