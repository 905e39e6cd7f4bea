//! What can be measured of the units, and when it can be seen.

use crate::scaling::{Alarm, MetricBasis, MetricTerm, Scaling};
use std::collections::BTreeMap;

/// The units and their load at an instant.
#[derive(Debug, Clone, Copy)]
pub struct LoadState {
    /// Requests a minute, all together.
    pub load: f64,
    pub running: f64,
}

impl LoadState {
    /// Requests a minute for each unit.
    pub fn load_per_unit(self) -> f64 {
        self.load / self.running.max(1.0)
    }

    pub fn utilization(self, scaling: &Scaling) -> Option<f64> {
        let full = scaling.full_at.filter(|full| *full > 0.0)?;
        Some(if self.running < 1.0 && self.load > 0.0 { f64::MAX.min(self.load) } else { self.load_per_unit() / full })
    }

    /// A metric at this instant; `None` where nobody knows what it has to do with the load.
    pub fn measure(self, scaling: &Scaling, watch: &MetricTerm) -> Option<f64> {
        let value = match (scaling.demands.get(&watch.name), self.utilization(scaling), watch.per) {
            (_, _, MetricBasis::Total) => self.load,
            (Some(demand), Some(fullness), MetricBasis::Unit) => demand.idle + (demand.full - demand.idle) * fullness,
            _ => return None,
        };
        Some(watch.ceiling.map_or(value, |ceiling| value.min(ceiling)))
    }
}

/// One metric, period by period.
#[derive(Debug, Clone)]
struct MetricStream {
    watch: MetricTerm,
    period: u64,
    /// The sum over the period that is open, each instant with its length.
    open: f64,
    is_known: bool,
    closed: Vec<Option<f64>>,
}

/// All metrics that the rules look at.
#[derive(Debug, Default)]
pub struct Metrics {
    streams: BTreeMap<(String, u64), MetricStream>,
}

impl Metrics {
    pub fn add(&mut self, watch: &MetricTerm, period: u64) {
        let stream = || MetricStream { watch: watch.clone(), period, open: 0.0, is_known: true, closed: Vec::new() };
        self.streams.entry((watch.name.to_string(), period)).or_insert_with(stream);
    }

    pub fn periods(&self) -> Vec<u64> {
        let mut periods: Vec<u64> = self.streams.values().map(|stream| stream.period).collect();
        periods.sort_unstable();
        periods.dedup();
        periods
    }

    /// Some time passes in a state.
    pub fn advance(&mut self, scaling: &Scaling, state: LoadState, seconds: f64) {
        for stream in self.streams.values_mut() {
            match state.measure(scaling, &stream.watch) {
                Some(value) => stream.open += value * seconds,
                None => stream.is_known = false,
            }
        }
    }

    #[allow(clippy::cast_precision_loss)] // Periods are minutes.
    pub fn close(&mut self, period: u64) {
        for stream in self.streams.values_mut().filter(|stream| stream.period == period) {
            let mean = stream.open / period as f64;
            stream.closed.push(stream.is_known.then_some(mean));
            stream.open = 0.0;
            stream.is_known = true;
        }
    }

    /// The last datapoints of a metric that can be seen at a second, oldest first.
    pub fn datapoints(&self, name: &str, period: u64, delay: u64, now: u64, count: usize) -> &[Option<f64>] {
        let Some(stream) = self.streams.get(&(name.to_owned(), period)) else { return &[] };
        let closed =
            usize::try_from(now.saturating_sub(delay) / period.max(1)).unwrap_or(usize::MAX).min(stream.closed.len());
        stream.closed.get(closed.saturating_sub(count)..closed).unwrap_or_default()
    }

    /// Whether an alarm is raised, and by the value of which it was; `None` where it is not.
    pub fn alarm_value(&self, alarm: &Alarm, now: u64) -> Option<f64> {
        let period = seconds(alarm.period);
        let columns: Vec<&[Option<f64>]> = alarm
            .watches
            .iter()
            .map(|watch| self.datapoints(&watch.name, period, seconds(alarm.delay), now, alarm.periods))
            .collect();
        let rows = columns.iter().map(|column| column.len()).min()?;
        let mut breaching = 0;
        let mut last = None;
        for row in 0..rows {
            let value = alarm.value(|watch| {
                let at = alarm.watches.iter().position(|other| other == watch)?;
                columns.get(at)?.get(row).copied().flatten()
            });
            let is_breached = match value {
                Some(value) => alarm.breach(value).is_some(),
                None => alarm.missing == "breaching",
            };
            breaching += usize::from(is_breached);
            last = value.filter(|_| is_breached).or(last);
        }
        if breaching >= alarm.datapoints { last } else { None }
    }
}

/// Whole seconds of what facts give as a number.
pub fn seconds(value: f64) -> u64 {
    use rust_decimal::prelude::ToPrimitive;
    value.round().clamp(0.0, 1e9).to_u64().unwrap_or(0)
}
