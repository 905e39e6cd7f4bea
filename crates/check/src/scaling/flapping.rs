//! Finds scaling rules that undo each other (flapping), or that act too soon.
//!
//! A rule acts too soon if its metric does not show the last change yet.

use super::figures;
use super::metric_text::{condition, metric_value};
use super::policy_response::{Load, next_capacity};
use super::scalable::Scaling;
use super::scaling_policy::{Alarm, MetricBasis, MetricTerm, PolicyKind, ScalingPolicy};
use crate::units::MetricValue;
use gpb_base::diag::Diagnostic;

/// The fraction by which a load is beyond a threshold that counts as beyond it.
const BEYOND: f64 = 1e-6;
/// The capacities tried: all of the first, then some up to the last.
const TRIED: usize = 64;
/// The longest way from a change to rest.
const LONGEST: usize = 256;

/// Adds to `found` the rules of a scaling that flap.
pub fn check(scaling: &Scaling, found: &mut Vec<Diagnostic>) {
    let before = found.len();
    found.extend(scaling.rules.iter().filter_map(|rule| short_cooldown(scaling, rule)));
    found.extend(overlapping_thresholds(scaling));
    if found.len() == before {
        found.extend(flapping(scaling));
    }
}

/// The condition in which a rule acts, in the terms of one metric.
struct Trigger<'a> {
    rule: &'a ScalingPolicy,
    watch: &'a MetricTerm,
    /// The metric's own value.
    threshold: MetricValue,
    adds: bool,
    /// The alarm that is written for it, where that has another figure.
    alarm: Option<&'a Alarm>,
}

fn triggers(scaling: &Scaling) -> Vec<Trigger<'_>> {
    let mut found = Vec::new();
    for rule in &scaling.rules {
        match &rule.action {
            PolicyKind::Step(step) => {
                for alarm in &step.alarms {
                    let acts = if alarm.above { step.adds() } else { step.removes() };
                    for watch in alarm.watches.iter().filter(|_| acts) {
                        let threshold = watch.metric_value(alarm.threshold);
                        found.push(Trigger { rule, watch, threshold, adds: alarm.above, alarm: Some(alarm) });
                    }
                }
            }
            PolicyKind::Track(track) => {
                let watch = &track.watch;
                found.push(Trigger { rule, watch, threshold: track.target, adds: true, alarm: None });
                if track.removes {
                    let threshold = MetricValue(track.target.0 * track.in_below.0);
                    found.push(Trigger { rule, watch, threshold, adds: false, alarm: None });
                }
            }
        }
    }
    found
}

impl Trigger<'_> {
    fn span(&self) -> gpb_base::source::Span {
        self.rule.spots.span_of(if self.alarm.is_some() { "threshold" } else { "target" })
    }
}

/// Reports overlapping thresholds of one metric.
///
/// The one that removes must be below the one that adds.
fn overlapping_thresholds(scaling: &Scaling) -> Option<Diagnostic> {
    let all = triggers(scaling);
    let adding = |watch: &MetricTerm| {
        let same =
            all.iter().filter(|one| one.adds && one.watch.name == watch.name && watch.per != MetricBasis::Unknown);
        same.min_by(|a, b| a.threshold.0.total_cmp(&b.threshold.0))
    };
    let removing = all.iter().filter(|one| !one.adds);
    let (low, high) = removing
        .filter_map(|low| Some((low, adding(low.watch)?)))
        .find(|(low, high)| low.threshold >= high.threshold)?;
    // One of several metrics that must all be low is no reason to remove.
    if low.alarm.is_some_and(|alarm| alarm.watches.len() > 1) {
        return None;
    }
    let (below, above) = (metric_value(low.watch, low.threshold), metric_value(high.watch, high.threshold));
    let message = format!(
        "`{}` removes {unit} while {name} is below {below} and adds {unit} from {above} on",
        scaling.of,
        unit = scaling.unit,
        name = low.watch.name
    );
    let half = metric_value(low.watch, MetricValue(high.threshold.0 / 2.0));
    let diagnostic = Diagnostic::error("GPB6006", message)
        .with_label(low.span(), format!("removes below {below}"))
        .with_label(high.span(), format!("adds above {above}"));
    Some(diagnostic.help(format!("between the two, both happen: remove below {half}, for instance")))
}

