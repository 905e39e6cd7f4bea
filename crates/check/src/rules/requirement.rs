//! Requirements: what AWS refuses resources without.

use super::condition::PropertyCondition;
use super::lookup::RuleSubject;
use super::path::RulePath;
use gpb_model::{PropPath, Resource};

/// A requirement of a rule.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Requirement {
    /// All of these are given.
    Required(Vec<RulePath>),
    /// None of these is given.
    Forbidden(Vec<RulePath>),
    /// One of these is given at most.
    Exclusive(Vec<RulePath>),
    /// Exactly one of these is given.
    OneOf(Vec<RulePath>),
    /// One of these is given at least.
    AtLeastOne(Vec<RulePath>),
    /// A condition holds.
    Holds(PropertyCondition),
    /// No other resource in reach has the same values here; `names` looks at all of them together.
    Unique(Vec<RulePath>),
}

/// The place where a requirement is broken; none for the element or the resource as a whole.
pub(super) type BrokenPlace<'r> = Option<&'r RulePath>;

impl Requirement {
    /// Returns another resource that has to do with its being broken, and the property that has.
    pub fn other<'m>(&self, subject: &RuleSubject<'_, 'm>) -> Option<(&'m Resource, PropPath)> {
        match self {
            Requirement::Holds(condition) => condition.other(subject),
            _ => None,
        }
    }

    /// Returns the place where it is surely broken; none where it is met or may be.
    pub fn broken<'r>(&'r self, subject: &RuleSubject<'_, '_>) -> Option<BrokenPlace<'r>> {
        let given = |path: &&RulePath| subject.find(path).is_given() == Some(true);
        let missing = |path: &&RulePath| subject.find(path).is_given() == Some(false);
        match self {
            Requirement::Required(paths) => paths.iter().find(missing).map(Some),
            Requirement::Forbidden(paths) => paths.iter().find(given).map(Some),
            Requirement::Exclusive(paths) => paths.iter().filter(given).nth(1).map(Some),
            Requirement::OneOf(paths) => match paths.iter().filter(given).nth(1) {
                Some(second) => Some(Some(second)),
                None => paths.iter().all(|path| missing(&path)).then_some(None),
            },
            Requirement::AtLeastOne(paths) => paths.iter().all(|path| missing(&path)).then_some(None),
            Requirement::Unique(_) => None,
            Requirement::Holds(condition) => (condition.holds(subject) == Some(false)).then(|| condition.first_path()),
        }
    }
}
