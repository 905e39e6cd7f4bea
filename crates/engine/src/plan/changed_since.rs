//! Changes outside gpb between the making of a saved plan and its apply, where the text writes nothing.
//!
//! Properties that the text writes are part of the plan's basis: a change of one makes the plan stale, whatever it is.

use super::change::{DriftWarning, ResourceChange};
use super::plan_file::Plan;
use gpb_base::diag::Diagnostic;
use gpb_model::Address;
use std::collections::BTreeMap;

/// Returns why a plan is stale: a resource that it changes is weaker protected now than it was read for it.
///
/// `now` is the plan that is made of the same text and state now.
pub fn weakened_since(promised: &Plan, now: &Plan) -> Option<Diagnostic> {
    let today = by_address(now);
    let mut reasons = Vec::new();
    for then in promised.changes.iter().filter(|change| change.is_pending()) {
        let Some(now) = today.get(&then.address) else { continue };
        let new = now.drift_warnings.iter().filter(|warning| !was_told(then, now, warning));
        reasons.extend(new.map(|warning| format!("`{}` was changed outside gpb ({})", then.address, warning.why)));
    }
    (!reasons.is_empty()).then(|| super::basis::stale_plan(&reasons))
}

/// Takes over what was changed outside gpb as it is now, so that it is told before the plan is applied.
pub fn take_drift(promised: &mut Plan, now: &Plan) {
    let today = by_address(now);
    for change in &mut promised.changes {
        if let Some(now) = today.get(&change.address) {
            change.drift.clone_from(&now.drift);
            change.drift_warnings.clone_from(&now.drift_warnings);
        }
    }
}

fn by_address(plan: &Plan) -> BTreeMap<&Address, &ResourceChange> {
    plan.changes.iter().map(|change| (&change.address, change)).collect()
}

/// Checks that a plan has told this warning, about a value that is still the same.
fn was_told(then: &ResourceChange, now: &ResourceChange, warning: &DriftWarning) -> bool {
    let value = |change: &ResourceChange| change.drift.iter().find(|one| one.path == warning.path).cloned();
    then.drift_warnings.contains(warning) && value(then) == value(now)
}
