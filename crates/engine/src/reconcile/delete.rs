//! Deleting, and forgetting what is gone.

use super::apply::ApplyRun;
use super::cloud_call::{CallSink, StepError};
use super::outcome::FailureCause;
use crate::cloud::{CloudErrorKind, ResourceKey};
use crate::plan::ResourceChange;
use crate::state::{Conclusion, NewIntent, OperationKind};
use gpb_model::Address;

impl ApplyRun<'_> {
    /// Deletes what stands at an address: the change's own, or where its old resource was moved to.
    pub async fn delete(&self, change: &ResourceChange, address: &Address) -> Result<(), StepError> {
        let Some(record) = self.record_at(address) else { return Ok(()) };
        let intent = self.apply.writer.begin(NewIntent {
            address: address.clone(),
            ty: record.ty.clone(),
            place: record.place.clone(),
            operation: OperationKind::Delete,
            id: Some(record.id.clone()),
            desired: serde_json::Map::new(),
            depends_on: record.depends_on.clone(),
            layer: record.layer.clone(),
            started_ms: self.apply.clock.epoch_ms(),
        })?;
        let sink = CallSink::new(self, address, intent.sequence);
        let key = ResourceKey { ty: record.ty, place: record.place, id: record.id };
        let mut backoff = self.backoff(&intent.token);
        let done = loop {
            // What is gone may be deleted again, so a lost answer needs no other care.
            let error = match self.apply.cloud.delete(&key, &intent.token, &sink).await {
                Ok(()) => break Ok(()),
                Err(error) if error.kind == CloudErrorKind::NotFound => break Ok(()),
                Err(error) => error,
            };
            if let Err(error) = self.pause(change, &mut backoff, error).await {
                break Err(error);
            }
        };
        sink.check()?;
        match done {
            Ok(()) => self.conclude(address, intent.sequence, Conclusion::Deleted, None),
            Err(error) if error.kind == CloudErrorKind::Ambiguous => {
                Err(StepError::Call { cause: FailureCause::Unsettled, error })
            }
            Err(error) => {
                self.conclude(address, intent.sequence, Conclusion::Failed { error: error.clone(), left: None }, None)?;
                Err(StepError::cloud(error))
            }
        }
    }

    pub fn forget(&self, address: &Address) -> Result<(), StepError> {
        if self.record_at(address).is_none() {
            return Ok(());
        }
        self.apply.writer.forget(address)?;
        self.drop_record(address);
        Ok(())
    }
}
