//! The steps that turn deletion locks off, for any order.

use crate::cloud::deletion_locks::{DeletionLock, LockRelease};
use crate::plan::fixtures::{FakeCloud, address, model, path, resource, to};
use crate::plan::{Action, Plan, ProtectionOverride, StepPhase, add_deletion_locks};
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

fn lock() -> DeletionLock {
    DeletionLock { reason: "it is locked".into(), release: LockRelease::Call { property: path("Protected") } }
}

/// Returns all that a step waits for, at any distance.
fn waits_for(plan: &Plan, step: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = vec![step];
    while let Some(step) = open.pop() {
        open.extend(plan.steps[step].after.iter().filter(|earlier| found.insert(**earlier)));
    }
    found
}

#[test]
fn a_plan_without_locks_stays_as_it_is() {
    let before = model([resource("network.vpc", "aws.net.vpc", json!({ "Cidr": "a" }))]);
    let world = FakeCloud::applied(&before);
    let mut plan = world.plan(&model([]));
    let was = plan.clone();
    add_deletion_locks(&mut plan, BTreeMap::new(), &ProtectionOverride::All);
    assert_eq!(plan, was);
}

proptest! {
    /// Whatever is locked and unprotected: all that destroys waits until every lock is off, and so does whatever happens
    /// to those that a locked resource has to wait for.
    #[test]
    fn nothing_is_destroyed_before_every_lock_is_off(
        count in 1..8usize,
        uses in proptest::collection::vec((0..8usize, 0..8usize), 0..14),
        changed in proptest::collection::vec(0..3usize, 8),
        locked in proptest::collection::vec(any::<bool>(), 8),
    ) {
        let name = |at: usize| format!("network.n{at}");
        let of = |at: usize, cidr: &str| {
            let base = uses.iter().find(|(user, base)| *user == at && base < user);
            let vpc = base.map_or(json!("none"), |(_, base)| to(&name(*base), "SubnetId"));
            resource(&name(at), "aws.net.subnet", json!({ "Cidr": cidr, "Vpc": vpc }))
        };
        let before = model((0..count).map(|at| of(at, "a")));
        // Kept, replaced or deleted; whoever uses what is deleted is deleted too.
        let mut gone = BTreeSet::new();
        for (at, fate) in changed.iter().enumerate().take(count) {
            let lost = uses.iter().find(|(user, base)| *user == at && base < user).is_some_and(|(_, b)| gone.contains(b));
            if lost || *fate == 2 {
                gone.insert(at);
            }
        }
        let stays = (0..count).filter(|at| !gone.contains(at));
        let after = model(stays.map(|at| of(at, if changed[at] == 1 { "b" } else { "a" })));
        let mut plan = FakeCloud::applied(&before).plan(&after);
        let plain = plan.clone();
        let ends = |at: &usize| {
            let change = plain.changes.iter().find(|change| change.address.as_str() == name(*at));
            change.is_some_and(|change| matches!(change.action, Action::Delete | Action::Replace))
        };
        let locks = (0..count).filter(|at| locked[*at] && ends(at)).map(|at| (address(&name(at)), vec![lock()]));
        let locks: BTreeMap<_, _> = locks.collect();
        let expected = locks.len();
        add_deletion_locks(&mut plan, locks, &ProtectionOverride::All);
        let unlocks: BTreeSet<usize> =
            (0..plan.steps.len()).filter(|at| plan.steps[*at].phase == StepPhase::Unprotect).collect();
        prop_assert_eq!(unlocks.len(), expected);
        prop_assert_eq!(plan.steps.len(), plain.steps.len() + expected);
        for (at, step) in plan.steps.iter().enumerate() {
            prop_assert!(step.after.iter().all(|earlier| *earlier < at), "{:?}", plan.steps);
            prop_assert!(step.after.is_sorted(), "{:?}", plan.steps);
            let all = waits_for(&plan, at);
            if matches!(step.phase, StepPhase::Destroy | StepPhase::DestroyDeposed) {
                prop_assert!(unlocks.is_subset(&all), "{:?}", plan.steps);
            }
            // What was waited for before is waited for still.
            if at >= expected {
                let was = waits_for(&plain, at - expected);
                prop_assert!(was.iter().all(|earlier| all.contains(&(earlier + expected))), "{:?}", plan.steps);
            }
        }
    }
}
