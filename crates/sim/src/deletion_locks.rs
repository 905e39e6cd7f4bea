//! Deletion locks of the simulated cloud, read and turned off as AWS's are.

use super::behaviour::{RuleCall, Turn};
use super::new_resource::account;
use super::resource_table::{self, SimResource};
use super::sim_cloud::SimCloud;
use gpb_engine::cloud::deletion_locks::{DeletionLock, LockRelease};
use gpb_engine::cloud::{CloudError, ObservedResource, ProgressSink, ResourceKey, UpdateRequest};
use std::time::Duration;

/// The time between two looks at a lock that was turned off.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// The number of looks after which a lock that was turned off is believed to stay on.
const MAX_LOOKS: usize = 24;

impl SimCloud {
    /// Returns the locks of a resource; the friendly cloud has none.
    pub(crate) fn locks_of(&self, key: &ResourceKey) -> Result<Vec<DeletionLock>, CloudError> {
        self.inject_read_fault(&key.id, &key.ty)?;
        if self.behaviour.is_friendly() {
            return Ok(Vec::new());
        }
        self.limit_rate(RuleCall::Read, &key.ty, &key.place)?;
        self.turn(|turn| match existing(turn, key)? {
            Some(resource) => turn.deletion_locks(&resource),
            None => Ok(Vec::new()),
        })
    }

    /// Turns off the locks of a resource, and reads it.
    pub(crate) async fn turn_off_locks(
        &self,
        key: &ResourceKey,
        token: &str,
        sink: &dyn ProgressSink,
    ) -> Result<Option<ObservedResource>, CloudError> {
        if self.behaviour.is_friendly() {
            return self.get(key);
        }
        let found = self.turn(|turn| match existing(turn, key)? {
            Some(resource) => turn.unprotected(&resource).map(|values| Some((resource.properties, values))),
            None => Ok(None),
        })?;
        let Some((before, (desired, changed))) = found else { return Ok(None) };
        if !changed.is_empty() {
            let (before, desired, changed) = (&before, &desired, changed.as_slice());
            self.update_resource(UpdateRequest { key, before, desired, changed, reasserted: &[], token }, sink).await?;
        }
        for _ in 0..MAX_LOOKS {
            let is_call = |lock: &DeletionLock| matches!(lock.release, LockRelease::Call { .. });
            if !self.locks_of(key)?.iter().any(is_call) {
                break;
            }
            self.clock.sleep(POLL_INTERVAL).await;
        }
        self.get(key)
    }
}

fn existing(turn: &Turn<'_>, key: &ResourceKey) -> Result<Option<SimResource>, CloudError> {
    let found = resource_table::by_id(turn.table, &key.ty, account(&key.place), &key.place.region, &key.id);
    found.map_err(|error| resource_table::internal(&error))
}
