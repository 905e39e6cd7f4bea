//! The order of steps, for any plan.

use crate::plan::change_parts::without_values;
use crate::plan::fixtures::address;
use crate::plan::order::{OrderInputs, connect};
use crate::plan::{Action, PlanStep, ResourceChange, StepPhase};
use gpb_model::graph::Graph;
use gpb_model::{Address, Place};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Names, each with other names: what depends on what, or what was built on what.
type Uses<'a> = &'a [(&'a str, &'a [&'a str])];

fn change(name: &str, action: Action) -> ResourceChange {
    let change = without_values(address(name), "aws.test.box", &Place::default(), None, action);
    ResourceChange { create_first: true, ..change }
}

fn owned(uses: Uses<'_>) -> BTreeMap<Address, Vec<Address>> {
    let names = |names: &[&str]| names.iter().map(|name| address(name)).collect();
    uses.iter().map(|(name, uses)| (address(name), names(uses))).collect()
}

fn steps_of(
    changes: &mut [ResourceChange],
    declared: &BTreeMap<Address, Vec<Address>>,
    recorded: &BTreeMap<Address, Vec<Address>>,
) -> Vec<PlanStep> {
    let edges = declared.iter().flat_map(|(from, uses)| uses.iter().map(move |to| (from, to)));
    let graph = Graph::from_edges(changes.iter().map(|change| change.address.clone()).collect::<Vec<_>>(), edges);
    let built_on = recorded.iter().map(|(address, uses)| (address, uses.as_slice())).collect();
    connect(changes, OrderInputs { graph: &graph, built_on: &built_on, types: &|_| None }).steps
}

/// Compares the order in which steps are done, one at a time and the most urgent first: `+a` creates, `-a` destroys.
///
/// The most urgent is the one with the longest chain behind it; among equals the first.
fn check(mut changes: Vec<ResourceChange>, declared: Uses<'_>, recorded: Uses<'_>, expected: &str) {
    let steps = steps_of(&mut changes, &owned(declared), &owned(recorded));
    let mut chain = vec![0; steps.len()];
    for (at, step) in steps.iter().enumerate().rev() {
        assert!(step.after.iter().all(|earlier| *earlier < at), "{steps:?}");
        let own = usize::from(changes[step.change].action != Action::NoOp);
        let behind = (0..steps.len()).filter(|later| steps[*later].after.contains(&at)).map(|later| chain[later]).max();
        chain[at] = own + behind.unwrap_or(0);
    }
    let (mut done, mut order) = (BTreeSet::new(), Vec::new());
    while done.len() < steps.len() {
        let is_ready = |at: &usize| !done.contains(at) && steps[*at].after.iter().all(|earlier| done.contains(earlier));
        let ready = (0..steps.len()).filter(is_ready);
        let next = ready.max_by_key(|at| (chain[*at], std::cmp::Reverse((steps[*at].change, *at)))).unwrap();
        let sign = if steps[next].phase == StepPhase::Create { '+' } else { '-' };
        order.push(format!("{sign}{}", changes[steps[next].change].address));
        done.insert(next);
    }
    assert_eq!(order.join(" "), expected);
}

use Action::{Create, Delete, NoOp, Replace, Update};

#[test]
fn creations_follow_what_they_depend_on() {
    check(vec![change("a", Create), change("b", Create), change("c", Create)], &[("a", &["b"])], &[], "+b +a +c");
}

#[test]
fn deletions_follow_who_uses_them() {
    let used: Uses<'_> = &[("a", &[]), ("b", &["a"])];
    check(vec![change("a", Delete), change("b", Delete)], &[], used, "-b -a");
    check(vec![change("a", Delete), change("b", Update)], &[], used, "+b -a");
}

#[test]
fn a_replacement_that_creates_first_waits_for_its_users_before_it_deletes() {
    let changes = vec![change("a", Replace), change("b", Update), change("c", Replace)];
    let uses: Uses<'_> = &[("a", &[]), ("b", &["a"]), ("c", &["a"])];
    check(changes, uses, uses, "+a +c +b -c -a");
}

#[test]
fn a_replacement_that_deletes_first_takes_its_users_along() {
    let first = ResourceChange { create_first: false, ..change("a", Replace) };
    let uses: Uses<'_> = &[("a", &[]), ("b", &["a"]), ("c", &["b"])];
    check(vec![first, change("b", Replace), change("c", Update)], uses, uses, "-b -a +a +b +c");
}

#[test]
fn a_replacement_that_deletes_first_waits_for_what_it_will_be_built_on() {
    let first = |name| ResourceChange { create_first: false, ..change(name, Replace) };
    let listener: Uses<'_> = &[("listener", &["group"])];
    check(vec![first("listener"), change("group", Create)], listener, &[], "+group -listener +listener");
    check(vec![first("listener"), change("group", Replace)], listener, listener, "+group -listener +listener -group");
    // Where the group goes first itself, the listener has to make way for it.
    check(vec![first("listener"), first("group")], listener, listener, "-listener -group +group +listener");
}

#[test]
fn a_base_that_has_to_go_as_well_does_not_keep_the_others_from_being_there_first() {
    let first = |name| ResourceChange { create_first: false, ..change(name, Replace) };
    let changes = vec![first("listener"), first("balancer"), change("group", Create)];
    let declared: Uses<'_> = &[("listener", &["balancer", "group"])];
    check(changes, declared, &[("listener", &["balancer"])], "+group -listener -balancer +balancer +listener");
}

#[test]
fn a_replacement_says_which_half_comes_first() {
    let phases = |create_first| {
        let mut changes = vec![ResourceChange { create_first, ..change("a", Replace) }];
        let steps = steps_of(&mut changes, &BTreeMap::new(), &BTreeMap::new());
        steps.into_iter().map(|step| (step.phase, step.after)).collect::<Vec<_>>()
    };
    assert_eq!(phases(true), [(StepPhase::Create, vec![]), (StepPhase::DestroyDeposed, vec![0])]);
    assert_eq!(phases(false), [(StepPhase::Destroy, vec![]), (StepPhase::Create, vec![0])]);
}

#[test]
fn what_was_deposed_goes_when_its_successor_is_used() {
    let changes = vec![change("a~3", Delete), change("a", NoOp), change("b", Update)];
    check(changes, &[("b", &["a"])], &[("a~3", &[]), ("a", &[]), ("b", &["a"])], "+a +b -a~3");
}

#[test]
fn deletions_whose_records_contradict_each_other_are_left_to_the_cloud() {
    let changes = vec![change("a~3", Delete), change("a", NoOp), change("b~4", Delete)];
    check(changes, &[], &[("a~3", &["b"]), ("a", &[]), ("b~4", &["a"])], "+a -a~3 -b~4");
}

#[test]
fn a_user_that_needs_what_comes_instead_lets_go_late() {
    // `b` cannot be changed before `c` is replaced, and the old `a` is used by both.
    let changes = vec![change("a", Delete), change("b", Update), change("c", Replace)];
    check(changes, &[("b", &["c"])], &[("b", &["a"]), ("c", &["a"])], "+c +b -c -a");
}

proptest! {
    /// Whatever is replaced, deleted or changed, and whoever used whom: there is an order.
    #[test]
    fn there_is_always_an_order(
        kinds in proptest::collection::vec((0..5usize, any::<bool>(), any::<bool>()), 1..12),
        uses in proptest::collection::vec((0..12usize, 0..12usize), 0..30),
        used in proptest::collection::vec((0..12usize, 0..12usize), 0..30),
    ) {
        // Some deletions are of what was deposed from the one before.
        let name = |at: usize| match kinds[at] {
            (3, _, true) if at > 0 => format!("n{:02}~{at}", at - 1),
            _ => format!("n{at:02}"),
        };
        let action = |at: usize| [Create, Update, Replace, Delete, NoOp][kinds[at].0];
        let mut changes = Vec::new();
        for (at, (_, create_first, _)) in kinds.iter().enumerate() {
            changes.push(ResourceChange { create_first: *create_first, ..change(&name(at), action(at)) });
        }
        let mut declared: BTreeMap<Address, Vec<Address>> = BTreeMap::new();
        for (user, base) in uses.iter().filter(|(user, base)| base < user && *user < kinds.len()) {
            if action(*user) != Delete && action(*base) != Delete {
                declared.entry(address(&name(*user))).or_default().push(address(&name(*base)));
            }
        }
        let mut recorded: BTreeMap<Address, Vec<Address>> = BTreeMap::new();
        for (user, base) in used.iter().filter(|(user, base)| *user < kinds.len() && *base < kinds.len()) {
            recorded.entry(address(&name(*user))).or_default().push(address(&name(*base)));
        }
        let steps = steps_of(&mut changes, &declared, &recorded);
        for (at, step) in steps.iter().enumerate() {
            prop_assert!(step.after.iter().all(|earlier| *earlier < at), "{:?}", steps);
        }
        let halves = changes.iter().map(|change| if change.action == Replace { 2 } else { 1 });
        prop_assert_eq!(steps.len(), halves.sum::<usize>());
    }
}
