//! The log of a run, with the simulated times; and the law that it tells what it waits for.

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
        let long = self.retries().into_iter().filter(|(time, ..)| *time > PATIENCE);
        let silent = long.filter(|(_, address, error)| !names_one(error, &names(address)));
        silent.map(|(time, address, error)| format!("{address} after {} s: {error}", time.as_secs())).collect()
    }

    /// Returns the longest time for which one call was retried, with its address and its last message.
    pub fn longest_retry(&self) -> Option<(Duration, String)> {
        let longest = self.retries().into_iter().max_by_key(|(time, ..)| *time);
        longest.map(|(time, address, error)| (time, format!("{address}: {error}")))
    }

    /// Returns each retry with the time since the call was retried first.
    ///
    /// A step makes several calls: where nothing was retried for a while, another one is.
    fn retries(&self) -> Vec<(Duration, Address, CloudError)> {
        let mut since: BTreeMap<Address, (Duration, Duration)> = BTreeMap::new();
        let mut found = Vec::new();
        for (at, event) in self.events.lock().unwrap().iter() {
            match event {
                EngineEvent::Retrying { address, error, after_ms } => {
                    let (begun, next) = since.entry(address.clone()).or_insert((*at, *at));
                    if *at > *next + PATIENCE {
                        *begun = *at;
                    }
                    *next = *at + Duration::from_millis(*after_ms);
                    found.push(((*at).checked_sub(*begun).unwrap(), address.clone(), error.clone()));
                }
                EngineEvent::Done { address, .. }
                | EngineEvent::Failed { address, .. }
                | EngineEvent::Identified { address, .. } => drop(since.remove(address)),
                _ => {}
            }
        }
        found
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
