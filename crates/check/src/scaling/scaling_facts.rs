//! From facts to what they describe. A fact that does not say what its kind must say is a mistake of whoever wrote it.

use super::scalable::{
    AdjustmentType, Alarm, CapacityOffer, Consumption, MetricBasis, MetricTerm, PolicyKind, Quota, QuotaScope,
    RemovalLimit, Scaling, ScalingPolicy, SourceLocations, StepAdjustment, StepPolicy, TargetTracking, UnitLoad,
};
use compact_str::CompactString;
use gpb_base::diag::Diagnostic;
use gpb_base::source::Span;
use gpb_model::value::{PropertyMap, PropertyValue, ValueKind};
use gpb_model::{Address, Applicability, Fact, Model};
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything the facts of a model say about scaling.
#[derive(Debug, Default)]
pub struct ScalingFacts {
    pub scalings: Vec<Scaling>,
    pub takings: Vec<Consumption>,
    pub offers: Vec<CapacityOffer>,
    pub quotas: Vec<Quota>,
    /// What is wrong with the facts themselves.
    pub faults: Vec<Diagnostic>,
}

/// Reads the facts that hold for sure.
pub fn read(model: &Model) -> ScalingFacts {
    let mut known = ScalingFacts::default();
    let mut rules: BTreeMap<&Address, Vec<ScalingPolicy>> = BTreeMap::new();
    let mut pending = Vec::new();
    for fact in model.facts.iter().filter(|fact| fact.applies == Applicability::Yes) {
        let mut fields = ScalingFactReader::new(fact);
        match &*fact.kind {
            "scaling" => pending.extend(scaling(&mut fields).map(|found| (found, fields.resources("policies")))),
            "rule" => rules.entry(&fact.of).or_default().extend(rule(&mut fields)),
            "takes" => known.takings.extend(taking(&mut fields)),
            "offers" => known.offers.extend(offer(&mut fields)),
            "quota" => known.quotas.extend(quota(&mut fields)),
            _ => continue,
        }
        known.faults.append(&mut fields.faults);
    }
    for (mut scaling, policies) in pending {
        scaling.rules = policies.iter().filter_map(|policy| rules.get(policy)).flatten().cloned().collect();
        known.scalings.push(scaling);
    }
    known
}

fn scaling(fields: &mut ScalingFactReader<'_>) -> Option<Scaling> {
    let (minimum, maximum) = (fields.number("minimum"), fields.number("maximum"));
    let unit = fields.text("unit")?;
    let is_native = fields.flag("is_native", false);
    let scaling = Scaling {
        of: fields.fact.of.clone(),
        name: fields.fact.name.as_ref().into(),
        one: fields.optional_text("one").unwrap_or(unit).as_ref().into(),
        unit: unit.as_ref().into(),
        minimum: minimum?,
        maximum: maximum?,
        desired: fields.optional_number("desired"),
        is_fixed: fields.flag("is_fixed", false),
        is_native,
        counted: fields.flag("counted", !is_native),
        shrinks: fields.flag("shrinks", true),
        waits: fields.flag("waits", false),
        removals: fields.removals(),
        surge: fields.optional_number("surge").unwrap_or(1.0).max(1.0),
        zones: fields.texts("zones"),
        warmup: fields.optional_number("warmup").unwrap_or(0.0).max(0.0),
        full_at: fields.optional_number("full_at"),
        demands: fields.demands(),
        rules: Vec::new(),
        spots: fields.spots(),
    };
    Some(scaling)
}

fn rule(fields: &mut ScalingFactReader<'_>) -> Option<ScalingPolicy> {
    let action = if fields.fact.field("target").is_some() || fields.fact.field("watch").is_some() {
        PolicyKind::Track(tracking(fields)?)
    } else {
        PolicyKind::Step(stepping(fields)?)
    };
    Some(ScalingPolicy { of: fields.fact.of.clone(), action, spots: fields.spots() })
}

