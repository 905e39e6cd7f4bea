//! Deletion locks in a plan: what the cloud would refuse to delete is refused at plan, or turned off first.
//!
//! A deletion that the cloud refuses comes last in an order, when all that was built on the resource is gone already. So
//! locks are read when the plan is made, and the steps that turn them off come before every step that takes something
//! away.

use super::change::{Action, ResourceChange};
use super::inputs::{Observation, ProtectionOverride};
use super::plan_file::Plan;
use super::step::{PlanStep, StepPhase};
use crate::cloud::deletion_locks::{DeletionLock, LockRelease};
use crate::cloud::{Properties, ResourceKey};
use crate::state::StateSnapshot;
use gpb_base::diag::Diagnostic;
use gpb_model::{Address, Model};
use std::collections::{BTreeMap, BTreeSet};

/// Returns what a plan deletes and the cloud has shown: by address the resource, and its properties as observed.
///
/// That is what is deleted, and the predecessor of what is replaced.
pub fn deleted_resources<'a>(
    plan: &'a Plan,
    snapshot: &'a StateSnapshot,
    observation: &'a Observation,
) -> BTreeMap<&'a Address, (ResourceKey, &'a Properties)> {
    let resource = |change: &'a ResourceChange| {
        let old = change.moved_from.as_ref().unwrap_or(&change.address);
        let record = snapshot.resources.get(old)?;
        let observed = observation.get(old).or_else(|| observation.get(&change.address))?.as_ref()?;
        let key = ResourceKey { ty: record.ty.clone(), place: record.place.clone(), id: observed.id.clone() };
        Some((&change.address, (key, &*observed.properties)))
    };
    plan.changes.iter().filter(|change| change.deletes()).filter_map(resource).collect()
}

/// Adds the locks of what a plan deletes, and the steps that turn off those that may be.
pub fn add_deletion_locks(
    plan: &mut Plan,
    mut locks: BTreeMap<Address, Vec<DeletionLock>>,
    unprotected: &ProtectionOverride,
) {
    for change in &mut plan.changes {
        if let Some(locks) = locks.remove(&change.address) {
            change.deletion_locks = locks;
        }
    }
    unprotect(plan, unprotected);
}

/// Lifts the protection of resources, gpb's own and the cloud's: the latter by steps that come before all that destroys.
pub fn unprotect(plan: &mut Plan, unprotected: &ProtectionOverride) {
    for change in plan.changes.iter_mut().filter(|change| unprotected.covers(&change.address)) {
        change.protected = None;
        change.kept_users.clear();
        change.unprotected = !change.deletion_locks.is_empty();
    }
    let done: BTreeSet<usize> =
        plan.steps.iter().filter(|step| step.phase == StepPhase::Unprotect).map(|step| step.change).collect();
    let has_call = |change: &ResourceChange| {
        change.unprotected && change.deletion_locks.iter().any(|lock| matches!(lock.release, LockRelease::Call { .. }))
    };
    let new: Vec<usize> = plan
        .changes
        .iter()
        .zip(0..)
        .filter(|(change, index)| has_call(change) && !done.contains(index))
        .map(|(_, index)| index)
        .collect();
    if !new.is_empty() {
        prepend(&mut plan.steps, &new);
    }
}

/// Puts the steps that turn off the locks of some changes before all others.
///
/// Whatever destroys waits for all of them, and so does whatever a locked deletion waits for: its dependents are not
/// touched before it is certain that it can go.
fn prepend(steps: &mut Vec<PlanStep>, unlocked: &[usize]) {
    let mut waits: Vec<bool> = steps
        .iter()
        .map(|step| {
            matches!(step.phase, StepPhase::Destroy | StepPhase::DestroyDeposed)
                || (step.phase == StepPhase::Create && unlocked.contains(&step.change))
        })
        .collect();
    let mut before_locked: Vec<bool> =
        steps.iter().zip(&waits).map(|(step, waits)| *waits && unlocked.contains(&step.change)).collect();
    for index in (0..steps.len()).rev() {
        if before_locked.get(index) == Some(&true)
            && let Some(step) = steps.get(index)
        {
            for earlier in &step.after {
                for marks in [&mut before_locked, &mut waits] {
                    if let Some(mark) = marks.get_mut(*earlier) {
                        *mark = true;
                    }
                }
            }
        }
    }
    let count = unlocked.len();
    let turned_off =
        unlocked.iter().map(|change| PlanStep { change: *change, phase: StepPhase::Unprotect, after: Vec::new() });
    let later = steps.iter().zip(&waits).map(|(step, is_waiting)| {
        // A step that waits for one that waits need not be told.
        let told = step.after.iter().any(|earlier| waits.get(*earlier) == Some(&true));
        let first = (0..count).filter(|_| *is_waiting && !told && step.phase != StepPhase::Unprotect);
        PlanStep { after: first.chain(step.after.iter().map(|earlier| earlier + count)).collect(), ..step.clone() }
    });
    *steps = turned_off.chain(later).collect();
}

/// Returns a refusal for each lock that the plan may not turn off, or cannot.
pub(super) fn lock_refusals(plan: &Plan, model: Option<&Model>) -> Vec<Diagnostic> {
    let locks = plan.changes.iter().flat_map(|change| change.deletion_locks.iter().map(move |lock| (change, lock)));
    locks.filter_map(|(change, lock)| refusal(change, lock, model)).collect()
}

fn refusal(change: &ResourceChange, lock: &DeletionLock, model: Option<&Model>) -> Option<Diagnostic> {
    let (address, reason) = (&change.address, &lock.reason);
    let verb = if change.action == Action::Delete { "deleted" } else { "replaced" };
    let help = match &lock.release {
        LockRelease::Call { .. } | LockRelease::Unread if change.unprotected => return None,
        LockRelease::Call { .. } => {
            format!("if that is meant, say so: `--unprotect '{address}'` turns it off before anything else is touched")
        }
        LockRelease::Unread => {
            format!("give the credentials the permission, or go on without looking: `--unprotect '{address}'`")
        }
        LockRelease::Manual { help } => help.clone(),
    };
    let message = format!("`{address}` ({}) would be {verb}, and the cloud would refuse it: {reason}", change.ty);
    let mut diagnostic = Diagnostic::error("GPB7021", message);
    if let Some(resource) = model.and_then(|model| model.resources.iter().find(|one| one.address == *address)) {
        diagnostic = diagnostic.with_label(resource.span, format!("this resource would be {verb}"));
    }
    Some(diagnostic.help(help))
}
