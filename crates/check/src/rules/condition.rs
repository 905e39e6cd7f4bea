//! Conditions over the properties of a resource.

use super::lookup::Subject;
use super::path::RulePath;
use super::term::{Quantifier, Term};
use super::value_test::{ValueTests, all, any};
use std::collections::BTreeSet;

/// A condition over the properties of a resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RuleCondition {
    /// The values of a term pass tests.
    Test(Box<(Term, ValueTests)>),
    /// Something is given at each of these paths.
    Given(Vec<RulePath>),
    /// Nothing is given at any of these paths.
    Absent(Vec<RulePath>),
    /// No known value of a term occurs twice.
    Distinct(Term),
    /// The model declares no resource of any of these types.
    Nowhere(Vec<String>),
    /// All of these conditions.
    All(Vec<RuleCondition>),
    /// At least one of these conditions.
    Any(Vec<RuleCondition>),
    /// The opposite of a condition.
    Not(Box<RuleCondition>),
}

impl RuleCondition {
    /// Checks whether it holds; none where what is absent or known only after apply would decide.
    pub fn holds(&self, subject: &Subject<'_, '_>) -> Option<bool> {
        match self {
            RuleCondition::Test(test) => {
                let (term, tests) = test.as_ref();
                let passes = |found| tests.pass(found, subject);
                match term.quantifier {
                    Quantifier::One => passes(term.value(subject)),
                    Quantifier::Some => any(term.values(subject).into_iter().map(passes)),
                    Quantifier::Every => all(term.values(subject).into_iter().map(passes)),
                }
            }
            RuleCondition::Given(paths) => all(paths.iter().map(|path| subject.find(path).is_given())),
            RuleCondition::Absent(paths) => {
                all(paths.iter().map(|path| subject.find(path).is_given().map(|given| !given)))
            }
            RuleCondition::Distinct(term) => {
                let mut seen = BTreeSet::new();
                let values = term.values(subject);
                let mut texts = values.iter().filter_map(|found| match (found.text(), found.number()) {
                    (Some(text), _) => Some(text.to_owned()),
                    (None, number) => number.map(|number| number.to_string()),
                });
                Some(texts.all(|text| seen.insert(text)))
            }
            RuleCondition::Nowhere(types) => Some(!types.iter().any(|ty| subject.targets.has_any(ty))),
            RuleCondition::All(conditions) => all(conditions.iter().map(|condition| condition.holds(subject))),
            RuleCondition::Any(conditions) => any(conditions.iter().map(|condition| condition.holds(subject))),
            RuleCondition::Not(condition) => condition.holds(subject).map(|holds| !holds),
        }
    }

    /// Checks whether it surely holds; stops at the first part that may not.
    pub fn surely_holds(&self, subject: &Subject<'_, '_>) -> bool {
        match self {
            RuleCondition::All(conditions) => conditions.iter().all(|condition| condition.surely_holds(subject)),
            one => one.holds(subject) == Some(true),
        }
    }

    /// Returns the first path it looks at, to say where it was broken.
    pub fn first_path(&self) -> Option<&RulePath> {
        match self {
            RuleCondition::Test(test) => Some(&test.0.path),
            RuleCondition::Distinct(term) => Some(&term.path),
            RuleCondition::Given(paths) | RuleCondition::Absent(paths) => paths.first(),
            RuleCondition::Nowhere(_) => None,
            RuleCondition::All(parts) | RuleCondition::Any(parts) => parts.iter().find_map(Self::first_path),
            RuleCondition::Not(condition) => condition.first_path(),
        }
    }
}
