//! Fault injection: the errors of real clouds at the worst moment, decided by a seed.

use gpb_engine::cloud::{CloudError, CloudErrorKind};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

/// The share of calls that each fault hits, from 0 to 1.
///
/// Written as `seed=1,throttle=0.1,ambiguous=0.05`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Faults {
    /// The seed; the same seed and calls give the same faults.
    pub seed: u64,
    /// The share of calls that are throttled; nothing is done.
    pub throttle: f64,
    /// The share of calls that find the service unavailable; nothing is done.
    pub unavailable: f64,
    /// The share of changes that are made, and whose answer is lost.
    pub ambiguous: f64,
    /// The share of changes that are not made, and whose answer is lost.
    pub lost: f64,
    /// The share of creations and updates that do not see a dependency yet.
    pub not_ready: f64,
    /// The share of creations that are named and then fail before they are ready.
    pub unfinished: f64,
    /// The share of creations and updates that fail after their call has returned, on the hostile cloud.
    pub later: f64,
    /// The share of creations and updates that are refused with a message that gives back all that was sent.
    pub echo: f64,
}

/// A string that does not describe faults.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a valid fault; write `seed=N` or one of {NAMES} with a share from 0 to 1, separated by commas")]
pub struct FaultsError(pub String);

const NAMES: &str = "throttle, unavailable, ambiguous, lost, not_ready, unfinished, later, echo";

impl Faults {
    fn share(&mut self, name: &str) -> Option<&mut f64> {
        Some(match name {
            "throttle" => &mut self.throttle,
            "unavailable" => &mut self.unavailable,
            "ambiguous" => &mut self.ambiguous,
            "lost" => &mut self.lost,
            "not_ready" => &mut self.not_ready,
            "unfinished" => &mut self.unfinished,
            "later" => &mut self.later,
            "echo" => &mut self.echo,
            _ => return None,
        })
    }
}

impl FromStr for Faults {
    type Err = FaultsError;

    fn from_str(text: &str) -> Result<Self, FaultsError> {
        let mut faults = Faults::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let bad = || FaultsError(part.to_owned());
            let (name, value) = part.split_once('=').ok_or_else(bad)?;
            let (name, value) = (name.trim(), value.trim());
            if name == "seed" {
                faults.seed = value.parse().map_err(|_| bad())?;
                continue;
            }
            let share = faults.share(name).ok_or_else(bad)?;
            *share = value.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(bad)?;
        }
        Ok(faults)
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed={}", self.seed)?;
        let mut copy = self.clone();
        for name in NAMES.split(", ") {
            if let Some(share) = copy.share(name).filter(|share| **share > 0.0) {
                write!(f, ",{name}={share}")?;
            }
        }
        Ok(())
    }
}

/// Called at each point where a process may die, with the point's name.
///
/// A test's hook does not return from one of them.
pub type CrashHook = Arc<dyn Fn(&str) + Send + Sync>;

/// The faults of one cloud, as calls come in.
pub(super) struct FaultInjector {
    faults: Faults,
    /// The number of times each call was made, so that a retry is a draw of its own.
    draws: Mutex<BTreeMap<String, u64>>,
}

/// The fate of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InjectedFault {
    None,
    /// It fails at once.
    Before(CloudErrorKind),
    /// It is carried out and its answer lost.
    After,
    /// It is carried out up to its name.
    Unfinished,
    /// It fails after its call has returned, where its type can.
    Later,
    /// It is refused, in words that give back what was sent.
    Echo,
}

impl FaultInjector {
    /// Makes the injector of a cloud that has had no call.
    pub fn new(faults: Faults) -> Self {
        Self { faults, draws: Mutex::default() }
    }

    /// Draws for a call that only reads.
    pub fn read(&self, subject: &str) -> InjectedFault {
        self.draw(
            "read",
            subject,
            &[
                (self.faults.throttle, InjectedFault::Before(CloudErrorKind::Throttled)),
                (self.faults.unavailable, InjectedFault::Before(CloudErrorKind::Unavailable)),
            ],
        )
    }

