//! Values of which only one resource may hold each, passed from one to another.

use crate::plan::fixtures::*;
use crate::plan::{Plan, StepPhase};
use gpb_model::Model;
use serde_json::{Value as Json, json};

fn records(records: &[(&str, Json)]) -> Model {
    model(records.iter().map(|(name, json)| resource(name, "aws.life.record", json.clone())))
}

/// Returns the steps that wait for others, each with those: `+dns.b after -dns.a`.
fn waiting(plan: &Plan) -> Vec<String> {
    let told = |at: usize| {
        let step = &plan.steps[at];
        let sign = if step.phase == StepPhase::Create { '+' } else { '-' };
        format!("{sign}{}", plan.changes[step.change].address)
    };
    let steps = plan.steps.iter().enumerate().filter(|(_, step)| !step.after.is_empty());
    let after = |after: &[usize]| after.iter().map(|at| told(*at)).collect::<Vec<_>>().join(" ");
    let mut lines: Vec<String> = steps.map(|(at, step)| format!("{} after {}", told(at), after(&step.after))).collect();
    lines.sort();
    lines
}

fn label(label: &str) -> Json {
    json!({ "Label": label })
}

fn priority(priority: i64) -> Json {
    json!({ "Priority": priority })
}

#[test]
fn who_takes_a_value_waits_until_the_replaced_one_that_had_it_is_gone() {
    let world = FakeCloud::applied(&records(&[("dns.a", label("www.x")), ("dns.b", label("new.x"))]));
    let plan = world.plan(&records(&[("dns.a", label("old.x")), ("dns.b", label("www.x"))]));
    assert_eq!(waiting(&plan), ["+dns.b after -dns.a", "-dns.a after +dns.a", "-dns.b after +dns.b"]);
    let plan = world.plan(&records(&[("dns.a", label("old.x")), ("dns.b", label("new.x")), ("dns.c", label("www.x"))]));
    assert_eq!(waiting(&plan), ["+dns.c after -dns.a", "-dns.a after +dns.a"]);
}

#[test]
fn who_takes_a_value_waits_until_the_changed_one_that_had_it_has_another() {
    let world = FakeCloud::applied(&records(&[("dns.a", priority(1)), ("dns.b", priority(2))]));
    let plan = world.plan(&records(&[("dns.a", priority(3)), ("dns.b", priority(1)), ("dns.c", priority(2))]));
    assert_eq!(waiting(&plan), ["+dns.b after +dns.a", "+dns.c after +dns.b"]);
    let plan = world.plan(&records(&[("dns.b", priority(1))]));
    assert_eq!(waiting(&plan), ["+dns.b after -dns.a"]);
}

#[test]
fn a_value_counts_that_no_read_shows() {
    let ranked = |rank: i64| json!({ "Zone": "z", "Rank": rank });
    let world = FakeCloud::applied(&records(&[("dns.a", ranked(1)), ("dns.b", ranked(2))]));
    let plan = world.plan(&records(&[("dns.a", ranked(3)), ("dns.b", ranked(1))]));
    assert_eq!(waiting(&plan), ["+dns.b after +dns.a"]);
    let refused = world.try_plan(&records(&[("dns.a", ranked(2)), ("dns.b", ranked(1))])).unwrap_err();
    assert_eq!(refused.iter().map(|one| one.code).collect::<Vec<_>>(), ["GPB7007"]);
}

#[test]
fn values_are_the_same_in_their_form() {
    let world = FakeCloud::applied(&records(&[("dns.a", label("WWW.x.")), ("dns.b", label("new.x"))]));
    let plan = world.plan(&records(&[("dns.b", label("new.x")), ("dns.c", label("www.x"))]));
    assert_eq!(waiting(&plan), ["+dns.c after -dns.a"]);
}

#[test]
fn a_swap_is_refused() {
    for (one, other) in [(label("www.x"), label("new.x")), (priority(1), priority(2))] {
        let world = FakeCloud::applied(&records(&[("dns.a", one.clone()), ("dns.b", other.clone())]));
        let refused = world.try_plan(&records(&[("dns.a", other), ("dns.b", one)])).unwrap_err();
        assert_eq!(refused.iter().map(|one| one.code).collect::<Vec<_>>(), ["GPB7007"]);
        assert!(refused[0].help.as_ref().unwrap().contains("intermediate value"), "{refused:?}");
    }
}

#[test]
fn a_value_is_not_passed_to_what_has_to_be_there_first() {
    // The old `a` goes when `c` has turned to both, and `b` needs the value of the old `a`.
    let using = |a: &str, b: &str| {
        let user = resource(
            "dns.c",
            "aws.run.task",
            json!({ "Options": { "a": to("dns.a", "RecordId"), "b": to("dns.b", "RecordId") } }),
        );
        let mut model = records(&[("dns.a", label(a)), ("dns.b", label(b))]);
        model.resources.push(user);
        model
    };
    let world = FakeCloud::applied(&using("www.x", "new.x"));
    let refused = world.try_plan(&using("old.x", "www.x")).unwrap_err();
    assert_eq!(refused.iter().map(|one| one.code).collect::<Vec<_>>(), ["GPB7007"]);
    // In two steps it can.
    let plan = world.plan(&using("old.x", "new.x"));
    assert_eq!(plan.changes.len(), 3);
}
