//! AWS's own waiters: the default of readiness.

use super::binding::{OneOrMany, ReadyCheck};
use super::bound_type::BoundType;
use super::path::{MemberPath, PathStep};
use super::shapes::Waiter;
use gpb_base::diag::nearest;
use std::sync::Arc;

/// Puts AWS's own waiters in place of their names, and where a binding says nothing of readiness.
///
/// # Errors
/// A name that no waiter of the read's operation has.
pub(super) fn resolve(bound: &mut BoundType) -> Result<(), String> {
    let binding = &bound.binding;
    let Some(read) = binding.read.first() else { return Ok(()) };
    let Some((_, operation)) = bound.operation(&read.call) else {
        return match binding.ready.iter().find_map(|rule| rule.waiter.as_ref()) {
            Some(name) => Err(format!("the waiter `{name}` is of an operation whose shapes are not known")),
            None => Ok(()),
        };
    };
    let at = read.at.as_ref().map_or(&[][..], MemberPath::steps);
    let check = |waiter: &Waiter| ReadyCheck::of_waiter(waiter, below(&waiter.path, at));
    let rules: Vec<ReadyCheck> = if binding.ready.is_empty() {
        default_waiters(operation.waiters.values().collect()).into_iter().map(check).collect()
    } else {
        let named = |rule: &ReadyCheck| {
            let Some(name) = &rule.waiter else { return Ok(rule.clone()) };
            let Some(waiter) = operation.waiters.get(name) else {
                let near = nearest(name, operation.waiters.keys().map(String::as_str));
                let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                return Err(format!("AWS has no waiter `{name}` of `{}`{near}", read.call));
            };
            if !rule.path.is_here() || !rule.ready.is_empty() || rule.equals.is_some() {
                return Err("`path`, `ready` and `equals` have no effect: the waiter has its own".to_owned());
            }
            let mut of_waiter = check(waiter);
            of_waiter.failed.extend(rule.failed.iter().cloned());
            let timeout = rule.timeout.or(of_waiter.timeout);
            let ReadyCheck { path, ready, failed, .. } = of_waiter;
            Ok(ReadyCheck { path, ready, failed, timeout, ..rule.clone() })
        };
        binding.ready.iter().map(named).collect::<Result<_, _>>()?
    };
    if binding.ready.is_empty() && rules.is_empty()
        || binding.ready.iter().all(|rule| rule.waiter.is_none()) && !binding.ready.is_empty()
    {
        return Ok(());
    }
    Arc::make_mut(&mut bound.binding).ready = OneOrMany(rules);
    Ok(())
}

/// Lists the waiters that together mean ready: each is about a state of its own.
fn default_waiters(waiters: Vec<&Waiter>) -> Vec<&Waiter> {
    let is_double = waiters
        .iter()
        .enumerate()
        .any(|(index, one)| waiters.iter().skip(index + 1).any(|other| one.path == other.path));
    if is_double { Vec::new() } else { waiters }
}

/// Returns a waiter's path from the object at `at`, where it leads through it.
fn below(path: &MemberPath, at: &[PathStep]) -> MemberPath {
    let steps = path.steps();
    let is_element = |step: &PathStep| !matches!(step, PathStep::Name(_));
    let same = |a: &PathStep, b: &PathStep| a == b || is_element(a) && is_element(b);
    let leads = steps.len() > at.len() && steps.iter().zip(at).all(|(a, b)| same(a, b));
    let mut rest = steps.get(at.len()..).unwrap_or_default();
    if let [step, more @ ..] = rest
        && is_element(step)
    {
        // `at` is the list, of which `where` or the identifier chooses one.
        rest = more;
    }
    if leads {
        MemberPath { absolute: false, alternatives: vec![rest.to_vec()] }
    } else {
        MemberPath { absolute: true, ..path.clone() }
    }
}
