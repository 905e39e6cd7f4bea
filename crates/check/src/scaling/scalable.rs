//! A scaled resource and its range of capacity, as the facts describe them.

use super::figures;
use super::scaling_policy::ScalingPolicy;
use super::source_locations::SourceLocations;
use crate::units::Seconds;
use compact_str::CompactString;
use gpb_model::Address;
use std::collections::BTreeMap;

/// A scalable dimension of a resource.
///
/// The tasks of a service, the shards of a cache.
#[derive(Debug, Clone)]
pub struct Scaling {
    /// The resource.
    pub of: Address,
    /// The dimension: `tasks`.
    pub name: CompactString,
    /// The noun for one unit: `task`.
    pub one: CompactString,
    /// The noun for several units: `tasks`.
    pub unit: CompactString,
    /// The smallest capacity, as a number of units.
    pub minimum: f64,
    /// The largest capacity, as a number of units.
    pub maximum: f64,
    /// The number of units at the start.
    pub desired: Option<f64>,
    /// Nothing changes the number of units.
    pub is_fixed: bool,
    /// The service scales it by itself, without rules.
    pub is_native: bool,
    /// Each unit needs what its component `needs`.
    pub counted: bool,
    /// Units can be removed again.
    pub shrinks: bool,
    /// Nothing is removed while units that were asked for do not serve yet.
    pub waits: bool,
    /// The limit of removals, where there is one.
    pub removals: Option<RemovalLimit>,
    /// The factor by which there are more units while they are replaced, 1 or more.
    pub surge: f64,
    /// The failure domains it is spread over.
    pub zones: Vec<CompactString>,
    /// The time from asking for a unit until it serves.
    pub warmup: Seconds,
    /// The requests per minute at which one unit is fully utilized.
    pub full_at: Option<f64>,
    /// The values of each metric by its name, for an idle and for a full unit.
    pub demands: BTreeMap<CompactString, UnitLoad>,
    /// The rules that change the capacity.
    pub rules: Vec<ScalingPolicy>,
    /// The places where the figures are written.
    pub spots: SourceLocations,
}

impl Scaling {
    /// Returns the largest number of units there can be at once.
    pub fn peak(&self) -> f64 {
        (self.maximum * self.surge).floor().max(self.maximum)
    }

    /// Checks that rules change the number of units.
    ///
    /// Otherwise the service itself changes it, or nothing does.
    pub fn is_ruled(&self) -> bool {
        !self.is_fixed && !self.is_native
    }

    /// Returns a number of units with its noun: `1 task`, `3 tasks`.
    pub fn count_noun(&self, count: f64) -> String {
        let word = if (count - 1.0).abs() < f64::EPSILON { &self.one } else { &self.unit };
        format!("{} {word}", figures::number(count))
    }
}

/// A limited number of removals a day.
///
/// There is one more whenever there was none for a while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RemovalLimit {
    /// The number of removals a day.
    pub a_day: usize,
    /// The time without a removal after which one more is possible.
    pub after: Seconds,
}

/// The values of a metric for an idle and for a full unit.
///
/// They are in the unit of the metric.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct UnitLoad {
    /// The value per unit without load.
    pub idle: f64,
    /// The value per fully utilized unit.
    pub full: f64,
}
