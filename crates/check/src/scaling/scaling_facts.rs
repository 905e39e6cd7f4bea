//! Reads the facts of scaling: `scaling`, `rule`, `takes`, `offers` and `quota`.
//!
//! They are read strictly: a check that went on without a figure would pass what it has not checked. A fact with a required
//! field that is unknown until apply is left out.

use super::scalable::{RemovalLimit, Scaling, UnitLoad};
use super::scaling_policy::{
    AdjustmentType, Alarm, MetricBasis, MetricTerm, MissingData, PolicyKind, ScalingPolicy, StepAdjustment, StepPolicy,
    TargetTracking,
};
use super::shared_capacity::{CapacityOffer, Consumption, Quota, QuotaScope};
use super::source_locations::SourceLocations;
use crate::fact_reader::{FactReader, FactSyntax, FieldError};
use crate::units::{Fraction, MetricValue, Seconds};
use compact_str::CompactString;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::Value;
use gpb_model::{Address, Applicability, Fact, Model};
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Holds everything the facts of a model say about scaling.
#[derive(Debug, Default)]
pub struct ScalingFacts {
    /// The scalable dimensions, in the order of the model's resources.
    pub scalings: Vec<Scaling>,
    /// The capacity that units take.
    pub takings: Vec<Consumption>,
    /// The capacity that resources offer.
    pub offers: Vec<CapacityOffer>,
    /// The use that resources make of quotas.
    pub quotas: Vec<Quota>,
    /// The mistakes in the facts themselves.
    pub problems: Vec<Diagnostic>,
}

const SYNTAX: FactSyntax = FactSyntax { code: "GPB6001", page: "docs/scaling.md", skips_unknown: true };

const ADJUSTMENTS: [(&str, AdjustmentType); 3] = [
    ("change_in_capacity", AdjustmentType::By),
    ("percent_change_in_capacity", AdjustmentType::Percent),
    ("exact_capacity", AdjustmentType::To),
];

const MISSING: [(&str, MissingData); 4] = [
    ("breaching", MissingData::Breaching),
    ("not_breaching", MissingData::NotBreaching),
    ("ignore", MissingData::Ignore),
    ("missing", MissingData::Missing),
];

const BASES: [(&str, MetricBasis); 3] =
    [("unit", MetricBasis::Unit), ("total", MetricBasis::Total), ("unknown", MetricBasis::Unknown)];

const SCOPES: [(&str, QuotaScope); 3] =
    [("resource", QuotaScope::Resource), ("region", QuotaScope::Region), ("account", QuotaScope::Account)];

/// Reads the facts that hold for sure.
pub fn read(model: &Model) -> ScalingFacts {
    let mut known = ScalingFacts::default();
    let mut rules: BTreeMap<&Address, Vec<ScalingPolicy>> = BTreeMap::new();
    let mut pending = Vec::new();
    for fact in model.facts.iter().filter(|fact| fact.applies == Applicability::Yes) {
        let mut fields = FactReader::new(fact, SYNTAX, &mut known.problems);
        // A fact that cannot be read has been reported, or waits for apply.
        match &*fact.kind {
            "scaling" => pending.extend(scaling(&mut fields)),
            "rule" => rules.entry(&fact.of).or_default().extend(rule(&mut fields)),
            "takes" => known.takings.extend(taking(&mut fields)),
            "offers" => known.offers.extend(offer(&mut fields)),
            "quota" => known.quotas.extend(quota(&mut fields)),
            _ => {}
        }
    }
    for (mut scaling, policies) in pending {
        scaling.rules = policies.iter().filter_map(|policy| rules.get(policy)).flatten().cloned().collect();
        known.scalings.push(scaling);
    }
    known
}