fn stepping(fields: &mut ScalingFactReader<'_>) -> Option<StepPolicy> {
    let change = match &**fields.text("change")? {
        "ChangeInCapacity" => AdjustmentType::By,
        "PercentChangeInCapacity" => AdjustmentType::Percent,
        "ExactCapacity" => AdjustmentType::To,
        other => {
            fields.fault("change", &format!("`{other}` is no way to change a capacity"));
            return None;
        }
    };
    let steps = fields.objects("steps");
    let steps = steps.iter().map(|step| {
        Some(StepAdjustment {
            from: fields.inner_number(step, "from", false),
            to: fields.inner_number(step, "to", false),
            by: fields.inner_number(step, "by", true)?,
        })
    });
    let steps = steps.collect::<Option<Vec<StepAdjustment>>>()?;
    let alarms = fields.objects("alarms");
    Some(StepPolicy {
        change,
        steps,
        least: fields.optional_number("least").unwrap_or(0.0),
        cooldown: fields.number("cooldown")?,
        alarms: alarms.iter().filter_map(|one| alarm(fields, one)).collect(),
    })
}

fn alarm(fields: &mut ScalingFactReader<'_>, map: &PropertyMap) -> Option<Alarm> {
    let watches = map.get("watches").and_then(|entry| entry.value.as_list()).unwrap_or_default();
    let watches = watches.iter().filter_map(PropertyValue::as_map);
    let periods = count(fields.inner_number(map, "periods", true)?);
    Some(Alarm {
        name: inner_text(map, "name").unwrap_or_default(),
        watches: watches.map(|one| watch(fields, one)).collect::<Option<_>>()?,
        above: inner_flag(map, "above"),
        inclusive: inner_flag(map, "inclusive"),
        threshold: fields.inner_number(map, "threshold", true)?,
        period: fields.inner_number(map, "period", true)?.max(1.0),
        periods,
        datapoints: fields.inner_number(map, "datapoints", false).map_or(periods, count).min(periods),
        missing: inner_text(map, "missing").unwrap_or_else(|| "missing".into()),
        delay: fields.inner_number(map, "delay", false).unwrap_or(0.0).max(0.0),
    })
}

fn watch(fields: &mut ScalingFactReader<'_>, map: &PropertyMap) -> Option<MetricTerm> {
    let per = match inner_text(map, "per").as_deref() {
        Some("unit") => MetricBasis::Unit,
        Some("total") => MetricBasis::Total,
        Some("unknown") => MetricBasis::Unknown,
        _ => {
            fields.fault("per", "a metric is per `unit`, `total` or `unknown`");
            return None;
        }
    };
    let factor = |value: f64| if value.is_finite() && value.abs() > 1e-12 { value } else { 1.0 };
    Some(MetricTerm {
        name: inner_text(map, "name")?,
        per,
        ceiling: fields.inner_number(map, "ceiling", false),
        sign: inner_text(map, "sign").unwrap_or_default(),
        times: factor(fields.inner_number(map, "times", false).unwrap_or(1.0)),
        over: factor(fields.inner_number(map, "over", false).unwrap_or(1.0)),
    })
}

fn tracking(fields: &mut ScalingFactReader<'_>) -> Option<TargetTracking> {
    let Some(map) = fields.fact.field("watch").and_then(PropertyValue::as_map) else {
        fields.fault("watch", "an object that describes a metric is needed");
        return None;
    };
    Some(TargetTracking {
        watch: watch(fields, map)?,
        target: fields.number("target")?,
        period: fields.number("period")?.max(1.0),
        delay: fields.optional_number("delay").unwrap_or(0.0).max(0.0),
        out_periods: count(fields.number("out_periods")?),
        in_periods: count(fields.number("in_periods")?),
        in_below: fields.number("in_below")? / 100.0,
        out_cooldown: fields.number("out_cooldown")?,
        in_cooldown: fields.number("in_cooldown")?,
        removes: fields.flag("removes", true),
    })
}

