//! Measures the units period by period and evaluates the simulated alarms.

use crate::scaling::{Alarm, MetricBasis, MetricTerm, MissingData, Scaling};
use crate::units::{Fraction, seconds_as_float};
use std::collections::BTreeMap;

/// The units and their load at an instant.
#[derive(Debug, Clone, Copy)]
pub struct LoadState {
    /// The load on all units together, in requests a minute.
    pub load: f64,
    /// The number of units that carry it.
    pub running: f64,
}

impl LoadState {
    /// Returns the requests per minute for each unit.
    pub fn load_per_unit(self) -> f64 {
        self.load / self.running.max(1.0)
    }

    /// Returns the utilization of the units, above 1 where they cannot carry the load.
    ///
    /// `None` where nobody knows.
    pub fn utilization(self, scaling: &Scaling) -> Option<Fraction> {
        let full = scaling.full_at.filter(|full| *full > 0.0)?;
        let idle = self.running < 1.0 && self.load > 0.0;
        Some(Fraction(if idle { f64::MAX.min(self.load) } else { self.load_per_unit() / full }))
    }

    /// Returns the value of a metric at this instant.
    ///
    /// `None` where nobody knows its relation to the load.
    pub fn measure(self, scaling: &Scaling, watch: &MetricTerm) -> Option<f64> {
        let value = match (scaling.demands.get(&watch.name), self.utilization(scaling), watch.per) {
            (_, _, MetricBasis::Total) => self.load,
            (Some(demand), Some(fullness), MetricBasis::Unit) => demand.idle + (demand.full - demand.idle) * fullness.0,
            _ => return None,
        };
        Some(watch.ceiling.map_or(value, |ceiling| value.min(ceiling.0)))
    }
}

/// One metric, period by period.
#[derive(Debug, Clone)]
struct MetricStream {
    watch: MetricTerm,
    /// The length of a period, in seconds.
    period: u64,
    /// The sum over the period that is open, each instant with its length.
    open: f64,
    is_known: bool,
    closed: Vec<Option<f64>>,
}

/// The metrics that the rules look at.
#[derive(Debug, Default)]
pub struct Metrics {
    streams: BTreeMap<(String, u64), MetricStream>,
}

impl Metrics {
    /// Measures a metric over periods of some seconds, unless that is done already.
    pub fn add(&mut self, watch: &MetricTerm, period: u64) {
        let stream = || MetricStream { watch: watch.clone(), period, open: 0.0, is_known: true, closed: Vec::new() };
        self.streams.entry((watch.name.to_string(), period)).or_insert_with(stream);
    }

    /// Returns the lengths of all periods in seconds, each once, shortest first.
    pub fn periods(&self) -> Vec<u64> {
        let mut periods: Vec<u64> = self.streams.values().map(|stream| stream.period).collect();
        periods.sort_unstable();
        periods.dedup();
        periods
    }

    /// Lets some seconds pass in a state.
    pub fn advance(&mut self, scaling: &Scaling, state: LoadState, seconds: f64) {
        for stream in self.streams.values_mut() {
            match state.measure(scaling, &stream.watch) {
                Some(value) => stream.open += value * seconds,
                None => stream.is_known = false,
            }
        }
    }

    /// Ends a period of so many seconds: the mean over it becomes a datapoint.
    pub fn close(&mut self, period: u64) {
        for stream in self.streams.values_mut().filter(|stream| stream.period == period) {
            let mean = stream.open / seconds_as_float(period);
            stream.closed.push(stream.is_known.then_some(mean));
            stream.open = 0.0;
            stream.is_known = true;
        }
    }

    /// Returns the last datapoints of a metric visible at a second, oldest first.
    pub fn datapoints(&self, name: &str, period: u64, delay: u64, now: u64, count: usize) -> &[Option<f64>] {
        let Some(stream) = self.streams.get(&(name.to_owned(), period)) else { return &[] };
        let closed =
            usize::try_from(now.saturating_sub(delay) / period.max(1)).unwrap_or(usize::MAX).min(stream.closed.len());
        stream.closed.get(closed.saturating_sub(count)..closed).unwrap_or_default()
    }

    /// Returns the value that raises an alarm at a second, in the unit of its metric.
    ///
    /// `None` where it is not raised.
    pub fn alarm_value(&self, alarm: &Alarm, now: u64) -> Option<f64> {
        let period = alarm.period.whole();
        let columns: Vec<&[Option<f64>]> = alarm
            .watches
            .iter()
            .map(|watch| self.datapoints(&watch.name, period, alarm.delay.whole(), now, alarm.periods))
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
                None => alarm.missing == MissingData::Breaching,
            };
            breaching += usize::from(is_breached);
            last = value.filter(|_| is_breached).or(last);
        }
        if breaching >= alarm.datapoints { last } else { None }
    }
}