/// Reads a scalable dimension, with the addresses of its policies.
fn scaling(fields: &mut FactReader<'_, '_>) -> Result<(Scaling, Vec<Address>), FieldError> {
    let (minimum, maximum) = (fields.number("minimum"), fields.number("maximum"));
    let unit = fields.text("unit")?;
    let is_native = fields.flag("is_native", false)?;
    let scaling = Scaling {
        of: fields.fact().of.clone(),
        name: fields.fact().name.as_ref().into(),
        one: fields.optional_text("one")?.unwrap_or(unit).as_ref().into(),
        unit: unit.as_ref().into(),
        minimum: minimum?,
        maximum: maximum?,
        desired: fields.optional_number("desired")?,
        is_fixed: fields.flag("is_fixed", false)?,
        is_native,
        counted: fields.flag("counted", !is_native)?,
        shrinks: fields.flag("shrinks", true)?,
        waits: fields.flag("waits", false)?,
        removals: removals(fields)?,
        surge: fields.optional_number("surge")?.unwrap_or(1.0).max(1.0),
        zones: fields.texts("zones")?.into_iter().map(|zone| zone.as_ref().into()).collect(),
        warmup: optional_seconds(fields, "warmup")?,
        full_at: fields.optional_number("full_at")?,
        demands: demands(fields)?,
        rules: Vec::new(),
        spots: spots(fields.fact()),
    };
    Ok((scaling, fields.resources("policies")?))
}

fn removals(fields: &mut FactReader<'_, '_>) -> Result<Option<RemovalLimit>, FieldError> {
    let Some(mut limit) = fields.optional_object("removals")? else { return Ok(None) };
    match (limit.number("a_day"), limit.number("after")) {
        (Ok(a_day), Ok(after)) => Ok(Some(RemovalLimit { a_day: count(a_day), after: Seconds(after.max(0.0)) })),
        (Err(FieldError::Invalid), _) | (_, Err(FieldError::Invalid)) => Err(FieldError::Invalid),
        (Err(FieldError::Unknown), _) | (_, Err(FieldError::Unknown)) => Ok(None),
    }
}

fn demands(fields: &mut FactReader<'_, '_>) -> Result<BTreeMap<CompactString, UnitLoad>, FieldError> {
    let mut demands = BTreeMap::new();
    for (name, entry) in fields.value("demands").and_then(Value::as_map).into_iter().flatten() {
        let mut load = match fields.within("demands", &entry.value) {
            Ok(load) => load,
            Err(FieldError::Unknown) => continue,
            Err(invalid) => return Err(invalid),
        };
        let (idle, full) = (load.number("idle").unwrap_or(0.0), load.number("full").unwrap_or(0.0));
        demands.insert(name.as_ref().into(), UnitLoad { idle, full });
    }
    Ok(demands)
}

fn rule(fields: &mut FactReader<'_, '_>) -> Result<ScalingPolicy, FieldError> {
    let action = if fields.value("target").is_some() || fields.value("watch").is_some() {
        PolicyKind::Track(tracking(fields)?)
    } else {
        PolicyKind::Step(stepping(fields)?)
    };
    Ok(ScalingPolicy { of: fields.fact().of.clone(), action, spots: spots(fields.fact()) })
}

fn stepping(fields: &mut FactReader<'_, '_>) -> Result<StepPolicy, FieldError> {
    let adjustment = fields.word("adjustment", &ADJUSTMENTS)?;
    let mut steps = Vec::new();
    for value in fields.list("steps")? {
        let mut step = fields.within("steps", value)?;
        steps.push(StepAdjustment {
            from: step.optional_number("from")?,
            to: step.optional_number("to")?,
            by: step.number("by")?,
        });
    }
    // An alarm that cannot be read leaves the others in place.
    let alarms = fields.list("alarms")?.iter();
    let alarms = alarms.filter_map(|value| alarm(&mut fields.within("alarms", value).ok()?).ok()).collect();
    Ok(StepPolicy {
        adjustment,
        steps,
        least: fields.optional_number("least")?.unwrap_or(0.0),
        cooldown: Seconds(fields.number("cooldown")?),
        alarms,
    })
}

fn alarm(fields: &mut FactReader<'_, '_>) -> Result<Alarm, FieldError> {
    let mut watches = Vec::new();
    for value in fields.list("watches")? {
        match fields.within("watches", value) {
            Ok(mut metric) => watches.push(watch(&mut metric)?),
            Err(FieldError::Unknown) => {}
            Err(invalid) => return Err(invalid),
        }
    }
    let periods = count(fields.number("periods")?);
    Ok(Alarm {
        name: fields.optional_text("name")?.map(|name| name.as_ref().into()).unwrap_or_default(),
        watches,
        above: fields.flag("above", false)?,
        inclusive: fields.flag("inclusive", false)?,
        threshold: MetricValue(fields.number("threshold")?),
        period: Seconds(fields.number("period")?.max(1.0)),
        periods,
        datapoints: fields.optional_number("datapoints")?.map_or(periods, count).min(periods),
        missing: fields.optional_word("missing", &MISSING)?.unwrap_or(MissingData::Missing),
        delay: optional_seconds(fields, "delay")?,
    })
}