fn taking(fields: &mut ScalingFactReader<'_>) -> Option<Consumption> {
    Some(Consumption {
        by: fields.fact.of.clone(),
        what: fields.fact.name.clone(),
        each: fields.number("each")?,
        of: fields.resources("of"),
    })
}

fn offer(fields: &mut ScalingFactReader<'_>) -> Option<CapacityOffer> {
    Some(CapacityOffer {
        of: fields.fact.of.clone(),
        what: fields.fact.name.clone(),
        amount: fields.number("amount")?,
        source: fields.optional_text("source").cloned(),
        spots: fields.spots(),
    })
}

fn quota(fields: &mut ScalingFactReader<'_>) -> Option<Quota> {
    let scope = match &**fields.text("scope")? {
        "resource" => QuotaScope::Resource,
        "region" => QuotaScope::Region,
        "account" => QuotaScope::Account,
        _ => {
            fields.fault("scope", "a quota is one of a `resource`, a `region` or an `account`");
            return None;
        }
    };
    Some(Quota {
        of: fields.fact.of.clone(),
        name: fields.fact.name.clone(),
        what: fields.text("what")?.clone(),
        scope,
        within: fields.optional_text("within").cloned(),
        uses: fields.number("uses")?,
        limit: fields.number("limit")?,
        raised: fields.optional_text("raised").cloned(),
        granted: fields.optional_number("granted"),
        source: fields.optional_text("source").cloned(),
        spots: fields.spots(),
    })
}

/// The fields of a fact, read strictly: what is unknown until apply is no mistake, everything else that does not fit is one.
struct ScalingFactReader<'a> {
    fact: &'a Fact,
    faults: Vec<Diagnostic>,
}

impl<'a> ScalingFactReader<'a> {
    fn new(fact: &'a Fact) -> Self {
        Self { fact, faults: Vec::new() }
    }

    fn fault(&mut self, name: &str, why: &str) {
        let fact = self.fact;
        let message = format!("`{name}` of the fact `{} {}` cannot be used: {why}", fact.kind, fact.name);
        let diagnostic = Diagnostic::error("GPB6001", message)
            .with_label(fact.span, format!("as it comes out for `{}`", fact.of))
            .help(format!("docs/scaling.md says what a `{}` fact is made of", fact.kind));
        self.faults.push(diagnostic);
    }

    fn number(&mut self, name: &str) -> Option<f64> {
        let Some(value) = self.fact.field(name) else {
            self.fault(name, "it is missing");
            return None;
        };
        self.as_number(name, value)
    }

    fn optional_number(&mut self, name: &str) -> Option<f64> {
        self.fact.field(name).and_then(|value| self.as_number(name, value))
    }

    fn as_number(&mut self, name: &str, value: &PropertyValue) -> Option<f64> {
        let number = match &value.kind {
            ValueKind::Number(number) => number.to_f64(),
            ValueKind::Quantity(quantity) => quantity.amount.to_f64(),
            ValueKind::Unknown(_) => return None,
            _ => None,
        };
        if number.is_none() {
            self.fault(name, &format!("a number is needed, not {}", value.describe()));
        }
        number
    }