/// A constant load under which the capacity never comes to rest.
struct Flap<'a> {
    metric: &'a MetricTerm,
    load: f64,
    /// The load is a little more than what is said of it, and not a little less.
    is_over: bool,
    low: f64,
    high: f64,
}

fn flapping(scaling: &Scaling) -> Option<Diagnostic> {
    if !scaling.is_ruled() || scaling.maximum <= scaling.minimum {
        return None;
    }
    let flap = find(scaling)?;
    let Flap { metric, load, is_over, low, high } = flap;
    let each = |capacity: f64| {
        let most = metric.ceiling.map_or(f64::MAX, |ceiling| ceiling.0);
        metric_value(metric, MetricValue((load / capacity.max(1.0)).min(most)))
    };
    let message = format!(
        "`{}` flaps: under a constant load of just {} {} {} in all it goes from {} to {} and back, again and again",
        scaling.of,
        if is_over { "over" } else { "under" },
        metric_value(metric, MetricValue(load.round())),
        metric.name,
        figures::number(low),
        scaling.count_noun(high),
    );
    let mut diagnostic = Diagnostic::error("GPB6007", message);
    let all = triggers(scaling);
    let under = Load::Of(&metric.name, load);
    let removing = all.iter().find(|one| !one.adds && response_of(scaling, one, under, high) < high);
    let adding = all.iter().find(|one| one.adds && response_of(scaling, one, under, low) > low);
    let looks = |one: &Trigger<'_>| {
        one.alarm
            .map_or(one.watch.name == metric.name, |alarm| alarm.watches.iter().any(|watch| watch.name == metric.name))
    };
    let blind = removing.filter(|one| !looks(one));
    if let Some(one) = removing {
        let why = match one.alarm {
            Some(alarm) => condition(alarm),
            None => format!("{} below {}", one.watch.name, metric_value(one.watch, one.threshold)),
        };
        let text = format!(
            "with {} there is {} of {} each, and {why}: some are removed",
            scaling.count_noun(high),
            each(high),
            metric.name
        );
        diagnostic = diagnostic.with_label(one.span(), text);
    }
    if let Some(one) = adding {
        let text =
            format!("with {} there is {} of {} each: some are added", scaling.count_noun(low), each(low), metric.name);
        diagnostic = diagnostic.with_label(one.span(), text);
    }
    let help = match (blind, removing) {
        (Some(_), _) => format!(
            "let what removes {} look at {} too, so that it acts only while every metric is low",
            scaling.unit, metric.name
        ),
        (None, Some(one)) => suggested_fix(scaling, one).unwrap_or_else(|| "remove fewer at once".to_owned()),
        (None, None) => "leave more room between what adds and what removes".to_owned(),
    };
    Some(diagnostic.help(help))
}

/// Returns the capacity that the rule of a trigger leads to by itself.
fn response_of(scaling: &Scaling, trigger: &Trigger<'_>, load: Load<'_>, capacity: f64) -> f64 {
    let only = Scaling { rules: vec![trigger.rule.clone()], ..scaling.clone() };
    next_capacity(&only, load, capacity)
}

fn find(scaling: &Scaling) -> Option<Flap<'_>> {
    let mut path = Vec::with_capacity(16);
    for trigger in triggers(scaling).iter().filter(|one| one.watch.per == MetricBasis::Unit && one.threshold.0 > 0.0) {
        let side = if trigger.adds { 1.0 + BEYOND } else { 1.0 - BEYOND };
        for capacity in capacities(scaling) {
            let load = trigger.threshold.0 * capacity * side;
            if let Some((low, high)) = cycle(scaling, Load::Of(&trigger.watch.name, load), capacity, &mut path) {
                return Some(Flap { metric: trigger.watch, load, is_over: trigger.adds, low, high });
            }
        }
    }
    None
}

