//! The deletion locks of the hostile cloud: what its rules would refuse, and the changes that take it away.

use super::behaviour::{RuleCall, UpdateValues};
use super::hostile_changes::existing;
use super::sim_cloud::SimCloud;
use gpb_engine::cloud::deletion_locks::{DeletionLock, DeletionLockRequest};
use gpb_engine::cloud::{CloudError, ObservedResource, ProgressSink, ResourceKey};
use std::time::Duration;

impl SimCloud {
    /// Returns what would make this cloud refuse a deletion; the friendly one has no locks.
    pub(crate) fn locks(&self, request: &DeletionLockRequest<'_>) -> Result<Vec<DeletionLock>, CloudError> {
        if self.behaviour.is_friendly() {
            return Ok(Vec::new());
        }
        self.limit_rate(RuleCall::Read, &request.key.ty, &request.key.place)?;
        let def = self.def(&request.key.ty)?;
        self.turn(|turn| {
            let found = existing(turn, request.key)?;
            found.map_or_else(|| Ok(Vec::new()), |resource| turn.deletion_locks(&def, &resource, request.leaving))
        })
    }

    /// Turns off the locks that a call can turn off, and waits until that is read.
    pub(crate) async fn unlock(
        &self,
        key: &ResourceKey,
        sink: &dyn ProgressSink,
    ) -> Result<Option<ObservedResource>, CloudError> {
        if self.behaviour.is_friendly() {
            return self.get(key);
        }
        self.limit_rate(RuleCall::Update, &key.ty, &key.place)?;
        let def = self.def(&key.ty)?;
        let pause = self.turn(|turn| {
            let Some(mut resource) = existing(turn, key)? else { return Ok(None) };
            turn.refuse_busy(RuleCall::Update, &resource)?;
            let before = turn.target(&resource)?;
            let mut after = before.clone();
            turn.unlock(&resource, &mut after);
            if after == before {
                return Ok(Some(Duration::ZERO));
            }
            turn.begin_update(&mut resource, UpdateValues { before: &before, after: &after }, false).map(Some)
        })?;
        match pause {
            Some(pause) => self.wait_until_ready(&def, key, pause, sink).await.map(Some),
            None => Ok(None),
        }
    }
}
