//! The order of steps, for any plan.

use super::*;
use gpb_engine::reconcile::schedule::{StepPhase, steps};
use gpb_engine::state::Durations;
use proptest::prelude::*;
use std::time::Duration;

fn change(name: &str, action: Action, depends_on: &[&str]) -> ResourceChange {
    let depends_on = depends_on.iter().map(|name| Address::new(*name)).collect();
    ResourceChange { depends_on, ..bare(&Address::new(name), "aws.test.box", action) }
}

fn a_plan(changes: Vec<ResourceChange>) -> Plan {
    let snapshot = StateSnapshot {
        scope: EngineFixture::scope(),
        lineage: String::new(),
        serial: 0,
        resources: BTreeMap::new(),
        pending: vec![],
        outputs: BTreeMap::new(),
    };
    plan_of(changes, &snapshot)
}

fn records(uses: &[(&str, &[&str])]) -> BTreeMap<Address, ResourceRecord> {
    let record = |(name, uses): &(&str, &[&str])| {
        let depends_on = uses.iter().map(|name| Address::new(*name)).collect();
        let record = gpb_engine::state::conformance::record(name, name);
        (Address::new(*name), ResourceRecord { depends_on, ..record })
    };
    uses.iter().map(record).collect()
}

/// The steps in an order they could be done in: `+a` makes, `-a` unmakes; among those that could be next, the most
/// urgent and then the first.
fn check(changes: Vec<ResourceChange>, uses: &[(&str, &[&str])], expected: &str) {
    let plan = a_plan(changes);
    let steps = steps(&plan, &records(uses), &Durations::new()).unwrap();
    let (mut done, mut order) = (BTreeSet::new(), Vec::new());
    while done.len() < steps.len() {
        let ready = (0..steps.len()).filter(|at| !done.contains(at) && steps[*at].before.is_subset(&done));
        let next = ready.max_by_key(|at| (steps[*at].priority, std::cmp::Reverse(*at))).unwrap();
        let sign = if steps[next].phase == StepPhase::Create { '+' } else { '-' };
        order.push(format!("{sign}{}", plan.changes[steps[next].change].address));
        done.insert(next);
    }
    assert_eq!(order.join(" "), expected);
}

use Action::{Create, Delete, NoOp, Replace, Update};

#[test]
fn creations_follow_what_they_depend_on() {
    check(vec![change("a", Create, &["b"]), change("b", Create, &[]), change("c", Create, &[])], &[], "+b +a +c");
}

#[test]
fn deletions_follow_who_uses_them() {
    check(vec![change("a", Delete, &[]), change("b", Delete, &[])], &[("a", &[]), ("b", &["a"])], "-b -a");
    check(vec![change("a", Delete, &[]), change("b", Update, &[])], &[("a", &[]), ("b", &["a"])], "+b -a");
}

#[test]
fn a_replacement_that_creates_first_waits_for_its_users_before_it_deletes() {
    let changes = || vec![change("a", Replace, &[]), change("b", Update, &["a"]), change("c", Replace, &["a"])];
    let uses: &[(&str, &[&str])] = &[("a", &[]), ("b", &["a"]), ("c", &["a"])];
    check(changes(), uses, "+a +c +b -c -a");
}

#[test]
fn a_replacement_that_deletes_first_takes_its_users_along() {
    let first = ResourceChange { create_first: false, ..change("a", Replace, &[]) };
    let changes = vec![first, change("b", Replace, &["a"]), change("c", Update, &["b"])];
    let uses: &[(&str, &[&str])] = &[("a", &[]), ("b", &["a"]), ("c", &["b"])];
    check(changes, uses, "-b -a +a +b +c");
}

#[test]
fn what_was_deposed_goes_when_its_successor_is_used() {
    let changes = vec![change("a~3", Delete, &[]), change("a", NoOp, &[]), change("b", Update, &["a"])];
    check(changes, &[("a~3", &[]), ("a", &[]), ("b", &["a"])], "+a +b -a~3");
}

#[test]
fn deletions_that_contradict_the_records_are_left_to_the_cloud() {
    let changes = vec![change("a~3", Delete, &["a"]), change("a", NoOp, &[]), change("b~4", Delete, &["a~3"])];
    check(changes, &[("a~3", &[]), ("a", &[]), ("b~4", &["a"])], "+a -a~3 -b~4");
}

#[test]
fn a_circle_is_told() {
    let plan = a_plan(vec![change("a", Create, &["b"]), change("b", Create, &["c"]), change("c", Create, &["b"])]);
    let error = steps(&plan, &BTreeMap::new(), &Durations::new()).unwrap_err();
    assert_eq!(error.code(), "GPB7601");
    let told = error.to_string();
    assert!(told.ends_with("b → c → b") || told.ends_with("c → b → c"), "{told}");
}

#[test]
fn known_durations_decide_what_is_urgent() {
    let plan = a_plan(vec![change("a", Create, &[]), change("b", Create, &[])]);
    let mut plan = plan;
    plan.changes[1].ty = "aws.test.slow".into();
    let slow = ("aws.test.slow".to_owned(), gpb_engine::state::OperationKind::Create);
    let steps = steps(&plan, &BTreeMap::new(), &Durations::from([(slow, Duration::from_mins(10))])).unwrap();
    assert!(steps[1].priority > steps[0].priority);
}

proptest! {
    /// Whatever is replaced, deleted or changed, and whoever used whom: there is an order.
    #[test]
    fn there_is_always_an_order(
        kinds in proptest::collection::vec((0..5usize, any::<bool>()), 1..12),
        uses in proptest::collection::vec((0..12usize, 0..12usize), 0..30),
        used in proptest::collection::vec((0..12usize, 0..12usize), 0..30),
    ) {
        let name = |at: usize| format!("n{at:02}");
        let pairs = |edges: &[(usize, usize)], from: usize| -> Vec<Address> {
            let to = edges.iter().filter(|(user, base)| *user == from && base < user && *base < kinds.len());
            to.map(|(_, base)| Address::new(name(*base))).collect()
        };
        let action = |at: usize| [Create, Update, Replace, Delete, NoOp][kinds[at].0];
        let stays = |address: &Address| (0..kinds.len()).any(|at| name(at) == address.as_str() && action(at) != Delete);
        let mut changes = Vec::new();
        let mut records = BTreeMap::new();
        for (at, (_, create_first)) in kinds.iter().enumerate() {
            let mut change = bare(&Address::new(name(at)), "aws.test.box", action(at));
            change.create_first = *create_first;
            if action(at) != Delete {
                change.depends_on = pairs(&uses, at).into_iter().filter(&stays).collect();
            }
            changes.push(change);
            if action(at) != Create {
                let record = gpb_engine::state::conformance::record(&name(at), &name(at));
                let record = ResourceRecord { depends_on: pairs(&used, at), ..record };
                records.insert(Address::new(name(at)), record);
            }
        }
        prop_assert!(steps(&a_plan(changes), &records, &Durations::new()).is_ok());
    }
}
