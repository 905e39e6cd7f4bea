//! When a failed call is tried again: how long to wait, and when to give up.

use super::CloudErrorKind;
use std::collections::BTreeMap;
use std::time::Duration;

/// How one kind of failure is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    pub first: Duration,
    pub longest: Duration,
    /// How long is waited for this kind of failure in all until it is believed.
    pub patience: Duration,
}

impl RetryPolicy {
    /// `None` for what no waiting mends.
    pub fn for_kind(kind: CloudErrorKind) -> Option<RetryPolicy> {
        let policy = |first_ms, longest, retry_mode| RetryPolicy {
            first: Duration::from_millis(first_ms),
            longest: Duration::from_secs(longest),
            patience: Duration::from_secs(retry_mode),
        };
        match kind {
            CloudErrorKind::Throttled => Some(policy(500, 20, 900)),
            CloudErrorKind::Unavailable => Some(policy(500, 20, 300)),
            CloudErrorKind::NotReady | CloudErrorKind::Ambiguous => Some(policy(1000, 15, 300)),
            // Network interfaces of a deleted service stay attached for many minutes.
            CloudErrorKind::Conflict => Some(policy(2000, 30, 1500)),
            CloudErrorKind::NotFound
            | CloudErrorKind::AlreadyExists
            | CloudErrorKind::Denied
            | CloudErrorKind::Invalid
            | CloudErrorKind::Quota
            | CloudErrorKind::Unsupported
            | CloudErrorKind::Internal => None,
        }
    }
}

/// The tries at one call.
#[derive(Debug, Clone)]
pub struct Backoff {
    random: fastrand::Rng,
    /// The kind that failed last and how often it has in a row.
    failing: Option<(CloudErrorKind, u32)>,
    /// How long was waited for each kind. It adds up, so that failures of several kinds in turn come to an end too.
    waited: BTreeMap<CloudErrorKind, Duration>,
}

impl Backoff {
    /// The same seed waits the same.
    pub fn new(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), failing: None, waited: BTreeMap::new() }
    }

    /// How long to wait before the next try, `None` when the failure is to be believed.
    pub fn after(&mut self, kind: CloudErrorKind) -> Option<Duration> {
        let policy = RetryPolicy::for_kind(kind)?;
        let count = self.failing.filter(|(failing, _)| *failing == kind).map_or(0, |(_, count)| count);
        self.failing = Some((kind, count.saturating_add(1)));
        let waited = self.waited.entry(kind).or_default();
        let left = policy.patience.saturating_sub(*waited);
        if left.is_zero() {
            return None;
        }
        let ceiling = policy.first.saturating_mul(1 << count.min(16)).min(policy.longest);
        // Between half of it and all, so that many who failed together do not come back together.
        let wait = ceiling.mul_f64(0.5 + self.random.f64() / 2.0).min(left);
        *waited += wait;
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All waits until the failure is believed.
    fn waits(kind: CloudErrorKind, seed: u64) -> Vec<Duration> {
        let mut backoff = Backoff::new(seed);
        std::iter::from_fn(|| backoff.after(kind)).collect()
    }

    #[test]
    fn waits_grow_to_a_ceiling_and_end_with_patience() {
        for kind in [
            CloudErrorKind::Throttled,
            CloudErrorKind::Conflict,
            CloudErrorKind::Unavailable,
            CloudErrorKind::Ambiguous,
        ] {
            let (policy, waits) = (RetryPolicy::for_kind(kind).unwrap(), waits(kind, 1));
            assert!(waits[0] >= policy.first / 2 && waits[0] <= policy.first);
            assert!(waits.iter().all(|wait| *wait <= policy.longest));
            assert_eq!(waits.iter().sum::<Duration>(), policy.patience);
            assert!(waits.len() < 200);
        }
        assert!(waits(CloudErrorKind::Denied, 1).is_empty());
    }

    #[test]
    fn a_seed_decides_the_waits() {
        assert_eq!(waits(CloudErrorKind::Throttled, 1), waits(CloudErrorKind::Throttled, 1));
        assert_ne!(waits(CloudErrorKind::Throttled, 1), waits(CloudErrorKind::Throttled, 2));
    }

    #[test]
    fn another_kind_of_failure_is_waited_for_anew_but_not_for_ever() {
        let mut backoff = Backoff::new(1);
        let first = RetryPolicy::for_kind(CloudErrorKind::Throttled).unwrap().first;
        let mut waits = 0;
        while backoff.after(CloudErrorKind::Conflict).is_some() {
            let Some(wait) = backoff.after(CloudErrorKind::Throttled) else { break };
            assert!(wait <= first);
            waits += 1;
        }
        assert!((100..10_000).contains(&waits), "{waits}");
    }
}
