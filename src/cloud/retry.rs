//! When a failed call is tried again: how long to wait, and when to give up.

use super::ErrorKind;
use std::time::Duration;

/// How one kind of failure is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    pub first: Duration,
    pub longest: Duration,
    /// From the first failure of this kind until it is believed.
    pub patience: Duration,
}

impl Policy {
    /// `None` for what no waiting mends.
    pub fn of(kind: ErrorKind) -> Option<Policy> {
        let policy = |first_ms, longest, patience| Policy {
            first: Duration::from_millis(first_ms),
            longest: Duration::from_secs(longest),
            patience: Duration::from_secs(patience),
        };
        match kind {
            ErrorKind::Throttled => Some(policy(500, 20, 900)),
            ErrorKind::Unavailable => Some(policy(500, 20, 300)),
            ErrorKind::NotReady => Some(policy(1000, 15, 300)),
            // Network interfaces of a deleted service stay attached for many minutes.
            ErrorKind::Conflict => Some(policy(2000, 30, 1500)),
            ErrorKind::Ambiguous => Some(policy(1000, 15, 300)),
            ErrorKind::NotFound
            | ErrorKind::AlreadyExists
            | ErrorKind::Denied
            | ErrorKind::Invalid
            | ErrorKind::Quota
            | ErrorKind::Unsupported
            | ErrorKind::Internal => None,
        }
    }
}

/// The tries at one call.
#[derive(Debug, Clone)]
pub struct Backoff {
    random: fastrand::Rng,
    /// The kind that is failing, when it first did, and how often it has.
    failing: Option<(ErrorKind, Duration, u32)>,
    tries: u32,
}

impl Backoff {
    /// The same seed waits the same.
    pub fn new(seed: u64) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), failing: None, tries: 0 }
    }

    /// How many calls have failed so far.
    pub fn tries(&self) -> u32 {
        self.tries
    }

    /// How long to wait before the next try, `None` when the failure is to be believed.
    pub fn after(&mut self, kind: ErrorKind, now: Duration) -> Option<Duration> {
        self.tries = self.tries.saturating_add(1);
        let policy = Policy::of(kind)?;
        let (since, count) = match self.failing {
            Some((failing, since, count)) if failing == kind => (since, count),
            _ => (now, 0),
        };
        self.failing = Some((kind, since, count.saturating_add(1)));
        let elapsed = now.saturating_sub(since);
        if elapsed >= policy.patience {
            return None;
        }
        let ceiling = policy.first.saturating_mul(1 << count.min(16)).min(policy.longest);
        // Between half of it and all, so that many who failed together do not come back together.
        let wait = ceiling.mul_f64(0.5 + self.random.f64() / 2.0);
        Some(wait.min(policy.patience.saturating_sub(elapsed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All waits until the failure is believed, as if each call failed at once.
    fn waits(kind: ErrorKind, seed: u64) -> Vec<Duration> {
        let (mut backoff, mut now, mut waits) = (Backoff::new(seed), Duration::ZERO, Vec::new());
        while let Some(wait) = backoff.after(kind, now) {
            now += wait;
            waits.push(wait);
        }
        waits
    }

    #[test]
    fn waits_grow_to_a_ceiling_and_end_with_patience() {
        for kind in [ErrorKind::Throttled, ErrorKind::Conflict, ErrorKind::Unavailable, ErrorKind::Ambiguous] {
            let (policy, waits) = (Policy::of(kind).unwrap(), waits(kind, 1));
            assert!(waits[0] >= policy.first / 2 && waits[0] <= policy.first);
            assert!(waits.iter().all(|wait| *wait <= policy.longest));
            assert_eq!(waits.iter().sum::<Duration>(), policy.patience);
            assert!(waits.len() < 200);
        }
        assert!(waits(ErrorKind::Denied, 1).is_empty());
    }

    #[test]
    fn a_seed_decides_the_waits() {
        assert_eq!(waits(ErrorKind::Throttled, 1), waits(ErrorKind::Throttled, 1));
        assert_ne!(waits(ErrorKind::Throttled, 1), waits(ErrorKind::Throttled, 2));
    }

    #[test]
    fn another_kind_of_failure_begins_anew() {
        let mut backoff = Backoff::new(1);
        for second in 0..200 {
            backoff.after(ErrorKind::Ambiguous, Duration::from_secs(second));
        }
        let policy = Policy::of(ErrorKind::Throttled).unwrap();
        let wait = backoff.after(ErrorKind::Throttled, Duration::from_secs(9999)).unwrap();
        assert!(wait <= policy.first);
    }
}
