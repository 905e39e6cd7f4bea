//! Tests of the laws of a simulation and of the shapes of loads.
#![allow(clippy::float_cmp)] // Capacities are whole numbers, and floats hold those exactly.

use super::{LoadCurve, SimulationOptions, run};
use crate::scaling::{
    AdjustmentType, Alarm, MetricBasis, MetricTerm, MissingData, PolicyKind, RemovalLimit, Scaling, ScalingPolicy,
    SourceLocations, StepAdjustment, StepPolicy, TargetTracking, UnitLoad,
};
use crate::units::{Fraction, MetricValue, Seconds};
use gpb_model::Address;
use proptest::prelude::*;

const QUIET: SimulationOptions = SimulationOptions { seed: 1, noise: Fraction(0.0), price: None };

fn requests() -> MetricTerm {
    MetricTerm {
        name: "requests".into(),
        per: MetricBasis::Unit,
        ceiling: None,
        sign: "/min".into(),
        times: 1.0,
        over: 1.0,
    }
}

fn cpu() -> MetricTerm {
    MetricTerm { name: "cpu".into(), ceiling: Some(MetricValue(100.0)), sign: "%".into(), ..requests() }
}

fn rule(action: PolicyKind) -> ScalingPolicy {
    ScalingPolicy { of: Address::new("policy"), action, spots: SourceLocations::default() }
}

fn stepping(watch: MetricTerm, by: f64, above: bool, threshold: f64, periods: usize, cooldown: f64) -> ScalingPolicy {
    let step = if above { (Some(0.0), None) } else { (None, Some(0.0)) };
    let alarm = Alarm {
        name: format!("{} {above}", watch.name).into(),
        watches: vec![watch],
        above,
        inclusive: false,
        threshold: MetricValue(threshold),
        period: Seconds(60.0),
        periods,
        datapoints: periods,
        missing: MissingData::Missing,
        delay: Seconds(60.0),
    };
    let steps = vec![StepAdjustment { from: step.0, to: step.1, by }];
    rule(PolicyKind::Step(StepPolicy {
        adjustment: AdjustmentType::By,
        steps,
        least: 0.0,
        cooldown: Seconds(cooldown),
        alarms: vec![alarm],
    }))
}

fn tracking(watch: MetricTerm, target: f64) -> ScalingPolicy {
    rule(PolicyKind::Track(TargetTracking {
        watch,
        target: MetricValue(target),
        period: Seconds(60.0),
        delay: Seconds(60.0),
        out_periods: 3,
        in_periods: 15,
        in_below: Fraction(0.9),
        out_cooldown: Seconds(300.0),
        in_cooldown: Seconds(300.0),
        removes: true,
    }))
}

fn service(minimum: u32, maximum: u32, rules: Vec<ScalingPolicy>) -> Scaling {
    Scaling {
        of: Address::new("compute.api"),
        name: "tasks".into(),
        one: "task".into(),
        unit: "tasks".into(),
        minimum: minimum.into(),
        maximum: maximum.into(),
        desired: None,
        is_fixed: false,
        is_native: false,
        counted: true,
        shrinks: true,
        waits: false,
        removals: None,
        surge: 1.0,
        zones: Vec::new(),
        warmup: Seconds(90.0),
        full_at: Some(1500.0),
        demands: [
            ("cpu".into(), UnitLoad { idle: 0.0, full: 100.0 }),
            ("requests".into(), UnitLoad { idle: 0.0, full: 1500.0 }),
        ]
        .into(),
        rules,
        spots: SourceLocations::default(),
    }
}

fn last(scaling: &Scaling, load: f64, hours: u64) -> f64 {
    run(scaling, &LoadCurve::flat(load, hours * 3_600), &QUIET).moments.last().unwrap().wanted
}

#[test]
fn a_target_is_reached_in_proportion_and_not_before_three_minutes() {
    let scaling = service(2, 50, vec![tracking(requests(), 1000.0)]);
    let run = run(&scaling, &LoadCurve::flat(9500.0, 3_600), &QUIET);
    let first = run.changes.first().unwrap();
    // Three periods of a minute, each seen a minute after its end.
    assert_eq!((first.second, first.from, first.to), (240, 2.0, 10.0));
    assert_eq!(run.changes.len(), 1, "{:?}", run.changes);
    let serving = run.moments.iter().find(|moment| moment.running >= 10.0).unwrap();
    assert_eq!(serving.second, 360, "90 seconds after that, at the next minute");
}

