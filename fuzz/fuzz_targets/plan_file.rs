//! Any file is a plan or is refused; a plan is written as it was read, and applied without a panic.
#![no_main]

use gpb_engine::cloud::clock::VirtualClock;
use gpb_engine::plan::{Plan, from_json, to_json};
use gpb_engine::reconcile::{Apply, ApplyOptions, CancelToken, NullSink, apply};
use gpb_engine::state::{LockHolder, SqliteStore, StateStore as _};
use gpb_sim::testing::{TestTypes, options};
use gpb_sim::{Faults, SimCloud};
use libfuzzer_sys::fuzz_target;
use std::cell::OnceCell;
use tempfile::TempDir;

/// The changes and steps of the largest plan that is applied, by number.
const APPLIED: usize = 12;

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

fuzz_target!(|text: &str| {
    let Ok(plan) = from_json(text) else { return };
    let written = to_json(&plan);
    let read = from_json(&written).expect("what was written is a plan");
    assert_eq!(read, plan, "it is read as it was written");
    assert_eq!(to_json(&read), written, "the same plan gives the same bytes");
    let _ = (plan.is_empty(), plan.deletes(), plan.changed_outputs());
    if plan.changes.len() <= APPLIED && plan.steps.len() <= APPLIED {
        applied(plan);
    }
});

/// Applies a plan to an empty state, as if it was made from that.
fn applied(mut plan: Plan) {
    let folder = FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap());
        folder.path().join(".gpb")
    });
    let _ = std::fs::remove_dir_all(&folder);
    let (store, clock) = (SqliteStore::new(folder), VirtualClock::default());
    let writer = store.writer(&plan.scope, &LockHolder::current("fuzz", 0)).unwrap();
    let snapshot = writer.snapshot().unwrap();
    (plan.basis.lineage, plan.basis.serial, plan.observed) = (snapshot.lineage, snapshot.serial, true);
    let cloud = SimCloud::in_memory(options(&clock, Faults::default(), None)).unwrap();
    // What it does is as odd as the plan; that it ends, and says how, is what is asked.
    let _ = clock.run(apply(Apply {
        plan: &plan,
        writer: &*writer,
        cloud: &cloud,
        types: &TestTypes,
        functions: &|name, _| Err(format!("there is no function {name}")),
        environment: &|_| None,
        clock: &clock,
        events: &NullSink,
        cancel: &CancelToken::default(),
        options: &ApplyOptions::default(),
    }));
}