/// Returns the ends of the cycle that the rules run in, if they do.
///
/// They are its smallest and its largest number of units.
fn cycle(scaling: &Scaling, load: Load<'_>, from: f64, path: &mut Vec<f64>) -> Option<(f64, f64)> {
    path.clear();
    let mut capacity = from;
    while path.len() < LONGEST {
        let after = next_capacity(scaling, load, capacity);
        if (after - capacity).abs() < f64::EPSILON {
            return None;
        }
        path.push(capacity);
        if let Some(start) = path.iter().position(|known| (*known - after).abs() < f64::EPSILON) {
            let around = path.get(start..)?;
            let low = around.iter().copied().reduce(f64::min)?;
            return Some((low, around.iter().copied().reduce(f64::max)?));
        }
        capacity = after;
    }
    None
}

fn capacities(scaling: &Scaling) -> impl Iterator<Item = f64> + use<> {
    let (low, high) = (scaling.minimum.max(1.0), scaling.maximum);
    let mut capacity = low;
    let mut count = 0;
    std::iter::from_fn(move || {
        if capacity > high || count > TRIED * 4 {
            return None;
        }
        let here = capacity;
        count += 1;
        // The larger the capacity, the less one unit more or less means.
        capacity = if count < TRIED { capacity + 1.0 } else { (capacity * 1.05).ceil() };
        Some(here)
    })
}

/// Suggests the highest threshold below which removing does not lead to adding.
fn suggested_fix(scaling: &Scaling, removing: &Trigger<'_>) -> Option<String> {
    let alarm = removing.alarm?;
    let tried = (1..20).rev().map(|part| alarm.threshold.0 * f64::from(part) / 20.0);
    let works = tried.map(f64::floor).find(|threshold| {
        let mut other = scaling.clone();
        for rule in &mut other.rules {
            if let PolicyKind::Step(step) = &mut rule.action {
                for one in step.alarms.iter_mut().filter(|one| one.name == alarm.name && !one.above) {
                    one.threshold = MetricValue(*threshold);
                }
            }
        }
        find(&other).is_none()
    })?;
    Some(format!(
        "remove only below {} (now {}), or add fewer at once",
        figures::number(works),
        figures::number(alarm.threshold.0)
    ))
}

/// Reports a rule that may act again before its metric can show what it did.
fn short_cooldown(scaling: &Scaling, rule: &ScalingPolicy) -> Option<Diagnostic> {
    let (cooldown, period, delay, what) = match &rule.action {
        PolicyKind::Step(step) => {
            let alarm = step.alarms.iter().max_by(|a, b| a.period.0.total_cmp(&b.period.0))?;
            (step.cooldown, alarm.period, alarm.delay, condition(alarm))
        }
        PolicyKind::Track(track) => {
            (track.out_cooldown, track.period, track.delay, format!("{} for its target", track.watch.name))
        }
    };
    // Target tracking of what changes at once has no cooldown, and needs none.
    if cooldown >= period || matches!(rule.action, PolicyKind::Track(_)) && cooldown.0 <= 0.0 {
        return None;
    }
    let message = format!(
        "`{}` may act again after {}, and its metric is measured every {}",
        scaling.of,
        figures::duration(cooldown),
        figures::duration(period)
    );
    let diagnostic = Diagnostic::error("GPB6008", message)
        .with_label(rule.spots.span_of("cooldown"), format!("a cooldown of {}", figures::duration(cooldown)))
        .with_label(
            rule.spots.span_of(if matches!(rule.action, PolicyKind::Step(_)) { "threshold" } else { "target" }),
            format!("looks at {what}"),
        );
    let better = period + delay + scaling.warmup;
    Some(diagnostic.help(format!(
        "the cooldown must be {} or more; with {} what was added has started and is measured",
        figures::duration(period),
        figures::duration(better)
    )))
}
