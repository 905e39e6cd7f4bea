//! The schedule of a run: the plan says what waits for what; durations learnt from the state say what goes first.
//!
//! A step's priority is the length of its critical path: the expected time from its start to the end of all that waits
//! for it.

use crate::plan::{Action, Plan, PlanStep, StepPhase};
use crate::state::{Durations, OperationKind};
use std::time::Duration;

/// The steps of a plan seen from those that wait, and how urgent each is.
#[derive(Debug)]
pub struct Schedule {
    /// By step, those that wait for it.
    dependents: Vec<Vec<usize>>,
    /// By step, the length of its critical path.
    pub priority: Vec<Duration>,
}

impl Schedule {
    /// Computes the schedule of a plan whose steps wait only for earlier ones.
    pub fn new(plan: &Plan, durations: &Durations) -> Self {
        let mut dependents = vec![Vec::new(); plan.steps.len()];
        for (later, step) in plan.steps.iter().enumerate() {
            for earlier in &step.after {
                if let Some(dependents) = dependents.get_mut(*earlier) {
                    dependents.push(later);
                }
            }
        }
        let mut priority = vec![Duration::ZERO; plan.steps.len()];
        for (index, step) in plan.steps.iter().enumerate().rev() {
            let later = dependents.get(index).into_iter().flatten().filter_map(|later| priority.get(*later));
            let longest = later.max().copied().unwrap_or_default();
            if let Some(slot) = priority.get_mut(index) {
                *slot = longest.saturating_add(expected_duration(plan, step, durations));
            }
        }
        Self { dependents, priority }
    }

    /// Returns the steps that wait for a step.
    pub fn dependents(&self, step: usize) -> &[usize] {
        self.dependents.get(step).map(Vec::as_slice).unwrap_or_default()
    }
}

fn expected_duration(plan: &Plan, step: &PlanStep, durations: &Durations) -> Duration {
    let Some(change) = plan.changes.get(step.change) else { return Duration::ZERO };
    let operation = match (change.action, step.phase) {
        (Action::NoOp | Action::Read | Action::Forget | Action::Retain, _) => return Duration::ZERO,
        (_, StepPhase::Destroy | StepPhase::DestroyDeposed) => OperationKind::Delete,
        (_, StepPhase::Unprotect) | (Action::Update | Action::Adopt, _) => OperationKind::Update,
        _ => OperationKind::Create,
    };
    durations.get(&(change.ty.clone(), operation)).copied().unwrap_or(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::fixtures::{FakeCloud, model, resource, to};
    use serde_json::json;

    #[test]
    fn known_durations_decide_what_is_urgent() {
        let model = model([
            resource("network.vpc", "aws.net.vpc", json!({})),
            resource("network.a", "aws.net.subnet", json!({ "Vpc": to("network.vpc", "") })),
            resource("data.main", "aws.data.store", json!({})),
        ]);
        let plan = FakeCloud::new().plan(&model);
        let priority_of = |address: &str, durations: &Durations| {
            let index = plan.steps.iter().position(|step| plan.changes[step.change].address.as_str() == address);
            Schedule::new(&plan, durations).priority[index.unwrap()].as_secs()
        };
        let none = Durations::new();
        let unknown = ["network.vpc", "network.a", "data.main"].map(|address| priority_of(address, &none));
        assert_eq!(unknown, [2, 1, 1], "each takes a second, and the network has one behind it");
        let slow = ("aws.data.store".to_owned(), OperationKind::Create);
        let slow = Durations::from([(slow, Duration::from_mins(10))]);
        assert_eq!(priority_of("data.main", &slow), 600);
    }
}
