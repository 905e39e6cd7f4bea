//! Rate limiting: each service of each place is called as fast as it allows, found by trying.
//!
//! A bucket has no limit until its service throttles. Then its rate is half of what was just tried, and grows by a constant
//! acceleration with every success (additive increase, multiplicative decrease).

use super::events::ms;
use gpb_model::Place;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::time::Duration;

/// A service in a place, whose calls share one limit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BucketKey {
    /// The service, `aws.sqs`.
    pub service: String,
    /// The account and the region.
    pub place: Place,
}

impl BucketKey {
    /// Returns the bucket of a type in a place: `aws.sqs` of `aws.sqs.queue`.
    pub fn new(ty: &str, place: &Place) -> Self {
        let service = ty.rsplit_once('.').map_or(ty, |(service, _)| service);
        Self { service: service.to_owned(), place: place.clone() }
    }
}

/// The queues of steps and the rates of calls, by bucket.
#[derive(Debug, Default)]
pub struct RateLimiter {
    buckets: BTreeMap<BucketKey, Bucket>,
}

#[derive(Debug, Default)]
struct Bucket {
    /// By priority; among equals the one planned first. A rank and a step.
    ready: BinaryHeap<(Duration, Reverse<(usize, usize)>)>,
    /// Calls a second; none as long as nothing was throttled.
    rate: Option<f64>,
    open_at: Duration,
    last_cut: Option<Duration>,
    /// The starts of the calls of the last second.
    recent: VecDeque<Duration>,
}

/// The time over which calls are counted.
const WINDOW: Duration = Duration::from_secs(1);
/// The lowest rate, in calls a second.
const SLOWEST: f64 = 0.2;
/// Calls a second gained each second.
const ACCELERATION: f64 = 2.0;
/// The rate, in calls a second, beyond which a limit no longer limits anything.
const FREE: f64 = 1000.0;

impl RateLimiter {
    /// Queues a step. Among those of one priority the lower rank goes first.
    pub fn push(&mut self, key: BucketKey, priority: Duration, rank: usize, step: usize) {
        self.buckets.entry(key).or_default().ready.push((priority, Reverse((rank, step))));
    }

    /// Takes the most urgent step of all open buckets.
    pub fn pop(&mut self, now: Duration) -> Option<usize> {
        let open = self.buckets.values_mut().filter(|bucket| bucket.open_at <= now);
        let (_, bucket) =
            open.filter_map(|bucket| Some((*bucket.ready.peek()?, bucket))).max_by_key(|(next, _)| *next)?;
        let (_, Reverse((_, step))) = bucket.ready.pop()?;
        bucket.start(now);
        Some(step)
    }

    /// Returns the time at which the next bucket with something to do opens.
    pub fn opening(&self) -> Option<Duration> {
        self.buckets.values().filter(|bucket| !bucket.ready.is_empty()).map(|bucket| bucket.open_at).min()
    }

    /// Returns true when no step is queued.
    pub fn is_empty(&self) -> bool {
        self.buckets.values().all(|bucket| bucket.ready.is_empty())
    }

    /// Takes the next turn for a call that is tried again, no earlier than `earliest`, and returns its time.
    pub fn reserve(&mut self, key: &BucketKey, earliest: Duration) -> Duration {
        let Some(bucket) = self.buckets.get_mut(key) else { return earliest };
        let turn = bucket.open_at.max(earliest);
        bucket.start(turn);
        let held_ms = ms(turn.saturating_sub(earliest));
        tracing::trace!(service = key.service, region = key.place.region.as_str(), held_ms, "turn of a retry");
        turn
    }

    /// Cuts the rate of a bucket, whose service has refused a call for its rate.
    pub fn throttled(&mut self, key: &BucketKey, now: Duration) {
        let bucket = self.buckets.entry(key.clone()).or_default();
        // Calls that were running together are refused together; that is one sign and not many.
        if bucket.last_cut.is_some_and(|cut| now.saturating_sub(cut) < WINDOW) {
            return;
        }
        bucket.last_cut = Some(now);
        bucket.recent.retain(|start| now.saturating_sub(*start) <= WINDOW);
        let tried = f64::from(u32::try_from(bucket.recent.len().max(1)).unwrap_or(u32::MAX));
        let rate = (bucket.rate.unwrap_or(tried).min(tried) / 2.0).max(SLOWEST);
        bucket.rate = Some(rate);
        let (account, region) = (key.place.account.as_deref().unwrap_or_default(), key.place.region.as_str());
        tracing::debug!(service = key.service, account, region, calls_per_second = rate, "rate limited");
    }

    /// Raises the rate of a bucket after a success.
    pub fn succeeded(&mut self, key: &BucketKey) {
        if let Some(bucket) = self.buckets.get_mut(key) {
            let Some(before) = bucket.rate else { return };
            bucket.rate = Some(before + ACCELERATION / before.max(1.0)).filter(|rate| *rate < FREE);
            if bucket.rate.is_none() {
                tracing::debug!(service = key.service, region = key.place.region.as_str(), "rate no longer limited");
            }
        }
    }

    #[cfg(test)]
    fn rate(&self, key: &BucketKey) -> Option<f64> {
        self.buckets.get(key)?.rate
    }
}

impl Bucket {
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

    fn key(ty: &str) -> BucketKey {
        BucketKey::new(ty, &Place::default())
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_most_urgent_goes_first() {
        let mut buckets = RateLimiter::default();
        for (node, (ty, priority)) in
            [("aws.a.x", 1), ("aws.b.x", 3), ("aws.a.y", 2), ("aws.b.y", 3)].iter().enumerate()
        {
            buckets.push(key(ty), SECOND * *priority, node, node);
        }
        let order: Vec<usize> = std::iter::from_fn(|| buckets.pop(Duration::ZERO)).collect();
        assert_eq!(order, [1, 3, 2, 0]);
    }

    #[test]
    fn a_throttled_bucket_slows_down_and_no_other() {
        let mut buckets = RateLimiter::default();
        for node in 0..20 {
            buckets.push(key("aws.a.x"), SECOND, node, node);
            buckets.push(key("aws.b.x"), SECOND, 100 + node, 100 + node);
        }
        for _ in 0..20 {
            buckets.pop(Duration::ZERO);
        }
        buckets.throttled(&key("aws.a.x"), Duration::ZERO);
        buckets.throttled(&key("aws.a.x"), Duration::ZERO);
        assert_eq!(buckets.rate(&key("aws.a.x")), Some(10.0), "refused together counts once");
        assert_eq!(buckets.rate(&key("aws.b.x")), None);
        for (node, at) in [(200, 0), (201, 100), (202, 200)] {
            buckets.push(key("aws.a.x"), SECOND, node, node);
            let turn = buckets.reserve(&key("aws.a.x"), Duration::ZERO);
            assert_eq!(turn, Duration::from_millis(at));
        }
    }

    #[test]
    fn a_rate_grows_again_until_it_is_none() {
        let (mut buckets, key) = (RateLimiter::default(), key("aws.a.x"));
        buckets.throttled(&key, Duration::ZERO);
        assert_eq!(buckets.rate(&key), Some(0.5));
        let mut last = 0.5;
        for _ in 0..1000 {
            buckets.succeeded(&key);
            let Some(rate) = buckets.rate(&key) else { break };
            assert!(rate > last);
            last = rate;
        }
        (0..1_000_000).for_each(|_| buckets.succeeded(&key));
        assert_eq!(buckets.rate(&key), None);
    }
}
