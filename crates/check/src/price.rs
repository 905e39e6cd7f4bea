//! What the changes that recovery proposes would cost: the facts are asked again about the resources as they would then be.

use super::Inputs;
use super::cost::{self, Estimate, book::Book};
use super::recovery::{Change, Given};
use gpb_model::graph::Graph;
use gpb_model::{Address, Model, Resource};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// How many resources are judged once more for prices: a program of thousands in which much is wrong is told of it without
/// waiting for all of them.
const MOST: usize = 50_000;

/// Runs the check of recovery with its proposals priced. It runs twice where properties are proposed: what they would cost is
/// found out for all of them at once.
pub fn priced<'a, T>(model: &'a Model, graph: &'a Graph, inputs: &Inputs<'a>, run: impl Fn(Given<'a>) -> T) -> T {
    let asked: Rc<RefCell<Vec<Change>>> = Rc::default();
    let bench = Rc::new(Bench { model, inputs: *inputs, now: OnceCell::new() });
    let given = |price| Given { model, graph, types: inputs.types, price };
    let first = {
        let (asked, bench) = (asked.clone(), bench.clone());
        run(given(Rc::new(move |change: &Change| {
            if change.set.is_some() && !asked.borrow().contains(change) {
                asked.borrow_mut().push(change.clone());
            }
            bench.more(change)
        })))
    };
    let asked = asked.take();
    if asked.is_empty() {
        return first;
    }
    drop(first);
    let prices = bench.otherwise(&asked);
    run(given(Rc::new(move |change: &Change| match asked.iter().position(|one| one == change) {
        Some(at) => *prices.get(at)?,
        None => bench.more(change),
    })))
}

/// An environment as it is, to hold changes against.
struct Bench<'a> {
    model: &'a Model,
    inputs: Inputs<'a>,
    /// Only a change that is proposed has to be priced.
    now: OnceCell<Estimate>,
}

impl Bench<'_> {
    fn now(&self) -> &Estimate {
        self.now.get_or_init(|| self.estimate(self.model))
    }

    fn estimate(&self, model: &Model) -> Estimate {
        let book = Book::of(self.inputs.library);
        cost::estimate(model, &cost::Inputs { book: &book, day: Some(self.inputs.day) })
    }

    /// What more of a resource costs, as far as that is all there is to a change.
    fn more(&self, change: &Change) -> Option<Decimal> {
        if change.set.is_some() {
            return None;
        }
        let like = change.like.as_ref()?;
        cost::price_change(self.now(), like, change.count.to_i64()?).map(|price| price.expected)
    }

    /// What each of the changes to properties costs, with what it adds of a resource.
    fn otherwise(&self, changes: &[Change]) -> Vec<Option<Decimal>> {
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

    /// The resources as they are once a change is made.
    fn with(&self, change: &Change) -> Option<Vec<Resource>> {
        let mut resources = self.model.resources.clone();
        let resource = resources.iter_mut().find(|one| one.address == change.of)?;
        resource.properties = self.inputs.facts.changed(resource, change.set.as_ref()?)?;
        Some(resources)
    }
}
