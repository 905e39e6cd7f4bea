//! The rules that change a capacity, as the facts describe them.
//!
//! Step scaling and target tracking.

use super::source_locations::SourceLocations;
use crate::units::{Fraction, MetricValue, Seconds};
use compact_str::CompactString;
use gpb_model::Address;

/// A scaling policy.
#[derive(Debug, Clone)]
pub struct ScalingPolicy {
    /// The resource that is the policy.
    pub of: Address,
    /// The way it changes the capacity.
    pub action: PolicyKind,
    /// The places where its figures are written.
    pub spots: SourceLocations,
}

/// The two kinds of scaling policies.
#[derive(Debug, Clone)]
pub enum PolicyKind {
    /// Step scaling.
    Step(StepPolicy),
    /// Target tracking.
    Track(TargetTracking),
}

/// Step scaling.
///
/// While one of its alarms is raised, the capacity changes by a step.
#[derive(Debug, Clone)]
pub struct StepPolicy {
    /// The meaning of [`StepAdjustment::by`].
    pub adjustment: AdjustmentType,
    /// The steps, each for a range of breaches.
    pub steps: Vec<StepAdjustment>,
    /// The smallest number of units by which a percentage changes the capacity.
    pub least: f64,
    /// The minimum time between two changes.
    pub cooldown: Seconds,
    /// The alarms that start it.
    pub alarms: Vec<Alarm>,
}

/// The ways in which a step changes a capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdjustmentType {
    /// By a number of units.
    By,
    /// By a percentage of the present capacity.
    Percent,
    /// To a number of units.
    To,
}

/// A step, for breaches between two bounds.
///
/// They are measured from the alarm's threshold, in the unit of the metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepAdjustment {
    /// The lower bound, as an offset from the threshold; absent is minus infinity.
    pub from: Option<f64>,
    /// The upper bound, as an offset from the threshold; absent is infinity.
    pub to: Option<f64>,
    /// The number of units or the percentage that the [`AdjustmentType`] says.
    ///
    /// Negative removes.
    pub by: f64,
}

/// An alarm: a metric held against a threshold over periods.
#[derive(Debug, Clone)]
pub struct Alarm {
    /// The alarm's name.
    pub name: CompactString,
    /// The metrics; the highest of them is compared.
    pub watches: Vec<MetricTerm>,
    /// It is raised above the threshold, and not below it.
    pub above: bool,
    /// The threshold itself raises it too.
    pub inclusive: bool,
    /// The value that `times × metric / over` is compared with.
    pub threshold: MetricValue,
    /// The length of a period.
    pub period: Seconds,
    /// The number of last periods that are looked at.
    pub periods: usize,
    /// The number of those that must breach the threshold.
    pub datapoints: usize,
    /// The meaning of a period without data.
    pub missing: MissingData,
    /// The time from the end of a period until its datapoint is visible.
    pub delay: Seconds,
}

/// The meanings that a period without data can have for an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingData {
    /// It breaches the threshold.
    Breaching,
    /// It does not breach the threshold.
    NotBreaching,
    /// The alarm stays as it is.
    Ignore,
    /// The alarm has too little data.
    Missing,
}

/// A metric in an alarm, compared as `times` of it over `over`.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricTerm {
    /// The metric's name.
    pub name: CompactString,
    /// The effect of capacity on it.
    pub per: MetricBasis,
    /// The largest value it can have.
    pub ceiling: Option<MetricValue>,
    /// The sign after its values: `%`.
    pub sign: CompactString,
    /// The factor that it is multiplied by.
    pub times: f64,
    /// The factor that it is divided by.
    pub over: f64,
}

/// The effect that capacity has on a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricBasis {
    /// Twice the capacity halves it.
    Unit,
    /// Capacity does not change it.
    Total,
    /// Nobody knows.
    Unknown,
}

/// Target tracking.
///
/// Capacity is added and removed in proportion, so that the metric stays at the target.
#[derive(Debug, Clone)]
pub struct TargetTracking {
    /// The metric.
    pub watch: MetricTerm,
    /// The value that the metric is to have.
    pub target: MetricValue,
    /// The length of a period.
    pub period: Seconds,
    /// The time from the end of a period until its datapoint is visible.
    pub delay: Seconds,
    /// The number of periods above the target after which capacity is added.
    pub out_periods: usize,
    /// The number of low periods after which capacity is removed.
    pub in_periods: usize,
    /// The fraction of the target below which capacity is removed.
    pub in_below: Fraction,
    /// The minimum time between two additions.
    pub out_cooldown: Seconds,
    /// The minimum time between two removals.
    pub in_cooldown: Seconds,
    /// It removes capacity too.
    pub removes: bool,
}
