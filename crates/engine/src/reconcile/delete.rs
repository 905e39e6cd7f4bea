//! Deleting, and forgetting what is gone.

use super::call_log::LoggedCall;
use super::intent::CallEnd;
use super::run::ApplyRun;
use super::step_error::StepError;
use crate::cloud::retry::RetryPause as _;
use crate::cloud::{CloudErrorKind, ResourceKey};
use crate::plan::ResourceChange;
use crate::state::{NewIntent, OperationKind};
use gpb_model::Address;

impl ApplyRun<'_> {
    /// Deletes the resource at an address: the change's own, or the one its predecessor was deposed to.
    ///
    /// # Errors
    /// When the cloud refuses it, or the journal cannot be written.
    pub async fn delete(&self, change: &ResourceChange, address: &Address) -> Result<(), StepError> {
        let Some(record) = self.record_at(address) else { return Ok(()) };
        let open = self
            .begin(
                address,
                NewIntent {
                    address: address.clone(),
                    ty: record.ty.clone(),
                    place: record.place.clone(),
                    operation: OperationKind::Delete,
                    id: Some(record.id.clone()),
                    desired: serde_json::Map::new(),
                    depends_on: record.depends_on.clone(),
                    layer: record.layer.clone(),
                    started_ms: self.apply.clock.epoch_ms(),
                },
            )
            .await?;
        let key = ResourceKey { ty: record.ty, place: record.place, id: record.id };
        let mut pauses = self.pauses(change, &open.intent.token);
        let mut attempt = 1;
        let end = loop {
            // What is gone may be deleted again, so a lost answer needs no other care.
            let logged = LoggedCall { operation: "delete", ty: &key.ty, place: &key.place, attempt };
            let call = self.apply.cloud.delete(&key, &open.intent.token, &open.sink);
            let error = match logged.run(self.apply.clock, call).await {
                Ok(()) => break CallEnd::Deleted,
                Err(error) if error.kind == CloudErrorKind::NotFound => break CallEnd::Deleted,
                Err(error) => error,
            };
            match pauses.pause(error).await {
                Ok(()) => attempt += 1,
                Err(error) if error.kind == CloudErrorKind::Ambiguous => break CallEnd::Unsettled(error),
                Err(error) => break CallEnd::Failed { error, left: None },
            }
        };
        open.close(end).await
    }

    /// Removes the record at an address, if there is one.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn forget(&self, address: &Address) -> Result<(), StepError> {
        if self.record_at(address).is_none() {
            return Ok(());
        }
        self.apply.writer.forget(address).await?;
        self.drop_record(address);
        Ok(())
    }
}