#[test]
fn a_short_cooldown_adds_again_for_what_has_already_been_added() {
    let mut rule = tracking(requests(), 1000.0);
    if let PolicyKind::Track(track) = &mut rule.action {
        track.out_cooldown = Seconds(60.0);
    }
    let run = run(&service(2, 50, vec![rule]), &LoadCurve::flat(9500.0, 3_600), &QUIET);
    assert_eq!(run.summary.most_units, 50.0, "ten would do: {:?}", run.changes);
}

#[test]
fn a_step_is_repeated_once_its_cooldown_is_over_and_not_before() {
    let steps = vec![stepping(cpu(), 2.0, true, 70.0, 2, 300.0), stepping(cpu(), -1.0, false, 20.0, 15, 300.0)];
    let scaling = service(2, 8, steps);
    let run = run(&scaling, &LoadCurve::flat(20_000.0, 3_600), &QUIET);
    let outs: Vec<_> = run.changes.iter().map(|change| (change.second, change.to)).collect();
    assert_eq!(outs, [(180, 4.0), (480, 6.0), (780, 8.0)]);
}

#[test]
fn removal_waits_a_quarter_of_an_hour_and_then_for_each_cooldown() {
    let steps = vec![stepping(cpu(), 2.0, true, 70.0, 2, 120.0), stepping(cpu(), -1.0, false, 20.0, 15, 300.0)];
    let mut scaling = service(2, 8, steps);
    scaling.desired = Some(5.0);
    let run = run(&scaling, &LoadCurve::flat(100.0, 7_200), &QUIET);
    let ins: Vec<_> = run.changes.iter().map(|change| (change.second, change.to)).collect();
    assert_eq!(ins, [(960, 4.0), (1260, 3.0), (1560, 2.0)]);
}

#[test]
fn what_waits_for_its_units_removes_nothing_while_some_are_starting() {
    // A spike makes it add, and is over when the units that were asked for are still on their way.
    let steps = vec![stepping(cpu(), 2.0, true, 70.0, 2, 60.0), stepping(cpu(), -1.0, false, 60.0, 2, 60.0)];
    let mut scaling = service(2, 4, steps);
    scaling.warmup = Seconds(1_200.0);
    let curve = LoadCurve::described("spike base=100/min peak=3000/min at=0s for=3min length=1h").unwrap();
    let first_removal = |scaling: &Scaling| {
        let changes = run(scaling, &curve, &QUIET).changes;
        assert_eq!((changes[0].second, changes[0].to), (180, 4.0));
        changes[1].second
    };
    assert_eq!(first_removal(&scaling), 360);
    scaling.waits = true;
    assert_eq!(first_removal(&scaling), 1_380, "the units that were asked for serve from 1,380 s on");
}

#[test]
fn limited_removals_come_one_by_one_once_the_day_has_had_its_number() {
    let steps = vec![stepping(cpu(), 2.0, true, 70.0, 2, 120.0), stepping(cpu(), -1.0, false, 20.0, 15, 60.0)];
    let mut scaling = service(2, 10, steps);
    scaling.desired = Some(10.0);
    scaling.removals = Some(RemovalLimit { a_day: 4, after: Seconds(3_600.0) });
    let run = run(&scaling, &LoadCurve::flat(100.0, 9_000), &QUIET);
    let ins: Vec<_> = run.changes.iter().map(|change| (change.second, change.to)).collect();
    assert_eq!(ins, [(960, 9.0), (1_020, 8.0), (1_080, 7.0), (1_140, 6.0), (4_740, 5.0), (8_340, 4.0)]);
}

#[test]
fn time_over_target_and_beyond_what_can_be_carried_is_counted() {
    let scaling = service(2, 2, vec![tracking(cpu(), 70.0)]);
    let run = run(&scaling, &LoadCurve::flat(6000.0, 600), &SimulationOptions { price: Some(0.05), ..QUIET });
    assert_eq!((run.summary.seconds_over_target, run.summary.seconds_overloaded), (Seconds(600.0), Seconds(600.0)));
    assert_eq!(run.summary.requests_beyond.round(), 30_000.0);
    assert_eq!(run.summary.cost.map(|cost| (cost * 10_000.0).round()), Some(167.0));
}

