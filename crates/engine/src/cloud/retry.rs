//! The retry policy: when a failed call is tried again, how long to wait before, and when to give up.

use super::clock::Clock;
use super::{CloudError, CloudErrorKind};
use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

/// The waits of one kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The wait before the first retry, at most; each further one is twice as long.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// The time until the failure is believed: the sum of the waits, and of the calls where they wait as well.
    pub patience: Duration,
    /// True where the call itself may have waited for what is missing, so that its time counts too.
    pub counts_calls: bool,
}

impl RetryPolicy {
    /// Returns the policy for a kind of failure; `None` for one that no waiting fixes.
    pub fn for_kind(kind: CloudErrorKind) -> Option<RetryPolicy> {
        let policy = |first_ms, longest, patience, counts_calls| RetryPolicy {
            first: Duration::from_millis(first_ms),
            longest: Duration::from_secs(longest),
            patience: Duration::from_secs(patience),
            counts_calls,
        };
        match kind {
            CloudErrorKind::Throttled => Some(policy(500, 20, 900, false)),
            CloudErrorKind::Unavailable => Some(policy(500, 20, 300, false)),
            CloudErrorKind::NotReady | CloudErrorKind::Ambiguous => Some(policy(1000, 15, 300, true)),
            // Network interfaces of a deleted service stay attached for many minutes.
            CloudErrorKind::Conflict => Some(policy(2000, 30, 1500, true)),
            CloudErrorKind::NotFound
            | CloudErrorKind::AlreadyExists
            | CloudErrorKind::Denied
            | CloudErrorKind::Invalid
            | CloudErrorKind::Quota
            | CloudErrorKind::TimedOut
            | CloudErrorKind::FailedState
            | CloudErrorKind::Differs
            | CloudErrorKind::Unsupported
            | CloudErrorKind::Internal => None,
        }
    }
}

/// The state of the retries of one call: exponential backoff with jitter.
#[derive(Debug, Clone)]
pub struct Backoff {
    random: fastrand::Rng,
    /// The kind that failed last and how often it has in a row.
    failing: Option<(CloudErrorKind, u32)>,
    /// The time spent by kind. It adds up, so that failures of several kinds in turn end too.
    spent: BTreeMap<CloudErrorKind, Duration>,
    /// The moment at which the next try begins.
    resumes: Option<Duration>,
}

impl Backoff {
    /// Returns a new one. The same seed waits the same.
    pub fn new(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), failing: None, spent: BTreeMap::new(), resumes: None }
    }

    /// Returns the wait before the next try, `None` when the failure is to be believed.
    ///
    /// `now` is the time of the failure, by the run's clock.
    pub fn after(&mut self, kind: CloudErrorKind, now: Duration) -> Option<Duration> {
        let policy = RetryPolicy::for_kind(kind)?;
        let count = self.failing.filter(|(failing, _)| *failing == kind).map_or(0, |(_, count)| count);
        self.failing = Some((kind, count.saturating_add(1)));
        let spent = self.spent.entry(kind).or_default();
        if let (true, Some(resumed)) = (policy.counts_calls, self.resumes) {
            *spent = spent.saturating_add(now.saturating_sub(resumed));
        }
        let left = policy.patience.saturating_sub(*spent);
        if left.is_zero() {
            return None;
        }
        let ceiling = policy.first.saturating_mul(1 << count.min(16)).min(policy.longest);
        // Between half of it and all, so that many who failed together do not come back together.
        let wait = ceiling.mul_f64(0.5 + self.random.f64() / 2.0).min(left);
        *spent += wait;
        self.resumes = Some(now.saturating_add(wait));
        Some(wait)
    }
}

/// The pause between a failed try and the next one.
#[async_trait]
pub trait RetryPause: Send {
    /// Waits before a call is tried again.
    ///
    /// # Errors
    /// The error itself, when it is to be believed.
    async fn pause(&mut self, error: CloudError) -> Result<(), CloudError>;
}

/// A pause that waits by the clock and does nothing else.
pub struct ClockPause<'a> {
    clock: &'a dyn Clock,
    backoff: Backoff,
}

impl<'a> ClockPause<'a> {
    /// Returns the pauses of one call.
    pub fn new(clock: &'a dyn Clock, seed_of_run: u64, subject: &str) -> Self {
        Self { clock, backoff: Backoff::new(seed(seed_of_run, subject)) }
    }
}

#[async_trait]
impl RetryPause for ClockPause<'_> {
    async fn pause(&mut self, error: CloudError) -> Result<(), CloudError> {
        match self.backoff.after(error.kind, self.clock.now()) {
            Some(wait) => {
                self.clock.sleep(wait).await;
                Ok(())
            }
            None => Err(error),
        }
    }
}

/// Calls what changes nothing until it answers or its failure is to be believed.
///
/// The call is given the number of the try, from 1.
///
/// # Errors
/// The last failure.
pub async fn with_retry<T, F>(mut pause: impl RetryPause, mut call: impl FnMut(u32) -> F) -> Result<T, CloudError>
where
    F: Future<Output = Result<T, CloudError>>,
{
    let mut attempt = 1;
    loop {
        match call(attempt).await {
            Ok(value) => return Ok(value),
            Err(error) => pause.pause(error).await?,
        }
        attempt = attempt.saturating_add(1);
    }
}

/// Returns the seed of one call's waits: another course for each run and each subject.
pub fn seed(seed_of_run: u64, subject: &str) -> u64 {
    let hash = Sha256::digest(format!("{seed_of_run} {subject}").as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(hash.get(..8).unwrap_or(&[0; 8]));
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All waits until the failure is believed, of a call that fails after `takes`.
    fn waits_of(kind: CloudErrorKind, seed: u64, takes: Duration) -> Vec<Duration> {
        let (mut backoff, mut now) = (Backoff::new(seed), Duration::ZERO);
        let next = || {
            now += takes;
            let wait = backoff.after(kind, now)?;
            now += wait;
            Some(wait)
        };
        std::iter::from_fn(next).collect()
    }

    fn waits(kind: CloudErrorKind, seed: u64) -> Vec<Duration> {
        waits_of(kind, seed, Duration::ZERO)
    }

    #[test]
    fn what_a_call_waits_counts_as_patience_where_it_waits_for_the_same() {
        let minutes = Duration::from_mins(20);
        assert_eq!(waits_of(CloudErrorKind::NotReady, 1, minutes).len(), 1, "twice twenty minutes are enough");
        assert_eq!(waits_of(CloudErrorKind::Conflict, 1, minutes).len(), 2);
        let throttled = waits_of(CloudErrorKind::Throttled, 1, minutes);
        assert_eq!(throttled, waits(CloudErrorKind::Throttled, 1), "a rate has nothing to do with the call's time");
        assert!(waits(CloudErrorKind::TimedOut, 1).is_empty(), "a timeout is final");
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
        let (mut waits, now) = (0, Duration::ZERO);
        while backoff.after(CloudErrorKind::Conflict, now).is_some() {
            let Some(wait) = backoff.after(CloudErrorKind::Throttled, now) else { break };
            assert!(wait <= first);
            waits += 1;
        }
        assert!((100..10_000).contains(&waits), "{waits}");
    }
}
