//! How fast each service of each place is called: as fast as it lets us, found by asking.
//!
//! A lane has no limit until its service throttles. Then its rate is half of what was just tried, and grows by a constant
//! acceleration with every success (additive increase, multiplicative decrease).

use gpb_model::Place;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::time::Duration;

/// A service in a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LaneKey {
    pub service: String,
    pub place: Place,
}

impl LaneKey {
    /// `aws.sqs` of `aws.sqs.queue`
    pub fn of(ty: &str, place: &Place) -> Self {
        let service = ty.rsplit_once('.').map_or(ty, |(service, _)| service);
        Self { service: service.to_owned(), place: place.clone() }
    }
}

#[derive(Debug, Default)]
pub struct Lanes {
    lanes: BTreeMap<LaneKey, Lane>,
}

#[derive(Debug, Default)]
struct Lane {
    /// By priority; among equals the one planned first.
    ready: BinaryHeap<(Duration, Reverse<usize>)>,
    /// Calls a second; none as long as nothing was throttled.
    rate: Option<f64>,
    open_at: Duration,
    last_cut: Option<Duration>,
    /// When the calls of the last second were started.
    recent: VecDeque<Duration>,
}

const WINDOW: Duration = Duration::from_secs(1);
const SLOWEST: f64 = 0.2;
/// Calls a second gained each second.
const ACCELERATION: f64 = 2.0;
/// Beyond this a limit no longer limits anything.
const FREE: f64 = 1000.0;

impl Lanes {
    pub fn push(&mut self, key: LaneKey, priority: Duration, node: usize) {
        self.lanes.entry(key).or_default().ready.push((priority, Reverse(node)));
    }

    /// The most urgent node of all open lanes, which is then under way.
    pub fn pop(&mut self, now: Duration) -> Option<usize> {
        let open = self.lanes.values_mut().filter(|lane| lane.open_at <= now);
        let (_, lane) = open.filter_map(|lane| Some((*lane.ready.peek()?, lane))).max_by_key(|(next, _)| *next)?;
        let (_, Reverse(node)) = lane.ready.pop()?;
        lane.start(now);
        Some(node)
    }

    /// When the next lane with something to do opens.
    pub fn opening(&self) -> Option<Duration> {
        self.lanes.values().filter(|lane| !lane.ready.is_empty()).map(|lane| lane.open_at).min()
    }

    pub fn is_empty(&self) -> bool {
        self.lanes.values().all(|lane| lane.ready.is_empty())
    }

    /// Takes the next turn for a call that is tried again, no earlier than `earliest`; the time of the turn.
    pub fn reserve(&mut self, key: &LaneKey, earliest: Duration) -> Duration {
        let Some(lane) = self.lanes.get_mut(key) else { return earliest };
        let turn = lane.open_at.max(earliest);
        lane.start(turn);
        turn
    }

    pub fn throttled(&mut self, key: &LaneKey, now: Duration) {
        let lane = self.lanes.entry(key.clone()).or_default();
        // Calls that were under way together are refused together; that is one sign and not many.
        if lane.last_cut.is_some_and(|cut| now.saturating_sub(cut) < WINDOW) {
            return;
        }
        lane.last_cut = Some(now);
        lane.recent.retain(|start| now.saturating_sub(*start) <= WINDOW);
        let tried = f64::from(u32::try_from(lane.recent.len().max(1)).unwrap_or(u32::MAX));
        lane.rate = Some((lane.rate.unwrap_or(tried).min(tried) / 2.0).max(SLOWEST));
    }

    pub fn succeeded(&mut self, key: &LaneKey) {
        if let Some(lane) = self.lanes.get_mut(key) {
            lane.rate = lane.rate.map(|rate| rate + ACCELERATION / rate.max(1.0)).filter(|rate| *rate < FREE);
        }
    }

    #[cfg(test)]
    fn rate(&self, key: &LaneKey) -> Option<f64> {
        self.lanes.get(key)?.rate
    }
}

impl Lane {
    fn start(&mut self, now: Duration) {
        self.recent.push_back(now);
        while self.recent.front().is_some_and(|start| now.saturating_sub(*start) > WINDOW) {
            self.recent.pop_front();
        }
        if let Some(rate) = self.rate {
            self.open_at = now.max(self.open_at) + Duration::from_secs_f64(1.0 / rate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(ty: &str) -> LaneKey {
        LaneKey::of(ty, &Place::default())
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_most_urgent_goes_first() {
        let mut lanes = Lanes::default();
        for (node, (ty, priority)) in
            [("aws.a.x", 1), ("aws.b.x", 3), ("aws.a.y", 2), ("aws.b.y", 3)].iter().enumerate()
        {
            lanes.push(key(ty), SECOND * *priority, node);
        }
        let order: Vec<usize> = std::iter::from_fn(|| lanes.pop(Duration::ZERO)).collect();
        assert_eq!(order, [1, 3, 2, 0]);
    }

    #[test]
    fn a_throttled_lane_slows_down_and_no_other() {
        let mut lanes = Lanes::default();
        for node in 0..20 {
            lanes.push(key("aws.a.x"), SECOND, node);
            lanes.push(key("aws.b.x"), SECOND, 100 + node);
        }
        for _ in 0..20 {
            lanes.pop(Duration::ZERO);
        }
        lanes.throttled(&key("aws.a.x"), Duration::ZERO);
        lanes.throttled(&key("aws.a.x"), Duration::ZERO);
        assert_eq!(lanes.rate(&key("aws.a.x")), Some(10.0), "refused together counts once");
        assert_eq!(lanes.rate(&key("aws.b.x")), None);
        for (node, at) in [(200, 0), (201, 100), (202, 200)] {
            lanes.push(key("aws.a.x"), SECOND, node);
            let turn = lanes.reserve(&key("aws.a.x"), Duration::ZERO);
            assert_eq!(turn, Duration::from_millis(at));
        }
    }

    #[test]
    fn a_rate_grows_again_until_it_is_none() {
        let (mut lanes, key) = (Lanes::default(), key("aws.a.x"));
        lanes.throttled(&key, Duration::ZERO);
        assert_eq!(lanes.rate(&key), Some(0.5));
        let mut last = 0.5;
        for _ in 0..1000 {
            lanes.succeeded(&key);
            let Some(rate) = lanes.rate(&key) else { break };
            assert!(rate > last);
            last = rate;
        }
        (0..1_000_000).for_each(|_| lanes.succeeded(&key));
        assert_eq!(lanes.rate(&key), None);
    }
}