fn watch(fields: &mut FactReader<'_, '_>) -> Result<MetricTerm, FieldError> {
    let factor = |value: Option<f64>| value.filter(|value| value.is_finite() && value.abs() > 1e-12).unwrap_or(1.0);
    Ok(MetricTerm {
        per: fields.word("per", &BASES)?,
        name: fields.text("name")?.as_ref().into(),
        ceiling: fields.optional_number("ceiling")?.map(MetricValue),
        sign: fields.optional_text("sign")?.map(|sign| sign.as_ref().into()).unwrap_or_default(),
        times: factor(fields.optional_number("times")?),
        over: factor(fields.optional_number("over")?),
    })
}

fn tracking(fields: &mut FactReader<'_, '_>) -> Result<TargetTracking, FieldError> {
    let metric =
        fields.required("watch", "an object that describes a metric", |value| value.as_map().map(|_| value))?;
    Ok(TargetTracking {
        watch: watch(&mut fields.within("watch", metric)?)?,
        target: MetricValue(fields.number("target")?),
        period: Seconds(fields.number("period")?.max(1.0)),
        delay: optional_seconds(fields, "delay")?,
        out_periods: count(fields.number("out_periods")?),
        in_periods: count(fields.number("in_periods")?),
        in_below: Fraction(fields.number("in_below")? / 100.0),
        out_cooldown: Seconds(fields.number("out_cooldown")?),
        in_cooldown: Seconds(fields.number("in_cooldown")?),
        removes: fields.flag("removes", true)?,
    })
}

fn taking(fields: &mut FactReader<'_, '_>) -> Result<Consumption, FieldError> {
    Ok(Consumption {
        by: fields.fact().of.clone(),
        what: fields.fact().name.clone(),
        each: fields.number("each")?,
        of: fields.resources("of")?,
    })
}

fn offer(fields: &mut FactReader<'_, '_>) -> Result<CapacityOffer, FieldError> {
    Ok(CapacityOffer {
        of: fields.fact().of.clone(),
        what: fields.fact().name.clone(),
        amount: fields.number("amount")?,
        source: fields.optional_text("source")?.cloned(),
        spots: spots(fields.fact()),
    })
}

fn quota(fields: &mut FactReader<'_, '_>) -> Result<Quota, FieldError> {
    Ok(Quota {
        of: fields.fact().of.clone(),
        name: fields.fact().name.clone(),
        scope: fields.word("scope", &SCOPES)?,
        what: fields.text("what")?.clone(),
        within: fields.optional_text("within")?.cloned(),
        uses: fields.number("uses")?,
        limit: fields.number("limit")?,
        raised: fields.optional_text("raised")?.cloned(),
        granted: fields.optional_number("granted")?,
        source: fields.optional_text("source")?.cloned(),
        spots: spots(fields.fact()),
    })
}

/// Reads a duration; 0 where it is not given.
fn optional_seconds(fields: &mut FactReader<'_, '_>, name: &str) -> Result<Seconds, FieldError> {
    Ok(Seconds(fields.optional_number(name)?.unwrap_or(0.0).max(0.0)))
}

/// Finds the places of the figures.
///
/// `at = { minimum = "MinCapacity" }` names the property that each was read from.
fn spots(fact: &Fact) -> SourceLocations {
    let evidence = |property: &str| fact.evidence.iter().find(|read| read.property.0 == property);
    let mut named: Vec<(Arc<str>, Span)> = Vec::new();
    for (name, entry) in fact.field("at").and_then(Value::as_map).into_iter().flatten() {
        let property = entry.value.as_text();
        if let Some(read) = property.and_then(|property| evidence(property)).filter(|read| read.written) {
            named.push((name.clone(), read.span));
        }
    }
    let own = fact.evidence.iter().find(|read| read.resource == fact.of);
    let any = own.or(fact.evidence.first()).map_or(fact.declared, |read| read.span);
    SourceLocations { named, any }
}

/// Returns a number of periods or removals, from 1 to 10,000.
fn count(value: f64) -> usize {
    value.clamp(1.0, 10_000.0).to_usize().unwrap_or(1)
}
