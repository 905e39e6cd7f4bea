//! The order in which replacements create and delete, as the steps of the plan have it.

use super::change::push;
use super::styles::{Styles, paint};
use gpb_engine::plan::{Action, Plan, ResourceChange, StepPhase};
use gpb_model::Address;
use std::collections::BTreeSet;

/// The mark of a replacement that creates before it deletes.
pub(super) const CREATE_FIRST: &str = "+/-";

/// The mark of a replacement that deletes before it creates.
pub(super) const DELETE_FIRST: &str = "-/+";

/// The mark of a replacement that leaves the old resource where it is.
pub(super) const KEPT: &str = "+/=";

/// The replacements of a plan that delete before they create, whatever each would do alone.
#[derive(Debug, Default)]
pub(super) struct ReplacementOrder {
    delete_first: BTreeSet<Address>,
}

impl ReplacementOrder {
    /// Reads the order from the steps of a plan.
    pub fn new(plan: &Plan) -> ReplacementOrder {
        let destroying = plan.steps.iter().filter(|step| step.phase == StepPhase::Destroy);
        let changes = destroying.filter_map(|step| plan.changes.get(step.change));
        let replaced = changes.filter(|change| change.action == Action::Replace);
        ReplacementOrder { delete_first: replaced.map(|change| change.address.clone()).collect() }
    }

    /// Returns true when a replacement creates before it deletes.
    pub fn is_create_first(&self, change: &ResourceChange) -> bool {
        change.action == Action::Replace && !self.delete_first.contains(&change.address)
    }

    /// Prints what the marks of the replacements mean, those that occur.
    pub fn legend(&self, plan: &Plan, styles: &Styles, out: &mut String) {
        let replaced = || plan.changes.iter().filter(|change| change.action == Action::Replace);
        let is_kept = replaced().any(ResourceChange::retains);
        let is_created_first = replaced().any(|change| self.is_create_first(change) && !change.retains());
        let is_deleted_first = replaced().any(|change| !self.is_create_first(change));
        let lines = [
            (is_created_first, CREATE_FIRST, "created before the old one is deleted"),
            (is_deleted_first, DELETE_FIRST, "deleted before the new one is created"),
            (is_kept, KEPT, "created, and the old one is kept: gpb lets go of it"),
        ];
        for (_, mark, meaning) in lines.into_iter().filter(|(occurs, ..)| *occurs) {
            push(out, &format!("{} {}", paint(styles.replace, mark), paint(styles.dim, meaning)));
        }
    }
}
