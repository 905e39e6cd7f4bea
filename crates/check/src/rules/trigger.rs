//! The property without which a rule has nothing to refuse, and the rules of a type by it.
//!
//! Most rules are about a property that few resources give, so that a resource is held against the few rules that its
//! properties ask for.

use super::condition::PropertyCondition;
use super::path::{RulePath, RuleStep};
use super::requirement::Requirement;
use super::rule::Rule;
use super::term::{Measure, Quantifier};
use super::value_test::{ValueTest, ValueTests};
use foldhash::HashMap;
use gpb_model::PropertyMap;
use std::sync::Arc;

/// The rules of one type of a service.
#[derive(Debug, Default)]
pub(super) struct RulesOfType {
    rules: Vec<Arc<Rule>>,
    /// The numbers of the rules that a property asks for.
    triggered: HashMap<String, Vec<usize>>,
    /// The numbers of the rules that every resource is held against.
    always: Vec<usize>,
}

impl RulesOfType {
    /// Adds a rule behind those there are.
    pub fn add(&mut self, rule: Arc<Rule>) {
        let number = self.rules.len();
        match trigger(&rule) {
            Some(key) => self.triggered.entry(key.to_owned()).or_default().push(number),
            None => self.always.push(number),
        }
        self.rules.push(rule);
    }

    /// Returns all rules, in order.
    pub fn all(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// Returns the rules that a resource with these properties may break, in order.
    pub fn of<'r>(&'r self, properties: &PropertyMap) -> impl Iterator<Item = &'r Rule> {
        let mut numbers = self.always.clone();
        if !self.triggered.is_empty() {
            let given = properties.keys().filter_map(|key| self.triggered.get(key.as_str()));
            numbers.extend(given.flatten());
            numbers.sort_unstable();
        }
        numbers.into_iter().filter_map(|number| self.rules.get(number)).map(|rule| &**rule)
    }
}

/// Returns the property that a resource gives if it breaks the rule; none where it may break it without any.
fn trigger(rule: &Rule) -> Option<&str> {
    match &rule.each {
        Some(list) => first_key(list),
        None => rule.when.as_ref().and_then(needed_to_hold).or_else(|| needed_to_break(&rule.requirement)),
    }
}

/// Returns the property without which a condition does not surely hold.
fn needed_to_hold(condition: &PropertyCondition) -> Option<&str> {
    match condition {
        PropertyCondition::Given(paths) => paths.iter().find_map(first_key),
        PropertyCondition::Test(test) => {
            let (term, ValueTests { default, tests }) = test.as_ref();
            let asks = default.is_none()
                && tests.iter().any(|test| matches!(test, ValueTest::Given(true)) || is_open_when_absent(test));
            (asks && is_of_one(term.quantifier, term.measure)).then(|| first_key(&term.path)).flatten()
        }
        PropertyCondition::All(parts) => parts.iter().find_map(needed_to_hold),
        _ => None,
    }
}

/// Returns the property without which a requirement is not surely broken.
fn needed_to_break(requirement: &Requirement) -> Option<&str> {
    match requirement {
        Requirement::Forbidden(paths) => match paths.as_slice() {
            [only] => first_key(only),
            _ => None,
        },
        Requirement::Holds(PropertyCondition::Test(test)) => {
            let (term, ValueTests { default, tests }) = test.as_ref();
            let asks = default.is_none() && tests.iter().all(is_open_when_absent);
            (asks && is_of_one(term.quantifier, term.measure)).then(|| first_key(&term.path)).flatten()
        }
        _ => None,
    }
}

/// Checks whether a test of what is absent neither passes nor fails.
fn is_open_when_absent(test: &ValueTest) -> bool {
    match test {
        ValueTest::Given(_) | ValueTest::ClearOfOthers(_) | ValueTest::WithinOthers { .. } => false,
        ValueTest::Not(test) => is_open_when_absent(test),
        _ => true,
    }
}

/// Checks whether a term is one value, which is absent where its property is.
fn is_of_one(quantifier: Quantifier, measure: Option<Measure>) -> bool {
    quantifier == Quantifier::One && !matches!(measure, Some(Measure::Count | Measure::Sum | Measure::Keys))
}

fn first_key(path: &RulePath) -> Option<&str> {
    match path.steps.first() {
        Some(RuleStep::Key(key)) => Some(key),
        _ => None,
    }
}