    fn text(&mut self, name: &str) -> Option<&'a Arc<str>> {
        let text = self.optional_text(name);
        if text.is_none() && !self.fact.field(name).is_some_and(|value| matches!(value.kind, ValueKind::Unknown(_))) {
            self.fault(name, "text is needed");
        }
        text
    }

    fn optional_text(&self, name: &str) -> Option<&'a Arc<str>> {
        self.fact.field(name).and_then(PropertyValue::as_text)
    }

    fn flag(&mut self, name: &str, usual: bool) -> bool {
        match self.fact.field(name).map(|value| &value.kind) {
            Some(ValueKind::Bool(flag)) => *flag,
            None | Some(ValueKind::Unknown(_)) => usual,
            Some(_) => {
                self.fault(name, "`true` or `false` is needed");
                usual
            }
        }
    }

    fn list(&mut self, name: &str) -> &'a [PropertyValue] {
        match self.fact.field(name) {
            Some(PropertyValue { kind: ValueKind::List(items), .. }) => items,
            None | Some(PropertyValue { kind: ValueKind::Unknown(_), .. }) => &[],
            Some(other) => {
                self.fault(name, &format!("a list is needed, not {}", other.describe()));
                &[]
            }
        }
    }

    fn texts(&mut self, name: &str) -> Vec<CompactString> {
        self.list(name).iter().filter_map(PropertyValue::as_text).map(|text| text.as_ref().into()).collect()
    }

    fn resources(&mut self, name: &str) -> Vec<Address> {
        let mut found = Vec::new();
        for value in self.list(name) {
            match &value.kind {
                ValueKind::Resource(handle) if found.contains(&handle.address) => {}
                ValueKind::Resource(handle) => found.push(handle.address.clone()),
                ValueKind::Unknown(_) => {}
                _ => self.fault(name, &format!("resources are needed, not {}", value.describe())),
            }
        }
        found
    }

    fn objects(&mut self, name: &str) -> Vec<&'a PropertyMap> {
        let mut found = Vec::new();
        for value in self.list(name) {
            match value.as_map() {
                Some(map) => found.push(map),
                None => self.fault(name, &format!("objects are needed, not {}", value.describe())),
            }
        }
        found
    }

    fn inner_number(&mut self, map: &PropertyMap, name: &str, is_needed: bool) -> Option<f64> {
        match map.get(name).map(|entry| &entry.value).filter(|value| !value.is_absent()) {
            Some(value) => self.as_number(name, value),
            None if is_needed => {
                self.fault(name, "it is missing");
                None
            }
            None => None,
        }
    }

    fn removals(&mut self) -> Option<RemovalLimit> {
        let map = self.fact.field("removals").and_then(PropertyValue::as_map)?;
        Some(RemovalLimit {
            a_day: count(self.inner_number(map, "a_day", true)?),
            after: self.inner_number(map, "after", true)?.max(0.0),
        })
    }

    fn demands(&mut self) -> BTreeMap<CompactString, UnitLoad> {
        let Some(map) = self.fact.field("demands").and_then(PropertyValue::as_map) else { return BTreeMap::new() };
        let mut demands = BTreeMap::new();
        for (name, entry) in map {
            let Some(inner) = entry.value.as_map() else { continue };
            let idle = self.inner_number(inner, "idle", true).unwrap_or(0.0);
            let full = self.inner_number(inner, "full", true).unwrap_or(0.0);
            demands.insert(name.as_ref().into(), UnitLoad { idle, full });
        }
        demands
    }

    /// `at = { minimum = "MinCapacity" }` says which property each figure was read from.
    fn spots(&self) -> SourceLocations {
        let fact = self.fact;
        let evidence = |property: &str| fact.evidence.iter().find(|read| read.property.0 == property);
        let mut named: Vec<(Arc<str>, Span)> = Vec::new();
        for (name, entry) in fact.field("at").and_then(PropertyValue::as_map).into_iter().flatten() {
            let property = entry.value.as_text();
            if let Some(read) = property.and_then(|property| evidence(property)).filter(|read| read.written) {
                named.push((name.clone(), read.span));
            }
        }
        let own = fact.evidence.iter().find(|read| read.resource == fact.of);
        let any = own.or(fact.evidence.first()).map_or(fact.declared, |read| read.span);
        SourceLocations { named, any }
    }
}

fn inner_text(map: &PropertyMap, name: &str) -> Option<CompactString> {
    map.get(name)?.value.as_text().map(|text| text.as_ref().into())
}

fn inner_flag(map: &PropertyMap, name: &str) -> bool {
    map.get(name).is_some_and(|entry| entry.value.kind == ValueKind::Bool(true))
}

/// A number of periods.
fn count(value: f64) -> usize {
    value.clamp(1.0, 10_000.0).to_usize().unwrap_or(1)
}
