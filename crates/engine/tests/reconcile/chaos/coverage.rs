//! Things a campaign has met: instants, fates of calls and operations, so that one that it no longer meets is noticed.

use std::collections::BTreeMap;
use std::fmt::Debug;

/// Counts of each thing that was met, by its name.
pub type Counts = BTreeMap<String, u64>;

/// The instants before and after each write of the journal and each call, and those within the calls of the cloud.
const INSTANTS: [&str; 39] = [
    "before begin",
    "after begin",
    "before record_id",
    "after record_id",
    "before record_sent",
    "after record_sent",
    "before conclude",
    "after conclude",
    "before put",
    "after put",
    "before forget",
    "after forget",
    "before move_addresses",
    "after move_addresses",
    "before set_outputs",
    "after set_outputs",
    "before read",
    "after read",
    "before read_many",
    "before find",
    "after find",
    "before create",
    "after create",
    "before update",
    "after update",
    "before delete",
    "after delete",
    "before wait",
    "after wait",
    "create:asked",
    "create:applied",
    "create:identified",
    "create:done",
    "update:asked",
    "update:applied",
    "update:done",
    "delete:asked",
    "delete:applied",
    "delete:done",
];

/// The fates of calls on their way, and the failures of the cloud itself.
const FATES: [&str; 19] = [
    "None",
    "Throttled",
    "Unavailable",
    "Reset",
    "Lost",
    "CutOff",
    "Late",
    "Foreign",
    "Truncated",
    "Slow",
    "Outage",
    "Denied",
    "cloud: DependencyNotReady",
    "cloud: ServiceUnavailable",
    "cloud: Failed",
    "cloud: Busy",
    "cloud: InUse",
    "cloud: Unknown",
    "cloud: AlreadyExists",
];

/// Things a campaign has met.
#[derive(Debug, Default)]
pub struct Coverage {
    /// The instants at which a process was killed.
    pub killed_at: Counts,
    /// The fates of calls.
    pub fates: Counts,
    /// The operations of people and others.
    pub operations: Counts,
}

impl Coverage {
    /// Adds what another has met.
    pub fn add(&mut self, other: &Coverage) {
        for (all, more) in [
            (&mut self.killed_at, &other.killed_at),
            (&mut self.fates, &other.fates),
            (&mut self.operations, &other.operations),
        ] {
            for (name, count) in more {
                *all.entry(name.clone()).or_default() += count;
            }
        }
    }

    /// Lists what was not met, and the instants that are not listed here.
    pub fn gaps(&self, operations: &[impl Debug]) -> Vec<String> {
        let operations: Vec<String> = operations.iter().map(|one| format!("{one:?}")).collect();
        let operations: Vec<&str> = operations.iter().map(String::as_str).collect();
        let mut gaps = Vec::new();
        for (what, met, listed) in [
            ("killed", &self.killed_at, INSTANTS.as_slice()),
            ("fate", &self.fates, FATES.as_slice()),
            ("operation", &self.operations, operations.as_slice()),
        ] {
            let missing = listed.iter().filter(|name| !met.contains_key(**name));
            gaps.extend(missing.map(|name| format!("{what}, never: {name}")));
        }
        let unlisted = self.killed_at.keys().filter(|name| !INSTANTS.contains(&name.as_str()));
        gaps.extend(unlisted.map(|name| format!("killed, not listed: {name}")));
        gaps
    }
}
