//! Validation of the deletion locks of a binding.

use super::problem::BindingProblem;
use crate::binding::LockRule;
use crate::bound_type::BoundType;
use crate::path::PathStep;

/// Lists the locks that say too little or too much.
pub(super) fn problems(bound: &BoundType) -> Vec<BindingProblem> {
    let problem = |rule: &LockRule| {
        let message = match (&rule.property, &rule.call) {
            (Some(_), Some(_)) | (None, None) => "a lock is read from a `property` or by a `call`, one of the two",
            (Some(_), None) if rule.clear.is_empty() && (rule.why.is_none() || rule.help.is_none()) => {
                "a property that no call clears needs `why` and `help`"
            }
            (Some(_), None)
                if rule.at.is_some() || rule.members.is_some() || rule.show.is_some() || rule.pages.is_some() =>
            {
                "`at`, `members`, `show` and `pages` belong to a `call`"
            }
            (None, Some(_)) if !rule.clear.is_empty() => "what a `call` finds cannot be cleared",
            (None, Some(_)) if rule.at.is_none() || rule.why.is_none() || rule.help.is_none() => {
                "a `call` needs `at`, `why` and `help`"
            }
            _ => return None,
        };
        Some(BindingProblem::new("locks", "locks", message))
    };
    bound.binding.locks.iter().filter_map(problem).collect()
}

/// Lists the properties that locks are read from.
pub(super) fn properties(bound: &BoundType) -> Vec<String> {
    let paths = bound.binding.locks.iter().filter_map(|rule| rule.property.as_ref());
    let heads = paths.filter_map(|path| match path.steps().first() {
        Some(PathStep::Name(name)) => Some(name.clone()),
        _ => None,
    });
    heads.collect()
}
