//! The faults between the engine and the cloud, decided by a seed.

use fastrand::Rng;
use std::time::Duration;

/// The longest time after which a write whose answer was given up may still be carried out.
///
/// Shorter than the engine waits for such writes by the lag of the slowest list.
pub const LATEST: Duration = Duration::from_secs(8);

/// The fate of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is carried out.
    None,
    /// It is refused for the rate of calls.
    Throttled,
    /// The service fails (5xx) and does nothing.
    Unavailable,
    /// The connection is reset before the service has the call.
    Reset,
    /// The call is carried out to its end, and no answer comes.
    Lost,
    /// The call is received, no answer comes, and the change goes on by itself.
    CutOff,
    /// No answer comes, and the call is carried out after this time.
    Late(Duration),
    /// It is carried out, and the answer is cut short or somebody else's: a proxy's page.
    Foreign,
    /// The list or batch leaves something out.
    Truncated,
    /// It is carried out after this time.
    Slow(Duration),
    /// The credentials have expired, or the clock is off.
    Outage,
    /// It is not allowed.
    Denied,
}

/// The faults of one operation of a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FaultPlan {
    /// The share of calls that each of the faults hits, from 0 to 1.
    shares: Vec<(FaultKind, f64)>,
    /// The calls that find the credentials expired, by number from the first.
    outage: Option<(u64, u64)>,
    /// The operation and the type that are not allowed.
    denied: Option<(&'static str, &'static str)>,
    /// The seconds by which the process's clock is off.
    pub skew_s: i64,
}

/// A kind of fault that hits a share of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FaultKind {
    Throttled,
    Unavailable,
    Reset,
    Lost,
    CutOff,
    Late,
    Foreign,
    Truncated,
    Slow,
}

const KINDS: [FaultKind; 9] = [
    FaultKind::Throttled,
    FaultKind::Unavailable,
    FaultKind::Reset,
    FaultKind::Lost,
    FaultKind::CutOff,
    FaultKind::Late,
    FaultKind::Foreign,
    FaultKind::Truncated,
    FaultKind::Slow,
];

impl FaultPlan {
    /// Draws a plan; one in four has no faults.
    pub fn random(rng: &mut Rng) -> Self {
        if rng.u8(0..4) == 0 {
            return Self::default();
        }
        let mut shares = Vec::new();
        for kind in KINDS {
            if rng.u8(0..3) == 0 {
                shares.push((kind, rng.f64() * 0.2));
            }
        }
        // With more than this, patience ends now and then, as it should.
        let sum: f64 = shares.iter().map(|(_, share)| share).sum();
        let scale = if sum > 0.6 { 0.6 / sum } else { 1.0 };
        for (_, share) in &mut shares {
            *share *= scale;
        }
        let outage = (rng.u8(0..6) == 0).then(|| (rng.u64(0..40), rng.u64(1..60)));
        let operations = ["read", "read_many", "find", "create", "update", "delete", "wait"];
        let types = ["aws.test.net", "aws.test.box", "aws.test.store", "aws.test.rule"];
        let denied = (rng.u8(0..8) == 0).then(|| (operations[rng.usize(..7)], types[rng.usize(..4)]));
        let skew_s = if rng.u8(0..4) == 0 { rng.i64(-7200..7200) } else { 0 };
        Self { shares, outage, denied, skew_s }
    }

    /// Draws the fate of a call, the `nth` of this plan.
    pub fn draw(&self, rng: &mut Rng, nth: u64, operation: &str, ty: &str) -> Fault {
        if self.outage.is_some_and(|(first, count)| (first..first + count).contains(&nth)) {
            return Fault::Outage;
        }
        if self.denied == Some((operation, ty)) {
            return Fault::Denied;
        }
        let mut point = rng.f64();
        for (kind, share) in &self.shares {
            if point < *share {
                return match kind {
                    FaultKind::Throttled => Fault::Throttled,
                    FaultKind::Unavailable => Fault::Unavailable,
                    FaultKind::Reset => Fault::Reset,
                    FaultKind::Lost => Fault::Lost,
                    FaultKind::CutOff => Fault::CutOff,
                    FaultKind::Late => Fault::Late(Duration::from_millis(rng.u64(500..=8000)).min(LATEST)),
                    FaultKind::Foreign => Fault::Foreign,
                    FaultKind::Truncated => Fault::Truncated,
                    FaultKind::Slow => Fault::Slow(Duration::from_secs(rng.u64(1..90))),
                };
            }
            point -= share;
        }
        Fault::None
    }
}
