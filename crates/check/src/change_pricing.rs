//! Prices the changes that recovery proposes.
//!
//! The facts are evaluated again for the changed resources.

use crate::check_inputs::CheckInputs;
use crate::cost::{self, Estimate, book::PriceBook};
use crate::recovery::{ProposedChange, RecoveryInputs};
use gpb_model::graph::Graph;
use gpb_model::{Address, Model, Resource};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// The most resources that are evaluated once more for prices.
///
/// In a program of thousands with many mistakes, the user does not wait for all prices.
const MOST: usize = 50_000;

/// Runs the check of recovery with its proposals priced.
///
/// It runs twice where changes of properties are proposed: they are priced all at once.
pub fn with_prices<'a, T>(
    model: &'a Model,
    graph: &'a Graph,
    inputs: &CheckInputs<'a>,
    run: impl Fn(RecoveryInputs<'a>) -> T,
) -> T {
    let asked: Rc<RefCell<Vec<ProposedChange>>> = Rc::default();
    let bench = Rc::new(ChangePricer { model, inputs: *inputs, now: OnceCell::new() });
    let given = |price| RecoveryInputs { model, graph, types: inputs.types, price };
    let first = {
        let (asked, bench) = (asked.clone(), bench.clone());
        run(given(Rc::new(move |change: &ProposedChange| {
            if change.set.is_some() && !asked.borrow().contains(change) {
                asked.borrow_mut().push(change.clone());
            }
            bench.price_of_addition(change)
        })))
    };
    let asked = asked.take();
    if asked.is_empty() {
        return first;
    }
    drop(first);
    let prices = bench.prices_of_changes(&asked);
    run(given(Rc::new(move |change: &ProposedChange| match asked.iter().position(|one| one == change) {
        Some(at) => *prices.get(at)?,
        None => bench.price_of_addition(change),
    })))
}

/// Compares changes with an environment as it is.
struct ChangePricer<'a> {
    model: &'a Model,
    inputs: CheckInputs<'a>,
    /// The present estimate; only a change that is proposed needs it.
    now: OnceCell<Estimate>,
}

impl ChangePricer<'_> {
    fn now(&self) -> &Estimate {
        self.now.get_or_init(|| self.estimate(self.model))
    }

    fn estimate(&self, model: &Model) -> Estimate {
        let book = PriceBook::new(self.inputs.library);
        cost::estimate(model, &cost::EstimateInputs { book: &book, day: Some(self.inputs.day) })
    }

    /// Returns the price of more of a resource, in dollars a month.
    ///
    /// For a change that is nothing else.
    fn price_of_addition(&self, change: &ProposedChange) -> Option<Decimal> {
        if change.set.is_some() {
            return None;
        }
        let like = change.like.as_ref()?;
        cost::price_change(self.now(), like, change.count.to_i64()?).map(|price| price.expected)
    }

    /// Returns the price of each change of properties, in dollars a month.
    ///
    /// The resources that a change adds are in it.
    fn prices_of_changes(&self, changes: &[ProposedChange]) -> Vec<Option<Decimal>> {
        let room = MOST / self.model.resources.len().max(1);
        let worlds: Vec<Option<Vec<Resource>>> = changes.iter().take(room).map(|change| self.with(change)).collect();
        let asked: Vec<Vec<Resource>> = worlds.iter().flatten().cloned().collect();
        let mut facts = self.inputs.facts.facts(self.model, &asked).into_iter();
        let mut prices: Vec<Option<Decimal>> = Vec::with_capacity(changes.len());
        for (change, world) in changes.iter().zip(worlds) {
            let price = world.and_then(|resources| {
                let changed = Model { resources, facts: facts.next()?, ..self.model.clone() };
                let then = self.estimate(&changed);
                let known = |estimate: &Estimate, of: &Address| !estimate.unpriced.iter().any(|one| &one.address == of);
                let difference = then.total.expected.checked_sub(self.now().total.expected)?;
                let more = match &change.like {
                    Some(like) => cost::price_change(&then, like, change.count.to_i64()?)?.expected,
                    None => Decimal::ZERO,
                };
                (known(&then, &change.of) && known(self.now(), &change.of)).then(|| difference.checked_add(more))?
            });
            prices.push(price);
        }
        prices
    }

    /// Returns the resources as they are once a change is made.
    fn with(&self, change: &ProposedChange) -> Option<Vec<Resource>> {
        let mut resources = self.model.resources.clone();
        let resource = resources.iter_mut().find(|one| one.address == change.of)?;
        resource.properties = self.inputs.facts.changed(resource, change.set.as_ref()?)?;
        Some(resources)
    }
}
