//! Conditions over the properties of a resource.

use super::lookup::RuleSubject;
use super::path::RulePath;
use super::term::{Quantifier, Term};
use super::value_test::{ValueTest, ValueTests, all, any};
use gpb_model::{PropPath, Resource};
use std::collections::BTreeSet;

/// A condition over the properties of a resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PropertyCondition {
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
    All(Vec<PropertyCondition>),
    /// At least one of these conditions.
    Any(Vec<PropertyCondition>),
    /// The opposite of a condition.
    Not(Box<PropertyCondition>),
}

impl PropertyCondition {
    /// Checks whether it holds; none where what is absent or known only after apply would decide.
    pub fn holds(&self, subject: &RuleSubject<'_, '_>) -> Option<bool> {
        match self {
            PropertyCondition::Test(test) => {
                let (term, tests) = test.as_ref();
                let passes = |found| tests.pass(found, subject);
                match term.quantifier {
                    Quantifier::One => passes(term.value(subject)),
                    Quantifier::Some => any(term.values(subject).into_iter().map(passes)),
                    Quantifier::Every => all(term.values(subject).into_iter().map(passes)),
                }
            }
            PropertyCondition::Given(paths) => all(paths.iter().map(|path| subject.find(path).is_given())),
            PropertyCondition::Absent(paths) => {
                all(paths.iter().map(|path| subject.find(path).is_given().map(|given| !given)))
            }
            PropertyCondition::Distinct(term) => {
                let mut seen = BTreeSet::new();
                let values = term.values(subject);
                let mut texts = values.iter().filter_map(|found| match (found.text(), found.number()) {
                    (Some(text), _) => Some(text.to_owned()),
                    (None, number) => number.map(|number| number.to_string()),
                });
                Some(texts.all(|text| seen.insert(text)))
            }
            PropertyCondition::Nowhere(types) => Some(!types.iter().any(|ty| subject.targets.has_any(ty))),
            PropertyCondition::All(conditions) => all(conditions.iter().map(|condition| condition.holds(subject))),
            PropertyCondition::Any(conditions) => any(conditions.iter().map(|condition| condition.holds(subject))),
            PropertyCondition::Not(condition) => condition.holds(subject).map(|holds| !holds),
        }
    }

    /// Checks whether it surely holds; stops at the first part that may not.
    pub fn surely_holds(&self, subject: &RuleSubject<'_, '_>) -> bool {
        match self {
            PropertyCondition::All(conditions) => conditions.iter().all(|condition| condition.surely_holds(subject)),
            one => one.holds(subject) == Some(true),
        }
    }

    /// Returns another resource that has to do with its not holding, and the property that has.
    pub fn other<'m>(&self, subject: &RuleSubject<'_, 'm>) -> Option<(&'m Resource, PropPath)> {
        match self {
            PropertyCondition::Test(test) => test.1.tests.iter().find_map(|test| match test {
                ValueTest::ClearOfOthers(siblings) => Some((siblings.overlapped(subject)?, siblings.of.plain())),
                _ => None,
            }),
            PropertyCondition::All(parts) | PropertyCondition::Any(parts) => {
                parts.iter().find_map(|part| part.other(subject))
            }
            _ => None,
        }
    }

    /// Returns the first path it looks at, to say where it was broken.
    pub fn first_path(&self) -> Option<&RulePath> {
        match self {
            PropertyCondition::Test(test) => Some(&test.0.path),
            PropertyCondition::Distinct(term) => Some(&term.path),
            PropertyCondition::Given(paths) | PropertyCondition::Absent(paths) => paths.first(),
            PropertyCondition::Nowhere(_) => None,
            PropertyCondition::All(parts) | PropertyCondition::Any(parts) => parts.iter().find_map(Self::first_path),
            PropertyCondition::Not(condition) => condition.first_path(),
        }
    }
}
