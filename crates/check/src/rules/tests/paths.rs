//! The paths that a rule names.

use crate::rules::condition::PropertyCondition;
use crate::rules::path::RulePath;
use crate::rules::requirement::Requirement;
use crate::rules::rule::Rule;
use crate::rules::value_test::{Limit, ValueTest};

/// Returns every path that a rule names.
pub fn of(rule: &Rule) -> Vec<&RulePath> {
    let mut found: Vec<&RulePath> = rule.at.iter().chain(rule.says.paths()).chain(rule.help.paths()).collect();
    found.extend(rule.when.iter().flat_map(of_condition));
    match &rule.requirement {
        Requirement::Required(paths)
        | Requirement::Forbidden(paths)
        | Requirement::Exclusive(paths)
        | Requirement::OneOf(paths)
        | Requirement::AtLeastOne(paths)
        | Requirement::Unique(paths) => found.extend(paths),
        Requirement::Holds(condition) => found.extend(of_condition(condition)),
    }
    found
}

fn of_condition(condition: &PropertyCondition) -> Vec<&RulePath> {
    match condition {
        PropertyCondition::Test(test) => {
            let (term, tests) = test.as_ref();
            [&term.path].into_iter().chain(tests.tests.iter().flat_map(of_test)).collect()
        }
        PropertyCondition::Given(paths) | PropertyCondition::Absent(paths) => paths.iter().collect(),
        PropertyCondition::Nowhere(_) => Vec::new(),
        PropertyCondition::Distinct(term) => vec![&term.path],
        PropertyCondition::All(parts) | PropertyCondition::Any(parts) => parts.iter().flat_map(of_condition).collect(),
        PropertyCondition::Not(condition) => of_condition(condition),
    }
}

fn of_test(test: &ValueTest) -> Vec<&RulePath> {
    match test {
        ValueTest::Min(Limit::Of { term, .. })
        | ValueTest::Max(Limit::Of { term, .. })
        | ValueTest::SameAs(term)
        | ValueTest::ApartFrom(term)
        | ValueTest::Within(term) => vec![&term.path],
        ValueTest::Among(terms) => terms.iter().map(|term| &term.path).collect(),
        ValueTest::ClearOfOthers(siblings) => vec![&siblings.of, &siblings.by],
        ValueTest::WithinOthers { siblings, .. } => vec![&siblings.by],
        ValueTest::Not(test) => of_test(test),
        _ => Vec::new(),
    }
}
