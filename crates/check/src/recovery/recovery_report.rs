//! The inputs and the result of the check of recovery.

use super::assess::{Assessment, Assessor};
use super::facts_reader;
use super::recovery_facts::{ProposedChange, RecoveryFacts};
use super::recovery_groups::RecoveryGroup;
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_catalog::TypeLookup;
use gpb_model::graph::Graph;
use gpb_model::{Address, Model, Resource};
use rust_decimal::Decimal;
use std::rc::Rc;

/// Returns the price of a change in dollars a month more, as far as anybody knows.
pub type PriceFn<'a> = Rc<dyn Fn(&ProposedChange) -> Option<Decimal> + 'a>;

/// The inputs of the check.
#[derive(Clone)]
pub struct RecoveryInputs<'a> {
    /// The environment.
    pub model: &'a Model,
    /// Its dependencies.
    pub graph: &'a Graph,
    /// The schemas of its types.
    pub types: TypeLookup<'a>,
    /// The price of a change in dollars a month more, as far as anybody knows.
    pub price: PriceFn<'a>,
}

/// The verdicts on an environment with their diagnostics.
pub struct RecoveryReport<'a> {
    pub(super) check: RecoveryCheck<'a, 'a>,
    /// The verdicts on resources, in the order of the program.
    pub assessments: Vec<Assessment>,
    /// The verdicts on the environment and on scopes with a target of their own.
    pub wholes: Vec<RecoveryGroup>,
    /// The diagnostics of all verdicts and findings.
    pub diagnostics: Vec<Diagnostic>,
}

/// The inputs together with the facts that were read from them.
pub(super) struct RecoveryCheck<'a, 'm> {
    pub(super) given: RecoveryInputs<'a>,
    pub(super) known: RecoveryFacts<'m>,
    resources: HashMap<&'a Address, &'a Resource>,
}

impl RecoveryReport<'_> {
    /// Returns every change that would make some verdict better.
    pub fn proposals(&self) -> Vec<ProposedChange> {
        let assessor = self.check.assessor();
        self.assessments.iter().flat_map(|part| assessor.remedies(part)).map(|remedy| remedy.change).collect()
    }
}

impl<'a> RecoveryCheck<'a, 'a> {
    /// Reads the facts; the diagnostics are the mistakes in them.
    pub(super) fn new(given: RecoveryInputs<'a>) -> (Self, Vec<Diagnostic>) {
        let mut known = facts_reader::read(given.model);
        let problems = std::mem::take(&mut known.problems);
        let resources = given.model.resources.iter().map(|resource| (&resource.address, resource)).collect();
        (RecoveryCheck { given, known, resources }, problems)
    }
}

impl<'a, 'm> RecoveryCheck<'a, 'm> {
    /// Returns the resource at an address.
    pub(super) fn resource(&self, address: &Address) -> Option<&'a Resource> {
        self.resources.get(address).copied()
    }

    /// Returns the assessor of the environment.
    pub(super) fn assessor(&self) -> Assessor<'_, 'm> {
        Assessor {
            known: &self.known,
            goals: &self.given.model.goals,
            region: &self.given.model.environment.place.region,
            price: &*self.given.price,
        }
    }
}
