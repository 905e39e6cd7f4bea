//! One way in which what nobody has given may turn out.
//!
//! A body that no environment expands is evaluated with symbols for what it is not given: unknown values of the declared
//! types. A condition on symbols is assumed to hold or not to hold, the same wherever it is asked, and an optional
//! parameter is assumed to be given or not. The next world assumes otherwise, until every branch has been met.

use crate::node_id::NodeId;
use foldhash::HashMap;
use gpb_base::source::Span;
use gpb_model::PropertyValue;
use gpb_model::value::{Value, ValueKind};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// Tells which optional values are given in a world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionalChoice {
    /// True if those are given that are not named.
    pub given: bool,
    /// The parameter for which it is the other way round.
    pub except: Option<Arc<str>>,
}

/// The branches that the worlds have met so far, by the place of their condition.
#[derive(Debug, Default)]
pub struct BranchCoverage {
    met: RefCell<HashMap<NodeId, BranchesMet>>,
    /// The lists of which one element stands for any number of them.
    sampled: RefCell<BTreeSet<Span>>,
}

/// The branches of one condition that have been met.
#[derive(Debug, Clone, Copy)]
struct BranchesMet {
    at: Span,
    then: bool,
    otherwise: bool,
}

impl BranchCoverage {
    fn preferred(&self, at: Span) -> bool {
        self.met.borrow().get(&NodeId::new(at)).is_none_or(|met| !met.then || met.otherwise)
    }

    fn meet(&self, at: Span, branch: bool) {
        let mut met = self.met.borrow_mut();
        let met = met.entry(NodeId::new(at)).or_insert(BranchesMet { at, then: false, otherwise: false });
        if branch {
            met.then = true;
        } else {
            met.otherwise = true;
        }
    }

    /// Returns the conditions inside some spans that have been met, in order.
    pub fn conditions(&self, of: &[Span]) -> Vec<Span> {
        self.inside(of, |_| true)
    }

    /// Returns the conditions inside some spans with a branch that has not been met, in order.
    pub fn open_conditions(&self, of: &[Span]) -> Vec<Span> {
        self.inside(of, |met| met.then != met.otherwise)
    }

    /// Checks whether the list at a place may have more or fewer elements than were evaluated.
    pub fn is_sampled(&self, list: Span) -> bool {
        self.sampled.borrow().contains(&list)
    }

    fn inside(&self, of: &[Span], counts: impl Fn(&BranchesMet) -> bool) -> Vec<Span> {
        let met = self.met.borrow();
        let found = met.values().filter(|met| counts(met)).map(|met| met.at);
        let mut found: Vec<Span> =
            found.filter(|at| of.iter().any(|of| at.file == of.file && of.to(*at) == *of)).collect();
        found.sort_unstable();
        found
    }
}

/// The assumptions that one evaluation is made under.
#[derive(Debug)]
pub struct World {
    optional: OptionalChoice,
    coverage: Rc<BranchCoverage>,
    assumed: RefCell<Vec<(PropertyValue, bool)>>,
    /// The elements that stand for any number of elements of their list.
    samples: RefCell<Vec<Value>>,
    asked: Cell<bool>,
}

impl World {
    /// Returns a world in which nothing has been assumed but which optional values are given.
    pub fn new(optional: OptionalChoice, coverage: Rc<BranchCoverage>) -> Self {
        Self { optional, coverage, assumed: RefCell::default(), samples: RefCell::default(), asked: Cell::default() }
    }

    /// Checks whether an optional symbol is given.
    pub fn is_given(&self, symbol: &PropertyValue) -> bool {
        self.asked.set(true);
        let named = self.optional.except.as_deref().is_some_and(|name| *symbol == param_symbol(name));
        self.optional.given != named
    }

    /// Decides whether a condition holds.
    pub fn decide(&self, condition: &PropertyValue, at: Span) -> bool {
        let holds = self.known(condition).unwrap_or_else(|| {
            let holds = self.coverage.preferred(at);
            self.assume(condition, holds);
            holds
        });
        self.coverage.meet(at, holds);
        holds
    }

    /// Notes that a condition is known to hold or not.
    pub fn meet(&self, at: Span, branch: bool) {
        self.coverage.meet(at, branch);
    }

