//! What a run tells while it works, with the simulated times; and the law that it tells what it waits for.

use gpb_engine::cloud::CloudError;
use gpb_engine::cloud::clock::{Clock as _, VirtualClock};
use gpb_engine::reconcile::{EngineEvent, EventSink};
use gpb_model::Address;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

/// Retries without a word about what blocks them may go on for so long.
const PATIENCE: Duration = Duration::from_mins(5);

/// Keeps events with their times.
pub struct EventLog {
    clock: VirtualClock,
    events: Mutex<Vec<(Duration, EngineEvent)>>,
}

impl EventLog {
    pub fn new(clock: &VirtualClock) -> Self {
        Self { clock: clock.clone(), events: Mutex::default() }
    }

    /// Returns the complaints about steps that were retried for long, and whose message names none of `names`.
    pub fn silent_retries(&self, names: &dyn Fn(&Address) -> Vec<String>) -> Vec<String> {
        let mut since: BTreeMap<Address, Duration> = BTreeMap::new();
        let mut complaints = Vec::new();
        for (at, event) in self.events.lock().unwrap().iter() {
            match event {
                EngineEvent::Retrying { address, error, .. } => {
                    let begun = *since.entry(address.clone()).or_insert(*at);
                    if *at - begun > PATIENCE && !names_one(error, &names(address)) {
                        complaints.push(format!("{address} after {} s: {error}", (*at - begun).as_secs()));
                    }
                }
                EngineEvent::Done { address, .. }
                | EngineEvent::Failed { address, .. }
                | EngineEvent::Identified { address, .. } => drop(since.remove(address)),
                _ => {}
            }
        }
        complaints
    }

    /// Returns the longest time for which one step was retried, with its address and its last message.
    pub fn longest_retry(&self) -> Option<(Duration, String)> {
        let mut since: BTreeMap<Address, Duration> = BTreeMap::new();
        let mut longest = None;
        for (at, event) in self.events.lock().unwrap().iter() {
            match event {
                EngineEvent::Retrying { address, error, .. } => {
                    let time = *at - *since.entry(address.clone()).or_insert(*at);
                    if longest.as_ref().is_none_or(|(other, _)| time > *other) {
                        longest = Some((time, format!("{address}: {error}")));
                    }
                }
                EngineEvent::Done { address, .. } | EngineEvent::Failed { address, .. } => drop(since.remove(address)),
                _ => {}
            }
        }
        longest
    }
}

fn names_one(error: &CloudError, names: &[String]) -> bool {
    names.iter().any(|name| error.message.contains(name.as_str()))
}

impl EventSink for EventLog {
    fn event(&self, event: &EngineEvent) {
        self.events.lock().unwrap().push((self.clock.now(), event.clone()));
    }
}