    /// Draws for a call that changes something.
    pub fn change(&self, operation: &str, subject: &str) -> InjectedFault {
        let faults = &self.faults;
        let unless_deleting = |share: f64| if operation == "delete" { 0.0 } else { share };
        self.draw(
            operation,
            subject,
            &[
                (faults.throttle, InjectedFault::Before(CloudErrorKind::Throttled)),
                (faults.unavailable, InjectedFault::Before(CloudErrorKind::Unavailable)),
                (faults.lost, InjectedFault::Before(CloudErrorKind::Ambiguous)),
                (unless_deleting(faults.not_ready), InjectedFault::Before(CloudErrorKind::NotReady)),
                (faults.ambiguous, InjectedFault::After),
                (if operation == "create" { faults.unfinished } else { 0.0 }, InjectedFault::Unfinished),
                (unless_deleting(faults.later), InjectedFault::Later),
                (unless_deleting(faults.echo), InjectedFault::Echo),
            ],
        )
    }

    fn draw(&self, operation: &str, subject: &str, shares: &[(f64, InjectedFault)]) -> InjectedFault {
        if shares.iter().all(|(share, _)| *share <= 0.0) {
            return InjectedFault::None;
        }
        let key = format!("{operation} {subject}");
        let mut draws = self.draws.lock().unwrap_or_else(PoisonError::into_inner);
        let count = draws.entry(key.clone()).or_default();
        *count += 1;
        let hash = Sha256::digest(format!("{} {key} {count}", self.faults.seed).as_bytes());
        let mut bytes = [0; 4];
        bytes.copy_from_slice(hash.get(..4).unwrap_or(&[0; 4]));
        let mut point = f64::from(u32::from_be_bytes(bytes)) / (f64::from(u32::MAX) + 1.0);
        for (share, fault) in shares {
            if point < *share {
                return *fault;
            }
            point -= share;
        }
        InjectedFault::None
    }
}

/// Returns the error that a fault appears as.
pub(super) fn injected(kind: CloudErrorKind, operation: &str, ty: &str) -> CloudError {
    let (code, message) = match kind {
        CloudErrorKind::Throttled => ("Throttling", "rate exceeded"),
        CloudErrorKind::Unavailable => ("ServiceUnavailable", "the service is unavailable"),
        CloudErrorKind::NotReady => ("DependencyNotReady", "something this depends on is not visible yet"),
        CloudErrorKind::Ambiguous => ("RequestTimeout", "no answer came; the change may have been made"),
        _ => ("InternalFailure", "the service failed"),
    };
    CloudError { operation: Some(format!("{ty}:{operation}")), ..CloudError::new(kind, code, message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_from_a_string_and_written_as_one() {
        let faults: Faults = "seed=7, throttle=0.1,unfinished=1".parse().unwrap();
        assert_eq!((faults.seed, faults.throttle, faults.unfinished), (7, 0.1, 1.0));
        assert_eq!(faults.to_string(), "seed=7,throttle=0.1,unfinished=1");
        assert_eq!("".parse(), Ok(Faults::default()));
        for bad in ["throttle", "throttle=2", "throttle=x", "thrttle=0.1", "seed=-1", "lost=nan"] {
            assert_eq!(bad.parse::<Faults>(), Err(FaultsError(bad.to_owned())));
        }
    }

    #[test]
    fn a_draw_depends_on_the_seed_the_call_and_its_number_alone() {
        let draws = |seed| {
            let injector = FaultInjector::new(Faults { seed, throttle: 0.5, ..Faults::default() });
            (0..40).map(|_| injector.read("a")).collect::<Vec<_>>()
        };
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
        let injector = FaultInjector::new(Faults { seed: 1, throttle: 0.5, ..Faults::default() });
        let mixed: Vec<_> = (0..40).map(|_| (injector.read("a"), injector.read("b")).0).collect();
        assert_eq!(mixed, draws(1));
    }

    #[test]
    fn shares_are_met_on_the_average() {
        let injector = FaultInjector::new(Faults { seed: 3, throttle: 0.2, ambiguous: 0.3, ..Faults::default() });
        let outcomes: Vec<_> = (0..2000).map(|_| injector.change("create", "a")).collect();
        let share = |fault| outcomes.iter().filter(|one| **one == fault).count();
        assert!((300..500).contains(&share(InjectedFault::Before(CloudErrorKind::Throttled))));
        assert!((500..700).contains(&share(InjectedFault::After)));
    }
}