    fn known(&self, condition: &PropertyValue) -> Option<bool> {
        if let PropertyValue::Bool(holds) = condition {
            return Some(*holds);
        }
        let assumed = self.assumed.borrow().iter().find(|(one, _)| one == condition).map(|(_, holds)| *holds);
        if assumed.is_some() {
            return assumed;
        }
        match parts(condition) {
            Some(("!", [one])) => Some(!self.known(one)?),
            Some(("!=", [left, right])) => self.known_equal(left, right).map(|same| !same),
            Some(("==", [left, right])) => self.known_equal(left, right),
            Some(("&&", [left, right])) => match (self.known(left), self.known(right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Some(("||", [left, right])) => match (self.known(left), self.known(right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// Decides whether two sides are the same: what is one word is no other.
    fn known_equal(&self, left: &PropertyValue, right: &PropertyValue) -> Option<bool> {
        for (condition, holds) in self.assumed.borrow().iter() {
            let Some(("==", [a, b])) = parts(condition) else { continue };
            if a == left && b == right {
                return Some(*holds);
            }
            if *holds && a == left && b.is_known() && right.is_known() {
                return Some(b == right);
            }
        }
        None
    }

    fn assume(&self, condition: &PropertyValue, holds: bool) {
        let settle = |left: &PropertyValue, right: &PropertyValue| {
            let first = if self.known(left) == Some(!holds) { right } else { left };
            self.assume(first, holds);
        };
        match parts(condition) {
            Some(("!", [one])) => self.assume(one, !holds),
            Some(("!=", [left, right])) => {
                let same = PropertyValue::Call { function: "==".to_owned(), args: vec![left.clone(), right.clone()] };
                self.assume(&same, !holds);
            }
            Some(("&&", [left, right])) if holds => [left, right].into_iter().for_each(|one| self.assume(one, true)),
            Some(("||", [left, right])) if !holds => [left, right].into_iter().for_each(|one| self.assume(one, false)),
            Some(("&&" | "||", [left, right])) => {
                // One side is enough.
                if self.known(left) == Some(!holds) || self.known(right).is_none() && self.known(left).is_some() {
                    self.assume(right, holds);
                } else {
                    settle(left, right);
                }
            }
            _ if matches!(condition, PropertyValue::Bool(_)) => {}
            _ => self.assumed.borrow_mut().push((condition.clone(), holds)),
        }
    }

    /// Checks whether anything was optional, so that the world would be another one without it.
    pub fn has_optional(&self) -> bool {
        self.asked.get()
    }

    /// Notes that each element of a list stands for any number of them.
    pub fn sample(&self, elements: &[Value], list: Span) {
        self.samples.borrow_mut().extend(elements.iter().cloned());
        self.coverage.sampled.borrow_mut().insert(list);
    }

    /// Checks whether a list may have more elements than it shows.
    pub fn is_sampled(&self, list: &[Value]) -> bool {
        let samples = self.samples.borrow();
        list.iter().any(|item| samples.iter().any(|sample| is_same(sample, item)))
    }
}

/// Returns a symbol: what a function of that name would compute.
pub fn symbol(function: &str, args: Vec<PropertyValue>) -> PropertyValue {
    PropertyValue::Call { function: function.to_owned(), args }
}

/// Returns the symbol of a parameter.
pub fn param_symbol(name: &str) -> PropertyValue {
    symbol("param", vec![PropertyValue::Text(name.into())])
}

/// Checks whether only apply will tell a value: it depends on a resource, not on symbols alone.
pub fn waits_for_apply(value: &PropertyValue) -> bool {
    value.walk().any(|part| matches!(part, PropertyValue::Ref(_)))
}

fn parts(condition: &PropertyValue) -> Option<(&str, &[PropertyValue])> {
    match condition {
        PropertyValue::Call { function, args } => Some((function, args)),
        _ => None,
    }
}

fn is_same(one: &Value, other: &Value) -> bool {
    match (&one.kind, &other.kind) {
        (ValueKind::Unknown(one), ValueKind::Unknown(other)) => one.value == other.value,
        (ValueKind::Map(one), ValueKind::Map(other)) => {
            let found = |(key, entry): (&Arc<str>, &gpb_model::value::ValueEntry)| {
                other.get(key).is_some_and(|same| is_same(&entry.value, &same.value))
            };
            one.iter().all(found)
        }
        _ => one == other,
    }
}