#[test]
fn curves_are_what_they_say() {
    let day = LoadCurve::described("day peak=5000/min base=500/min").unwrap();
    assert_eq!((day.seconds, day.load_at(14.0 * 3600.0), day.load_at(2.0 * 3600.0)), (86_400, 5000.0, 500.0));
    assert_eq!(day.load_at(8.0 * 3600.0), 2750.0, "half way up the hill");
    let spike = LoadCurve::described("spike base=100/min peak=20/s at=10min for=5min length=1h").unwrap();
    assert_eq!(
        (spike.load_at(599.0), spike.load_at(600.0), spike.load_at(899.0), spike.load_at(900.0)),
        (100.0, 1200.0, 1200.0, 100.0)
    );
    let ramp = LoadCurve::described("ramp from=0/min to=1k/min over=1000s").unwrap();
    assert_eq!((ramp.load_at(500.0), ramp.load_at(5000.0)), (500.0, 1000.0));
    for wrong in [
        "",
        "week",
        "day peak=1/min",
        "day peak=1/min base=2% ",
        "flat rate=1/min rate=2/min",
        "flat rate=1/min x=1",
        "flat rate",
    ] {
        assert!(LoadCurve::described(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_table_is_read_with_and_without_a_heading() {
    let table = LoadCurve::table("x", "time;load\n# quiet\n0;10\n1:30;20/s\n\n2h;10\n").unwrap();
    assert_eq!(
        (table.seconds, table.load_at(0.0), table.load_at(5400.0), table.load_at(5399.0)),
        (7200, 10.0, 1200.0, 10.0)
    );
    let line = |text: &str| LoadCurve::table("x", text).unwrap_err().line;
    assert_eq!(line("0,1\n0,2\n"), 2);
    assert_eq!(line("a,b\nc,d\n"), 2);
    assert_eq!(line("0,1\n60,-1\n"), 2);
    assert_eq!(line("0,1,2\n"), 1);
    assert_eq!(line(""), 1);
}

fn rules() -> impl Strategy<Value = Vec<ScalingPolicy>> {
    let step = (1..6_u32, 1..4_u32, 40.0..90.0_f64, 5.0..35.0_f64).prop_map(|(add, remove, high, low)| {
        vec![
            stepping(cpu(), add.into(), true, high.round(), 2, 120.0),
            stepping(cpu(), -f64::from(remove), false, low.round(), 15, 300.0),
        ]
    });
    let track = (500..1400_u32).prop_map(|target| vec![tracking(requests(), target.into())]);
    prop_oneof![step.clone(), track.clone(), (step, track).prop_map(|(a, b)| [a, b].concat())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn capacity_is_always_in_its_range(
        rules in rules(), low in 1..10_u32, more in 0..60_u32, base in 0..5_000_u32, peak in 0..90_000_u32, seed in 0..u64::MAX,
    ) {
        let scaling = service(low, low + more, rules);
        let curve = LoadCurve::described(&format!("spike base={base}/min peak={peak}/min length=3h for=40min")).unwrap();
        let run = run(&scaling, &curve, &SimulationOptions { seed, noise: Fraction(0.2), price: None });
        for moment in &run.moments {
            prop_assert!(moment.wanted >= scaling.minimum && moment.wanted <= scaling.maximum);
            prop_assert!(moment.running >= 0.0 && moment.running <= moment.wanted);
        }
        prop_assert!(run.changes.iter().all(|change| change.to >= scaling.minimum && change.to <= scaling.maximum));
    }

    #[test]
    fn the_same_input_gives_the_same_bytes(rules in rules(), seed in 0..u64::MAX, peak in 0..90_000_u32) {
        let scaling = service(2, 60, rules);
        let curve = LoadCurve::described(&format!("spike base=100/min peak={peak}/min")).unwrap();
        let options = SimulationOptions { seed, noise: Fraction(0.1), price: Some(0.04) };
        let (first, second) = (run(&scaling, &curve, &options), run(&scaling, &curve, &options));
        prop_assert_eq!(serde_json::to_string(&first).unwrap(), serde_json::to_string(&second).unwrap());
        prop_assert_eq!(super::svg(&first), super::svg(&second));
    }

    #[test]
    fn more_load_never_ends_with_less_capacity(target in 500..1400_u32, load in 0..80_000_u32, more in 0..40_000_u32) {
        let scaling = service(2, 60, vec![tracking(requests(), target.into())]);
        prop_assert!(last(&scaling, f64::from(load), 3) <= last(&scaling, f64::from(load + more), 3));
    }

    #[test]
    fn nor_do_steps_that_remove_one_at_a_time(add in 1..4_u32, load in 0..20_000_u32, more in 0..20_000_u32) {
        let steps = vec![
            stepping(cpu(), add.into(), true, 70.0, 2, 120.0),
            stepping(cpu(), -1.0, false, 25.0, 15, 60.0),
        ];
        let scaling = service(2, 40, steps);
        prop_assert!(last(&scaling, f64::from(load), 5) <= last(&scaling, f64::from(load + more), 5));
    }
}
