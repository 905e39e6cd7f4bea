//! The report at the end of an apply.

use crate::report::Styles;
use crate::report::outcome::EndReport;
use gpb_engine::cloud::{CloudError, CloudErrorKind};
use gpb_engine::plan::fixtures::*;
use gpb_engine::plan::{Action, Plan};
use gpb_engine::reconcile::{ApplyOutcome, CompletedChange, FailedChange, FailureCause, SkippedChange};
use gpb_model::Model;
use serde_json::json;

fn declared() -> Model {
    model([
        resource("net.vpc", "aws.net.vpc", json!({ "Cidr": "10.0.0.0/16" })),
        resource("net.subnet", "aws.net.subnet", json!({ "Vpc": to("net.vpc", ""), "Cidr": "10.0.0.0/24" })),
        resource("run.task", "aws.run.task", json!({ "Options": { "subnet": to("net.subnet", "") } })),
    ])
}

fn completed(name: &str, action: Action) -> CompletedChange {
    CompletedChange { address: address(name), action, elapsed_ms: 1 }
}

fn told(plan: &Plan, outcome: &ApplyOutcome) -> String {
    EndReport { plan, outcome, next: "gpb apply shop.gpb", remark: "" }.human(&Styles::PLAIN)
}

#[test]
fn what_is_complete_is_a_heading_and_a_line() {
    let plan = FakeCloud::new().plan(&declared());
    let done = ["net.vpc", "net.subnet", "run.task"].map(|name| completed(name, Action::Create)).to_vec();
    insta::assert_snapshot!(told(&plan, &ApplyOutcome { done, ..ApplyOutcome::default() }), @"
    Environment test of demo: us-east-1, simulated cloud
    Done: 3 of 3.
    ");
}

#[test]
fn what_was_only_read_is_no_change() {
    let model = declared();
    let mut world = FakeCloud::applied(&model);
    world.observed("net.vpc").insert("Dns".into(), true.into());
    let mut plan = world.plan(&model);
    plan.changes[0].action = Action::Update;
    let pending = plan.changes[0].address.to_string();
    let done = vec![
        completed(&pending, Action::Update),
        completed("net.elsewhere", Action::Read),
        completed("net.other", Action::Read),
    ];
    insta::assert_snapshot!(told(&plan, &ApplyOutcome { done, ..ApplyOutcome::default() }), @"
    Environment test of demo: us-east-1, simulated cloud
    Done: 1 of 1.
    ");
}

#[test]
fn what_failed_and_what_waits_for_it_are_named_with_the_way_on() {
    let plan = FakeCloud::new().plan(&declared());
    let failed = FailedChange {
        address: address("net.subnet"),
        ty: "aws.net.subnet".into(),
        action: Action::Create,
        cause: FailureCause::Cloud,
        error: CloudError::new(CloudErrorKind::Denied, "AccessDenied", "no"),
    };
    let skipped =
        SkippedChange { address: address("run.task"), action: Action::Create, because: Some(address("net.subnet")) };
    let mut outcome = ApplyOutcome {
        done: vec![completed("net.vpc", Action::Create)],
        failed: vec![failed],
        skipped: vec![skipped],
        ..ApplyOutcome::default()
    };
    insta::assert_snapshot!(told(&plan, &outcome), @"
    Environment test of demo: us-east-1, simulated cloud
    Done: 1 of 3. Failed: 1. Not started: 1.
    Exists now: net.vpc.
    Not done: net.subnet (cannot create).
    Not started: run.task (waits for net.subnet, which failed).
    Next: `gpb apply shop.gpb` goes on from here.
    ");
    outcome.failed.clear();
    outcome.skipped = ["net.subnet", "run.task"]
        .map(|name| SkippedChange { address: address(name), action: Action::Create, because: None })
        .to_vec();
    outcome.cancelled = true;
    insta::assert_snapshot!(told(&plan, &outcome), @"
    Environment test of demo: us-east-1, simulated cloud
    Done: 1 of 3. Not started: 2. Stopped.
    Exists now: net.vpc.
    Not started: net.subnet (the run was stopped before it), run.task (the run was stopped before it).
    Next: `gpb apply shop.gpb` goes on from here.
    ");
}
