//! What scales, and by which rules, as the facts describe it.

use compact_str::CompactString;
use gpb_base::source::Span;
use gpb_model::Address;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Something of which there is more or less: the tasks of a service, the shards of a cache.
#[derive(Debug, Clone, Serialize)]
pub struct Scaling {
    pub of: Address,
    pub name: CompactString,
    /// What one of it is called, and several.
    pub one: CompactString,
    pub unit: CompactString,
    pub minimum: f64,
    pub maximum: f64,
    /// How many there are at first.
    pub desired: Option<f64>,
    /// Nothing moves their number.
    pub is_fixed: bool,
    /// It scales by itself, without rules.
    pub is_native: bool,
    /// Whether what a component needs is needed by each of these.
    pub counted: bool,
    pub shrinks: bool,
    /// Nothing is removed while something that was asked for does not serve yet.
    pub waits: bool,
    /// How often units can be removed, where that is limited.
    pub removals: Option<RemovalLimit>,
    /// How many times their number there are while they are replaced.
    pub surge: f64,
    /// The failure domains it is spread over.
    pub zones: Vec<CompactString>,
    /// From being asked for to serving, in seconds.
    pub warmup: f64,
    /// The requests a minute at which one unit is full.
    pub full_at: Option<f64>,
    /// What a metric is for a unit without requests and for a full one.
    pub demands: BTreeMap<CompactString, UnitLoad>,
    pub rules: Vec<ScalingPolicy>,
    #[serde(skip)]
    pub spots: SourceLocations,
}

impl Scaling {
    /// The most units there can be at once.
    pub fn peak(&self) -> f64 {
        (self.maximum * self.surge).floor().max(self.maximum)
    }

    /// Whether rules, and not AWS itself or nobody, move the number of units.
    pub fn is_ruled(&self) -> bool {
        !self.is_fixed && !self.is_native
    }

    pub fn count_noun(&self, count: f64) -> String {
        let word = if (count - 1.0).abs() < f64::EPSILON { &self.one } else { &self.unit };
        format!("{} {word}", super::figures::number(count))
    }
}

/// So many removals a day, and one more whenever there was none for a while.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RemovalLimit {
    pub a_day: usize,
    /// In seconds.
    pub after: f64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct UnitLoad {
    pub idle: f64,
    pub full: f64,
}

/// A policy.
#[derive(Debug, Clone, Serialize)]
pub struct ScalingPolicy {
    pub of: Address,
    #[serde(flatten)]
    pub action: PolicyKind,
    #[serde(skip)]
    pub spots: SourceLocations,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum PolicyKind {
    Step(StepPolicy),
    Track(TargetTracking),
}

/// While one of its alarms is raised, the capacity changes by a step.
#[derive(Debug, Clone, Serialize)]
pub struct StepPolicy {
    pub change: AdjustmentType,
    pub steps: Vec<StepAdjustment>,
    /// The least number of units by which a percentage changes the capacity.
    pub least: f64,
    pub cooldown: f64,
    pub alarms: Vec<Alarm>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentType {
    By,
    Percent,
    To,
}

/// Bounds are measured from the alarm's threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StepAdjustment {
    pub from: Option<f64>,
    pub to: Option<f64>,
    pub by: f64,
}

#[derive(Debug, Clone, Serialize)]
pub struct Alarm {
    pub name: CompactString,
    /// The highest of these is compared.
    pub watches: Vec<MetricTerm>,
    pub above: bool,
    /// Whether the threshold itself counts.
    pub inclusive: bool,
    pub threshold: f64,
    pub period: f64,
    pub periods: usize,
    pub datapoints: usize,
    /// What a period without data counts as.
    pub missing: CompactString,
    /// How long after its period a datapoint can be seen.
    pub delay: f64,
}

/// A metric, as `times` of it over `over`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricTerm {
    pub name: CompactString,
    pub per: MetricBasis,
    pub ceiling: Option<f64>,
    pub sign: CompactString,
    pub times: f64,
    pub over: f64,
}

/// What capacity has to do with a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricBasis {
    /// Twice the capacity halves it.
    Unit,
    /// Capacity does not change it.
    Total,
    Unknown,
}

/// Capacity is added and removed in proportion, so that the metric stays at the target.
#[derive(Debug, Clone, Serialize)]
pub struct TargetTracking {
    pub watch: MetricTerm,
    pub target: f64,
    pub period: f64,
    pub delay: f64,
    pub out_periods: usize,
    pub in_periods: usize,
    /// Capacity is removed below this part of the target.
    pub in_below: f64,
    pub out_cooldown: f64,
    pub in_cooldown: f64,
    pub removes: bool,
}

/// What many resources share: each unit takes some of it, evenly from each of several.
#[derive(Debug, Clone)]
pub struct Consumption {
    pub by: Address,
    pub what: Arc<str>,
    pub each: f64,
    pub of: Vec<Address>,
}

/// What a resource has for others.
#[derive(Debug, Clone)]
pub struct CapacityOffer {
    pub of: Address,
    pub what: Arc<str>,
    pub amount: f64,
    pub source: Option<Arc<str>>,
    pub spots: SourceLocations,
}

/// What AWS allows.
#[derive(Debug, Clone)]
pub struct Quota {
    pub of: Address,
    pub name: Arc<str>,
    /// What is counted, for people.
    pub what: Arc<str>,
    pub scope: QuotaScope,
    /// The part of a region that it is counted in: a zone.
    pub within: Option<Arc<str>>,
    pub uses: f64,
    pub limit: f64,
    /// The usage by which an environment says that AWS has granted more; without one, AWS grants no more.
    pub raised: Option<Arc<str>>,
    /// The quota as AWS counts it, where the limit leaves out a part that cannot be used.
    pub granted: Option<f64>,
    pub source: Option<Arc<str>>,
    pub spots: SourceLocations,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaScope {
    Resource,
    Region,
    Account,
}

/// Where things are written in the program.
#[derive(Debug, Clone, Default)]
pub struct SourceLocations {
    pub named: Vec<(Arc<str>, Span)>,
    /// Any of what was read, from the resource itself where something was, or else the resource.
    pub any: Span,
}

impl SourceLocations {
    /// Where a figure is written, or else the resource.
    pub fn span_of(&self, name: &str) -> Span {
        self.named.iter().find(|(known, _)| **known == *name).map_or(self.any, |(_, span)| *span)
    }
}
