//! Tests of the capacity that rules lead to.
#![allow(clippy::float_cmp)] // Capacities are whole numbers, and floats hold those exactly.

use super::equivalence::is_equivalent;
use super::policy_response::{Load, next_capacity};
use super::scalable::Scaling;
use super::scaling_policy::{
    AdjustmentType, Alarm, MetricBasis, MetricTerm, MissingData, PolicyKind, ScalingPolicy, StepAdjustment, StepPolicy,
};
use super::source_locations::SourceLocations;
use super::{flapping, reachability};
use crate::units::{MetricValue, Seconds};
use gpb_model::Address;
use proptest::prelude::*;

fn cpu() -> MetricTerm {
    MetricTerm {
        name: "cpu".into(),
        per: MetricBasis::Unit,
        ceiling: Some(MetricValue(100.0)),
        sign: "%".into(),
        times: 1.0,
        over: 1.0,
    }
}

fn rule(adjustment: AdjustmentType, by: f64, above: bool, threshold: f64) -> ScalingPolicy {
    let (from, to) = if above { (Some(0.0), None) } else { (None, Some(0.0)) };
    let alarm = Alarm {
        name: format!("{above}").into(),
        watches: vec![cpu()],
        above,
        inclusive: false,
        threshold: MetricValue(threshold),
        period: Seconds(60.0),
        periods: 2,
        datapoints: 2,
        missing: MissingData::Missing,
        delay: Seconds(60.0),
    };
    let stepping = StepPolicy {
        adjustment,
        steps: vec![StepAdjustment { from, to, by }],
        least: 0.0,
        cooldown: Seconds(60.0),
        alarms: vec![alarm],
    };
    ScalingPolicy { of: Address::new("policy"), action: PolicyKind::Step(stepping), spots: SourceLocations::default() }
}

fn service(minimum: f64, maximum: f64, rules: Vec<ScalingPolicy>) -> Scaling {
    Scaling {
        of: Address::new("api"),
        name: "tasks".into(),
        one: "task".into(),
        unit: "tasks".into(),
        minimum,
        maximum,
        desired: None,
        is_fixed: false,
        is_native: false,
        counted: true,
        shrinks: true,
        waits: false,
        removals: None,
        surge: 1.0,
        zones: Vec::new(),
        warmup: Seconds(0.0),
        full_at: None,
        demands: std::collections::BTreeMap::default(),
        rules,
        spots: SourceLocations::default(),
    }
}

#[test]
fn a_percentage_changes_by_whole_units() {
    let percent = |by| service(1.0, 100.0, vec![rule(AdjustmentType::Percent, by, true, 50.0)]);
    let after = |by, from| next_capacity(&percent(by), Load::Most, from);
    assert_eq!(after(10.0, 4.0), 5.0, "a part of one is one");
    assert_eq!(after(10.0, 19.0), 20.0, "beyond one, parts are dropped");
    assert_eq!(after(50.0, 90.0), 100.0, "the range ends there");
}

#[test]
fn of_two_thresholds_exactly_half_is_enough_room_for_doubling() {
    let rules = vec![rule(AdjustmentType::By, 2.0, true, 70.0), rule(AdjustmentType::By, -1.0, false, 35.0)];
    let mut found = Vec::new();
    flapping::check(&service(2.0, 100.0, rules), &mut found);
    assert_eq!(found, []);
}

#[test]
fn what_flaps_at_one_capacity_only_is_found() {
    // From 2 to 5 it cannot: only where one in five more brings 60 % below 52 %.
    let rules = vec![rule(AdjustmentType::Percent, 20.0, true, 60.0), rule(AdjustmentType::By, -1.0, false, 52.0)];
    let codes = |low, high| {
        let mut found = Vec::new();
        flapping::check(&service(low, high, rules.clone()), &mut found);
        found.iter().map(|one| one.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(8.0, 9.0), [""; 0]);
    assert_eq!(codes(2.0, 9.0), ["GPB6007"]);
}

/// One of many that are alike is checked.
///
/// Its name and the place where it is written do not matter.
#[test]
fn services_are_alike_when_nothing_that_moves_them_differs() {
    let rules = || vec![rule(AdjustmentType::By, 2.0, true, 70.0), rule(AdjustmentType::By, -1.0, false, 35.0)];
    let one = service(2.0, 100.0, rules());
    let mut named = one.clone();
    (named.of, named.name) = (Address::new("web"), "shards".into());
    named.rules[0].of = Address::new("other");
    assert!(is_equivalent(&one, &named));
    let changes: [fn(&mut Scaling); 8] = [
        |other| other.maximum = 101.0,
        |other| other.desired = Some(2.0),
        |other| other.shrinks = false,
        |other| other.rules.truncate(1),
        |other| other.rules.swap(0, 1),
        |other| stepping(other).steps[0].by = 3.0,
        |other| stepping(other).alarms[0].threshold.0 += 1e-9,
        |other| stepping(other).alarms[0].watches[0].ceiling = None,
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut other = one.clone();
        change(&mut other);
        assert!(!is_equivalent(&one, &other), "{number}");
    }
}

fn stepping(scaling: &mut Scaling) -> &mut StepPolicy {
    match &mut scaling.rules[0].action {
        PolicyKind::Step(step) => step,
        PolicyKind::Track(_) => panic!("it steps"),
    }
}

proptest! {
    /// A scaling that passes the checks comes to rest under any load.
    #[test]
    fn what_is_passed_comes_to_rest(add in 1..6_u32, remove in 1..4_u32, high in 40..90_u32, low in 5..60_u32, load in 1.0..6_000.0_f64) {
        let rules = vec![
            rule(AdjustmentType::By, add.into(), true, high.into()),
            rule(AdjustmentType::By, -f64::from(remove), false, low.into()),
        ];
        let scaling = service(2.0, 60.0, rules);
        let mut found = Vec::new();
        flapping::check(&scaling, &mut found);
        reachability::check(&scaling, &mut found);
        prop_assume!(found.is_empty());
        let mut capacity = scaling.minimum;
        for _ in 0..200 {
            capacity = next_capacity(&scaling, Load::Of("cpu", load), capacity);
        }
        prop_assert_eq!(next_capacity(&scaling, Load::Of("cpu", load), capacity), capacity);
    }
}
